"""Words and names of EPCIS 2.0 and of its Core Business Vocabulary (CBV 2.0), and our own for what happens in orbit."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote, unquote

from supercargo.track.cargo.stages import PLACE_KINDS, PLACES_OF

__all__ = [
    "BASE",
    "BIZ_STEPS",
    "CONTEXT",
    "DISPOSITIONS",
    "EVENT_TYPES",
    "OTHER_STEPS",
    "SAID_AS",
    "Said",
    "event_of",
    "event_uri",
    "kind_of",
    "named_of",
    "named_uri",
    "place_of",
    "place_uri",
    "thing_of",
    "thing_uri",
    "word_of",
]

CONTEXT = "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"
"""The context that every document of EPCIS 2.0 names; it is never fetched."""

BASE = "urn:supercargo:"
"""What our own names begin with: things, places, parties, and steps that the CBV has no word for."""

EVENT_TYPES = ("ObjectEvent", "AggregationEvent", "AssociationEvent", "TransactionEvent", "TransformationEvent")

_STEP_WORDS = """
    accepting arriving assembling collecting commissioning consigning creating_class_instance cycle_counting decommissioning
    departing destroying disassembling dispensing encoding entering_exiting holding inspecting installing killing loading other
    packing picking receiving removing repackaging repairing replacing reserving retail_selling sampling sensor_reporting
    shipping staging_outbound stock_taking stocking storing transporting unloading unpacking void_shipping
"""
BIZ_STEPS = frozenset(_STEP_WORDS.split())
"""Business steps of CBV 2.0."""

_DISPOSITION_WORDS = """
    active available completeness_inferred completeness_verified conformant container_closed container_open damaged
    destroyed dispensed disposed encoded expired in_progress in_transit inactive mismatch_class mismatch_instance
    mismatch_quantity needs_replacement no_pedigree_match non_conformant non_sellable_other partially_dispensed recalled
    reserved retail_sold returned sellable_accessible sellable_not_accessible stolen unavailable unknown
