"""A review of strategy, answered in words or as one JSON object."""

from __future__ import annotations

from supercargo.app.strategy import StrategyAsked, review_strategy, write_strategy
from supercargo.app.strategy_answer import StrategyAnswer
from supercargo.faces.commands import answering, print_json, tell_lines
from supercargo.faces.progress import Progress
from supercargo.kernel import format_utc
from supercargo.report.strategy import strategy_lines

__all__ = ["strategy"]


STAGES = {"reading": 0.1, "flying": 0.7, "choosing": 0.05, "partners": 0.1, "market": 0.05}
"""Usual share of each stage in the time of a whole review."""


def strategy(asked: StrategyAsked, *, as_json: bool) -> None:
    """Review strategy, write what is asked for, and tell it."""
    with answering(as_json=as_json), Progress(shares=STAGES) as watch:
        review = review_strategy(asked, watch=watch)
        files = write_strategy(asked, review)
    if as_json:
        answer: StrategyAnswer = {
            "of": review.of,
            "as_of_utc": format_utc(review.as_of_utc),
            "price_year": review.price_year,
            "seed": review.seed,
            "samples_count": review.samples_count,
            "demands_count": review.demands_count,
            "remarks": list(review.remarks),
            "roadmap": review.roadmap,
            "technologies": list(review.technologies),
            "spending": list(review.spending),
            "frontier": list(review.frontier),
            "partners": list(review.partners),
            "concentrations": list(review.concentrations),
            "candidates": list(review.candidates),
            "collaborations": list(review.collaborations),
            "segments": list(review.segments),
            "rivals": list(review.rivals),
            "prices": list(review.prices),
            "price_points": list(review.price_points),
            "options": list(review.options),
            "tornado": list(review.tornado),
            "files": [str(file) for file in files],
        }
        print_json(answer)
        return
    lines = strategy_lines(review) + [f"written {file}" for file in files]
    tell_lines(lines)
