"""A back-test in words: gaps inside the band, and what the losses did to stock."""

from __future__ import annotations

from collections.abc import Iterator

from supercargo.app.backtest_answer import BackTestAnswer
from supercargo.app.backtesting import PAGE_FILE, BackTestAsked, backtest_folder
from supercargo.faces.commands import answering, print_json, tell_lines
from supercargo.faces.progress import Progress
from supercargo.model import BackTest
from supercargo.report.backtest import inside_sentence, series_sentence, stock_words

__all__ = ["backtest", "backtest_lines"]

_STAGE = {"drawing": 1.0}


def backtest(asked: BackTestAsked, *, as_json: bool) -> None:
    """Run a back-test, write it, and tell how it came out."""
    with answering(as_json=as_json), Progress(shares=_STAGE) as watch:
        found = backtest_folder(asked, watch=lambda share: watch("drawing", share))
    page = asked.out / PAGE_FILE
    if as_json:
        told: BackTestAnswer = {
            "folder": str(asked.out),
            "report": str(page),
            "as_of_utc": found.as_of_utc,
            "until_utc": found.until_utc,
            "runs": found.runs,
            "seed": found.seed,
            "bands": list(found.bands),
            "cover": list(found.cover),
            "held": list(found.held),
            "series": list(found.series),
            "assumptions": list(found.assumptions),
        }
        print_json(told)
        return
    tell_lines([*backtest_lines(found), f"Page: {page}"])


def backtest_lines(found: BackTest) -> Iterator[str]:
    """The back-test on a terminal."""
    span = f"standing at {found.as_of_utc.date()}, looking to {found.until_utc.date()}"
    yield f"{span}; {found.runs:,} futures, seed {found.seed}"
    yield inside_sentence(found)
    yield f"{'gap before':<24}{'happened':>9}{'5 %':>8}{'50 %':>8}{'95 %':>8}"
    for row in found.bands:
        if row.kind == "gap":
            cells = "".join(f"{_days(value):>8}" for value in (row.p05, row.p50, row.p95))
            yield f"{row.mission:<24}{row.real:>9.0f}{cells}{'' if row.inside else '  outside'}"
    if found.series:
        yield series_sentence(found)
    yield "lowest cover of stock [days of use], and days below 45:"
    for cover in found.cover:
        if cover.case in ("as happened", "without the losses"):
            on = f" on {cover.lowest_date}"
            low = stock_words(cover.lowest_d, "d")
            yield f"  {cover.supply_class:<12}{cover.case:<20}{low:>12}{on}{cover.below_reserve_d:>6.0f}"


def _days(value: float | None) -> str:
    return "beyond" if value is None else f"{value:.0f}"
