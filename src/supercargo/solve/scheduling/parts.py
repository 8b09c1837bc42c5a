"""Jobs that share no resource and no cover never meet: each such group is a problem of its own."""

from __future__ import annotations

from dataclasses import dataclass, replace

from supercargo.solve.scheduling.problem import Alternative, Block, Cover, DatedChoice

__all__ = ["Part", "independent_parts"]


@dataclass(frozen=True, slots=True)
class Part:
    """A problem cut out of a larger one; `jobs` and `alternatives` are the larger one's indices."""

    problem: DatedChoice
    jobs: tuple[int, ...]
    alternatives: tuple[int, ...]


def _roots(problem: DatedChoice) -> list[int]:
    """Group of each job: the lowest job it is tied to, directly or through others."""
    parent = list(range(len(problem.skip_costs)))

    def root(job: int) -> int:
        while parent[job] != job:
            parent[job] = parent[parent[job]]
            job = parent[job]
        return job

    def tie(first: int, second: int) -> None:
        low, high = sorted((root(first), root(second)))
        parent[high] = low

    holder: dict[int, int] = {}
    for alternative in problem.alternatives:
        for use in alternative.uses:
            tie(alternative.job, holder.setdefault(use.resource, alternative.job))
    for cover in problem.covers:
        jobs = [problem.alternatives[index].job for index in sorted(cover.amounts)]
        for job in jobs[1:]:
            tie(jobs[0], job)
    return [root(job) for job in range(len(parent))]


def independent_parts(problem: DatedChoice) -> tuple[Part, ...]:
    """Cut a problem into groups of jobs that share nothing; covers that nobody can help stay with no part."""
    roots = _roots(problem)
    parts = []
    for lead in sorted(set(roots)):
        jobs = tuple(job for job, root in enumerate(roots) if root == lead)
        parts.append(_cut(problem, jobs))
    return tuple(parts)


def _cut(problem: DatedChoice, jobs: tuple[int, ...]) -> Part:
    job_at = {job: position for position, job in enumerate(jobs)}
    kept = tuple(index for index, alternative in enumerate(problem.alternatives) if alternative.job in job_at)
    kept_at = {index: position for position, index in enumerate(kept)}
    used = sorted({use.resource for index in kept for use in problem.alternatives[index].uses})
    resource_at = {resource: position for position, resource in enumerate(used)}

    def moved(alternative: Alternative) -> Alternative:
        uses = tuple(replace(use, resource=resource_at[use.resource]) for use in alternative.uses)
        return Alternative(job_at[alternative.job], alternative.cost, uses)

    blocks = tuple(
        Block(resource_at[block.resource], block.start, block.end, block.units)
        for block in problem.blocks
        if block.resource in resource_at
    )
    covers = tuple(
        Cover({kept_at[index]: amount for index, amount in cover.amounts.items()}, cover.need, cover.price)
        for cover in problem.covers
        if cover.amounts and next(iter(cover.amounts)) in kept_at
    )
    part = DatedChoice(
        skip_costs=tuple(problem.skip_costs[job] for job in jobs),
        alternatives=tuple(moved(problem.alternatives[index]) for index in kept),
        capacities=tuple(problem.capacities[resource] for resource in used),
        blocks=blocks,
        covers=covers,
    )
    return Part(part, jobs, kept)
