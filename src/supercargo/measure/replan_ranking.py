"""Answers to the same events beside each other: which keeps more promises, which departs less, and why one goes first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from supercargo.model import DEPARTURE_PARTS, CustomerService, Disturbance, OperationsPlan, RankedOption

__all__ = ["are_alike", "rank_options"]

ALIKE_SHARE = 0.01
"""Two answers with the same flights are alike where no more than this share of the lines flies otherwise."""

DAY_S = 86_400


def rank_options(
    answers: Sequence[tuple[str, str, OperationsPlan, Disturbance]], broken: Sequence[int], *, most: int
) -> tuple[tuple[int, RankedOption], ...]:
    """Answers as (way, title, plan, disturbance), with the hard rules that each breaks, in order: place in `answers`, and row.

    Who breaks fewer hard rules goes first, then who costs less. Each of the first `most`, which are written, says why it
    stands before the next of them; the others have no folder, and say with what they rank behind.
    """
    order = sorted(range(len(answers)), key=lambda at: (broken[at], answers[at][3].departure.total_usd, at))
    rows = [_row(f"option-{rank}", answers[at], broken[at]) for rank, at in enumerate(order, 1)]
    written, beyond = rows[:most], rows[most:]
    told = [replace(row, why=_why_before(row, following)) for row, following in pairwise(written)]
    told += [replace(row, why=_why_last(row, len(beyond))) for row in written[-1:]]
    told += [replace(row, option="", why=_why_beyond(row)) for row in beyond]
    return tuple(zip(order, told, strict=True))


def _row(name: str, answer: tuple[str, str, OperationsPlan, Disturbance], hard_count: int) -> RankedOption:
    way, title, _, told = answer
    parts = {part: getattr(told.departure, part) for part in DEPARTURE_PARTS}
    return RankedOption(
        option=name,
        way=way,
        title=title,
        price_usd=told.departure.total_usd,
        hard_count=hard_count,
        unflown_count=len(told.unflown),
        moved_count=len(told.moved),
        consent_count=len(told.consents),
        customers_count=sum(_is_touched(one) for one in told.services),
        lines_late_count=told.lines_late_count,
        lines_moved_count=told.lines_moved_count,
        lines_left_count=told.lines_left_count,
        delay_d=_delay_d(told),
        moved=told.moved,
        unflown=told.unflown,
        why="",
        **parts,
    )


def _is_touched(one: CustomerService) -> bool:
    return bool(
        abs(one.cost_usd) >= 0.005
        or (one.due_before_count, one.on_time_before_count) != (one.due_after_count, one.on_time_after_count)
    )


def _delay_d(told: Disturbance) -> float:
    """Largest delay of a lift-off that both plans have [d]; zero where none is later. A mission that does not fly has none."""
    later = (
        (one.after_utc[0] - one.before_utc[0]).total_seconds() / DAY_S
        for one in told.missions
        if one.before_utc is not None and one.after_utc is not None
    )
    return round(max(0.0, *later, 0.0), 4)


def _why_last(row: RankedOption, beyond: int) -> str:
    if beyond:
        others = "1 other that differs ranks" if beyond == 1 else f"{beyond} others that differ rank"
        return f"the last that is written; {others} behind"
    return "no other kind of answer was found" if row.option == "option-1" else "the last of those found to differ"


def _why_beyond(row: RankedOption) -> str:
    broken = (
        f"{row.hard_count} hard rule{'s' if row.hard_count > 1 else ''} broken" if row.hard_count else "no hard rule broken"
    )
    return f"it ranks behind: {broken}, {row.price_usd:,.0f} USD"


def _why_before(row: RankedOption, following: RankedOption) -> str:
    """Why one option stands before the next: promises first, then the part of the price that tells them apart most."""
    name = following.option
    if row.hard_count < following.hard_count:
        fewer = following.hard_count - row.hard_count
        return f"it keeps {fewer} more hard rule{'s' if fewer > 1 else ''} than {name}, which no price outweighs"
    less_usd = following.price_usd - row.price_usd
    gaps = {part: getattr(following, part) - getattr(row, part) for part in DEPARTURE_PARTS}
    cheaper = max(DEPARTURE_PARTS, key=lambda part: gaps[part])
    dearer = min(DEPARTURE_PARTS, key=lambda part: gaps[part])
    if gaps[cheaper] < 0.005:
        return f"it costs as much as {name}, which was found after it"
    more = f", though {DEPARTURE_PARTS[dearer]} cost {-gaps[dearer]:,.0f} USD more" if gaps[dearer] <= -0.005 else ""
    return f"{less_usd:,.0f} USD less than {name}: {gaps[cheaper]:,.0f} USD less for {DEPARTURE_PARTS[cheaper]}{more}"


def are_alike(one: OperationsPlan, other: OperationsPlan) -> bool:
    """Whether two plans fly the same dates, ports and ships, and no more than a hundredth of the lines otherwise."""
    if _flights(one) != _flights(other):
        return False
    mine, yours = _carried(one), _carried(other)
    differ = sum(mine.get(item) != yours.get(item) for item in {*mine, *yours})
    return differ <= ALIKE_SHARE * max(len(mine), len(yours))


def _flights(plan: OperationsPlan) -> dict[str, tuple[object, ...]]:
    return {
        one.mission_id: (one.launch_utc, one.arrive_utc, one.depart_utc, one.port, one.vehicle_type, one.launcher, one.site)
        for one in plan.missions
    }


def _carried(plan: OperationsPlan) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for row in plan.manifest:
        found.setdefault(row.item_id.partition("#")[0], set()).add(row.mission_id)
    return {item: frozenset(missions) for item, missions in found.items()}
