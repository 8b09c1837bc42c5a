"""A flown year, answered in words or as one JSON object."""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from supercargo.app.event_words import instant_of
from supercargo.app.flying import FlyAsked, Pace, fly_plan
from supercargo.app.flying_figures import FlownFigures
from supercargo.app.operations_answers import FlyAnswer
from supercargo.faces.commands import answering, print_json, tell_lines
from supercargo.faces.memory import seldom_collected
from supercargo.faces.words import count
from supercargo.kernel import ScenarioError

__all__ = ["FlyWords", "fly", "fly_lines", "pace_of"]

_EVERY_S = 5.0
_MOST_NAMED = 8
_FLYING = "flying "
"""What the name of the stage begins with that ends with the day that is flown."""


@dataclass(frozen=True, slots=True)
class FlyWords:
    """What is typed to `fly`."""

    folder: Path
    store: str
    by: str
    seed: int
    speed: str
    planner: str
    until: str
    out: Path | None
    force: bool


class _Watch:
    """A line on standard error every few seconds, and how far the year has been flown."""

    def __init__(self) -> None:
        self._at = ""
        self._began = self._told = time.monotonic()
        self._share = 0.0

    def __call__(self, stage: str, share: float) -> None:
        if stage.startswith(_FLYING):
            self._at = f" at {stage.removeprefix(_FLYING)}"
        now, self._share = time.monotonic(), max(self._share, share)
        if now - self._told >= _EVERY_S:
            self._told = now
            left_s = (now - self._began) * (1.0 - self._share) / self._share if self._share > 0.02 else math.nan
            left = "time left not known yet" if math.isnan(left_s) else f"about {left_s:.0f} s left"
            sys.stderr.write(f"{stage}: {100 * self._share:.0f} % done, {left}\n")

    def stopped(self) -> str:
        """What is said to who breaks the flight off."""
        return f"stopped{self._at}; what was told is stored, and the same command goes on"


class _Paced:
    """Waits until an instant of the flown year has come; the first that is asked for has."""

    def __init__(self, speed: float) -> None:
        self._speed, self._began = speed, 0.0
        self._first: datetime | None = None

    def __call__(self, at_utc: datetime) -> None:
        if self._first is None:
            self._first, self._began = at_utc, time.monotonic()
        left_s = (at_utc - self._first).total_seconds() / self._speed - (time.monotonic() - self._began)
        if left_s > 0.0:
            time.sleep(left_s)


def pace_of(speed: str) -> Pace | None:
    """How the year is held to the clock; None for as fast as it goes. Raises ScenarioError for a word that is no speed."""
    if speed == "max":
        return None
    try:
        seconds = float(speed)
    except ValueError:
        seconds = math.nan
    if not 0.0 < seconds < math.inf:
        fix = "give seconds of the year in a second, above 0, such as 86400, or max"
        raise ScenarioError(f"{speed[:40]!r} is no speed", fix=fix, where="--speed")
    return _Paced(seconds)


def _until(written: str) -> datetime | None:
    if not written:
        return None
    try:
        return instant_of(written)
    except ValueError:
        fix = "give a UTC day or instant, as 2027-06-30 or 2027-06-30T12:00:00Z"
        raise ScenarioError(f"{written[:40]!r} is no instant", fix=fix, where="--until") from None


def fly(words: FlyWords, *, as_json: bool) -> None:
    """Fly the year and tell what came of it."""
    watch = _Watch()
    with answering(as_json=as_json, stopped=watch.stopped), seldom_collected():
        pace = pace_of(words.speed)
        asked = FlyAsked(
            folder=words.folder, store=words.store, by=words.by, seed=words.seed, planner=words.planner,
            until_utc=_until(words.until), out=words.out, force=words.force,
        )  # fmt: skip
        flown = fly_plan(asked, pace=pace, watch=watch)
    if as_json:
        answer: FlyAnswer = {"store": words.store, "flown": flown}
        print_json(answer)
    else:
        tell_lines(fly_lines(flown, words))


def fly_lines(flown: FlownFigures, words: FlyWords) -> Iterator[str]:
    """What came of the year, line by line."""
    yield f"Flown        {flown.folder}, seed {flown.seed}, planner {flown.planner}"
    yield f"Missions     {flown.flown_count} of {flown.missions_count} lifted off, {len(flown.slipped)} of them late"
    yield f"             {count(flown.slips_count, 'slip')} told, {count(flown.conflicts_count, 'conflict')} decided"
    yield from _named("lost", flown.lost)
    yield from _named("still on the ground", flown.grounded)
    yield f"Lines        {flown.delivered_count} of {flown.lines_count} delivered, {flown.late_count} of them late"
    yield (
        f"             {flown.damaged_count} damaged, {flown.missed_count} came too late for their ship, "
        f"{flown.rebooked_count} of these went on a later one"
    )
    yield (
        f"Befell       {count(flown.standdowns_count, 'stand-down')}, {count(flown.port_outs_count, 'port')} out, "
        f"{count(flown.overruns_count, 'overrun')}, {count(flown.incidents_count, 'incident')}"
    )
    yield f"Use          {flown.consumed_kg:,.0f} kg of delivered cargo used, {flown.short_kg:,.0f} kg asked for and not there"
    yield f"New plans    {sum(one.released for one in flown.replans)} released"
    for made in flown.replans:
        yield f"             {made.at_utc:%Y-%m-%d}: {made.why[:90]}{'' if made.released else ' (none could be made)'}"
    yield f"Money        {flown.revenue_usd:,.2f} USD of revenue booked"
    for name, usd in flown.accounts_usd.items():
        yield f"             {name:<22} {usd:>18,.2f} USD"
    again = f", {flown.repeated_count} doings were told before" if flown.repeated_count else ""
    yield f"Log          {count(flown.events_count, 'event')} in {words.store}{again}"
    if words.out is not None:
        yield f"Last plan    {words.out}"


def _named(what: str, names: tuple[str, ...]) -> Iterator[str]:
    if names:
        more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
        yield f"             {what}: {', '.join(names[:_MOST_NAMED])}{more}"
