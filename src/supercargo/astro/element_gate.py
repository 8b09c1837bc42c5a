"""The gate for element sets: what one set can't show, its neighbours do.

Invented and altered sets circulate with the right layout and the right checksum. But a plane drifts at a known pace and an
object runs at a known pace along its orbit, so sets of one object bear witness for each other, and the largest group that
agrees is believed. Tolerances and what they catch: docs/ccsds.md.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from supercargo.astro.elements import elements_of_set, satellite_from_elements
from supercargo.kernel import ScenarioError, days_between
from supercargo.model.element_sets import ElementSet

__all__ = ["ElementSetVerdict", "GateTolerances", "judge_element_sets"]

_EARTH_KM3_S2 = 398_600.8  # WGS 72, as SGP4 has it
_EARTH_KM = 6378.135
_MINUTES_D = 1440.0
_LOWEST_PERIGEE_KM = 90.0
_MOST_DRAG_PER_R = 0.5
_SLOWEST_REV_D = 0.05
_TOLD = 3  # neighbours named in a reason
_MOST_PAIRS = 500_000  # of sets of one object within the horizon, each held against each: forty years of daily ones


@dataclass(frozen=True, slots=True, kw_only=True)
class GateTolerances:
    """How far two sets of one object may differ before they contradict each other; each grows with the days between."""

    horizon_d: float = 30.0  # sets further apart bear no witness
    raan_deg: float = 0.03  # times 0.78 over the sine of the inclination, the station's being 0.78
    raan_deg_per_d: float = 0.01
    inclination_deg: float = 0.01
    eccentricity: float = 0.002
    mean_motion_rev_d: float = 0.02  # a reboost of 4 km
    mean_motion_rev_d_per_d: float = 0.002
    phase_deg: float = 1.0  # beside half the change of the mean motion, when in between it came being unknown
    phase_deg_per_d2: float = 0.05
    phase_most_deg: float = 60.0  # where the tolerance exceeds this, the phase says nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class ElementSetVerdict:
    """Whether a set may be used, who bears witness for it, and why not."""

    element_set: ElementSet
    accepted: bool
    witnesses_count: int  # sets within the horizon that agree with it
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Rated:
    """A set with the paces of its node and of its argument of latitude."""

    told: ElementSet
    node_deg_d: float
    latitude_deg_d: float


def judge_element_sets(
    sets: Sequence[ElementSet],
    *,
    as_of_utc: datetime | None = None,
    oldest_d: float | None = None,
    trusted: Sequence[ElementSet] = (),
    tolerances: GateTolerances | None = None,
) -> tuple[ElementSetVerdict, ...]:
    """A set is believed if it can be an orbit, is of its time, and agrees with the largest group of its neighbours.

    One verdict a set, in their order. `as_of_utc`: instant up to which facts are known; a set from after it is refused, and
    one older than `oldest_d` days [d] if that is given. `trusted` sets are believed beforehand. Two groups of one size that
    contradict each other are both refused, since nothing tells which is wrong. A set without a neighbour is accepted with no
    witness.

    Raises ScenarioError where more than half a million pairs of sets would have to be held against each other.
    """
    limits = tolerances or GateTolerances()
    solo = [tuple(_alone(each, as_of_utc, oldest_d)) for each in sets]
    rated = {place: _rated(each) for place, each in enumerate(sets) if not solo[place]}
    believed = {-1 - place: _rated(each) for place, each in enumerate(trusted) if not tuple(_alone(each, None, None))}
    verdicts: dict[int, ElementSetVerdict] = {}
    for number in sorted({each.told.catalogue_number for each in rated.values()}):
        group = {place: each for place, each in {**rated, **believed}.items() if each.told.catalogue_number == number}
        verdicts |= _judge_object(group, limits)
    return tuple(
        verdicts[place]
        if place in verdicts
        else ElementSetVerdict(element_set=each, accepted=False, witnesses_count=0, reasons=solo[place])
        for place, each in enumerate(sets)
    )


def _alone(told: ElementSet, as_of_utc: datetime | None, oldest_d: float | None) -> Iterator[str]:
    """What a set shows by itself."""
    if as_of_utc is not None:
        age_d = days_between(told.epoch_utc, as_of_utc)
        if age_d < 0.0:
            yield f"its epoch lies {-age_d:.2f} days after {as_of_utc:%Y-%m-%dT%H:%M:%SZ}, up to which facts are known"
        elif oldest_d is not None and age_d > oldest_d:
            yield f"its epoch lies {age_d:.1f} days back, more than {oldest_d:g}"
    if told.mean_motion_rev_d < _SLOWEST_REV_D:
        yield f"a mean motion of {told.mean_motion_rev_d:g} revolutions a day is none of an orbit of the Earth"
        return
    axis_km = (_EARTH_KM3_S2 / (told.mean_motion_rev_d * 2.0 * math.pi / 86_400.0) ** 2) ** (1.0 / 3.0)
    perigee_km = axis_km * (1.0 - told.eccentricity) - _EARTH_KM
    if perigee_km < _LOWEST_PERIGEE_KM:
        yield f"its perigee is at {perigee_km:.0f} km, below the {_LOWEST_PERIGEE_KM:g} km where no orbit lasts"
    elif abs(told.bstar) > _MOST_DRAG_PER_R:
        yield f"a drag term of {told.bstar:g} is beyond {_MOST_DRAG_PER_R:g}, which no spacecraft has"
    else:
        try:
            _rated(told)
        except ScenarioError as error:
            yield error.what


def _rated(told: ElementSet) -> _Rated:
    satellite: Any = satellite_from_elements(elements_of_set(told), where=f"element set of {told.catalogue_number}")
    pace = math.degrees(_MINUTES_D)
    return _Rated(told, satellite.nodedot * pace, (satellite.mdot + satellite.argpdot) * pace)


def _wrapped(angle_deg: float) -> float:
    return (angle_deg + 180.0) % 360.0 - 180.0


def _differences(one: _Rated, other: _Rated, limits: GateTolerances) -> Iterator[str]:
    """How `other` contradicts `one`; each runs at the mean of the two paces in between."""
    told, seen = one.told, other.told
    gone_d = days_between(told.epoch_utc, seen.epoch_utc)
    apart_d = abs(gone_d)
    node_deg_d = (one.node_deg_d + other.node_deg_d) / 2.0
    node_deg = _wrapped(seen.raan_deg - told.raan_deg - node_deg_d * gone_d)
    slant = 0.78 / max(math.sin(math.radians(seen.inclination_deg)), 0.01)
    node_right = abs(node_deg) <= (limits.raan_deg + limits.raan_deg_per_d * apart_d) * slant
    if not node_right:
        yield f"RAAN is {node_deg:+.3f} deg off the drift of {node_deg_d:.3f} deg a day"
    if abs(tilt_deg := seen.inclination_deg - told.inclination_deg) > limits.inclination_deg:
        yield f"inclination differs by {tilt_deg:+.4f} deg"
    if abs(stretch := seen.eccentricity - told.eccentricity) > limits.eccentricity:
        yield f"eccentricity differs by {stretch:+.5f}"
    faster = seen.mean_motion_rev_d - told.mean_motion_rev_d
    if abs(faster) > limits.mean_motion_rev_d + limits.mean_motion_rev_d_per_d * apart_d:
        yield f"mean motion differs by {faster:+.5f} revolutions a day"
        return
    allowed_deg = limits.phase_deg + 180.0 * abs(faster) * apart_d + limits.phase_deg_per_d2 * apart_d**2
    ran_deg = (one.latitude_deg_d + other.latitude_deg_d) / 2.0 * gone_d
    phase_deg = _wrapped(seen.arg_perigee_deg + seen.mean_anomaly_deg - told.arg_perigee_deg - told.mean_anomaly_deg - ran_deg)
    if node_right and allowed_deg <= limits.phase_most_deg and abs(phase_deg) > allowed_deg:
        late_s = phase_deg / other.latitude_deg_d * 86_400.0
        yield f"place along the orbit is {phase_deg:+.2f} deg off, as if the epoch were {late_s:+.0f} s wrong"


@dataclass(frozen=True, slots=True)
class _Evidence:
    """The sets of one object, and which agree with which; negative places are trusted sets."""

    group: Mapping[int, _Rated]
    limits: GateTolerances
    contradicts: dict[int, set[int]]
    agrees: dict[int, set[int]]

    def days(self, one: int, other: int) -> float:
        return days_between(self.group[one].told.epoch_utc, self.group[other].told.epoch_utc)


def _evidence(group: Mapping[int, _Rated], limits: GateTolerances) -> _Evidence:
    order = sorted(group, key=lambda place: (group[place].told.epoch_utc, place))
    _refuse_too_many([group[place].told for place in order], limits)
    found = _Evidence(group, limits, {place: set() for place in order}, {place: set() for place in order})
    for first, one in enumerate(order):
        for other in order[first + 1 :]:
            if found.days(one, other) > limits.horizon_d:
                break
            wrong = any(True for _ in _differences(group[one], group[other], limits))
            for place, partner in ((one, other), (other, one)):
                (found.contradicts if wrong else found.agrees)[place].add(partner)
    return found


def _refuse_too_many(sets: Sequence[ElementSet], limits: GateTolerances) -> None:
    pairs = first = 0
    for last, each in enumerate(sets):
        while days_between(sets[first].epoch_utc, each.epoch_utc) > limits.horizon_d:
            first += 1
        pairs += last - first
    if pairs > _MOST_PAIRS:
        what = f"{len(sets)} element sets of object {sets[0].catalogue_number} make {pairs} pairs, more than {_MOST_PAIRS}"
        raise ScenarioError(what, fix="judge fewer at a time, or take a shorter horizon", where="element sets")


def _judge_object(group: Mapping[int, _Rated], limits: GateTolerances) -> dict[int, ElementSetVerdict]:
    evidence = _evidence(group, limits)
    verdicts = {}
    for members in _witness_groups(evidence):
        believed, undecided = _believed(members, evidence.contradicts)
        for place in members:
            if place >= 0:
                verdicts[place] = _verdict(place, evidence, believed, undecided=undecided)
    return verdicts


def _witness_groups(evidence: _Evidence) -> Iterator[list[int]]:
    """Sets that are joined by neighbours within the horizon."""
    seen: set[int] = set()
    for start in sorted(evidence.group):
        members, ahead = [], [start] if start not in seen else []
        while ahead:
            place = ahead.pop()
            if place not in seen:
                seen.add(place)
                members.append(place)
                ahead += sorted((evidence.contradicts[place] | evidence.agrees[place]) - seen)
        if members:
            yield sorted(members)


def _consistent(members: set[int], contradicts: Mapping[int, set[int]]) -> set[int]:
    """What is left when, one by one, the set that contradicts most others is taken out; trusted ones stay."""
    left = set(members)
    against = {place: len(contradicts[place] & left) for place in left if place >= 0}
    trusted = {place: sum(other < 0 for other in contradicts[place] & left) for place in against}
    while against:
        worst = max(against, key=lambda place: (trusted[place], against[place], place))
        if against[worst] == 0:
            break
        left.remove(worst)
        del against[worst]
        for other in contradicts[worst] & against.keys():
            against[other] -= 1
    return left


def _believed(members: Sequence[int], contradicts: Mapping[int, set[int]]) -> tuple[set[int], bool]:
    """The group that is believed, and whether another one of its size stands against it."""
    believed = _consistent(set(members), contradicts)
    rest = {place for place in members if place not in believed}
    if not rest or any(place < 0 for place in believed):
        return believed, False
    return believed, len(_consistent(rest, contradicts)) >= len(believed)


def _verdict(place: int, evidence: _Evidence, believed: set[int], *, undecided: bool) -> ElementSetVerdict:
    told = evidence.group[place].told
    against = evidence.contradicts[place] if undecided else evidence.contradicts[place] & believed
    count = len(evidence.agrees[place] & believed)
    if not against:
        return ElementSetVerdict(element_set=told, accepted=True, witnesses_count=count)
    near = sorted(against, key=lambda other: (abs(evidence.days(other, place)), other))
    reasons = [_contradiction(other, place, evidence) for other in near[:_TOLD]]
    if len(near) > _TOLD:
        reasons.append(f"and {len(near) - _TOLD} more sets contradict it")
    if undecided:
        reasons.append("nothing tells which of them is wrong: as many sets stand on either side")
    return ElementSetVerdict(element_set=told, accepted=False, witnesses_count=count, reasons=tuple(reasons))


def _contradiction(witness: int, place: int, evidence: _Evidence) -> str:
    told = "; ".join(_differences(evidence.group[witness], evidence.group[place], evidence.limits))
    return f"against the set of {evidence.group[witness].told.epoch_utc:%Y-%m-%dT%H:%M:%SZ}: {told}"
