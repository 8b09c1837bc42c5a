"""Risks, contingencies and offers of insurance: each row names what the scenario has, and says what can be meant."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Iterator

from supercargo.kernel import Fault
from supercargo.model.chances import is_of_family
from supercargo.store.sheets import Sheets

__all__ = ["RISK_CHECKS"]


def _judgements(sheets: Sheets) -> Iterator[Fault]:
    """What no simulation counts, a person has to judge; and somebody answers for each risk."""
    for row, risk in sheets.rows("risks"):
        for field in ("owner", "title"):
            if not getattr(risk, field).strip():
                yield sheets.fault("risks", row, field, f"{field} is missing", f"state {field}: a risk has both")
        fraction = risk.impact_fraction is not None and risk.driver in ("account", "customer")
        if risk.driver in ("judged", "account", "customer"):
            if risk.probability is None:
                what = f"a risk of driver {risk.driver} is not counted, and nobody says how likely it is"
                yield sheets.fault("risks", row, "probability", what, "give a probability from 0 to 1")
            if risk.impact_usd is None and not fraction:
                what = f"a risk of driver {risk.driver} is not counted, and nobody says what it costs"
                yield sheets.fault("risks", row, "impact_usd", what, "give an amount of 0 or more")
        elif risk.impact_fraction is not None:
            what = f"a share of what, for driver {risk.driver}?"
            yield sheets.fault("risks", row, "impact_fraction", what, "empty it, or use driver account or customer")
        if risk.state == "mitigating" and not risk.mitigation.strip():
            yield sheets.fault(
                "risks", row, "mitigation", "the mitigation is missing", "say what is done, or set state to open"
            )


def _objects(sheets: Sheets) -> Iterator[Fault]:
    """An object that the scenario lacks would let nothing happen, and nobody would be told."""
    places = sorted(sheets.tables["destinations"].key_words)
    customers = sorted(sheets.tables["customers"].key_words)
    missions = {record.mission_id for record in sheets.records("missions")}
    kinds = {record.launcher for record in sheets.records("launchers")}
    kinds |= {record.vehicle_type for record in sheets.records("vehicles")}
    for row, risk in sheets.rows("risks"):
        word, place = risk.object, risk.object.partition("/")[0]
        if risk.driver in ("slip", "demand", "supplier-delay"):
            if not _is_number(word):
                unit = "percent" if risk.driver == "demand" else "days"
                yield sheets.fault("risks", row, "object", f"{word[:40]!r} is no number of {unit}", f"give {unit}, 0 or more")
        elif not word:
            continue
        elif risk.driver in ("loss", "two-losses", "overrun"):
            if word not in missions and not any(is_of_family(kind, word) for kind in kinds):
                yield _unknown(sheets, row, word, [*kinds, *missions])
        elif risk.driver in ("reserve", "shortage", "port-out") and place not in places:
            yield _unknown(sheets, row, word, places)
        elif risk.driver == "customer" and word not in customers:
            yield _unknown(sheets, row, word, customers)


def _unknown(sheets: Sheets, row: int, word: str, known: Iterable[str]) -> Fault:
    names = sorted(known)
    close = difflib.get_close_matches(word[:80], names, n=1, cutoff=0.5)
    fix = f"did you mean {close[0]!r}?" if close else f"use one of: {', '.join(names)[:200]}"
    return sheets.fault("risks", row, "object", f"the scenario has no {word[:60]!r}", fix)


def _is_number(word: str) -> bool:
    return word.isascii() and word.replace(".", "", 1).isdigit()


def _offers(sheets: Sheets) -> Iterator[Fault]:
    """An offer whose deductible eats its limit never pays."""
    for row, offer in sheets.rows("insurance"):
        if not offer.cover_fraction or not offer.limit_usd:
            field = "limit_usd" if offer.cover_fraction else "cover_fraction"
            yield sheets.fault("insurance", row, field, "the offer covers nothing", "give more than 0, or take the row away")
        elif offer.deductible_usd >= offer.limit_usd:
            what = f"a deductible of {offer.deductible_usd:,.2f} USD leaves nothing of a limit of {offer.limit_usd:,.2f}"
            yield sheets.fault("insurance", row, "deductible_usd", what, "lower deductible_usd or raise limit_usd")


RISK_CHECKS: tuple[Callable[[Sheets], Iterator[Fault]], ...] = (_judgements, _objects, _offers)
"""Checks of risks and offers of insurance; what contingencies change is checked with technologies."""
