"""Options to grow over drawn demand: net present values, the right to wait, and what each assumption moves."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from supercargo.kernel import stream
from supercargo.measure.lattice import Right, value_right
from supercargo.measure.tails import Z_90
from supercargo.model import CapacityOption, MarketSegment, OptionRow, PriceRow, SegmentRow, TornadoRow

__all__ = ["Demand", "tornado_of", "value_options"]

Floats = npt.NDArray[np.float64]

TAIL = 0.05
"""Share of the futures that counts as bad."""

STEP = 0.2
"""Share by which an assumption is moved for its sensitivity."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """What a segment asks of us, and what we carry as planned: kilograms in a year, and our price for one."""

    ours_kg: float
    capacity_kg: float
    usd_per_kg: float
    growth_fraction: float
    spread_fraction: float
    cost_usd_per_kg: float = 0.0  # of a kilogram as planned; no option is valued on a cheaper one

    @classmethod
    def of(cls, row: SegmentRow, segment: MarketSegment, years: float) -> Demand:
        """From a segment as planned over a horizon of so many years."""
        return cls(
            cost_usd_per_kg=row.cost_usd_per_kg or 0.0,
            ours_kg=row.up_kg / years,
            capacity_kg=row.capacity_kg / years,
            usd_per_kg=row.usd_per_kg or 0.0,
            growth_fraction=segment.growth_fraction,
            spread_fraction=segment.spread_fraction,
        )

    def priced(self, price: PriceRow | None) -> Demand:
        """The same at the best price within the room, where that brings more than today's: its share is asked of us."""
        if price is None or not price.gains or price.share_percent <= 0.0:
            return self
        kept = price.room_share_percent / price.share_percent
        return replace(self, ours_kg=self.ours_kg * kept, usd_per_kg=price.room_usd_per_kg)

    def paths(self, normals: Floats) -> Floats:
        """[future, year] kg asked of us in the years 1, 2, ...: a lognormal walk whose mean grows by `growth_fraction`."""
        spread = self.spread_fraction
        steps = math.log1p(self.growth_fraction) - 0.5 * spread * spread + spread * normals
        return np.asarray(self.ours_kg * np.exp(np.cumsum(steps, axis=1)))


def value_options(
    options: Iterable[CapacityOption],
    demands: Mapping[str, Demand],
    *,
    seed: int,
    count: int,
    today: Mapping[str, Demand] | None = None,
) -> tuple[OptionRow, ...]:
    """Each option over the same futures of its segment's demand, the largest worth first.

    Demand beyond what is planned today fills the option; what it earns is the price of `demands` less what a kilogram by it
    costs, which is never less than what one of the segment costs in the plan. `today`: demands at today's prices, if others.
    Money flows at the end of a year. The right to wait is an American call on that worth: what waiting forgoes and how much
    the worth strays in a year are read off the same futures. Options of segments without a price are left out.
    """
    now = demands if today is None else today
    rows = [
        _row(_costed(one, demands), demands[one.segment], now[one.segment], (seed, count))
        for one in options
        if one.segment in demands
    ]
    rows.sort(key=lambda row: (-max(row.worth_usd, row.wait_usd), row.option))
    return tuple(replace(row, rank=rank) for rank, row in enumerate(rows, 1))


def _costed(one: CapacityOption, demands: Mapping[str, Demand]) -> CapacityOption:
    return replace(one, usd_per_kg=max(one.usd_per_kg, demands[one.segment].cost_usd_per_kg))


