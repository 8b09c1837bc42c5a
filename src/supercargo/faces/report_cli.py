"""The command that makes the deliverables."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

__all__ = ["report", "report_app"]

report_app = typer.Typer(add_completion=False, rich_markup_mode=None)


@report_app.command(epilog="Example: supercargo report work/plan D1 --out work/deliverables --format html,pdf --runs 100")
def report(
    folder: Annotated[Path, typer.Argument(metavar="PLAN", help="Plan folder.", show_default=False)],
    documents: Annotated[
        list[str] | None, typer.Argument(metavar="[D1 ... D15]", help="Documents; none: all.", show_default=False)
    ] = None,
    *,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="Folder for the documents.", show_default=False)
    ] = None,
    store: Annotated[str, typer.Option("--store", metavar="URL", help="Record of operations too.", show_default=False)] = "",
    formats: Annotated[str, typer.Option("--format", metavar="LIST", help="Some of html, pdf, md.")] = "html",
    coverage: Annotated[
        bool, typer.Option("--coverage", help="List each phrase of the deliverables and what covers it.")
    ] = False,
    runs: Annotated[int, typer.Option("--runs", help="Futures to fly the plan through; 0: none.", min=0, max=100_000)] = 200,
    workers: Annotated[
        int | None,
        typer.Option(
            "--workers",
            metavar="N",
            help="Processes; the figures are the same.",
            min=1,
            max=256,
            show_default="as many as pay",
        ),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace an earlier report's files; others stay.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")] = False,
) -> None:
    """Make the deliverables of a plan: fifteen documents from plan, simulation and assumptions.

    Each number has a unit and a source; numbers.csv lists them, coverage.csv tells which phrase of a deliverable is covered by
    what, and index.html leads to all of it and to every decision that is asked for.
    """
    from supercargo.app.deliverables import ReportAsked
    from supercargo.faces import report_words

    asked = ReportAsked(folder, tuple(documents or ()), out, (formats,), store=store, runs=runs, workers=workers, force=force)
    report_words.report(asked, coverage=coverage, as_json=json)
