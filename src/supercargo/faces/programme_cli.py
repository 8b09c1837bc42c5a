"""The command that plans the programme."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

__all__ = ["programme", "programme_app"]

programme_app = typer.Typer(add_completion=False, rich_markup_mode=None)


@programme_app.command(epilog="Example: supercargo programme work/plan --as-of 2026-12-15 --out work/programme.html")
def programme(
    folder: Annotated[
        Path, typer.Argument(metavar="SCENARIO", help="Scenario (folder or workbook) or plan folder.", show_default=False)
    ],
    *,
    as_of: Annotated[
        str,
        typer.Option("--as-of", metavar="DAY", help="Status date, YYYY-MM-DD.", show_default="when the facts were known"),
    ] = "",
    documents: Annotated[
        Path | None,
        typer.Option("--documents", metavar="DIR", help="Made documents, for checks that ask for one.", show_default=False),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FILE", help="Write a page (.html) or workbook (.xlsx).", show_default=False),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace a file that exists.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")] = False,
) -> None:
    """Plan the programme that sets the service up: tasks, gates, critical path and progress.

    The scenario's own programme (programme_tasks.csv, programme_resources.csv, programme_gates.csv), else the template of 24
    months in three phases. A gate opens only on passed checks: of a plan folder those that are computed are answered too.
    """
    from supercargo.faces import programme_words

    programme_words.asked_programme(folder, as_of, documents=documents, out=out, force=force, as_json=json)
