"""The commands under `supercargo track`: what has happened, and the log that it stands in."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

__all__ = ["backup", "export", "rebuild", "restore", "track_app", "verify_log"]

track_app = typer.Typer(
    help="Keep and question the log of what has happened.", no_args_is_help=True, add_completion=False, rich_markup_mode=None
)

STORE = "work/log.sqlite"
"""The store that is meant where none is named."""

Store = Annotated[str, typer.Option("--store", metavar="FILE|URL", help="Store: a file, or postgresql://USER@HOST/DATABASE.")]
Out = Annotated[Path, typer.Option("--out", metavar="DIR", help="Folder to write.", show_default=False)]
Key = Annotated[
    Path | None,
    typer.Option("--key", metavar="FILE", help="Private key, if not the one beside the store.", show_default=False),
]
NewKey = Annotated[bool, typer.Option("--new-key", help="Make a new pair of keys: the old one is lost or known to others.")]
PublicKey = Annotated[
    Path | None,
    typer.Option("--public-key", metavar="FILE", help="The owner's public key, as you had it.", show_default=False),
]
Receipts = Annotated[
    Path | None, typer.Option("--receipts", metavar="FILE", help="Receipts that writers kept, as JSON.", show_default=False)
]
Force = Annotated[bool, typer.Option("--force", help="Replace the folder, whole, if it exists.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")]


@track_app.command("verify-log", epilog="Example: supercargo track verify-log --export work/export --public-key log.pub")
def verify_log(
    *,
    store: Annotated[
        str,
        typer.Option(
            "--store", metavar="FILE|URL", help=f"Store; left out: {STORE}, or the export alone.", show_default=False
        ),
    ] = "",
    export: Annotated[
        Path | None,
        typer.Option(
            "--export", metavar="DIR", help="Exported log; with --store too, the store is held to its end.", show_default=False
        ),
    ] = None,
    public_key: PublicKey = None,
    receipts: Receipts = None,
    json: Json = False,
) -> None:
    """Find out whether a log was altered, in a store or as an export.

    Each event is held to its hash and to the one before it; the end to the signed head of an export, and to receipts.
    Exit 3 where something is wrong.
    """
    from supercargo.faces import track_words

    if public_key is not None and export is None:
        raise typer.BadParameter("a public key is for an export: give --export DIR too", param_hint="--public-key")
    track_words.verify_log(store, export, public_key, receipts, as_json=json)


@track_app.command(epilog="Example: supercargo track export --store work/log.sqlite --out work/export")
def export(
    *, store: Store = STORE, out: Out, key: Key = None, new_key: NewKey = False, force: Force = False, json: Json = False
) -> None:
    """Write the log as lines of JSON with a signed head.

    Anybody can verify it without the store. A log that does not verify is not signed.
    """
    from supercargo.faces import track_words

    track_words.export(store, out, track_words.kept(key, new=new_key), force=force, as_json=json)


@track_app.command(epilog="Example: supercargo track rebuild --store work/log.sqlite")
def rebuild(*, store: Store = STORE, json: Json = False) -> None:
    """Make all views anew from the log alone.

    Others may go on writing meanwhile. It tells whether the views were the same before.
    """
    from supercargo.faces import track_words

    track_words.rebuild(store, as_json=json)


@track_app.command(epilog="Example: supercargo track backup --store work/log.sqlite --out work/backup")
def backup(
    *, store: Store = STORE, out: Out, key: Key = None, new_key: NewKey = False, force: Force = False, json: Json = False
) -> None:
    """Copy the log while others go on writing, and verify the copy.

    The private key is left out: keep it elsewhere.
    """
    from supercargo.faces import track_words

    track_words.backup(store, out, track_words.kept(key, new=new_key), force=force, as_json=json)


@track_app.command(epilog="Example: supercargo track restore work/backup --store work/restored.sqlite")
def restore(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Backup or export.", show_default=False)],
    *,
    store: Annotated[str, typer.Option("--store", metavar="FILE|URL", help="Empty place to restore to.", show_default=False)],
    public_key: PublicKey = None,
    json: Json = False,
) -> None:
    """Put a backup or an export into an empty place.

    It is verified first, and again as it goes in; what was altered is not restored.
    """
    from supercargo.faces import track_words

    track_words.restore(folder, store, public_key, as_json=json)
