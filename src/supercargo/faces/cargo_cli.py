"""Commands under `supercargo track` that speak of cargo: take in what others tell, and ask where things are and were."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from supercargo.faces.track_cli import STORE, Force, Json, Store

__all__ = ["add_cargo", "at", "epcis", "history", "take_in", "where"]

COMPANY_NAME = "the company's own"

Thing = Annotated[
    str, typer.Argument(metavar="ITEM", help="Item or container, as R000123 or container/BAG1.", show_default=False)
]


def take_in(
    file: Annotated[Path, typer.Argument(metavar="FILE.jsonld", help="EPCIS 2.0 document, JSON-LD.", show_default=False)],
    *,
    store: Store = STORE,
    by: Annotated[str, typer.Option("--by", metavar="NAME", help="Who takes it in and answers for it.")] = COMPANY_NAME,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Judge the document and store nothing.")] = False,
    json: Json = False,
) -> None:
    """Take in an EPCIS document, whole or not at all.

    Every fault of the document is told with its JSON pointer; every step that is not lawful with the stage the thing is
    in. Whom the document names as teller is kept as a claim. Told again it adds nothing. A count, mass or seal that does not
    agree opens a non-conformance by itself.
    """
    from supercargo.faces import cargo_words

    cargo_words.take_in(file, store, by, dry_run=dry_run, as_json=json)


def where(thing: Thing, *, store: Store = STORE, json: Json = False) -> None:
    """Tell where an item or a container is, inside what, and held by whom.

    With seals, damage and open non-conformances of it and of what it is in; what the plan expects next, and how late that is.
    """
    from supercargo.faces import cargo_words

    cargo_words.where(thing, store, as_json=json)


def history(thing: Thing, *, store: Store = STORE, json: Json = False) -> None:
    """Tell all that happened to an item, and who held it.

    What befell the bag or spacecraft that it was in is part of it. What was declared wrong is marked.
    """
    from supercargo.faces import cargo_words

    cargo_words.history(thing, store, as_json=json)


def at(
    instant: Annotated[str, typer.Argument(metavar="INSTANT", help="As 2027-03-01T12:00:00Z.", show_default=False)],
    thing: Annotated[str, typer.Argument(metavar="[ITEM|CONTAINER]", help="Left out: everything.", show_default=False)] = "",
    *,
    store: Store = STORE,
    json: Json = False,
) -> None:
    """Tell what was where at an instant, by what is known now.

    Of a container, also what was in it.
    """
    from supercargo.faces import cargo_words

    cargo_words.at(instant, thing, store, as_json=json)


def epcis(
    things: Annotated[list[str], typer.Argument(metavar="ITEM...", help="Items or containers.", show_default=False)],
    *,
    out: Annotated[Path, typer.Option("--out", metavar="FILE.jsonld", help="Document to write.", show_default=False)],
    store: Store = STORE,
    force: Force = False,
    json: Json = False,
) -> None:
    """Write what happened to items or containers as an EPCIS 2.0 document."""
    from supercargo.faces import cargo_words

    cargo_words.epcis(things, out, store, force=force, as_json=json)


def add_cargo(group: typer.Typer) -> None:
    """Add the commands of cargo to a group."""
    commands: tuple[tuple[str, Callable[..., None], str], ...] = (
        ("import", take_in, "import work/received.jsonld --store work/log.sqlite --dry-run"),
        ("where", where, "where WATER-1 --store work/log.sqlite"),
        ("history", history, "history WATER-1 --store work/log.sqlite"),
        ("at", at, "at 2027-03-01T12:00:00Z container/BAG-7 --store work/log.sqlite"),
        ("epcis", epcis, "epcis WATER-1 --out work/water.jsonld --store work/log.sqlite"),
    )
    for name, command, example in commands:
        group.command(name, epilog=f"Example: supercargo track {example}")(command)
