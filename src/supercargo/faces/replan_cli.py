"""The command that plans anew what an event has upset."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

__all__ = ["replan", "replan_app"]

replan_app = typer.Typer(add_completion=False, rich_markup_mode=None)


@replan_app.command(epilog="Example: supercargo replan work/plan --event slip:TN-01=+21d --out work/plan-2")
def replan(
    folder: Annotated[Path, typer.Argument(metavar="PLAN", help="Plan folder.", show_default=False)],
    *,
    events: Annotated[
        list[str], typer.Option("--event", metavar="EVENT", help="What happens; may be repeated.", show_default=False)
    ],
    out: Annotated[Path, typer.Option("--out", metavar="PLAN2", help="Plan folder to write.", show_default=False)],
    as_of: Annotated[
        str,
        typer.Option("--as-of", metavar="INSTANT", help="When it is known, UTC, as 2027-03-01.", show_default="the earliest"),
    ] = "",
    options: Annotated[
        int,
        typer.Option(
            "--options", metavar="N", help="Write the N best answers that differ, ranked.", min=0, max=8, show_default="none"
        ),
    ] = 0,
    conflict: Annotated[
        str,
        typer.Option("--conflict", metavar="NAME", help="Conflict of the log that it resolves.", show_default=False),
    ] = "",
    limit_s: Annotated[
        float | None, typer.Option("--limit-s", help="Stop solvers after so many seconds.", min=0.0, show_default=False)
    ] = None,
    partial: Annotated[bool, typer.Option("--partial", help="Write the best plan even if it breaks a promise.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace the folder, whole, if it exists.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")] = False,
) -> None:
    """Plan anew after an event, with the least disturbance.

    Events: slip:MISSION=+21d, loss:MISSION, standdown:FAMILY=A..B, port-out:DESTINATION/PORT=A..B, urgent:ITEMS.csv,
    demand:CLASS@DEST=+20%, tables:SCENARIO (as you edited it). What has lifted off by the instant stays as it was. Prints who
    moves, which customers that touches and what it costs; PLAN2 is a whole plan with changes.csv. With --options, PLAN2 holds
    plans option-1 to option-N, ranked by price, and options.html, which sets them side by side.
    """
    from supercargo.app.replanning import ReplanAsked
    from supercargo.faces import replan_words

    asked = ReplanAsked(
        folder, out, tuple(events), as_of=as_of, limit_s=limit_s, partial=partial, force=force, conflict=conflict,
        options=options,
    )  # fmt: skip
    told = replan_words.options if options else replan_words.replan
    told(asked, as_json=json)
