"""Commands of cost: what it is and by whom, invoices, and the price of one more load."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from supercargo.faces.track_cli import STORE, Json, Store

__all__ = ["cost_app", "import_", "quote", "show"]


class _PlanFirst(TyperGroup):
    """`cost PLAN` is `cost show PLAN`: what is no command is the folder of a plan."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        if args and args[0] not in self.commands and not args[0].startswith("-"):
            args = ["show", *args]
        return super().resolve_command(ctx, args)


cost_app = typer.Typer(
    cls=_PlanFirst,
    help="Attribute cost, compare it with what is billed, price a load. `cost PLAN` is `cost show PLAN`.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
)

Plan = Annotated[Path, typer.Argument(metavar="PLAN", help="Plan folder.", show_default=False)]
Force = Annotated[bool, typer.Option("--force", help="Replace files that exist.")]


@cost_app.command("show", epilog="Example: supercargo cost show work/plan --by customer --out work/cost.html")
def show(
    folder: Plan,
    *,
    store: Annotated[
        str, typer.Option("--store", metavar="FILE|URL", help="Store with invoices and budget.", show_default=False)
    ] = "",
    by: Annotated[
        str,
        typer.Option(
            "--by", help="What to list: customer, destination, class, mission, direction, kg, account, activity, process."
        ),
    ] = "customer",
    actuals: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Invoices, CSV or .xlsx, instead of a store.", show_default=False)
    ] = None,
    budget: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Budget lines instead of the store's.", show_default=False)
    ] = None,
    as_of: Annotated[
        str, typer.Option("--as-of", metavar="DAY", help="Day it is told for.", show_default="of the last invoice")
    ] = "",
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE.html", help="Write the page.", show_default=False)] = None,
    xlsx: Annotated[
        Path | None, typer.Option("--xlsx", metavar="FILE.xlsx", help="Write every table.", show_default=False)
    ] = None,
    force: Force = False,
    json: Json = False,
) -> None:
    """Tell what a plan costs, by whom and against what is billed.

    Every cent of costs.csv goes to what takes it up; room to lift that nobody used is loaded onto no customer. With invoices:
    actual less plan by volume, mix, usage and price, exact to the cent; forecast; budget lines that alarm.
    """
    from supercargo.faces import cost_words as words

    asked = words.CostWords(folder, store, actuals, budget, as_of=as_of, out=out, xlsx=xlsx, force=force)
    words.show(asked, by, as_json=json)


@cost_app.command("import", epilog="Example: supercargo cost import work/invoices.csv --store work/log.sqlite --preview")
def import_(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Invoices, CSV or .xlsx.", show_default=False)],
    *,
    store: Store = STORE,
    preview: Annotated[bool, typer.Option("--preview", help="Book nothing; tell what would be booked.")] = False,
    by: Annotated[str, typer.Option("--by", metavar="NAME", help="Who books.", show_default=False)] = "",
    plan: Annotated[
        Path | None,
        typer.Option("--plan", metavar="PLAN", help="Hold flights, accounts and units to this plan.", show_default=False),
    ] = None,
    columns: Annotated[
        list[str] | None,
        typer.Option("--map", metavar="THEIRS=OURS", help="Their column as ours; may be repeated.", show_default=False),
    ] = None,
    mapping: Annotated[
        Path | None, typer.Option(metavar="FILE.csv", help="Saved mapping: theirs,ours.", show_default=False)
    ] = None,
    save_mapping: Annotated[
        Path | None, typer.Option("--save-mapping", metavar="FILE.csv", help="Save the mapping.", show_default=False)
    ] = None,
    decimal_comma: Annotated[bool, typer.Option("--decimal-comma", help="Numbers are written 1.234,56.")] = False,
    bad: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write rows that fail here, CSV or .xlsx; book the others.", show_default=False),
    ] = None,
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Why booked positions are corrected.", show_default=False)] = "",
    force: Force = False,
    json: Json = False,
) -> None:
    """Book invoices from a file, or preview what that would do.

    New, changed, same and bad rows, and the sums by account. Told twice, nothing is booked twice; a position that says
    something else is corrected, and what it said stays in the log. Exit 2 if a row is bad.
    """
    from supercargo.app.costing import ImportAsked
    from supercargo.faces import cost_words as words

    asked = ImportAsked(
        file, store, by, preview=preview, plan=plan, columns=tuple(columns or ()), mapping=mapping, save_mapping=save_mapping,
        decimal_comma=decimal_comma, bad=bad, reason=reason, force=force,
    )  # fmt: skip
    words.import_(asked, as_json=json)


@cost_app.command(
    "quote", epilog="Example: supercargo cost quote work/plan --destination Starlab --kg 100 --price-usd 4000000"
)
def quote(
    folder: Plan,
    *,
    destination: Annotated[str, typer.Option(help="Place to go to.", show_default=False)],
    kg: Annotated[float, typer.Option(help="Mass up, gross.", show_default=False)],
    mission: Annotated[str, typer.Option(metavar="MISSION", help="Only on this flight.", show_default=False)] = "",
    declared_usd: Annotated[float, typer.Option("--declared-usd", help="Insured value.", min=0.0)] = 0.0,
    markup: Annotated[float, typer.Option("--markup", help="Percent on full cost.", min=0.0)] = 10.0,
    price_usd: Annotated[
        float | None, typer.Option("--price-usd", help="Price offered for all of it.", min=0.0, show_default=False)
    ] = None,
    approved_by: Annotated[
        str,
        typer.Option("--approved-by", metavar="NAME", help="Who lets a price below marginal cost pass.", show_default=False),
    ] = "",
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Why.", show_default=False)] = "",
    json: Json = False,
) -> None:
    """Price one more load up.

    Marginal cost on a flight with room, or with what it displaces; full cost by activity; cost plus markup. A price below
    marginal cost is refused (exit 4) unless somebody approves it by name and reason.
    """
    from supercargo.app.costing import QuoteAsked, QuoteWords
    from supercargo.faces import cost_words as words

    asked = QuoteAsked(
        destination=destination,
        kg=kg,
        declared_usd=declared_usd,
        mission_id=mission,
        markup_percent=markup,
        price_usd=price_usd,
    )
    words.quote(QuoteWords(folder, asked, approved_by=approved_by, reason=reason), as_json=json)
