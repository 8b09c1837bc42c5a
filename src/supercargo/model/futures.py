"""One drawn course of a plan's year: what befalls it, and when operations learn of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property

from supercargo.kernel import quantity, text
from supercargo.model.catalogue import _Checked
from supercargo.model.replanning import PortOut, Standdown

__all__ = ["Future", "Grounding", "SlipNews"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SlipNews(_Checked):
    """A report that moves a lift-off: known from an instant on, counted against the lift-off that the plan commits to."""

    mission_id: str = text("mission")
    known_utc: datetime = text("when operations learn of it")
    delay_s: int = quantity("s", "whole delay against the planned lift-off, earlier news included", ge=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Grounding(_Checked):
    """What the loss of a mission does to its family: nothing of it lifts off for so long after that."""

    mission_id: str = text("mission that is lost")
    family: str = text("family that stands down")
    launchers: tuple[str, ...] = text("launchers that it grounds")
    vehicle_types: tuple[str, ...] = text("types of spacecraft that it grounds")
    lasts_s: int = quantity("s", "length of the stand-down", ge=0)

    def standdown(self, lifted_utc: datetime) -> Standdown:
        """The stand-down once the lost mission has lifted off."""
        return Standdown(
            family=self.family,
            launchers=self.launchers,
            vehicle_types=self.vehicle_types,
            from_utc=lifted_utc,
            to_utc=lifted_utc + timedelta(seconds=self.lasts_s),
        )


@dataclass(frozen=True, kw_only=True)
class Future:
    """One course of events, fixed by seed and number; nothing in it depends on how operations answer."""

    seed: int
    index: int
    slips: tuple[SlipNews, ...] = ()  # in order of mission, then of when they are known
    lost: tuple[str, ...] = ()  # missions that are lost after lift-off if they fly
    groundings: tuple[Grounding, ...] = ()  # one for each lost mission whose family stands down
    port_outs: tuple[PortOut, ...] = ()
    overruns_s: Mapping[str, int] = field(default_factory=dict)  # processing of a mission takes so much longer
    damaged: Mapping[str, float] = field(default_factory=dict)  # up line -> share that arrives damaged
    demand: Mapping[tuple[str, str], float] = field(default_factory=dict)  # (place, class) -> factor on its use
    monthly: Mapping[tuple[str, str], tuple[float, ...]] = field(default_factory=dict)  # -> factor of each 30 days
    supplier_delays_s: Mapping[str, int] = field(default_factory=dict)  # up line -> later at the launch site

    @cached_property
    def slip_s(self) -> Mapping[str, int]:
        """Delay of each mission by its last news [s]."""
        return {news.mission_id: news.delay_s for news in self.slips}

    @cached_property
    def grounding_of(self) -> Mapping[str, Grounding]:
        """Stand-downs by the mission whose loss begins them."""
        return {grounding.mission_id: grounding for grounding in self.groundings}
