"""What strategy answers of technologies: what each is worth, when it starts, and what other budgets would bring."""

from __future__ import annotations

from dataclasses import dataclass

from supercargo.kernel import quantity, text
from supercargo.model.catalogue import _Checked
from supercargo.model.strategy import TECHNOLOGY_KINDS, TIMELINE_MONTHS

__all__ = ["FrontierRow", "RoadmapRow", "SpendingRow", "TechnologyWorth"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TechnologyWorth(_Checked):
    """What a technology brings a year: margin and cargo that it saves on the same drawn courses of the year."""

    technology_id: str = text("name of the technology")
    yearly_usd: float = quantity("USD", "mean of what it saves in a year, before its running cost")
    yearly_low_usd: float = quantity("USD", "lower end of the 90 % interval of that mean")
    yearly_high_usd: float = quantity("USD", "its upper end")
    short_d_saved: float = quantity("d", "mean days below reserve that it saves, all stocks together")
    samples_count: int = quantity("count", "courses of the year drawn, the same with and without it", ge=1)
    half_usd: float | None = quantity("USD", "the mean if it does half as much", default=None)
    more_usd: float | None = quantity("USD", "the mean if it does half as much again", default=None)
    sensitivity_count: int = quantity("count", "courses drawn for those two", ge=0, default=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class RoadmapRow(_Checked):
    """A technology on the timeline: when it starts and is ready, what it costs and is worth, or why it is left out."""

    technology_id: str = text("name of the technology")
    title: str = text("what is introduced")
    kind: str = text("what it is", choices=TECHNOLOGY_KINDS)
    chosen: bool = text("it is introduced")
    start_month: int | None = quantity("count", "month in which it starts", ge=1, le=TIMELINE_MONTHS, default=None)
    ready_month: int | None = quantity("count", "last month of its introduction", ge=1, le=TIMELINE_MONTHS, default=None)
    phase: int | None = quantity("count", "phase of the programme in which it is ready", ge=1, le=3, default=None)
    cost_usd: float = quantity("USD", "what its introduction costs", ge=0)
    running_usd: float = quantity("USD", "what it costs a year once it is ready", ge=0)
    yearly_usd: float = quantity("USD", "mean of what it saves in a year")
    yearly_low_usd: float = quantity("USD", "lower end of the 90 % interval of that mean")
    yearly_high_usd: float = quantity("USD", "its upper end")
    half_usd: float | None = quantity("USD", "what it would save in a year if it did half as much", default=None)
    more_usd: float | None = quantity("USD", "what it would save if it did half as much again", default=None)
    worth_usd: float = quantity("USD", "net present value at its start month, or at the best one if it is left out")
    changes: tuple[str, ...] = text("what it changes")
    needs: tuple[str, ...] = text("technologies that have to be ready before it starts")
    chosen_at_half: bool = text("it would be introduced if all did half as much")
    chosen_at_more: bool = text("it would be introduced if all did half as much again")
    why: str = text("why it is in, or out")
    evidence: str = text("weakest evidence of cost and effect")


@dataclass(frozen=True, slots=True, kw_only=True)
class SpendingRow(_Checked):
    """Money of the roadmap in one month."""

    month: int = quantity("count", "month of the timeline", ge=1, le=TIMELINE_MONTHS)
    spent_usd: float = quantity("USD", "introductions under way in it", ge=0)
    under_way_count: int = quantity("count", "introductions under way in it", ge=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class FrontierRow(_Checked):
    """What the best roadmap under one budget is worth."""

    budget_usd: float = quantity("USD", "budget of the introductions", ge=0)
    worth_usd: float = quantity("USD", "net present value of the best roadmap under it")
    bound_usd: float = quantity("USD", "no roadmap under it is worth more")
    spent_usd: float = quantity("USD", "what that roadmap costs", ge=0)
    technologies: tuple[str, ...] = text("what it introduces")
