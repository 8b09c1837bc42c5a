"""A project: works of fixed length with time lags between them and shared resources of constant capacity.

Time runs in whole units. A lag asks that one work starts at least so long after another one starts; a link from end to
start is a lag of the first work's length. The critical path method counts earliest and latest starts by lags alone (J. E.
Kelley, M. R. Walker, "Critical-path planning and scheduling", 1959); which work hands its resource units to which is told by
a flow over the starts (C. Artigues, P. Michelon, S. Reusser, EJOR 149 (2003) 249-267).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from supercargo.solve.scheduling.problem import Block

__all__ = [
    "Lag",
    "Project",
    "Work",
    "earliest_starts",
    "end_of",
    "faults_of_starts",
    "greedy_starts",
    "handed_on",
    "lateness_of",
    "latest_starts",
    "starts_value",
]


@dataclass(frozen=True, slots=True)
class Work:
    """A piece of work: its length, the time before which it can't start, when it is due, and units of resources it holds."""

    length: int
    earliest: int = 0
    due: int | None = None
    needs: tuple[tuple[int, int], ...] = ()  # (resource, units)
    pinned: bool = False  # it starts at its earliest time and at no other


@dataclass(frozen=True, slots=True, order=True)
class Lag:
    """`after` starts at least `least` later than `before` starts; below zero it may start so much sooner."""

    before: int
    after: int
    least: int


@dataclass(frozen=True, slots=True)
class Project:
    """Works, the lags between them, capacities, and units of resources that are taken beforehand."""

    works: tuple[Work, ...]
    lags: tuple[Lag, ...]
    capacities: tuple[int, ...]
    blocks: tuple[Block, ...] = ()
    owners: tuple[int, ...] = ()
    """The work that each block belongs to and that gives its units back, -1 for none; empty: none has one."""

    def horizon(self) -> int:
        """A time by which everything can be done one after another."""
        first = max((work.earliest for work in self.works), default=0)
        first = max([first, *(block.end for block in self.blocks)])
        return first + sum(work.length for work in self.works) + sum(max(0, lag.least) for lag in self.lags)


def earliest_starts(project: Project) -> tuple[int, ...]:
    """Start of each work by lags alone, as early as can be. Raises ValueError where lags in a circle leave no start."""
    starts = [work.earliest for work in project.works]
    for _ in range(len(starts) + 1):
        moved = False
        for lag in project.lags:
            if starts[lag.after] < starts[lag.before] + lag.least:
                starts[lag.after], moved = starts[lag.before] + lag.least, True
        if not moved:
            return tuple(starts)
    raise ValueError("lags in a circle leave no start")


def latest_starts(project: Project, end: int) -> tuple[int, ...]:
    """Start of each work by lags alone, as late as can be with all done by `end`. Raises as `earliest_starts`."""
    turned = Project(
        works=tuple(Work(0, work.length - end) for work in project.works),
        lags=tuple(Lag(lag.after, lag.before, lag.least) for lag in reversed(project.lags)),
        capacities=(),
    )
    return tuple(-start for start in earliest_starts(turned))


def _check_order(project: Project) -> None:
    """Raise ValueError where each of some works would have to be placed before another of them."""
    left = set(range(len(project.works)))
    while left:
        held = {lag.after for lag in project.lags if lag.before in left and lag.after in left}
        if held == left:
            raise ValueError("lags run in a circle")
        left = held


def _by(lags: Iterable[Lag], key: Callable[[Lag], int]) -> dict[int, list[Lag]]:
    found: dict[int, list[Lag]] = {}
    for lag in lags:
        found.setdefault(key(lag), []).append(lag)
    return found


def end_of(project: Project, starts: tuple[int, ...]) -> int:
    """When the last work is done."""
    return max((start + work.length for start, work in zip(starts, project.works, strict=True)), default=0)


def lateness_of(project: Project, starts: tuple[int, ...]) -> int:
    """Time by which works end after they are due, all together."""
    pairs = zip(starts, project.works, strict=True)
    return sum(max(0, start + work.length - work.due) for start, work in pairs if work.due is not None)


def starts_value(project: Project, starts: tuple[int, ...]) -> int:
    """What is made small: the end of the project and the lateness of its works, a unit of time each."""
    return end_of(project, starts) + lateness_of(project, starts)