"""
DISPOSITIONS = frozenset(_DISPOSITION_WORDS.split())
"""Dispositions of CBV 2.0."""


@dataclass(frozen=True, slots=True)
class Said:
    """How a step of ours is said in EPCIS; a step that ends in a container is said as what `inside` names."""

    event_type: str
    action: str
    biz_step: str
    disposition: str
    inside: str = ""


def _own(word: str) -> str:
    return f"{BASE}bizstep:{word}"


SAID_AS: Mapping[str, Said] = {
    "planned": Said("ObjectEvent", "ADD", _own("planning"), "reserved"),
    "ordered": Said("TransactionEvent", "ADD", _own("ordering"), "reserved"),
    "registered": Said("ObjectEvent", "ADD", "commissioning", "active", "AssociationEvent"),
    "received": Said("ObjectEvent", "OBSERVE", "receiving", "in_progress"),
    "inspected": Said("ObjectEvent", "OBSERVE", "inspecting", "in_progress"),
    "packed": Said("ObjectEvent", "ADD", "packing", "in_progress", "AggregationEvent"),
    "sealed": Said("ObjectEvent", "OBSERVE", _own("sealing"), "container_closed"),
    "unsealed": Said("ObjectEvent", "OBSERVE", _own("unsealing"), "container_open"),
    "seal_checked": Said("ObjectEvent", "OBSERVE", _own("seal_checking"), ""),
    "loaded": Said("ObjectEvent", "ADD", "loading", "in_progress", "AggregationEvent"),
    "unloaded": Said("ObjectEvent", "OBSERVE", "unloading", "in_progress"),
    "launched": Said("ObjectEvent", "OBSERVE", _own("launching"), "in_transit"),
    "docked": Said("ObjectEvent", "OBSERVE", _own("docking"), "in_progress"),
    "transferred": Said("ObjectEvent", "OBSERVE", _own("hatch_transfer"), "in_progress", "AggregationEvent"),
    "stowed": Said("ObjectEvent", "OBSERVE", _own("stowing_in_orbit"), "available", "AggregationEvent"),
    "consumed": Said("TransformationEvent", "", _own("consuming"), "dispensed"),
    "trashed": Said("ObjectEvent", "ADD", _own("loading_for_disposal"), "unavailable", "AggregationEvent"),
    "undocked": Said("ObjectEvent", "OBSERVE", "departing", "in_transit"),
    "landed": Said("ObjectEvent", "OBSERVE", "arriving", "in_progress"),
    "entered": Said("ObjectEvent", "DELETE", _own("destructive_entry"), "destroyed"),
    "returned": Said("ObjectEvent", "OBSERVE", "accepting", "returned"),
    "handed_over": Said("ObjectEvent", "OBSERVE", _own("handing_over"), "in_progress"),
    "damaged": Said("ObjectEvent", "OBSERVE", _own("reporting_damage"), "damaged"),
    "lost": Said("ObjectEvent", "OBSERVE", _own("reporting_loss"), "unknown"),
    "observed": Said("ObjectEvent", "OBSERVE", "sensor_reporting", ""),
}
"""Each kind of step in the words of EPCIS."""

OTHER_STEPS: Mapping[str, str] = {
    "storing": "stowed",
    "stocking": "stowed",
    "unpacking": "unloaded",
    "stock_taking": "inspected",
    "cycle_counting": "inspected",
    "installing": "registered",
}
"""Further business steps of the CBV that others use for what we call otherwise."""

_KIND_OF = {said.biz_step: kind for kind, said in SAID_AS.items()} | dict(OTHER_STEPS)
_CBV = re.compile(r"(?:urn:epcglobal:cbv:\w+:|https://ref\.gs1\.org/cbv/(?:\w+-)?|cbv:(?:\w+-)?)(\w+)")
_URI = re.compile(r"(?:urn:[a-z0-9][a-z0-9-]{1,30}:|https?://|ni:///)[!-~]+", re.IGNORECASE)
_CONTAINERS = ("urn:epc:id:sscc:", "urn:epc:id:grai:", "urn:epc:id:giai:")


def word_of(term: str) -> str:
    """A term of the CBV as its bare word, however it is written; any other URI as it is.

    >>> word_of("urn:epcglobal:cbv:bizstep:receiving"), word_of("https://ref.gs1.org/cbv/BizStep-packing")
    ('receiving', 'packing')
    """
    found = _CBV.fullmatch(term)
    return found[1] if found else term


def kind_of(biz_step: str) -> str:
    """The kind of step that a business step means; empty: none of ours."""
    return _KIND_OF.get(word_of(biz_step), "")


def _foreign(name: str) -> bool:
    return bool(_URI.fullmatch(name)) and not name.lower().startswith(BASE)


def named_uri(family: str, name: str) -> str:
    """The URI of a party, order or the like; a name that is a URI stays as it is."""
    return name if _foreign(name) else f"{BASE}{family}:{quote(name, safe='/')}"


def named_of(family: str, uri: str) -> str:
    """The name behind a URI; one that is not ours stays as it is."""
    own = f"{BASE}{family}:"
    return unquote(uri[len(own) :]) if uri.startswith(own) else uri


def event_uri(event_id: str) -> str:
    """An event's identifier as a URI, which `eventID` must be."""
    return named_uri("event", event_id)


def event_of(uri: str) -> str:
    """The event's name behind its URI."""
    return named_of("event", uri)


def thing_uri(thing: str) -> str:
    """The URI of an item or a container.

    >>> thing_uri("cargo/R 1#2"), thing_uri("container/urn:epc:id:sscc:4012345.0000000001")
    ('urn:supercargo:cargo:R%201%232', 'urn:epc:id:sscc:4012345.0000000001')
    """
    family, _, name = thing.partition("/")
    foreign_container = family == "container" and not name.startswith(_CONTAINERS)
    return f"{BASE}{family}:{quote(name, safe='/')}" if foreign_container or not _foreign(name) else name


def thing_of(uri: str) -> str:
    """The item or container that a URI names; a foreign one is a container if it names a shipping unit or an asset."""
    for family in ("cargo", "container"):
        if uri.startswith(f"{BASE}{family}:"):
            return f"{family}/{named_of(family, uri)}"
    return f"{'container' if uri.startswith(_CONTAINERS) else 'cargo'}/{uri}"


def place_uri(kind: str, where: str) -> str:
    """The URI of a place at which a step of a kind ends."""
    family, _, name = where.partition("/")
    usual = PLACES_OF.get(kind, ("site",))[0]
    return name if family == usual and _foreign(name) else f"{BASE}location:{quote(where, safe='/')}"


def place_of(kind: str, uri: str) -> str:
    """The place behind a URI; a foreign one is of the sort at which such a step usually ends."""
    where = named_of("location", uri)
    known = where != uri and where.partition("/")[0] in PLACE_KINDS
    return where if known else f"{PLACES_OF.get(kind, ('site',))[0]}/{uri}"
