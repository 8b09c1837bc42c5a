"""The command that flies a plan's year."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from supercargo.faces.track_cli import STORE, Json, Store

__all__ = ["fly", "fly_app"]

fly_app = typer.Typer(add_completion=False, rich_markup_mode=None)


@fly_app.command(epilog="Example: supercargo fly work/plan --store work/flown.sqlite --planner keep --by 'Kim Doe'")
def fly(
    folder: Annotated[Path, typer.Argument(metavar="PLAN", help="Plan folder.", show_default=False)],
    *,
    store: Store = STORE,
    by: Annotated[str, typer.Option("--by", metavar="NAME", help="Who releases, decides and plans anew.", show_default=False)],
    seed: Annotated[int, typer.Option("--seed", metavar="N", help="Which course the year takes.")] = 1,
    speed: Annotated[
        str, typer.Option("--speed", metavar="X", help="Seconds of the year in a second, or max: as fast as it goes.")
    ] = "max",
    planner: Annotated[
        str, typer.Option("--planner", metavar="HOW", help="replan: plan anew where it is needed; keep: what is late moves.")
    ] = "replan",
    until: Annotated[
        str, typer.Option("--until", metavar="DATE", help="Stop there, UTC, as 2027-06-30.", show_default="the end")
    ] = "",
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="Write the last plan there.", show_default=False)
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace the folder, whole, if it exists.")] = False,
    json: Json = False,
) -> None:
    """Fly a plan's year as live operations.

    Slips, losses that ground a family, ports out, overruns, damage, use above forecast and late suppliers are drawn from
    chances.csv by the seed. Every event is a command under the rules of real operations. Broken off, the same command goes on.
    """
    from supercargo.faces.fly_words import FlyWords
    from supercargo.faces.fly_words import fly as flown

    flown(FlyWords(folder, store, by, seed, speed, planner, until, out, force), as_json=json)
