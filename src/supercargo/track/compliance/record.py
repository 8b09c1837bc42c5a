"""What the log proves, table by table: own entries, who held what and what was wrong, how missions passed their gates.

Events of cargo and missions are read by the names and bodies of docs/events; a kind that is not there proves nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from supercargo.kernel import format_utc
from supercargo.track.compliance.commands import (
    AddEvidence,
    EditRequirement,
    HoldDrill,
    RegisterRisk,
    SetPartnerStatus,
    WaiveRequirement,
)
from supercargo.track.envelope import Recorded
from supercargo.track.event_store import View
from supercargo.track.risks.events import (
    RISK_KINDS,
    RiskAccepted,
    RiskClosed,
    RiskDrilled,
    RiskIdentified,
    RiskMitigated,
    RiskReviewed,
)
from supercargo.track.views import Projection, ViewTable

__all__ = ["COMPLIANCE", "REGISTERS"]


def _table(name: str, key: str, *columns: str) -> ViewTable:
    return ViewTable(name=name, key=(key,), columns=("register", *columns), indexed=("register",))


REGISTERS: tuple[ViewTable, ...] = (
    _table("comply_evidence", "event_id", "requirement_id", "object", "reference", "valid_until_utc", "by", "at_utc"),
    _table("comply_waivers", "event_id", "requirement_id", "object", "reason", "until_utc", "by", "at_utc"),
    _table("comply_edits", "event_id", "requirement_id", "field", "value", "reason", "by", "at_utc"),
    _table("comply_drills", "event_id", "requirement_id", "drill", "finding", "by", "at_utc"),
    _table("comply_partners", "party", "status", "reason", "valid_until_utc", "by", "at_utc"),
    _table("comply_risks", "risk_id", "requirement_id", "words", "owner", "treatment", "review_utc", "by", "at_utc"),
    _table("comply_custody", "thing", "facts"),
    _table("comply_cases", "case_id", "about", "opened_utc", "closed_utc"),
    _table(
        "comply_missions", "mission_id", "contract_id", "vehicle_type", "planned_utc", "launched_utc", "docked_utc",
        "docked_evidence", "lost", "gates", "slips", "booked_usd",
    ),
)  # fmt: skip
"""Tables of this area; each is listed whole by its column `register`, which holds the table's name."""

_COLUMNS = {table.name: (*table.key, *table.columns) for table in REGISTERS}
_STARTS: Mapping[str, Mapping[str, Any]] = {
    "comply_custody": {"facts": []},
    "comply_cases": {"about": "", "opened_utc": "", "closed_utc": ""},
    "comply_missions": {
        "contract_id": "", "vehicle_type": "", "planned_utc": "", "launched_utc": "", "docked_utc": "", "docked_evidence": "",
        "lost": False, "gates": {}, "slips": [], "booked_usd": 0.0,
    },
}  # fmt: skip


def _put(view: View, table: str, key: str, row: Mapping[str, Any]) -> None:
    view.put(table, (key,), {name: row.get(name, "") for name in _COLUMNS[table]} | {"register": table})


def _own(table: str, key: str) -> Callable[[Recorded, View], None]:
    """An event of this area becomes a row as it is said; a later one of the same key takes its place."""

    def project(event: Recorded, view: View) -> None:
        told = {**event.body, "event_id": event.event_id, "by": event.by, "at_utc": format_utc(event.occurred_utc)}
        told["valid_until_utc"] = told.get("valid_until_utc") or ""
        _put(view, table, str(told[key]), told)

    return project


def _change(view: View, table: str, key: str, change: Callable[[dict[str, Any]], None]) -> None:
    """Change a row, which begins empty."""
    row = view.get(table, (key,)) or {**_STARTS[table], _COLUMNS[table][0]: key}
    row = {name: value.copy() if isinstance(value, list | dict) else value for name, value in row.items()}
    change(row)
    _put(view, table, key, row)


_SAID = ("giver", "taker", "number", "found", "seen")


def _fact(event_id: str, kind: str, at_utc: str, body: Mapping[str, Any]) -> dict[str, str]:
    told = {name: str(body[name]) for name in _SAID if body.get(name)}
    return {"event_id": event_id, "kind": kind, "at_utc": at_utc, **told, **_passed(body.get("after", {}))}


def _passed(after: Mapping[str, Any]) -> dict[str, str]:
    """Who holds a thing after an event, and who held it before where custody passed."""
    names = (("holder", "custodian"), ("giver", "giver"))
    return {name: str(after[column]) for name, column in names if after.get(column)}


def _custody(event: Recorded, view: View) -> None:
    """What was said of who holds a thing and of its seals; what is declared wrong is out, what is said instead in."""
    body = event.body

    def change(row: dict[str, Any]) -> None:
        if event.kind != "corrected":
            row["facts"].append(_fact(event.event_id, event.kind, format_utc(event.occurred_utc), body))
            return
        row["facts"] = [fact for fact in row["facts"] if fact["event_id"] != body.get("wrong")]
        true = body.get("instead")
        if isinstance(true, Mapping) and true.get("kind") in _CARGO:
            row["facts"].append(_fact(event.event_id, str(true["kind"]), str(true.get("at_utc", "")), true.get("body", {})))
        anew = body.get("anew", {})
        row["facts"] = [fact | _passed(anew.get(fact["event_id"], {})) for fact in row["facts"]]

    _change(view, "comply_custody", event.stream, change)


