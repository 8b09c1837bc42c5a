"""Events of cargo as an EPCIS 2.0 document."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from supercargo.kernel import ScenarioError, format_utc, plain
from supercargo.track.cargo.life import Fact, fact_of, standing_facts
from supercargo.track.envelope import Recorded
from supercargo.track.epcis.vocabulary import BASE, CONTEXT, SAID_AS, event_uri, named_uri, place_uri, thing_uri

__all__ = ["KILOGRAMS", "OWN", "write_document"]

OWN = "supercargo:"
"""The prefix of our own fields."""
KILOGRAMS = "KGM"
"""The kilogram in the unit codes of UN/CEFACT Recommendation 20."""

Json = dict[str, Any]


def write_document(events: Iterable[Recorded], *, created_utc: datetime) -> Json:
    """An EPCIS document of what happened to cargo and containers, one EPCIS event for each of ours, in their order.

    A correction becomes the wrong event with an error declaration under the same eventID, and behind it what happened
    instead. Raises ScenarioError where a corrected event is not among the events.
    """
    told = [event for event in events if event.stream.startswith(("cargo/", "container/"))]
    by_id = {event.event_id: event for event in told}
    listed = [said for event in told for said in _said(event, by_id)]
    return {
        "@context": [CONTEXT, {"supercargo": f"{BASE}term:"}],
        "type": "EPCISDocument",
        "schemaVersion": "2.0",
        "creationDate": format_utc(created_utc),
        "epcisBody": {"eventList": listed},
    }


def _said(event: Recorded, by_id: Mapping[str, Recorded]) -> list[Json]:
    fact = fact_of(event)
    if event.kind != "corrected":
        return [_event(event.stream, fact)]
    body = event.body
    declared: Json = {
        "declarationTime": format_utc(event.occurred_utc),
        f"{OWN}reason": body["reason"],
        f"{OWN}by": body.get("claim", event.by),
    }
    declared |= {f"{OWN}{name}": plain(body[name]) for name in ("note", "sensors") if name in body}
    true = _instead(fact)
    if not body.get("wrong"):
        assert true is not None
        return [{**_event(event.stream, true), f"{OWN}leftOut": declared}]
    wrong = by_id.get(body["wrong"])
    if wrong is None:
        what = f"{event.event_id} corrects {body['wrong']}, which is not among the events"
        raise ScenarioError(what, fix=f"write all events of {event.stream}", where=event.stream)
    was = fact_of(wrong) if wrong.kind != "corrected" else _instead(fact_of(wrong))
    assert was is not None
    declared["reason"] = "incorrect_data" if true else "did_not_occur"
    declared |= {"correctiveEventIDs": [event_uri(event.event_id)]} if true else {f"{OWN}eventID": event_uri(event.event_id)}
    return [{**_event(event.stream, was), "errorDeclaration": declared}, *([_event(event.stream, true)] if true else [])]


def _instead(fact: Fact) -> Fact | None:
    return next(iter(standing_facts((fact,))), None)


def _event(thing: str, fact: Fact) -> Json:
    body = dict(fact.body)
    said, after = SAID_AS[fact.kind], body.pop("after", {})
    where = body.pop("where", "")
    contained = where.startswith("container/")
    left = after.get("was", "") if fact.kind == "unloaded" else ""
    event_type = said.inside if contained and said.inside else said.event_type
    event: Json = {"type": event_type, "eventID": event_uri(fact.event_id), "eventTime": format_utc(fact.at_utc)}
    event |= {"eventTimeZoneOffset": "+00:00"}
    if fact.recorded_utc is not None:
        event["recordTime"] = format_utc(fact.recorded_utc)
    if event_type == "TransformationEvent":
        event |= _transformation(thing, fact, body)
    elif contained or left.startswith("container/"):
        event |= {"type": event_type if contained else "AggregationEvent", "action": "ADD" if contained else "DELETE"}
        event |= {"parentID": thing_uri(where if contained else left), "childEPCs": [thing_uri(thing)]}
        event |= _quantities("childQuantityList", thing, body)
    else:
        event |= {"action": said.action, "epcList": [thing_uri(thing)], **_quantities("quantityList", thing, body)}
    event |= {"bizStep": said.biz_step} | ({"disposition": said.disposition} if said.disposition else {})
    if where and not contained:
        place = {"id": place_uri(fact.kind, where)}
        event |= {"readPoint": place, "bizLocation": place}
    event |= _parties(body, after)
    if "order_no" in body:
        event["bizTransactionList"] = [{"type": "po", "bizTransaction": named_uri("order", body.pop("order_no"))}]
    if "sensors" in body:
        event["sensorElementList"] = plain(body.pop("sensors"))
    return event | {f"{OWN}by": body.pop("claim", fact.by)} | {f"{OWN}{name}": plain(value) for name, value in body.items()}


def _transformation(thing: str, fact: Fact, body: Json) -> Json:
    said: Json = {"transformationID": named_uri("transformation", fact.event_id), "inputEPCList": [thing_uri(thing)]}
    said |= _quantities("inputQuantityList", thing, body)
    if "waste" in body:
        said["outputEPCList"] = [thing_uri(body.pop("waste"))]
    return said


def _quantities(name: str, thing: str, body: Json) -> Json:
    """Pieces without a unit and mass in kilograms, of the class of the thing itself."""
    kind = named_uri("class", thing)
    listed = []
    if "pieces" in body:
        listed.append({"epcClass": kind, "quantity": body.pop("pieces")})
    if "mass_kg" in body:
        listed.append({"epcClass": kind, "quantity": body.pop("mass_kg"), "uom": KILOGRAMS})
    return {name: listed} if listed else {}


def _parties(body: Json, after: Mapping[str, Any]) -> Json:
    givers = [("possessing_party", after.get("giver", "")), ("owning_party", body.pop("supplier", ""))]
    takers = [
        ("possessing_party", body.pop("taker", "") or body.pop("custodian", "")),
        ("owning_party", body.pop("customer", "")),
    ]
    body.pop("giver", None)
    sources = [{"type": kind, "source": named_uri("party", name)} for kind, name in givers if name]
    destinations = [{"type": kind, "destination": named_uri("party", name)} for kind, name in takers if name]
    return ({"sourceList": sources} if sources else {}) | ({"destinationList": destinations} if destinations else {})
