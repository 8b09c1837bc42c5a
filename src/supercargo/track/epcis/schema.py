"""The JSON Schema of the EPCIS 2.0 documents that are taken: written for this project from the standard's tables of fields.

GS1 EPCIS Standard 2.0, sections 7.3 and 7.4: which fields each type of event has, and which it must have.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from supercargo.track.epcis.vocabulary import BIZ_STEPS, DISPOSITIONS, EVENT_TYPES

__all__ = ["MOST_EVENTS", "epcis_schema"]

MOST_EVENTS = 5_000
"""Events of one document."""

Json = dict[str, Any]

_TIME = r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})$"
_OWN_FIELD: Json = {r"^[^:@\s]+:[^\s]+$": {}}


def _ref(name: str) -> Json:
    return {"$ref": f"#/$defs/{name}"}


def _list(name: str, *, at_least: int = 0) -> Json:
    return {"type": "array", "items": _ref(name), "maxItems": 10_000, **({"minItems": at_least} if at_least else {})}


def _object(properties: Mapping[str, Json], *required: str) -> Json:
    return {
        "type": "object",
        "required": list(required),
        "properties": dict(properties),
        "patternProperties": _OWN_FIELD,
        "additionalProperties": False,
    }


_WHENCE = {
    "bizStep": _ref("bizStep"),
    "disposition": _ref("disposition"),
    "persistentDisposition": {"type": "object"},
    "readPoint": _ref("place"),
    "bizLocation": _ref("place"),
    "bizTransactionList": _list("bizTransaction"),
    "sourceList": _list("source"),
    "destinationList": _list("destination"),
    "sensorElementList": _list("sensorElement"),
}
_EVERY = {
    "type": {"enum": list(EVENT_TYPES)},
    "@context": {},
    "eventID": _ref("uri"),
    "eventTime": _ref("time"),
    "eventTimeZoneOffset": {
        "type": "string",
        "pattern": r"^[+-]((0\d|1[0-3]):[0-5]\d|14:00)$",
        "x-fix": "write the offset as +00:00",
    },
    "recordTime": _ref("time"),
    "errorDeclaration": _ref("errorDeclaration"),
    "certificationInfo": {},
}
_ACTION = {"action": {"enum": ["ADD", "OBSERVE", "DELETE"]}}
_CHILDREN = {"parentID": _ref("uri"), "childEPCs": _list("uri"), "childQuantityList": _list("quantity")}
_OBJECTS = {"epcList": _list("uri"), "quantityList": _list("quantity")}


def _some(fix: str, *names: str, also: tuple[Json, ...] = ()) -> Json:
    """One of these lists must hold something."""
    forms = [{"required": [name], "properties": {name: {"type": "array", "minItems": 1}}} for name in names]
    return {"anyOf": [*forms, *also], "x-what": f"has none of {', '.join(names)}", "x-fix": fix}


_DELETED: Json = {"required": ["action"], "properties": {"action": {"const": "DELETE"}}}
_PARENT: Json = {"required": ["parentID"]}


def _event_types() -> dict[str, Json]:
    base = ("type", "eventTime", "eventTimeZoneOffset")
    some_object = _some("name what it happened to in epcList or quantityList", "epcList", "quantityList")
    some_child = _some("name what is put in or taken out in childEPCs", "childEPCs", "childQuantityList", also=(_DELETED,))
    transformed = {
        "inputEPCList": _list("uri"),
        "inputQuantityList": _list("quantity"),
        "outputEPCList": _list("uri"),
        "outputQuantityList": _list("quantity"),
        "transformationID": _ref("uri"),
        "ilmd": {"type": "object"},
    }
    some_input = _some("name what went in, in inputEPCList", "inputEPCList", "inputQuantityList", "outputEPCList")
    return {
        "ObjectEvent": {
            **_object({**_EVERY, **_WHENCE, **_ACTION, **_OBJECTS, "ilmd": {"type": "object"}}, *base, "action"),
            "allOf": [some_object],
        },
        "AggregationEvent": {
            **_object({**_EVERY, **_WHENCE, **_ACTION, **_CHILDREN}, *base, "action"),
            "allOf": [some_child, {"if": {"properties": {"action": {"enum": ["ADD", "DELETE"]}}}, "then": _PARENT}],
        },
        "AssociationEvent": {
            **_object({**_EVERY, **_WHENCE, **_ACTION, **_CHILDREN}, *base, "action", "parentID"),
            "allOf": [some_child],
        },
        "TransactionEvent": {
            **_object(
                {
                    **_EVERY, **_WHENCE, **_ACTION, **_OBJECTS, "parentID": _ref("uri"),
                    "bizTransactionList": _list("bizTransaction", at_least=1),
                },
                *base, "action", "bizTransactionList",
            ),
            "allOf": [some_object],
        },
        "TransformationEvent": {**_object({**_EVERY, **_WHENCE, **transformed}, *base), "allOf": [some_input]},
    }  # fmt: skip


def _cbv(words: frozenset[str], example: str) -> Json:
    pattern = rf"^({'|'.join(sorted(words))}|[A-Za-z][A-Za-z0-9+.-]*:[!-~]+)$"
    return {"type": "string", "maxLength": 2048, "pattern": pattern, "x-fix": f"use a word of CBV 2.0, as {example}, or a URI"}


def _parts() -> dict[str, Json]:
    uri = _ref("uri")
    return {
        "uri": {
            "type": "string",
            "maxLength": 2048,
            "pattern": r"^[A-Za-z][A-Za-z0-9+.-]*:[!-~]+$",
            "x-fix": "write a URI, as urn:supercargo:cargo:R1 or urn:epc:id:sgtin:...",
        },
        "term": {
            "type": "string",
            "maxLength": 2048,
            "pattern": r"^([a-z_]+|[A-Za-z][A-Za-z0-9+.-]*:[!-~]+)$",
            "x-fix": "use a word of the CBV, such as receiving, or a URI",
        },
        "bizStep": _cbv(BIZ_STEPS, "receiving"),
        "disposition": _cbv(DISPOSITIONS, "in_transit"),
        "time": {"type": "string", "pattern": _TIME, "x-fix": "write it as 2027-03-01T10:00:00Z or with an offset"},
        "place": _object({"id": uri, "type": {}}, "id"),
        "quantity": _object(
            {
                "epcClass": uri,
                "quantity": {"type": "number", "minimum": 0, "maximum": 1e9},
                "uom": {"type": "string", "pattern": "^[A-Z0-9]{2,3}$", "x-fix": "use a unit code of UN/CEFACT, such as KGM"},
            },
            "epcClass",
            "quantity",
        ),
        "bizTransaction": _object({"type": _ref("term"), "bizTransaction": uri}, "bizTransaction"),
        "source": _object({"type": _ref("term"), "source": uri}, "type", "source"),
        "destination": _object({"type": _ref("term"), "destination": uri}, "type", "destination"),
        "sensorElement": _object(
            {"type": {}, "sensorMetadata": {"type": "object"}, "sensorReport": _list("sensorReport", at_least=1)},
            "sensorReport",
        ),
        "sensorReport": {"type": "object", "anyOf": [{"required": ["type"]}, {"required": ["exception"]}]},
        "errorDeclaration": _object(
            {
                "declarationTime": _ref("time"),
                "reason": _ref("term"),
                "correctiveEventIDs": {"type": "array", "items": uri, "maxItems": 1},
            },
            "declarationTime",
        ),
    }


def epcis_schema() -> Json:
    """The schema of a document: five types of event, fields of others under their own prefix."""
    chosen = [
        {"if": {"required": ["type"], "properties": {"type": {"const": name}}}, "then": _ref(name)} for name in EVENT_TYPES
    ]
    body = {
        "type": "object",
        "required": ["eventList"],
        "properties": {"eventList": {"type": "array", "items": _ref("event"), "minItems": 1, "maxItems": MOST_EVENTS}},
        "additionalProperties": False,
    }
    event = {"type": "object", "required": ["type"], "properties": {"type": {"enum": list(EVENT_TYPES)}}, "allOf": chosen}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "EPCIS 2.0 document of cargo events",
        **_object(
            {
                "@context": {},
                "id": {"type": "string", "maxLength": 2048},
                "type": {"const": "EPCISDocument"},
                "schemaVersion": {"type": "string", "pattern": r"^2\.0(\.\d+)?$", "x-fix": 'write "2.0"'},
                "creationDate": _ref("time"),
                "sender": {},
                "receiver": {},
                "instanceIdentifier": {},
                "epcisHeader": {"type": "object"},
                "epcisBody": body,
            },
            "@context",
            "type",
            "schemaVersion",
            "creationDate",
            "epcisBody",
        ),
        "$defs": {"event": event, **_event_types(), **_parts()},
    }
