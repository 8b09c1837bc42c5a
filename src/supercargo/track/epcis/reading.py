"""An EPCIS 2.0 document as steps of cargo's life; every fault of it at once."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from supercargo.kernel import Fault, ScenarioError, canonical_json, faults_of
from supercargo.track.cargo.steps import STEPS, Correct, HandOver, Move, Register, Step
from supercargo.track.epcis.checking import faults_in, read_json
from supercargo.track.epcis.schema import epcis_schema
from supercargo.track.epcis.vocabulary import SAID_AS, event_of, kind_of, named_of, place_of, thing_of, word_of
from supercargo.track.epcis.writing import OWN

__all__ = ["EpcisTold", "read_document", "read_told"]

Json = Any

_KG_PER: Mapping[str, float] = {"KGM": 1.0, "GRM": 0.001, "TNE": 1000.0}
_DERIVED = frozenset({"command_id", "thing", "at_utc", "by", "claim", "sensors", "wrong", "instead", "reason"})


@dataclass(frozen=True, slots=True, kw_only=True)
class EpcisTold:
    """Steps of a document; and, by the name of each correction, what the document says that the wrong event was."""

    steps: tuple[Step, ...]
    declared: Mapping[str, Step]


def read_document(content: bytes, *, where: str, by: str) -> tuple[Step, ...]:
    """The steps that a document tells; raises as `read_told` does."""
    return read_told(content, where=where, by=by).steps


def read_told(content: bytes, *, where: str, by: str) -> EpcisTold:
    """What a document tells, in its order; `by` tells it all, whomever the document names: that is kept as a claim.

    An event of several things becomes a step for each, named ID#1, ID#2. An event with an error declaration, and the event
    that it names as corrective, become one correction. Fractions of a second are cut off. Raises ScenarioError with every
    fault and its JSON pointer.
    """
    document = read_json(content, where=where)
    if faults := faults_in(document, epcis_schema(), file=where):
        raise ScenarioError.of(faults, where=where)
    reading = _Reading(where, by)
    steps = reading.steps(document["epcisBody"]["eventList"])
    if reading.faults:
        raise ScenarioError.of(reading.faults, where=where)
    return EpcisTold(steps=steps, declared=reading.declared)


@dataclass(slots=True)
class _Reading:
    file: str
    by: str
    faults: list[Fault] = field(default_factory=list)
    declared: dict[str, Step] = field(default_factory=dict)

    def fault(self, pointer: str, what: str, fix: str) -> None:
        self.faults.append(Fault(self.file, 0, pointer, what, fix))

    def steps(self, events: Sequence[Json]) -> tuple[Step, ...]:
        self._refuse_twice(events)
        told = {number: self.event(event, f"/epcisBody/eventList/{number}") for number, event in enumerate(events)}
        declared = {number: event["errorDeclaration"] for number, event in enumerate(events) if "errorDeclaration" in event}
        named = {
            _event_id(event): number for number, event in enumerate(events) if "errorDeclaration" not in event
        }  # fmt: skip
        corrective: dict[int, int] = {}
        for number, declaration in declared.items():
            for place, uri in enumerate(declaration.get("correctiveEventIDs", ())):
                pointer = f"/epcisBody/eventList/{number}/errorDeclaration/correctiveEventIDs/{place}"
                if event_of(uri) not in named:
                    self.fault(pointer, "names an event that is not in the document", "send the corrective event with it")
                else:
                    corrective[number] = named[event_of(uri)]
        found: list[Step] = []
        for number, event in enumerate(events):
            if number in declared:
                true = told[corrective[number]] if number in corrective else ()
                found += self.corrections(event, told[number], true, f"/epcisBody/eventList/{number}")
            elif number not in corrective.values():
                found += self.left_out(event, told[number], f"/epcisBody/eventList/{number}")
        return tuple(found)

    def _refuse_twice(self, events: Sequence[Json]) -> None:
        seen: dict[tuple[str, bool], int] = {}
        for number, event in enumerate(events):
            key = (_event_id(event), "errorDeclaration" in event)
            if key in seen:
                what = f"is event {seen[key]} of the document once more"
                self.fault(f"/epcisBody/eventList/{number}/eventID", what, "send each event once")
            seen.setdefault(key, number)

    def corrections(self, event: Json, wrong: Sequence[Step], true: Sequence[Step], at: str) -> Iterator[Step]:
        """What an error declaration says of each thing of its event."""
        declared = event["errorDeclaration"]
        if true and [step.thing for step in true] != [step.thing for step in wrong]:
            what = "the corrective event is of other things than the wrong one"
            self.fault(f"{at}/errorDeclaration/correctiveEventIDs", what, "correct each thing by an event of its own")
            return
        for number, step in enumerate(wrong):
            instead = true[number] if true else None
            own = declared.get(f"{OWN}eventID", "")
            named = instead.command_id if instead else event_of(own) if own else f"{step.command_id}/error"
            self.declared[named] = step
            yield self._correct(declared, at, named, thing=step.thing, wrong=step.command_id, instead=instead)

    def left_out(self, event: Json, told: Sequence[Step], at: str) -> Iterator[Step]:
        """The steps of an event; inside a correction where it says that it had been left out."""
        declared = event.get(f"{OWN}leftOut")
        if declared is None:
            yield from told
        elif not isinstance(declared, dict) or not isinstance(declared.get("declarationTime"), str):
            self.fault(f"{at}/{OWN}leftOut", "has no declarationTime", "say when it was told that the event was left out")
        else:
            for step in told:
                yield self._correct(declared, at, step.command_id, thing=step.thing, wrong="", instead=step)

    def _correct(
        self, declared: Json, at: str, named: str, *, thing: str, wrong: str, instead: Step | None
    ) -> Correct:  # fmt: skip
        said = {name: declared.get(f"{OWN}{name}", "") for name in ("reason", "by", "note")}
        for name, value in said.items():
            if not isinstance(value, str):
                self.fault(f"{at}/{OWN}{name}", "is not text", "give text")
        sensors = declared.get(f"{OWN}sensors", [])
        return Correct(
            command_id=named, thing=thing, at_utc=self.instant(declared["declarationTime"], f"{at}/declarationTime"),
            by=self.by, claim=self.claim(said["by"]), note=str(said["note"]),
            reason=str(said["reason"] or word_of(declared.get("reason", "")) or "declared wrong"),
            wrong=wrong, instead=instead,
            sensors=tuple(sensors) if isinstance(sensors, list) else (),
        )  # fmt: skip

    def event(self, event: Json, at: str) -> tuple[Step, ...]:
        """The steps of one event, one for each of its things."""
        kind = self.kind(event, at)
        uris, pointer = _things(event)
        if not uris:
            what, fix = (
                "names no single item or container",
                "name them in epcList or childEPCs; a class alone can't be tracked",
            )
            self.fault(f"{at}/{pointer}", what, fix)
        if not kind or not uris:
            return ()
        named = _event_id(event)
        steps: list[Step] = []
        for number, uri in enumerate(uris, start=1):
            command_id = named if len(uris) == 1 else f"{named}#{number}"
            said = self.said(kind, event, at, several=len(uris) > 1)
            if said is None or not self._complete(kind, said, at):
                return ()
            thing = thing_of(uri)
            if kind == "registered" and "sort" not in said:
                said["sort"] = "bag"
            at_utc = self.instant(event["eventTime"], f"{at}/eventTime")
            claim = self.claim(event.get(f"{OWN}by", ""))
            step = STEPS[kind](command_id=command_id, thing=thing, at_utc=at_utc, by=self.by, claim=claim, **said)
            for name, what, fix in faults_of(step):
                self.fault(f"{at}/{OWN}{name}", what, fix)
            steps.append(step)
        return tuple(steps)

    def claim(self, named: Json) -> str:
        """The person whom a document names, where that is not who takes it in."""
        return str(named) if named != self.by else ""

    def kind(self, event: Json, at: str) -> str:
        """The kind of step that an event tells; empty where it is none of ours."""
        biz_step = event.get("bizStep", "")
        kind = kind_of(biz_step)
        if kind == "inspected" and word_of(event.get("disposition", "")) == "damaged":
            return "damaged"
        if not kind:
            known = ", ".join(sorted({said.biz_step for said in SAID_AS.values()}))
            what = f"{biz_step!r} is no step of cargo's life" if biz_step else "is missing"
            self.fault(f"{at}/bizStep", what, f"use one of: {known}")
        return kind

    def instant(self, written: str, at: str) -> datetime:
        """An instant in whole seconds of UTC."""
        try:
            return datetime.fromisoformat(written).astimezone(UTC).replace(microsecond=0)
        except (ValueError, OverflowError) as error:
            self.fault(at, f"is no instant: {error}", "write it as 2027-03-01T10:00:00Z or with an offset")
            return datetime(1970, 1, 1, tzinfo=UTC)

    def said(self, kind: str, event: Json, at: str, *, several: bool) -> dict[str, Any] | None:
        """The fields of a step that an event says; None where they can't be read."""
        wanted = {declared.name: declared for declared in dataclasses.fields(STEPS[kind])}
        said: dict[str, Any] = self._own_fields(event, wanted, at)
        if issubclass(STEPS[kind], Move | Register):
            said |= self._where(kind, event, at)
        said |= {name: value for name, value in self._parties(kind, event).items() if name in wanted}
        quantities, pointer = _quantities(event)
        if quantities and several:
            self.fault(f"{at}/{pointer}", "counts several things at once", "send an event for each thing that is counted")
            return None
        for name, value in self._counts(quantities, f"{at}/{pointer}"):
            if name not in wanted or name in said:
                what = f"says {name} twice" if name in said else f"{kind} takes no {name}"
                self.fault(f"{at}/{pointer}", what, "leave it out")
            said[name] = value
        if "sensorElementList" in event:
            said["sensors"] = tuple(event["sensorElementList"])
        if "waste" in wanted and event.get("outputEPCList"):
            said["waste"] = thing_of(event["outputEPCList"][0])
        orders = [one["bizTransaction"] for one in event.get("bizTransactionList", ()) if word_of(one.get("type", "")) == "po"]
        if "order_no" in wanted and orders:
            said["order_no"] = named_of("order", orders[0])
        return {name: value for name, value in said.items() if name in wanted}

    def _own_fields(self, event: Json, wanted: Mapping[str, Any], at: str) -> dict[str, Any]:
        found: dict[str, Any] = {}
        if not isinstance(event.get(f"{OWN}by", ""), str):
            self.fault(f"{at}/{OWN}by", "is not text", "give the person's name")
        for name, value in event.items():
            own = name.removeprefix(OWN)
            if own == name or own in ("by", "leftOut"):
                continue
            if own not in wanted or own in _DERIVED:
                self.fault(f"{at}/{name}", "is no field of ours for this step", "mend its spelling, or use your own prefix")
            elif own == "journey":
                found[own] = self._journey(value, f"{at}/{name}")
            elif "unit" in wanted[own].metadata:
                if isinstance(value, bool) or not isinstance(value, int | float):
                    self.fault(f"{at}/{name}", "is no number", "give a number")
                else:
                    found[own] = float(value)
            elif not isinstance(value, str):
                self.fault(f"{at}/{name}", "is not text", "give text")
            else:
                found[own] = value
        return found

    def _journey(self, value: Json, at: str) -> tuple[dict[str, str], ...]:
        keys = {"step", "where", "at_utc"}
        sound = isinstance(value, list) and all(
            isinstance(one, dict) and set(one) == keys and all(isinstance(word, str) for word in one.values()) for one in value
        )
        if not sound:
            self.fault(at, "is no journey", "give a list of objects with step, where and at_utc")
        return tuple(value) if sound else ()

    def _where(self, kind: str, event: Json, at: str) -> dict[str, str]:
        if "parentID" in event and event.get("action") != "DELETE":
            parent = thing_of(event["parentID"])
            return {"where": f"container/{parent.removeprefix('cargo/').removeprefix('container/')}"}
        place = event.get("bizLocation") or event.get("readPoint")
        if place is None:
            fix = "give bizLocation, or say into what in the parentID of an AggregationEvent"
            self.fault(f"{at}/bizLocation", f"it is not said where a thing is {kind}", fix)
            return {}
        return {"where": place_of(kind, place["id"])}

    def _parties(self, kind: str, event: Json) -> dict[str, str]:
        sources = {word_of(one["type"]): named_of("party", one["source"]) for one in event.get("sourceList", ())}
        takers = {word_of(one["type"]): named_of("party", one["destination"]) for one in event.get("destinationList", ())}
        found = {
            "taker": takers.get("possessing_party"),
            "custodian": takers.get("possessing_party"),
            "customer": takers.get("owning_party"),
            "supplier": sources.get("owning_party"),
            "giver": sources.get("possessing_party") if STEPS[kind] is HandOver else None,
        }
        return {name: value for name, value in found.items() if value is not None}

    def _counts(self, quantities: Sequence[Json], at: str) -> Iterator[tuple[str, float]]:
        for number, one in enumerate(quantities):
            unit = one.get("uom", "")
            if not unit:
                yield "pieces", float(one["quantity"])
            elif unit in _KG_PER:
                yield "mass_kg", one["quantity"] * _KG_PER[unit]
            else:
                self.fault(f"{at}/{number}/uom", f"is {unit!r}", f"use one of: {', '.join(_KG_PER)}; pieces have no uom")

    def _complete(self, kind: str, said: Mapping[str, Any], at: str) -> bool:
        missing = [
            declared.name
            for declared in dataclasses.fields(STEPS[kind])
            if declared.default is dataclasses.MISSING and declared.name not in {*said, *_DERIVED, "sort"}
        ]
        for name in missing:
            if name != "where":
                self.fault(f"{at}/{_FIELD_OF.get(name, OWN + name)}", f"{kind} does not say its {name}", f"add {name}")
        return not missing


_FIELD_OF = {
    "taker": "destinationList",
    "custodian": "destinationList",
    "customer": "destinationList",
    "supplier": "sourceList",
    "giver": "sourceList",
    "order_no": "bizTransactionList",
    "pieces": "quantityList",
    "mass_kg": "quantityList",
}
"""Fields of EPCIS that carry ours, by type owning_party or possessing_party where they name somebody."""


def _event_id(event: Json) -> str:
    if "eventID" in event:
        return event_of(event["eventID"])
    said = {name: value for name, value in event.items() if name not in ("recordTime", "errorDeclaration")}
    return f"sha256:{hashlib.sha256(canonical_json(said).encode()).hexdigest()}"


def _things(event: Json) -> tuple[list[str], str]:
    """The URIs of what an event happened to, and the field they stand in."""
    fields = {"TransformationEvent": "inputEPCList", "AggregationEvent": "childEPCs", "AssociationEvent": "childEPCs"}
    name = fields.get(event["type"], "epcList")
    return list(dict.fromkeys(event.get(name, ()))), name


def _quantities(event: Json) -> tuple[list[Json], str]:
    for name in ("quantityList", "childQuantityList", "inputQuantityList"):
        if event.get(name):
            return event[name], name
    return [], "quantityList"
