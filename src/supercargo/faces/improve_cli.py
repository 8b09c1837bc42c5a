"""The commands of improvement: what to improve, and lessons closed on what was changed."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from supercargo.faces.track_cli import STORE, Store

__all__ = ["improve", "improve_app", "lesson"]

improve_app = typer.Typer(add_completion=False, rich_markup_mode=None)

Json = Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")]


@improve_app.command(epilog="Example: supercargo improve work/plan --since 2027-07-01 --out work/improve.html")
def improve(
    folder: Annotated[Path, typer.Argument(metavar="PLAN", help="Plan folder.", show_default=False)],
    *,
    store: Annotated[
        str, typer.Option("--store", metavar="FILE|URL", help="Record of operations: what happened.", show_default=False)
    ] = "",
    base: Annotated[
        Path | None, typer.Option("--base", metavar="PLAN", help="Base year of K15, a plan folder.", show_default=False)
    ] = None,
    since: Annotated[
        str, typer.Option("--since", metavar="DAY", help="Compare figures before and after it.", show_default=False)
    ] = "",
    replan: Annotated[
        bool, typer.Option("--replan", help="Plan the year anew for initiatives that change what is planned.")
    ] = False,
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE.html", help="Write a page.", show_default=False)] = None,
    xlsx: Annotated[
        Path | None, typer.Option("--xlsx", metavar="FILE.xlsx", help="Write every table.", show_default=False)
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace files that exist.")] = False,
    json: Json = False,
) -> None:
    """Find what to improve, and what it saves.

    What costs most and fails most; control charts with the four Western Electric rules; figures before and after a day, which
    says so where it cannot tell; the cost programme: each initiative measured by costing the plan with and without it, alone
    and with the others, against the target of K15. With a store: what happened, and progress by what is billed.
    """
    from supercargo.faces import improve_words as words

    asked = words.ImproveWords(folder, store, base, since, replan=replan, out=out, xlsx=xlsx, force=force)
    words.improve(asked, as_json=json)


@improve_app.command(
    epilog="Example: supercargo lesson L-1 work/baseline work/plan --change 'cost_rates.csv/mission control/docked_d/usd' "
    "--by 'Lou Roe'"
)
def lesson(
    name: Annotated[str, typer.Argument(metavar="LESSON", help="Name of the lesson.", show_default=False)],
    before: Annotated[Path, typer.Argument(metavar="BEFORE", help="Plan before the change.", show_default=False)],
    after: Annotated[Path, typer.Argument(metavar="AFTER", help="Released plan that carries it.", show_default=False)],
    *,
    change: Annotated[
        str, typer.Option("--change", metavar="FILE/ROW/COLUMN", help="Rule or parameter changed.", show_default=False)
    ],
    by: Annotated[str, typer.Option("--by", metavar="NAME", help="Who closes it.", show_default=False)],
    store: Store = STORE,
    json: Json = False,
) -> None:
    """Close a lesson on what was changed by it.

    Old and new value are read from the two plans, never told. A lesson without a changed rule or parameter in a released plan
    stays open (exit 4). Lessons are opened and dropped by `supercargo record lessons`.
    """
    from supercargo.faces import improve_words as words

    words.lesson((name, change, by, store), (before, after), as_json=json)