def _normals(one: CapacityOption, seed: int, count: int) -> Floats:
    """Half of the futures mirror the other half, which makes means surer; segments have numbers of their own."""
    half = stream(seed, f"demand {one.segment}").standard_normal(((count + 1) // 2, 1 + one.build_years + one.life_years))
    return np.concatenate((half, -half))[:count]


def _inflows(one: CapacityOption, demand: Demand, kg: Floats) -> tuple[Floats, Floats]:
    """[future, year] what an option earns less what it costs to run [USD], and the kilograms that it carries."""
    carried = np.clip(kg - demand.capacity_kg, 0.0, one.capacity_kg)
    return carried * (demand.usd_per_kg - one.usd_per_kg) - one.fixed_usd, carried


def _worths(one: CapacityOption, demand: Demand, kg: Floats, begun: int) -> Floats:
    """[future] worth in the year it is begun, without the capital, of an option begun after so many years."""
    first = begun + one.build_years
    flows, _ = _inflows(one, demand, kg[:, first : first + one.life_years])
    years = one.build_years + 1 + np.arange(one.life_years)
    return np.asarray(flows @ (1.0 + one.discount_fraction) ** -years.astype(np.float64))


def _row(one: CapacityOption, demand: Demand, today: Demand, drawing: tuple[int, int]) -> OptionRow:
    seed, count = drawing
    normals = _normals(one, seed, count)
    kg = demand.paths(normals)
    gross = _worths(one, demand, kg, 0)
    net = gross - one.capex_usd
    worth = float(net.mean())
    # mirrored pairs are one sample: their means are independent of each other
    pairs = 0.5 * (net[: count // 2] + net[count - count // 2 :]) if count > 1 else net
    half = Z_90 * float(pairs.std(ddof=1)) / math.sqrt(len(pairs)) if len(pairs) > 1 else 0.0
    wait, volatility, leak = _right(one, demand, kg, gross)
    _, carried = _inflows(one, demand, kg[:, one.build_years : one.build_years + one.life_years])
    low, middle, high = (float(value) for value in np.quantile(net, (TAIL, 0.5, 1.0 - TAIL)))
    worst = np.sort(net)[: max(1, math.ceil(TAIL * count))]
    return OptionRow(
        rank=1,
        option=one.option,
        title=one.title,
        segment=one.segment,
        capex_usd=one.capex_usd,
        price_usd_per_kg=demand.usd_per_kg,
        cost_usd_per_kg=one.usd_per_kg,
        today_usd=round(_mean(one, today, normals), 2),
        worth_usd=round(worth, 2),
        worth_low_usd=round(worth - half, 2),
        worth_high_usd=round(worth + half, 2),
        p05_usd=round(low, 2),
        p50_usd=round(middle, 2),
        p95_usd=round(high, 2),
        tail_usd=round(float(worst.mean()), 2),
        gain_probability=round(float((net > 0).mean()), 6),
        fill_percent=round(100.0 * float(carried.mean()) / one.capacity_kg, 4),
        wait_usd=round(wait, 2),
        volatility=round(volatility, 6),
        leak_fraction=round(leak, 6),
        verdict="begin"
        if worth > 0 and worth >= wait - 0.005
        else "wait"
        if wait > max(0.01 * one.capex_usd, 1.0)
        else "leave",
        samples_count=count,
        evidence=one.evidence,
    )


def _right(one: CapacityOption, demand: Demand, kg: Floats, gross: Floats) -> tuple[float, float, float]:
    """Worth of the right to wait [USD], volatility, and what a year of waiting forgoes.

    The worth of an option begun a year later, foreseen from that year's demand by least squares, against what it is worth
    now: the standard deviation of its logarithm is the volatility (Copeland and Antikarov, "Real Options", 2001, chapter 9);
    what its mean lacks of the growth that its risk asks for is what waiting forgoes (McDonald and Siegel, QJE 101 (1986)).
    """
    now = float(gross.mean())
    if now <= 0:
        return 0.0, 0.0, 0.0
    later = _worths(one, demand, kg, 1)
    ratio = kg[:, 0] / max(demand.ours_kg, 1e-9)
    seen = np.polynomial.Polynomial.fit(ratio, later, 3)(ratio) if float(ratio.std()) > 1e-9 else later
    strays = np.log(np.maximum(seen, 0.05 * now) / now)
    volatility = float(strays.std())
    mean = max(float(later.mean()), 0.05 * now)
    leak = math.log1p(one.discount_fraction) - math.log(mean / now)
    right = Right(
        spot=now,
        strike=one.capex_usd,
        years=float(one.wait_years),
        rate=math.log1p(one.riskfree_fraction),
        volatility=volatility,
        leak=leak,
    )
    return value_right(right), volatility, leak


def tornado_of(
    options: Iterable[CapacityOption], demands: Mapping[str, Demand], *, seed: int, count: int
) -> tuple[TornadoRow, ...]:
    """What each assumption moves an option's expected net present value, on the same random numbers, the widest first."""
    found = []
    for option in options:
        if option.segment not in demands:
            continue
        one = _costed(option, demands)
        demand = demands[one.segment]
        normals = _normals(one, seed, count)
        base = _mean(one, demand, normals)
        rows = [_moved(one, demand, normals, (name, base)) for name in (*_OF_DEMAND, *_OF_OPTION)]
        found += sorted(rows, key=lambda row: (-row.swing_usd, row.assumption))
    return tuple(found)


_OF_DEMAND = {
    "demand.growth_fraction": "growth",
    "demand.spread_fraction": "spread of growth",
    "demand.usd_per_kg": "price",
    "demand.ours_kg": "demand today",
}
_OF_OPTION = {
    "option.capex_usd": "capital",
    "option.fixed_usd": "fixed cost a year",
    "option.usd_per_kg": "cost of a kilogram",
    "option.capacity_kg": "capacity added",
    "option.discount_fraction": "discount",
}


def _mean(one: CapacityOption, demand: Demand, normals: Floats) -> float:
    return float(_worths(one, demand, demand.paths(normals), 0).mean()) - one.capex_usd


def _moved(one: CapacityOption, demand: Demand, normals: Floats, asked: tuple[str, float]) -> TornadoRow:
    name, base = asked
    place, _, field = name.partition(".")
    value = getattr(demand if place == "demand" else one, field)
    ends = []
    for factor in (1.0 - STEP, 1.0 + STEP):
        if place == "demand":
            ends.append(_mean(one, replace(demand, **{field: factor * value}), normals))
        else:
            ends.append(_mean(replace(one, **{field: factor * value}), demand, normals))
    return TornadoRow(
        of=one.option,
        assumption={**_OF_DEMAND, **_OF_OPTION}[name],
        value=value,
        low_usd=round(ends[0], 2),
        base_usd=round(base, 2),
        high_usd=round(ends[1], 2),
        swing_usd=round(abs(ends[1] - ends[0]), 2),
    )
