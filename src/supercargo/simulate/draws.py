"""Draw what may happen: the same seed and number give the same future, in any order and on any number of machines."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from zlib import crc32

import numpy as np
import numpy.typing as npt

from supercargo.kernel import DAY_S, stream
from supercargo.model import CHANCES, Chances, Future, Grounding, OperationsPlan, PortOut, SlipNews
from supercargo.simulate.odds import Months, Odds, Risk, odds_of

__all__ = ["Drawn", "draw", "draw_future", "drawn_numbers"]

Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]

_STREAMS = (*CHANCES, "use")
"""Each has numbers of its own; a new one is added at the end, so that those before it stay as they are."""


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """One future in numbers, in the order of the odds; durations in whole seconds."""

    slips: Whole  # [mission] path of the record; -1: none
    slip_factor: Floats  # [mission]
    slip_s: Whole  # [mission] whole delay
    lost: npt.NDArray[np.bool_]  # [mission]
    grounded_s: Whole  # [mission] stand-down that its loss would bring
    port_out_s: Whole  # [port, 2] from and until since the start of the horizon; equal: none
    overrun_s: Whole  # [mission]
    damage: Floats  # [line] share damaged
    demand: Floats  # [stock]
    monthly: Floats  # [stock, month]
    supplier_delay_s: Whole  # [line]


def draw_future(plan: OperationsPlan, chances: Chances, *, seed: int, index: int) -> Future:
    """The course number `index` of what may happen to a plan; for many of them prepare `odds_of` once and use `draw`."""
    return draw(odds_of(plan, chances), seed=seed, index=index)


def draw(odds: Odds, *, seed: int, index: int) -> Future:
    """The course number `index` by odds that were looked up before."""
    drawn = drawn_numbers(odds, seed=seed, index=index)
    names = [mission.mission_id for mission in odds.missions]
    items = [row.item_id for row in odds.lines]
    stocks = [(use.destination, use.supply_class) for use in odds.uses]
    lost = np.flatnonzero(drawn.lost)
    return Future(
        seed=seed,
        index=index,
        slips=tuple(news for at in range(len(names)) for news in _news(odds, drawn, at)),
        lost=tuple(names[at] for at in lost),
        groundings=tuple(_grounding(odds, drawn, int(at)) for at in lost if drawn.grounded_s[at] > 0),
        port_outs=tuple(_port_outs(odds, drawn)),
        overruns_s={names[at]: int(drawn.overrun_s[at]) for at in np.flatnonzero(drawn.overrun_s)},
        damaged={items[at]: float(drawn.damage[at]) for at in np.flatnonzero(drawn.damage)},
        demand={key: float(drawn.demand[at]) for at, key in enumerate(stocks)},
        monthly={key: tuple(map(float, drawn.monthly[at])) for at, key in enumerate(stocks)},
        supplier_delays_s={items[at]: int(drawn.supplier_delay_s[at]) for at in np.flatnonzero(drawn.supplier_delay_s)},
    )


def drawn_numbers(odds: Odds, *, seed: int, index: int) -> Drawn:
    """The same in numbers. Each chance has a stream of its own, so that switching one off moves no other."""

    keys = stream(seed, f"future/{index}").integers(0, 2**63, len(_STREAMS)).tolist()

    def rng(chance: str, *further: int) -> np.random.Generator:
        return np.random.default_rng([keys[_STREAMS.index(chance)], *further])

    slips, factor, slip_s = _slips(odds, rng("slip"))
    overruns, standdowns, damage, late = (rng(name) for name in ("overrun", "standdown", "damage", "supplier_delay"))
    return Drawn(
        slips=slips,
        slip_factor=factor,
        slip_s=slip_s,
        lost=_losses(
            odds, rng("loss"), {row.applies_to: rng("loss", crc32(row.applies_to.encode())) for row in odds.loss_rows}
        ),
        grounded_s=np.rint(_hits(odds.standdown, standdowns) * DAY_S).astype(np.int64),
        port_out_s=_outs(odds, rng("port_out")),
        overrun_s=np.where(odds.ahead, np.rint(_hits(odds.overrun, overruns) * DAY_S), 0.0).astype(np.int64),
        damage=_hits(odds.damage, damage),
        demand=_factors(odds, rng("demand")),
        monthly=_strayed(odds.months, rng("use")),
        supplier_delay_s=np.rint(_hits(odds.supplier_delay, late) * DAY_S).astype(np.int64),
    )


def _hits(risk: Risk, rng: np.random.Generator) -> Floats:
    """[object] size where it happens, else 0."""
    happens, size = rng.random((2, len(risk.probability)))
    found: Floats = np.where(happens < risk.probability, risk.sizes(size), 0.0)
    return found


def _slips(odds: Odds, rng: np.random.Generator) -> tuple[Whole, Floats, Whole]:
    """[mission] path, factor and whole delay [s], to the hour."""
    count = len(odds.missions)
    happens, which, size = rng.random((3, count))
    if not len(odds.path_delay_d):
        return np.full(count, -1), np.ones(count), np.zeros(count, dtype=np.int64)
    path = (odds.path_heap < which[:, None]).sum(axis=1)
    factor = odds.slip.sizes(size)
    slips = np.where((happens < odds.slip.probability) & odds.ahead, path, -1)
    delay_d = odds.path_delay_d[path] * odds.path_stretch[np.arange(count), path] * factor
    delay_s = np.where(slips >= 0, np.rint(delay_d * 24.0) * 3600.0, 0.0).astype(np.int64)
    return slips, factor, delay_s


def _losses(odds: Odds, rng: np.random.Generator, rates: dict[str, np.random.Generator]) -> npt.NDArray[np.bool_]:
    """[mission] lost if it flies; the rate of a family is itself drawn, from what its record leaves open."""
    drawn = [float(rates[row.applies_to].beta(*row.beta)) if row.beta else row.mean_probability for row in odds.loss_rows]
    happens = rng.random(len(odds.missions))
    rate = np.array([*drawn, 0.0])[odds.loss_row]
    found: npt.NDArray[np.bool_] = (happens < rate) & odds.ahead
    return found


def _outs(odds: Odds, rng: np.random.Generator) -> Whole:
    """[port, 2] seconds since the start of the horizon."""
    happens, when, size = rng.random((3, len(odds.ports)))
    horizon_s = odds.plan.scenario.settings.horizon_days * DAY_S
    start = np.rint(when * horizon_s)
    length = np.where(happens < odds.port_out.probability, np.rint(odds.port_out.sizes(size) * DAY_S), 0.0)
    return np.stack([start, start + length], axis=1).astype(np.int64).reshape(-1, 2)


def _factors(odds: Odds, rng: np.random.Generator) -> Floats:
    """[stock] factor on its use for the whole horizon."""
    happens, size = rng.random((2, len(odds.uses)))
    found: Floats = np.where(happens < odds.demand.probability, odds.demand.sizes(size), 1.0)
    return found


def _strayed(months: Months, rng: np.random.Generator) -> Floats:
    """[stock, month] factor: crews stray from their mean by one draw a month, and parts fail when they fail."""
    noise = rng.standard_normal(months.crew_kg.shape)
    drawn = months.crew_kg * np.maximum(1.0 + months.spread * noise, 0.0) + months.steady_kg
    failures = rng.poisson(months.part_failures, (len(months.part_kg), drawn.shape[1]))
    np.add.at(drawn, months.part_stock, months.part_kg * failures)
    found: Floats = np.divide(drawn, months.expected_kg, out=np.ones_like(drawn), where=months.expected_kg > 0.0)
    return found


def _news(odds: Odds, drawn: Drawn, at: int) -> Iterator[SlipNews]:
    """What the reports of the resampled mission tell, stretched; news comes before the lift-off that was told before.

    Reports of more delay than came true are cut to it, and those that take back delay are left out: nobody can be told, after
    a day has passed, that it was the day.
    """
    if drawn.slips[at] < 0:
        return
    path = odds.paths.paths[int(drawn.slips[at])]
    stretch = float(odds.path_stretch[at, drawn.slips[at]])
    mission, told_s = odds.missions[at], 0
    earliest: datetime = odds.as_of_utc
    for known_d, delay_d in zip(path.known_d, path.told_d, strict=True):
        reported_s = round(delay_d * stretch * float(drawn.slip_factor[at]) * 24.0) * 3600
        delay_s = min(reported_s, int(drawn.slip_s[at]))
        if delay_s <= told_s:
            continue
        standing = mission.launch_utc + timedelta(seconds=told_s)
        known = min(odds.as_of_utc + timedelta(days=known_d * stretch), standing - timedelta(hours=1))
        known = max(known.replace(microsecond=0), earliest)
        yield SlipNews(mission_id=mission.mission_id, known_utc=known, delay_s=delay_s)
        told_s, earliest = delay_s, known


def _grounding(odds: Odds, drawn: Drawn, at: int) -> Grounding:
    family, launchers, vehicle_types = odds.families[at]
    return Grounding(
        mission_id=odds.missions[at].mission_id,
        family=family,
        launchers=launchers,
        vehicle_types=vehicle_types,
        lasts_s=int(drawn.grounded_s[at]),
    )


def _port_outs(odds: Odds, drawn: Drawn) -> Iterator[PortOut]:
    start_utc = odds.plan.scenario.settings.start_utc
    for (destination, port), (first, last) in zip(odds.ports, drawn.port_out_s.tolist(), strict=True):
        if last > first:
            yield PortOut(
                destination=destination,
                port=port,
                from_utc=start_utc + timedelta(seconds=first),
                to_utc=start_utc + timedelta(seconds=last),
            )