def faults_of_starts(project: Project, starts: tuple[int, ...]) -> Iterator[str]:
    """Yield what starts break: an earliest time, a lag, or a capacity where no work may add to what is taken beforehand."""
    for index, (start, work) in enumerate(zip(starts, project.works, strict=True)):
        if start < work.earliest:
            yield f"work {index} starts at {start}, before {work.earliest}"
        if work.pinned and start > work.earliest:
            yield f"work {index} starts at {start}, and is pinned at {work.earliest}"
    for lag in project.lags:
        if starts[lag.after] < starts[lag.before] + lag.least:
            yield f"work {lag.after} starts less than {lag.least} after work {lag.before}"
    for resource, capacity in enumerate(project.capacities):
        spans = [
            (start, start + work.length, units)
            for start, work in zip(starts, project.works, strict=True)
            for name, units in work.needs
            if name == resource and work.length and units
        ]
        taken = [(block.start, block.end, block.units) for block in project.blocks if block.resource == resource]
        for at in sorted({start for start, _, _ in spans + taken}):
            own = sum(units for start, end, units in spans if start <= at < end)
            if own and own + sum(units for start, end, units in taken if start <= at < end) > capacity:
                yield f"resource {resource} is overbooked at {at}"


def greedy_starts(project: Project, order: tuple[int, ...]) -> tuple[int, ...]:
    """Each work as early as what is placed before it allows, the first of `order` that nothing holds back at each turn.

    `order` ranks the works, the first counts most. Raises ValueError for a circle, or a work that needs more than there is.
    """
    _check_order(project)
    rank = {index: place for place, index in enumerate(order)}
    leading = _by(project.lags, lambda lag: lag.after)
    starts: dict[int, int] = {}
    taken = [[(b.start, b.end, b.units) for b in project.blocks if b.resource == r] for r in range(len(project.capacities))]
    while len(starts) < len(project.works):
        open_works = (i for i in range(len(project.works)) if i not in starts)
        free = [i for i in open_works if all(lag.before in starts for lag in leading.get(i, ()))]
        index = min(free, key=lambda one: rank[one])
        work = project.works[index]
        first = max([work.earliest, *(starts[lag.before] + lag.least for lag in leading.get(index, ()))])
        starts[index] = _first_room(project, work, first, taken)
        for resource, units in work.needs:
            taken[resource].append((starts[index], starts[index] + work.length, units))
    return tuple(starts[index] for index in range(len(project.works)))


def _first_room(project: Project, work: Work, first: int, taken: list[list[tuple[int, int, int]]]) -> int:
    """The first time from which on every resource that a work needs has units free as long as it lasts."""
    needs = [(resource, units) for resource, units in work.needs if units and work.length]
    ends = {end for resource, _ in needs for _, end, _ in taken[resource] if end > first}
    for at in sorted({first, *ends}):
        until = at + work.length
        if all(_peak(taken[resource], at, until) + units <= project.capacities[resource] for resource, units in needs):
            return at
    raise ValueError("a work needs more units of a resource than there are")


def _peak(spans: list[tuple[int, int, int]], start: int, end: int) -> int:
    """Most units taken at once in [start, end)."""
    own = [span for span in spans if span[0] < end and start < span[1]]
    instants = {start, *(span[0] for span in own if span[0] > start)}
    return max(sum(units for first, last, units in own if first <= at < last) for at in instants)


def handed_on(project: Project, starts: tuple[int, ...]) -> Project:
    """The project with a lag more wherever one work waits for units that another gives back, by its starts.

    Its earliest starts are then lawful for the resources too, and its latest starts say how far each work can move while the
    order of use stays.
    """
    found: set[Lag] = set()
    linked = {(lag.before, lag.after) for lag in project.lags}
    order = sorted(range(len(starts)), key=lambda index: (starts[index], index))
    for resource, capacity in enumerate(project.capacities):
        free = [(0, -1, capacity)]  # (free from, who gave them back, units)
        for block, owner in zip(project.blocks, project.owners or (-1,) * len(project.blocks), strict=True):
            if block.resource == resource:
                _hand_over(free, (block.start, block.end, block.units), owner, linked)
        for index in order:
            start, work = starts[index], project.works[index]
            units = sum(count for name, count in work.needs if name == resource) if work.length else 0
            givers = _hand_over(free, (start, start + work.length, units), index, linked)
            found.update(Lag(giver, index, project.works[giver].length) for giver in givers)
    return replace(project, lags=tuple(sorted({*project.lags, *found})))


def _hand_over(
    free: list[tuple[int, int, int]], use: tuple[int, int, int], taker: int, linked: set[tuple[int, int]]
) -> tuple[int, ...]:
    """Who gives the units of a use (start, end, units): whom the taker waits for anyway, then who was last to be done."""
    start, end, units = use
    givers = []
    ready = [one for one in free if one[0] <= start]
    for holder in sorted(ready, key=lambda one: ((one[1], taker) not in linked, -one[0], one[1])):
        used = min(units, holder[2])
        if used <= 0:
            continue
        free.remove(holder)
        free += [(end, taker, used), *([(holder[0], holder[1], holder[2] - used)] if holder[2] > used else [])]
        units -= used
        givers += [holder[1]] if holder[1] >= 0 else []
    return tuple(givers)
