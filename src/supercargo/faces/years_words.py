"""Years of operations in words: planner beside first come, first served."""

from __future__ import annotations

from collections.abc import Iterator

from supercargo.app.closed_loop import YEARS_PAGE, YearsAsked, years_folder
from supercargo.app.years_answer import YearsAnswer
from supercargo.faces.commands import answering, print_json, tell_lines
from supercargo.faces.progress import Progress
from supercargo.faces.words import count
from supercargo.model import ClosedLoop
from supercargo.report.years import pair_verdict, shown_value

__all__ = ["simulate_years", "years_lines"]

_STAGE = {"flying years": 1.0}


def simulate_years(asked: YearsAsked, *, as_json: bool) -> None:
    """Fly years of operations under both planners, write them, and tell how far the planners are apart."""
    with answering(as_json=as_json), Progress(shares=_STAGE) as watch:
        found = years_folder(asked, watch=lambda share: watch("flying years", share))
    page = asked.out / YEARS_PAGE
    if as_json:
        told: YearsAnswer = {
            "folder": str(asked.out),
            "report": str(page),
            "scenario": found.scenario,
            "missions": found.missions,
            "years": found.years,
            "seeds": list(found.seeds),
            "rows": list(found.rows),
            "pairs": list(found.pairs),
            "assumptions": list(found.assumptions),
        }
        print_json(told)
        return
    tell_lines([*years_lines(found), f"Page: {page}"])


def years_lines(found: ClosedLoop) -> Iterator[str]:
    """The comparison on a terminal."""
    size = f"{count(len(found.seeds), 'chain')} of {count(found.years, 'year')}"
    yield f"{found.scenario}, {count(found.missions, 'mission')} a year, {size}; both planners under the same futures"
    yield f"{'':<26}{'planner':>12}{'first come':>12}{'difference':>12}  95 % over years, verdict"
    for row in found.pairs:
        cells = "".join(f"{shown_value(value, row.unit):>12}" for value in (row.planner, row.baseline, row.difference))
        known = row.low is not None
        interval = f"{shown_value(row.low, row.unit)} to {shown_value(row.high, row.unit)}" if known else "one pair"
        verdict = pair_verdict(row)
        yield f"{row.measure:<26}{cells}  {interval}{f', {verdict}' if verdict else ''}"