def _case(event: Recorded, view: View) -> None:
    def change(row: dict[str, Any]) -> None:
        if event.kind == "ncr_opened":
            row |= {"about": str(event.body.get("about", "")), "opened_utc": format_utc(event.occurred_utc)}
        else:
            row["closed_utc"] = format_utc(event.occurred_utc)

    _change(view, "comply_cases", event.stream.partition("/")[2], change)


def _mission(event: Recorded, view: View) -> None:
    body, at = event.body, format_utc(event.occurred_utc)

    def change(row: dict[str, Any]) -> None:
        if event.kind in ("MissionOpened", "MissionReplanned"):
            flight = body.get("flight", {})
            row |= {name: str(flight.get(name, "")) for name in ("contract_id", "vehicle_type")}
            row["planned_utc"] = row["planned_utc"] or str(flight.get("launch_utc", ""))
        elif event.kind == "GatesSet":
            told = {str(gate.get("gate", "")): {"state": "due", "evidence": ""} for gate in body.get("gates", ())}
            row["gates"] = told | row["gates"]
        elif event.kind in _GATES:
            shown = str(body.get("evidence", "") or body.get("reason", "") or body.get("finding", ""))
            row["gates"][str(body.get("gate", ""))] = {"state": _GATES[event.kind], "evidence": shown}
        elif event.kind == "MissionSlipped":
            row["slips"].append({"to_utc": str(body.get("launch_utc", "")), "reason": str(body.get("reason", ""))})
        elif event.kind == "MissionLaunched":
            row["launched_utc"] = at
        elif event.kind == "PhaseEntered" and body.get("phase") == "docked":
            row |= {"docked_utc": at, "docked_evidence": str(body.get("evidence", ""))}
        elif event.kind == "PhaseEntered" and body.get("phase") == "lost":
            row["lost"] = True

    _change(view, "comply_missions", event.stream.partition("/")[2], change)


def _adjusted(event: Recorded, view: View) -> None:
    """A milestone that is booked by hand, not by docking."""
    body = event.body
    if body.get("account") == "revenue:milestone" and body.get("mission_id"):

        def change(row: dict[str, Any]) -> None:
            row["booked_usd"] = round(row["booked_usd"] + float(body.get("usd", 0.0)), 2)

        _change(view, "comply_missions", str(body["mission_id"]), change)


def _risk(event: Recorded, view: View) -> None:
    """A risk of the register stands beside those that a requirement was told of; closed, it counts no longer.

    Only drills of a risk of the chain's security are drills of its plans.
    """
    said, name, at = RISK_KINDS.read(event), event.stream, format_utc(event.occurred_utc)
    row = view.get("comply_risks", (name,))
    if isinstance(said, RiskIdentified):
        told = {"words": said.title, "owner": said.owner, "review_utc": format_utc(said.review_utc)}
        security = {"requirement_id": _SECURITY if said.security else ""}
        _put(view, "comply_risks", name, {"risk_id": name, **told, **security, "by": event.by, "at_utc": at})
    elif row is None:
        return
    elif isinstance(said, RiskClosed):
        view.drop("comply_risks", (name,))
    elif isinstance(said, RiskMitigated):
        _put(view, "comply_risks", name, row | {"treatment": said.mitigation, "owner": said.owner})
    elif isinstance(said, RiskAccepted):
        until = format_utc(said.until_utc)
        _put(view, "comply_risks", name, row | {"treatment": f"accepted by {event.by} until {until}: {said.reason}"})
    elif isinstance(said, RiskReviewed):
        _put(view, "comply_risks", name, row | {"review_utc": format_utc(said.review_utc)})
    elif isinstance(said, RiskDrilled):
        told = {"requirement_id": row["requirement_id"], "drill": said.drill, "finding": said.finding}
        _put(view, "comply_drills", event.event_id, {"event_id": event.event_id, **told, "by": event.by, "at_utc": at})


_SECURITY = "security"
"""Stands in the place of a requirement: a risk or drill of the register that is one of the chain's security."""

_GATES = {"GatePassed": "passed", "GateFailed": "failed", "GateWaived": "waived"}
_CARGO = (
    "ordered", "received", "inspected", "packed", "sealed", "unsealed", "seal_checked", "loaded", "unloaded", "launched",
    "docked", "transferred", "stowed", "trashed", "undocked", "landed", "entered", "returned", "handed_over", "registered",
)  # fmt: skip
_MISSION = ("MissionOpened", "MissionReplanned", "GatesSet", *_GATES, "MissionSlipped", "MissionLaunched", "PhaseEntered")

_PROJECTS: Mapping[str, Callable[[Recorded, View], None]] = {
    AddEvidence.kind: _own("comply_evidence", "event_id"),
    WaiveRequirement.kind: _own("comply_waivers", "event_id"),
    EditRequirement.kind: _own("comply_edits", "event_id"),
    HoldDrill.kind: _own("comply_drills", "event_id"),
    SetPartnerStatus.kind: _own("comply_partners", "party"),
    RegisterRisk.kind: _own("comply_risks", "risk_id"),
    "AmountAdjusted": _adjusted,
    "ncr_opened": _case,
    "ncr_closed": _case,
    **dict.fromkeys((noun.__name__ for noun in RISK_KINDS.nouns), _risk),
    **dict.fromkeys((*_CARGO, "corrected"), _custody),
    **dict.fromkeys(_MISSION, _mission),
}


def _project(event: Recorded, view: View) -> None:
    project = _PROJECTS.get(event.kind)
    if project is not None:
        project(event, view)


COMPLIANCE = Projection(name="compliance", tables=REGISTERS, project=_project)
"""What compliance is measured from, made from the log alone."""
