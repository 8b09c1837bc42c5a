"""Checks of the chain's security: custody, seals, partners, risks, drills, non-conformances, and evidence given by hand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from supercargo.kernel import format_utc, parse_utc
from supercargo.measure.compliance.seeing import Facts, Given, Seen
from supercargo.track.compliance.custody import custody_of

__all__ = ["cases_closed", "custody_whole", "drills_held", "evidence_given", "partners_known", "risks_kept", "seals_whole"]


def custody_whole(facts: Facts, given: Given) -> Iterator[Seen]:
    """Custody of every thing passes without a gap: each hand-over is by its holder, to somebody."""
    found = {row["thing"]: custody_of(row["facts"]) for row in facts.listed("comply_custody")}
    handed = sum(custody.handed_count for custody in found.values())
    gaps = [Seen(object=thing, met=False, words=gap) for thing, custody in found.items() for gap in custody.gaps]
    yield from gaps
    if not gaps:
        whole = Seen(object="", met=True, words=f"{handed} hand-overs on record, none with a gap")
        yield whole if handed else Seen(object="", met=None, words="no hand-over is on record")


def seals_whole(facts: Facts, given: Given) -> Iterator[Seen]:
    """Every seal that is looked at is intact and bears its number, and no seal is taken off that was never put on."""
    found = {row["thing"]: custody_of(row["facts"]) for row in facts.listed("comply_custody")}
    checked = sum(custody.checked_count for custody in found.values())
    faults = [Seen(object=thing, met=False, words=fault) for thing, custody in found.items() for fault in custody.seal_faults]
    yield from faults
    if not faults:
        whole = Seen(object="", met=True, words=f"{checked} seals looked at, all intact")
        yield whole if checked else Seen(object="", met=None, words="no seal has been looked at on record")


def _partners(facts: Facts) -> set[str]:
    """Who holds cargo or sends it, as far as a plan names them."""
    if facts.plan is None:
        return set()
    scenario = facts.plan.scenario
    senders = {line.customer for line in scenario.cargo}
    suppliers = {supplier.supplier for supplier in scenario.suppliers}
    return senders | suppliers | set(facts.missions_of)


def partners_known(facts: Facts, given: Given) -> Iterator[Seen]:
    """Every customer, supplier and operator of the plan, and every partner on record, is approved and looked at in time."""
    told = {row["party"]: row for row in facts.listed("comply_partners")}
    for party in sorted(_partners(facts) | set(told)):
        row = told.get(party)
        if row is None:
            yield Seen(object=party, met=None, words="its status has not been set")
            continue
        lapsed = parse_utc(row["valid_until_utc"]) < facts.as_of_utc
        words = f"{row['status']} by {row['by']} until {row['valid_until_utc']}{', which is over' if lapsed else ''}"
        yield Seen(object=party, met=row["status"] == "approved" and not lapsed, words=words)
    if not told and not _partners(facts):
        yield Seen(object="", met=None, words="no partner's status is on record")


def _own(facts: Facts, given: Given, table: str, *register: str) -> list[dict[str, Any]]:
    """What was told of the requirement itself, and what the register of risks holds for it."""
    return [row for row in facts.listed(table) if row["requirement_id"] in (given.requirement_id, *register)]


def risks_kept(facts: Facts, given: Given) -> Iterator[Seen]:
    """Every risk on the register has an owner and a treatment, or is accepted, and is looked at again by its date."""
    rows = _own(facts, given, "comply_risks", "", "security")
    for row in rows:
        overdue = parse_utc(row["review_utc"]) < facts.as_of_utc
        treatment = row["treatment"] or "nothing is done about it yet"
        words = f"{row['words']}; {treatment}; {row['owner']} reviews by {row['review_utc']}"
        met = not overdue and bool(row["treatment"])
        yield Seen(object=row["risk_id"], met=met, words=f"{words}{', which is over' if overdue else ''}")
    if len(rows) < given.number("least"):
        words = f"{len(rows)} risks are on the register, at least {given.number('least'):g} are asked for"
        yield Seen(object="", met=None if not rows else False, words=words)


def drills_held(facts: Facts, given: Given) -> Iterator[Seen]:
    """A drill has been held within so many days before now."""
    rows = _own(facts, given, "comply_drills", "security")
    if not rows:
        yield Seen(object="", met=None, words="no drill is on record")
        return
    last = max(rows, key=lambda row: str(row["at_utc"]))
    limit = parse_utc(last["at_utc"]) + timedelta(days=given.number("days"))
    words = f"{last['drill']} on {last['at_utc']} by {last['by']}: {last['finding']}; the next by {format_utc(limit)}"
    yield Seen(object="", met=limit >= facts.as_of_utc, words=words)


def cases_closed(facts: Facts, given: Given) -> Iterator[Seen]:
    """Every non-conformance is closed within so many days."""
    cases = facts.listed("comply_cases")
    for row in cases:
        limit = parse_utc(row["opened_utc"]) + timedelta(days=given.number("days"))
        ended = parse_utc(row["closed_utc"]) if row["closed_utc"] else facts.as_of_utc
        end = f"closed {row['closed_utc']}" if row["closed_utc"] else "open"
        words = f"opened {row['opened_utc']} about {row['about']}, {end}"
        yield Seen(object=row["case_id"], met=ended <= limit, words=words)
    if not cases:
        yield Seen(object="", met=None, words="no non-conformance is on record")


def evidence_given(facts: Facts, given: Given) -> Iterator[Seen]:
    """Somebody has added evidence that still holds."""
    yield Seen(object="", met=None, words="no evidence has been added")
