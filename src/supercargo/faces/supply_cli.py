"""The commands that review a plan's fleet and its supply chain."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

__all__ = ["fleet", "supply", "supply_app"]

supply_app = typer.Typer(add_completion=False, rich_markup_mode=None)

_Plan = Annotated[Path, typer.Argument(metavar="PLAN", help="Plan folder.", show_default=False)]
_Out = Annotated[Path | None, typer.Option("--out", metavar="FILE.html", help="Write a page.", show_default=False)]
_Xlsx = Annotated[Path | None, typer.Option("--xlsx", metavar="FILE.xlsx", help="Write a workbook.", show_default=False)]
_Force = Annotated[bool, typer.Option("--force", help="Replace files that exist.")]
_Json = Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")]


@supply_app.command(epilog="Example: supercargo fleet work/plan --out work/fleet.html")
def fleet(folder: _Plan, *, out: _Out = None, xlsx: _Xlsx = None, force: _Force = False, json: _Json = False) -> None:
    """Review the fleet of a plan.

    Days flying, in processing, turned round and idle of each spacecraft; a maintenance plan by flights and calendar; whether a
    longer life pays; reliability by record; and capacity against demand by month, place and kind. Lives, inspections and their
    prices are assumptions of lives.csv.
    """
    from supercargo.app.supply import SupplyAsked
    from supercargo.faces import supply_words

    supply_words.fleet(SupplyAsked(folder=folder, out=out, xlsx=xlsx, force=force), as_json=json)


@supply_app.command(epilog="Example: supercargo supply work/plan --out work/supply.html --xlsx work/supply.xlsx")
def supply(
    folder: _Plan,
    *,
    sourcing: Annotated[
        str, typer.Option("--sourcing", metavar="POLICY", help="one source, two sources, free split.", show_default="advised")
    ] = "",
    share: Annotated[float, typer.Option("--share", help="Two sources: most of a class from one.", min=0.5, max=1.0)] = 0.7,
    out: _Out = None,
    xlsx: _Xlsx = None,
    force: _Force = False,
    json: _Json = False,
) -> None:
    """Review the supply chain of a plan.

    Who supplies what, what is ordered when, ways and shipments to the launch sites, safety stock of each class at each place,
    what lies where and costs what, and what other policies would save. Terms of suppliers and stock and legs on the ground are
    assumptions of supplier_terms.csv, stock_terms.csv and ground_legs.csv.
    """
    from supercargo.app.supply import SupplyAsked
    from supercargo.faces import supply_words

    asked = SupplyAsked(folder=folder, out=out, xlsx=xlsx, force=force, policy=sourcing, most_share=share)
    supply_words.supply(asked, as_json=json)
