"""What strategy answers of the market: shares by segment, the best price, options to grow, and what each answer hangs on."""

from __future__ import annotations

from dataclasses import dataclass

from supercargo.kernel import quantity, text
from supercargo.model.catalogue import _Checked

__all__ = ["OPTION_VERDICTS", "OptionRow", "PricePoint", "PriceRow", "RivalRow", "SegmentRow", "TornadoRow"]

OPTION_VERDICTS = ("begin", "wait", "leave")
"""begin: worth more now than later. wait: the right to wait is worth more. leave: worth nothing either way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentRow(_Checked):
    """A segment of the market as planned: size, our part, price, cost, room, and how concentrated it is."""

    segment: str = text("name of the segment; all: every place with a market figure, as K13")
    destinations: tuple[str, ...] = text("places that it is made of")
    market_kg: float = quantity("kg", "up in the horizon, all suppliers, of the places counted in K13", ge=0)
    ours_kg: float = quantity("kg", "of that, delivered by us in the horizon", ge=0)
    share_percent: float | None = quantity("percent", "our part", ge=0, le=100, default=None)
    revenue_usd: float = quantity("USD", "revenue with its places, all directions and milestones")
    up_kg: float = quantity("kg", "cargo up aboard the planned flights", ge=0)
    capacity_kg: float = quantity("kg", "what those flights can carry up", ge=0)
    usd_per_kg: float | None = quantity("USD", "revenue for a kilogram up", default=None)
    cost_usd_per_kg: float | None = quantity("USD", "cost of the service for a kilogram up that cargo causes", default=None)
    index: float | None = quantity("count", "Herfindahl-Hirschman index of us and the rivals", ge=0, default=None)
    band: str = text("its band, by the U.S. Merger Guidelines of 2023", default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class RivalRow(_Checked):
    """A rival beside us in a segment: shares and prices, both for the service alone."""

    segment: str = text("name of the segment")
    competitor: str = text("who offers")
    share_percent: float = quantity("percent", "its part of the segment's mass, as assumed", ge=0, le=100)
    ours_percent: float = quantity("percent", "our part", ge=0, le=100)
    usd_per_kg: float = quantity("USD", "its price for a kilogram up, as assumed", ge=0)
    ours_usd_per_kg: float = quantity("USD", "our price", ge=0)
    dearer_percent: float | None = quantity("percent", "how much dearer we are; below zero: cheaper", default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceRow(_Checked):
    """How a segment answers our price, by a logit of us, the rivals and nobody: today's price and the best one."""

    segment: str = text("name of the segment")
    usd_per_kg: float = quantity("USD", "today's price for a kilogram up", ge=0)
    cost_usd_per_kg: float = quantity("USD", "what a kilogram up costs", ge=0)
    elasticity: float = quantity("value", "own-price elasticity at today's price, as assumed")
    share_percent: float = quantity("percent", "our share at today's price", ge=0, le=100)
    margin_usd: float = quantity("USD", "margin at today's price")
    best_usd_per_kg: float = quantity("USD", "price of the largest margin with any capacity", ge=0)
    best_share_percent: float = quantity("percent", "our share at that price", ge=0, le=100)
    best_margin_usd: float = quantity("USD", "margin at that price")
    best_elasticity: float = quantity("value", "own-price elasticity at that price")
    slope: float = quantity("value", "first derivative of the margin there, by its scale; 0 at a top")
    curvature: float = quantity("value", "second derivative there, by its scale; below zero at a top")
    room_usd_per_kg: float = quantity("USD", "price of the largest margin within the capacity of the planned flights", ge=0)
    room_margin_usd: float = quantity("USD", "margin at that price")
    room_share_percent: float = quantity("percent", "our share at that price", ge=0, le=100)
    room_whole_percent: float = quantity("percent", "K13 at that price, all other segments as today", ge=0)
    whole_percent: float = quantity("percent", "K13 today", ge=0)
    missing_kg: float = quantity("kg", "what the best price would bring beyond that capacity", ge=0)
    steeper_usd_per_kg: float = quantity("USD", "the best price if customers answer half as strongly again", ge=0)
    flatter_usd_per_kg: float = quantity("USD", "the best price if they answer a quarter less", ge=0)

    @property
    def gains(self) -> bool:
        """The best price within the room brings a larger margin than today's."""
        return self.room_margin_usd > self.margin_usd


@dataclass(frozen=True, slots=True, kw_only=True)
class PricePoint(_Checked):
    """Share and margin of a segment at one price."""

    segment: str = text("name of the segment")
    usd_per_kg: float = quantity("USD", "price for a kilogram up", ge=0)
    share_percent: float = quantity("percent", "our share", ge=0, le=100)
    margin_usd: float = quantity("USD", "margin")


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionRow(_Checked):
    """A way to carry more over drawn demand: what beginning now is worth, and what the right to wait is."""

    rank: int = quantity("count", "1: the largest worth", ge=1)
    option: str = text("name of the option")
    title: str = text("what is built or bought")
    segment: str = text("segment whose demand it serves")
    capex_usd: float = quantity("USD", "what it costs to begin with", ge=0)
    price_usd_per_kg: float = quantity("USD", "price for a kilogram that it is valued at: the advised one", ge=0)
    cost_usd_per_kg: float = quantity("USD", "cost of a kilogram: the segment's in the plan or its own, the larger", ge=0)
    today_usd: float = quantity("USD", "expected net present value at today's price")
    worth_usd: float = quantity("USD", "expected net present value of beginning now")
    worth_low_usd: float = quantity("USD", "lower end of the 90 % interval of that mean")
    worth_high_usd: float = quantity("USD", "its upper end")
    p05_usd: float = quantity("USD", "5 % quantile of the net present value")
    p50_usd: float = quantity("USD", "its median")
    p95_usd: float = quantity("USD", "its 95 % quantile")
    tail_usd: float = quantity("USD", "mean of its worst 5 %")
    gain_probability: float = quantity("probability", "that it is above zero", ge=0, le=1)
    fill_percent: float = quantity("percent", "mean use of its capacity over its life", ge=0, le=100)
    wait_usd: float = quantity("USD", "worth of the right to begin within its years of waiting", ge=0)
    volatility: float = quantity("value", "standard deviation a year of the logarithm of what it is worth", ge=0)
    leak_fraction: float = quantity("fraction", "of what it is worth that a year of waiting forgoes")
    verdict: str = text("begin, wait or leave", choices=OPTION_VERDICTS)
    samples_count: int = quantity("count", "futures of demand drawn", ge=1)
    evidence: str = text("weakest evidence of its row")


@dataclass(frozen=True, slots=True, kw_only=True)
class TornadoRow(_Checked):
    """What one assumption moves: the answer with it a fifth lower and a fifth higher, the widest first."""

    of: str = text("option whose net present value it moves")
    assumption: str = text("what is changed")
    value: float = quantity("value", "as assumed")
    low_usd: float = quantity("USD", "net present value with it a fifth lower")
    base_usd: float = quantity("USD", "as assumed")
    high_usd: float = quantity("USD", "with it a fifth higher")
    swing_usd: float = quantity("USD", "how far the two lie apart", ge=0)
