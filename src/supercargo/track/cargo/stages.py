"""The stages of a thing's life, and which step is lawful from which stage."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = [
    "ALOFT",
    "EXPECTED",
    "FIXED_SORTS",
    "ITEM_STEPS",
    "JOURNEYS",
    "LIVE",
    "OBSERVATIONS",
    "PLACES_OF",
    "PLACE_KINDS",
    "SORTS",
    "STAGES",
    "TAKES_IN",
    "TRANSITIONS",
    "VEHICLE_STEPS",
    "lawful_steps",
    "meaning_of",
]

STAGES: Mapping[str, str] = {
    "": "not known",
    "planned": "a plan flies it; nothing has happened yet",
    "awaited": "a plan takes it away from the place; it has not been seen there yet",
    "registered": "a container, on the ground",
    "ordered": "ordered from its supplier",
    "received": "counted in on the ground",
    "inspected": "inspected on the ground",
    "packed": "in a bag or box, on the ground",
    "sealed": "sealed, on the ground",
    "loaded": "in a spacecraft, to fly up or home",
    "unloaded": "taken out on the ground",
    "launched": "lifted off",
    "docked": "at the port, still in the spacecraft",
    "transferred": "carried across the hatch",
    "stowed": "at its place in the station",
    "trashed": "in a spacecraft, to be burnt",
    "undocked": "has left the port",
    "landed": "back on Earth, still in the spacecraft",
    "consumed": "used up",
    "destroyed": "burnt at entry",
    "returned": "handed over after the flight",
    "lost": "lost",
}
"""Every stage with its meaning."""

LIVE = tuple(stage for stage in STAGES if stage not in {"", "consumed", "destroyed", "returned", "lost"})
"""Stages after which something can still happen."""

EXPECTED = frozenset({"planned", "awaited"})
"""Stages that a plan alone gives: they forbid nothing that happened before the plan was released."""

ALOFT = frozenset({"awaited", "docked", "transferred", "stowed"})
"""Stages of what is at the place, not on the ground nor under way."""

_GROUND = ("received", "inspected", "packed", "sealed", "unloaded")


def _same(*stages: str) -> dict[str, str]:
    return {stage: stage for stage in stages}


def _to(stage: str, *before: str) -> dict[str, str]:
    return dict.fromkeys(before, stage)


TRANSITIONS: Mapping[str, Mapping[str, str]] = {
    "ordered": _to("ordered", "", "planned"),
    "received": {
        **_to("received", "planned", "ordered", "received", "inspected", "unloaded"),
        **_same("registered", "packed", "sealed"),
        "awaited": "stowed",
    },
    "inspected": {
        **_to("inspected", "received", "inspected", "unloaded"),
        **_same("transferred", "stowed", "packed", "sealed"),
    },
    "packed": {**_to("packed", "registered", *_GROUND), **_same("transferred", "stowed"), "awaited": "stowed"},
    "sealed": {
        **_to("sealed", "registered", *_GROUND),
        **_same("loaded", "transferred", "stowed", "trashed", "docked", "landed"),
    },
    "loaded": _to("loaded", "registered", *_GROUND, "loaded", "awaited", "transferred", "stowed"),
    "unloaded": _to("unloaded", "packed", "sealed", "loaded", "landed"),
    "launched": _to("launched", "registered", "sealed", "landed"),
    "docked": _to("docked", "launched", "undocked"),
    "transferred": _to("transferred", "docked"),
    "stowed": _to("stowed", "transferred", "stowed", "awaited", "loaded", "trashed"),
    "consumed": _same("transferred", "stowed"),
    "trashed": _to("trashed", "awaited", "transferred", "stowed"),
    "undocked": _to("undocked", "docked"),
    "landed": _to("landed", "undocked"),
    "entered": _to("destroyed", "undocked"),
    "returned": _to("returned", "landed", "unloaded"),
    "lost": _to("lost", *LIVE),
    "unsealed": _same(*LIVE),
    "handed_over": _same(*LIVE),
    "seal_checked": _same(*LIVE),
    "damaged": _same(*LIVE),
    "observed": _same(*LIVE),
    "planned": {"": "planned", **_same(*LIVE)},
    "registered": {"": "registered", **_same(*LIVE)},
}
"""For each step, the stage it leads to from each stage in which it is lawful; `consumed`: where something is left."""

OBSERVATIONS = frozenset({"seal_checked", "damaged", "observed"})
"""Steps that change no place, stage or holder: they may be told late."""

VEHICLE_STEPS = frozenset({"launched", "docked", "undocked", "landed", "entered"})
"""Steps of a spacecraft; all inside goes with it."""

ITEM_STEPS = frozenset({"planned", "ordered", "consumed"})
"""Steps of cargo items alone."""

SORTS = ("item", "bag", "box", "bay", "vehicle", "rack", "module")
"""What a thing can be."""

FIXED_SORTS = frozenset({"bay", "rack", "module"})
"""What never moves by itself."""

TAKES_IN: Mapping[str, tuple[str, ...]] = {
    "packed": ("bag", "box"),
    "loaded": ("vehicle", "bay"),
    "trashed": ("vehicle", "bay"),
    "transferred": ("rack", "module", "bag", "box"),
    "stowed": ("rack", "module", "bag", "box"),
}
"""Sorts of container that a step may put a thing into."""

PLACE_KINDS: Mapping[str, str] = {
    "supplier": "at a supplier",
    "site": "at a launch or landing site",
    "facility": "in a processing facility",
    "pad": "on a pad, SITE/PAD",
    "flight": "under way on a mission",
    "port": "at a port, DESTINATION/PORT",
    "place": "at a destination",
    "entry": "where a spacecraft burns",
    "customer": "with a customer",
}
"""Words that a place may begin with, as in `port/ISS/Forward`."""

PLACES_OF: Mapping[str, tuple[str, ...]] = {
    "received": ("site", "facility", "pad", "place"),
    "unloaded": ("site", "facility", "pad", "place"),
    "launched": ("flight",),
    "docked": ("port",),
    "undocked": ("flight",),
    "landed": ("site", "place"),
    "entered": ("entry",),
    "transferred": ("place",),
    "stowed": ("place",),
    "returned": ("customer", "site", "facility"),
}
"""Kinds of place that a step may end at."""

JOURNEYS: Mapping[str, tuple[str, ...]] = {
    "up": (
        "planned", "ordered", "received", "inspected", "packed", "sealed", "loaded", "launched", "docked", "transferred",
        "stowed", "consumed",
    ),
    "down": ("awaited", "stowed", "loaded", "undocked", "landed", "unloaded", "returned"),
    "disposal": ("awaited", "stowed", "trashed", "undocked", "destroyed"),
}  # fmt: skip
"""The stages that cargo passes, by direction."""


def meaning_of(stage: str, where: str) -> str:
    """What a stage means of a thing that is at a place: what the table says of the ground is said of the place it is at.

    >>> meaning_of("received", "site/Kourou"), meaning_of("received", "place/Mars")
    ('counted in on the ground', 'counted in at Mars')
    """
    kind, _, place = where.partition("/")
    said = STAGES[stage]
    if kind != "place":
        return said
    return said.replace("on the ground", f"at {place}").replace("back on Earth", f"landed at {place}")


def lawful_steps(stage: str) -> tuple[str, ...]:
    """Steps that are lawful in a stage.

    >>> lawful_steps("undocked")[:3]
    ('docked', 'landed', 'entered')
    """
    return tuple(kind for kind, ways in TRANSITIONS.items() if stage in ways)
