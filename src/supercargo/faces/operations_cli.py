"""Commands that fly a plan: release, missions, work, conflicts, ledger."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from supercargo.faces.track_cli import STORE, Json, Store

__all__ = ["act", "board", "conflict", "ledger", "mission", "operations_app", "password", "record", "release", "serve", "work"]

operations_app = typer.Typer(add_completion=False, rich_markup_mode=None)

By = Annotated[str, typer.Option("--by", metavar="NAME", help="Who does it.", show_default=False)]
At = Annotated[str, typer.Option("--at", metavar="INSTANT", help="When it happened, UTC; left out: now.", show_default=False)]
Word = Annotated[
    str, typer.Option("--word", metavar="TEXT", help="Evidence, reason, finding or what happened.", show_default=False)
]
Name = Annotated[
    str, typer.Option("--name", metavar="TEXT", help="Gate, position, phase, procedure, incident ...", show_default=False)
]
Id = Annotated[str, typer.Option("--id", metavar="NAME", help="Name of this act: told twice, it is one.", show_default=False)]


@operations_app.command(epilog="Example: supercargo release work/plan --store work/log.sqlite --by 'Kim Doe'")
def release(
    folder: Annotated[Path, typer.Argument(metavar="PLAN", help="Plan folder.", show_default=False)],
    *,
    store: Store = STORE,
    by: By,
    waive: Annotated[
        list[str] | None,
        typer.Option(metavar="RULE:OBJECT=REASON", help="Let a broken rule pass; may be repeated.", show_default=False),
    ] = None,
    supersedes: Annotated[
        str, typer.Option(metavar="DIGEST", help="Plan in force that an older plan replaces.", show_default=False)
    ] = "",
    json: Json = False,
) -> None:
    """Open a plan for operations.

    The referee judges it first: refused while it breaks a hard rule that nobody waived. Opens missions with their gates,
    contracts with what they promise, and the cargo, all or nothing.
    """
    from supercargo.faces import operations_words as words

    words.release(folder, store, by=by, waive=tuple(waive or ()), supersedes=supersedes, as_json=json)


@operations_app.command(epilog="Example: supercargo mission --store work/log.sqlite")
def mission(
    name: Annotated[str, typer.Argument(metavar="[MISSION]", help="Mission; left out: all.", show_default=False)] = "",
    *,
    store: Store = STORE,
    json: Json = False,
) -> None:
    """Show the mission board, or one mission.

    Phase, clocks, gates with their due instants, poll, procedures, incidents.
    """
    from supercargo.faces import operations_words as words

    words.mission(name, store, as_json=json)


@operations_app.command(
    epilog="Example: supercargo act TN-01 gate-pass --name labels --word 'record 7' --by 'Kim Doe' --store work/log.sqlite"
)
def act(
    mission: Annotated[str, typer.Argument(metavar="MISSION", help="Mission.", show_default=False)],
    what: Annotated[
        str,
        typer.Argument(
            metavar="WHAT",
            help="gate-pass, gate-fail, gate-waive, poll-open, poll-go, poll-no-go, poll-absent, slip, procedure-open, sign, "
            "countdown, hold, resume, recycle, launch, phase, incident-open, incident-update, incident-close.",
            show_default=False,
        ),
    ],
    *,
    store: Store = STORE,
    by: By,
    at: At = "",
    name: Name = "",
    word: Word = "",
    to: Annotated[str, typer.Option(metavar="INSTANT", help="slip: the new lift-off.", show_default=False)] = "",
    seconds: Annotated[float | None, typer.Option(help="countdown, recycle: seconds before T-0.", show_default=False)] = None,
    step: Annotated[str, typer.Option(metavar="STEP", help="sign: the step that is done.", show_default=False)] = "",
    steps: Annotated[
        Path | None,
        typer.Option(metavar="FILE.csv", help="procedure-open: columns step, text, people_count.", show_default=False),
    ] = None,
    severity: Annotated[
        int, typer.Option(help="incident-open, incident-update: 1 gravest to 4.", min=0, max=4, show_default=False)
    ] = 0,
    id_: Id = "",
    json: Json = False,
) -> None:
    """Record what happens to a mission.

    Refused with what is missing: evidence, a reason, a gate, a go. Lift-off takes passed gates, a complete go poll for that
    instant, signed procedures and no overdue work.
    """
    from supercargo.app.operations.typed import ActWords
    from supercargo.faces import operations_words as words

    told = ActWords(
        *words.doing(by, at, id_), name=name, word=word, to=to, seconds=seconds, step=step, steps=steps, severity=severity
    )
    words.act(mission, what, store, told, as_json=json)


@operations_app.command(
    epilog="Example: supercargo work W-1 issue --asset pad/Cape/A --word 'wash the trench' --cycles 5 --by 'Kim Doe' "
    "--store work/log.sqlite"
)
def work(
    order: Annotated[str, typer.Argument(metavar="[ORDER]", help="Work order; left out: all.", show_default=False)] = "",
    what: Annotated[
        str,
        typer.Argument(
            metavar="[WHAT]",
            help="issue, start, sign, finish, defer, cancel, use; left out: show it.",
            show_default=False,
        ),
    ] = "",
    *,
    store: Store = STORE,
    by: Annotated[str, typer.Option("--by", metavar="NAME", help="Who does it.", show_default=False)] = "",
    at: At = "",
    asset: Annotated[
        str, typer.Option(metavar="KIND/NAME", help="issue, use: tail/W1, pad/SITE/PAD, facility/F.", show_default=False)
    ] = "",
    word: Word = "",
    hours: Annotated[float | None, typer.Option(help="Limit, or use, in hours.", show_default=False)] = None,
    cycles: Annotated[int | None, typer.Option(help="Limit, or use, in flights.", show_default=False)] = None,
    due: Annotated[str, typer.Option(metavar="INSTANT", help="Limit as an instant.", show_default=False)] = "",
    id_: Id = "",
    json: Json = False,
) -> None:
    """Order work on tails, pads and facilities, and record it.

    Two people sign it. Deferring takes a name, a reason and a new limit. A mission does not lift off with overdue work.
    """
    from supercargo.app.operations.typed import WorkWords
    from supercargo.faces import operations_words as words

    told = WorkWords(*words.doing(by, at, id_), asset=asset, word=word, hours=hours, cycles=cycles, due=due)
    words.work(order, what, store, told, as_json=json)


@operations_app.command(
    epilog="Example: supercargo conflict P-1 see --kind ports --object TN-01 --object TN-02 --word 'both want fore' "
    "--by 'Kim Doe' --store work/log.sqlite"
)
def conflict(
    name: Annotated[str, typer.Argument(metavar="[CONFLICT]", help="Conflict; left out: all.", show_default=False)] = "",
    what: Annotated[
        str,
        typer.Argument(metavar="[WHAT]", help="see, offer, choose, tell, acknowledge; left out: show it.", show_default=False),
    ] = "",
    *,
    store: Store = STORE,
    by: Annotated[str, typer.Option("--by", metavar="NAME", help="Who does it.", show_default=False)] = "",
    at: At = "",
    kind: Annotated[
        str, typer.Option(metavar="KIND", help="see: ports, pads, crew, cargo, windows.", show_default=False)
    ] = "",
    things: Annotated[
        list[str] | None, typer.Option("--object", metavar="NAME", help="see: what is in conflict.", show_default=False)
    ] = None,
    option: Annotated[str, typer.Option(metavar="NAME", help="offer, choose: the option.", show_default=False)] = "",
    party: Annotated[str, typer.Option(metavar="NAME", help="tell, acknowledge: who.", show_default=False)] = "",
    word: Word = "",
    cost_usd: Annotated[float, typer.Option("--cost-usd", help="offer: what it costs.")] = 0.0,
    delay_d: Annotated[float, typer.Option("--delay-d", help="offer: days of delay.")] = 0.0,
    options: Annotated[
        Path | None,
        typer.Option("--from", metavar="FOLDER", help="offer: all options that a replan wrote there.", show_default=False),
    ] = None,
    id_: Id = "",
    json: Json = False,
) -> None:
    """Keep the coordination log.

    A conflict is seen, options are offered with their cost, one is chosen and why, people are told and take note.
    """
    from supercargo.app.operations.typed import ConflictWords
    from supercargo.faces import operations_words as words

    told = ConflictWords(
        *words.doing(by, at, id_), kind=kind, objects=tuple(things or ()), option=option, party=party, word=word,
        cost_usd=cost_usd, delay_d=delay_d, options=options,
    )  # fmt: skip
    words.conflict(name, what, store, told, as_json=json)


@operations_app.command(epilog="Example: supercargo ledger --store work/log.sqlite")
def ledger(
    contract: Annotated[str, typer.Argument(metavar="[CONTRACT]", help="Contract; left out: all.", show_default=False)] = "",
    what: Annotated[
        str,
        typer.Argument(metavar="[WHAT]", help="collect, deliver, settle, adjust; left out: show it.", show_default=False),
    ] = "",
    *,
    store: Store = STORE,
    by: Annotated[str, typer.Option("--by", metavar="NAME", help="Who does it.", show_default=False)] = "",
    at: At = "",
    item: Annotated[str, typer.Option(metavar="ITEM", help="deliver: the line or part.", show_default=False)] = "",
    mission: Annotated[
        str, typer.Option(metavar="MISSION", help="Only this mission; deliver: by it.", show_default=False)
    ] = "",
    word: Word = "",
    until: Annotated[str, typer.Option(metavar="INSTANT", help="settle: lines due by it.", show_default=False)] = "",
    account: Annotated[str, typer.Option(metavar="NAME", help="adjust: revenue:... or credit:...", show_default=False)] = "",
    usd: Annotated[float, typer.Option(help="adjust: the amount, in whole cents.", show_default=False)] = 0.0,
    id_: Id = "",
    json: Json = False,
) -> None:
    """Show what contracts have brought, and record deliveries.

    `collect` books what the cargo's own record shows to be delivered, `deliver` a line by hand.
    Milestones, prices, penalties and credits are booked from events by the terms, in whole cents.
    """
    from supercargo.app.operations.typed import LedgerWords
    from supercargo.faces import operations_words as words

    told = LedgerWords(*words.doing(by, at, id_), item=item, mission=mission, word=word, until=until, account=account, usd=usd)
    words.ledger(contract, what, store, told, as_json=json)


@operations_app.command(
    epilog="Example: supercargo record partners 'Lowland Fluids' set_partner_status --say status=approved "
    "--say 'reason=audit 7' --say valid_until_utc=2030-01-01T00:00:00Z --by 'Kim Doe'"
)
def record(
    area: Annotated[
        str,
        typer.Argument(
            metavar="AREA",
            help="things, missions, work-orders, assets, conflicts, contracts, invoices, budgets, non-conformances, "
            "requirements, parties, partners, lessons, risks, policies, claims.",
            show_default=False,
        ),
    ],
    name: Annotated[str, typer.Argument(metavar="NAME", help="Name of the thing.", show_default=False)],
    command: Annotated[str, typer.Argument(metavar="COMMAND", help="What is done, as in the API.", show_default=False)],
    *,
    say: Annotated[
        list[str] | None,
        typer.Option("--say", metavar="NAME=VALUE", help="What is said; may be repeated.", show_default=False),
    ] = None,
    store: Store = STORE,
    by: By,
    at: At = "",
    id_: Id = "",
    json: Json = False,
) -> None:
    """Record any command, by its form.

    A wrong or missing part is told with all that the command says. Steps of cargo are commands on things; non-conformances
    are disposed of and closed here; evidence, waivers, drills and partners of compliance are recorded here; so are complaints,
    surveys and recognition, on parties.
    """
    from supercargo.faces import record_words

    record_words.record((area, name, command), tuple(say or ()), store, (by, at, id_), as_json=json)


@operations_app.command(epilog="Example: supercargo board non-conformances --where stage=opened")
def board(
    name: Annotated[
        str,
        typer.Argument(
            metavar="BOARD",
            help="missions, gates, polls, procedure-steps, incidents, non-conformances, work-orders, conflicts, risks, "
            "policies, claims, complaints, surveys, recognitions, lessons, ledger, invoices, budgets.",
            show_default=False,
        ),
    ],
    *,
    where: Annotated[str, typer.Option(metavar="COLUMN=VALUE", help="Only rows with it.", show_default=False)] = "",
    limit: Annotated[int, typer.Option(help="Most rows.", min=1, max=100_000)] = 1000,
    store: Store = STORE,
    json: Json = False,
) -> None:
    """List what stands: missions, gates, incidents, non-conformances, work orders, conflicts, the ledger."""
    from supercargo.faces import record_words

    record_words.board(name, where, store, limit=limit, as_json=json)


@operations_app.command(epilog="Example: supercargo serve --store work/log.sqlite --port 8000")
def serve(
    *,
    store: Store = STORE,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.", min=1, max=65535)] = 8000,
    json: Json = False,
) -> None:
    """Serve the API over a store until it is stopped.

    A new store gets a first account, an administrator's, whose password is told once. The description of the API stands at
    /v1/openapi.json.
    """
    from supercargo.faces import serving

    serving.serve(store, host=host, port=port, as_json=json)


@operations_app.command(epilog="Example: supercargo password admin --by 'Kim Doe' --store work/log.sqlite")
def password(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Account, such as admin.", show_default=False)],
    *,
    store: Store = STORE,
    by: By,
    json: Json = False,
) -> None:
    """Make a one-time password for an account of a served store.

    For an administrator who is locked out, on the machine that holds the store; the server may go on running. The password is
    told once, opens for 72 hours and has to be changed at the next log-in; every session of the account ends. A store without
    accounts gets NAME as its first administrator.
    """
    from supercargo.faces import serving

    serving.password(name, store, by=by, as_json=json)
