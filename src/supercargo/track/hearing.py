"""What of an event is told to a customer: of listed kinds the listed words, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from supercargo.track.envelope import Recorded
from supercargo.track.people import Principal, may_hear

__all__ = ["TOLD_TO_CUSTOMERS", "told_body", "told_to"]

_COUNTED = ("pieces", "mass_kg", "after")
_MOVED = (*_COUNTED, "where", "taker")
_MOVES = (
    "received", "packed", "loaded", "unloaded", "trashed", "launched", "docked", "undocked", "landed", "entered",
    "transferred", "stowed", "returned",
)  # fmt: skip
_CARGO: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(_MOVES, _MOVED),
    "planned": ("customer", "direction", *_COUNTED, "mission", "destination", "plan", "supply_class", "journey"),
    "ordered": ("customer", "supplier", "order_no", *_COUNTED),
    "registered": ("sort", "where", "custodian", "after"),
    "inspected": _COUNTED,
    "consumed": ("mass_kg", "waste", "after"),
    "sealed": ("number", "after"),
    "unsealed": ("number", "after"),
    "seal_checked": ("number", "found", "seen", "after"),
    "handed_over": ("giver", "taker", "after"),
    "damaged": ("note", "after"),
    "lost": ("note", "after"),
    "observed": ("sensors", "after"),
    "corrected": ("wrong", "reason", "instead", "anew", "after"),
}

TOLD_TO_CUSTOMERS: Mapping[tuple[str, str], tuple[str, ...]] = {
    **{("cargo", kind): words for kind, words in _CARGO.items()},
    **{("container", kind): words for kind, words in _CARGO.items()},
    ("ncr", "ncr_opened"): ("about", "said", "cause", "findings", "event_id"),
    ("ncr", "ncr_dispositioned"): ("disposition",),
    ("ncr", "ncr_action_set"): ("action", "due_utc"),
    ("ncr", "ncr_closed"): (),
    ("party", "ComplaintOpened"): ("complaint", "about", "text"),
    ("party", "ComplaintAnswered"): ("complaint", "answer"),
    ("party", "ComplaintClosed"): ("complaint", "finding"),
    ("party", "SurveyAsked"): ("survey", "about", "most"),
    ("party", "SurveyAnswered"): ("survey", "score", "text"),
}
"""Words of a body by area of the stream and kind of event. A kind that is not listed is not told: terms, tariffs, promises of
several customers under one contract, costs, people, and whatever is added later, until somebody lists it."""


def told_to(principal: Principal, event: Recorded) -> Recorded | None:
    """The event as it may be told to somebody, None where it may not; from one that lost words its hash is taken too."""
    if not may_hear(principal, event.tenant, event.stream):
        return None
    if not principal.customer:
        return event
    area = event.stream.partition("/")[0]
    if (area, event.kind) not in TOLD_TO_CUSTOMERS:
        return None
    body = told_body(area, event.kind, event.body)
    return event if body == event.body else replace(event, body=body, hash="")


def told_body(area: str, kind: str, body: Mapping[str, Any]) -> dict[str, Any]:
    """What of a body is told to the customer whose event it is; nothing of a kind that is not told."""
    words = TOLD_TO_CUSTOMERS.get((area, kind), ())
    told = {name: value for name, value in body.items() if name in words}
    inner = told.get("instead")
    if isinstance(inner, Mapping):  # what happened instead is a step of its own, with a body of its own
        told["instead"] = {**inner, "body": told_body(area, str(inner.get("kind", "")), inner.get("body", {}))}
    return told
