"""The command line: words to a use case and its answer back to words.

Rooms are imported inside the commands, so that help comes at once.
"""

from __future__ import annotations

import io
import os
import signal
import sys
from pathlib import Path
from typing import Annotated

import typer

from supercargo.faces.backtest_cli import backtest_app
from supercargo.faces.cargo_cli import add_cargo
from supercargo.faces.cost_cli import cost_app
from supercargo.faces.fly_cli import fly_app
from supercargo.faces.improve_cli import improve_app
from supercargo.faces.kpi_cli import kpi_app
from supercargo.faces.operations_cli import operations_app
from supercargo.faces.orbit_cli import orbit_app
from supercargo.faces.programme_cli import programme_app
from supercargo.faces.replan_cli import replan_app
from supercargo.faces.report_cli import report_app
from supercargo.faces.risk_cli import risk_app
from supercargo.faces.simulate_cli import simulate_app
from supercargo.faces.strategy_cli import strategy_app
from supercargo.faces.supply_cli import supply_app
from supercargo.faces.track_cli import track_app

__all__ = [
    "app",
    "bench",
    "check",
    "compare",
    "comply",
    "doctor",
    "main",
    "new",
    "plan",
    "schema",
    "transfer",
    "verify",
    "windows",
    "workbook",
]

app = typer.Typer(
    help="Plan a year of cargo missions in space: launch windows, schedule, manifest, stowage, stock, cost and KPIs.",
    epilog="Exit codes: 0 done, 2 input wrong, 3 no plan or violations found, 4 refused, 5 store broken, 130 interrupted.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

app.add_typer(orbit_app, name="orbit")
add_cargo(track_app)
app.add_typer(track_app, name="track")
app.add_typer(cost_app, name="cost")


def _tell_version(asked: bool) -> None:
    if asked:
        from importlib.metadata import version

        typer.echo(f"supercargo {version('supercargo')}")
        raise typer.Exit


@app.callback()
def _root(
    *,
    version: Annotated[
        bool,
        typer.Option("--version", help="Print the version.", callback=_tell_version, is_eager=True, show_default=False),
    ] = False,
) -> None:
    """Plan a year of cargo missions in space: launch windows, schedule, manifest, stowage, stock, cost and KPIs."""


INTERRUPTED = 128 + signal.SIGINT
LARGEST_SEED = 999_999_999_999_999
"""The largest whole number that every file of ours carries."""

Json = Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")]
Force = Annotated[bool, typer.Option("--force", help="Replace the folder, whole, if it exists.")]
ForceFile = Annotated[bool, typer.Option("--force", help="Replace the output, whole, if it exists.")]
PlanFolder = Annotated[Path, typer.Argument(metavar="PLAN", help="Plan folder.", show_default=False)]
ScenarioFolder = Annotated[
    Path, typer.Argument(metavar="SCENARIO", help="Scenario folder or workbook (.xlsx).", show_default=False)
]


@app.command(epilog="Example: supercargo new work/year --from reference-year --missions 48 --seed 1")
def new(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder to write.", show_default=False)],
    *,
    source: Annotated[
        str,
        typer.Option(
            "--from",
            help="reference-year, ramp, tiny, lunar, asteroid, or iss-2001 to iss-2021: a past year.",
            show_default=False,
        ),
    ],
    missions: Annotated[
        int | None,
        typer.Option(
            help="Contracted missions of a reference year: 48; first missions of a ramp: all.",
            min=12,
            max=192,
            show_default=False,
        ),
    ] = None,
    seed: Annotated[
        int | None,
        typer.Option(help="Seed of a scenario that is no past year: 1.", min=0, max=LARGEST_SEED, show_default=False),
    ] = None,
    records: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="Records of past flights instead of the package's own.", show_default=False),
    ] = None,
    force: Force = False,
    json: Json = False,
) -> None:
    """Write a scenario folder from the catalogue.

    A past year has the year as it was flown in the plan folder DIR/flown.
    """
    from supercargo.app.use_cases import NewScenario
    from supercargo.faces import commands

    asked = NewScenario(source, missions=missions, seed=seed, records=records, force=force)
    commands.new(folder, asked, as_json=json)


@app.command(epilog="Example: supercargo check work/year.xlsx --errors work/faults.xlsx")
def check(
    folder: ScenarioFolder,
    *,
    errors: Annotated[
        Path | None,
        typer.Option("--errors", metavar="FILE.xlsx", help="Write what was read, faulty cells coloured.", show_default=False),
    ] = None,
    force: ForceFile = False,
    json: Json = False,
) -> None:
    """Validate a scenario folder or workbook.

    Every fault is told at once, with file or sheet, row, column and fix. With --errors they are also written as a
    workbook to mend in place and check again; without faults nothing is written.
    """
    from supercargo.faces import commands

    commands.check(folder, errors=errors, force=force, as_json=json)


@app.command(epilog="Example: supercargo workbook work/year --out work/year.xlsx")
def workbook(
    source: Annotated[
        Path | None, typer.Argument(metavar="SOURCE", help="Scenario folder or workbook (.xlsx).", show_default=False)
    ] = None,
    *,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FILE.xlsx|DIR", help="Workbook, or else folder, to write.", show_default=False),
    ] = None,
    template: Annotated[
        Path | None, typer.Option("--template", metavar="FILE.xlsx", help="Write a workbook to fill in.", show_default=False)
    ] = None,
    force: ForceFile = False,
    json: Json = False,
) -> None:
    """Write a scenario folder as a workbook, or a workbook as a folder.

    Nothing is lost at the declared decimals. A template has the catalogue's sheets, notes and drop-downs, and no cargo.
    """
    from supercargo.faces import commands

    if template is not None and source is None and out is None:
        commands.template(template, force=force, as_json=json)
    elif template is None and source is not None and out is not None:
        commands.workbook(source, out, force=force, as_json=json)
    else:
        raise typer.BadParameter("give SOURCE and --out, or --template alone")


@app.command(epilog="Example: supercargo plan work/year --out work/plan --seed 1")
def plan(
    folder: ScenarioFolder,
    *,
    out: Annotated[Path, typer.Option("--out", metavar="PLAN", help="Plan folder to write.", show_default=False)],
    seed: Annotated[
        int | None, typer.Option(help="Seed, instead of the scenario's.", min=0, max=LARGEST_SEED, show_default=False)
    ] = None,
    limit_s: Annotated[
        float | None, typer.Option("--limit-s", help="Stop solvers after so many seconds.", min=0.0, show_default=False)
    ] = None,
    partial: Annotated[bool, typer.Option("--partial", help="Write the best plan even if it breaks a promise.")] = False,
    baseline: Annotated[bool, typer.Option("--baseline", help="Plan first come, first served, to compare with.")] = False,
    force: Force = False,
    json: Json = False,
) -> None:
    """Plan a scenario folder or workbook into a plan folder.

    Prints what a manager reads first. A plan that breaks a promise is written only with --partial.
    The baseline promises nothing: it is written as it comes out, with exit code 3 if it breaks a rule.
    """
    from supercargo.faces import commands

    asked = commands.PlanRequest(folder, out, seed=seed, limit_s=limit_s, partial=partial, baseline=baseline, force=force)
    commands.plan(asked, as_json=json)


@app.command(epilog="Example: supercargo verify work/plan")
def verify(folder: PlanFolder, *, json: Json = False) -> None:
    """Judge a plan folder, whoever wrote it.

    Prints one broken rule a line, as `rule object text`; waived ones are left out.
    """
    from supercargo.faces import commands

    commands.verify(folder, as_json=json)


@app.command(epilog="Example: supercargo compare work/plan work/baseline --out work/compared")
def compare(
    folders: Annotated[
        list[Path],
        typer.Argument(metavar="PLAN PLAN...", help="Two or more plan folders; the first is the base.", show_default=False),
    ],
    *,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="DIR", help="Folder for compare.html, compare.csv, compare.json.", show_default=False),
    ] = None,
    force: Force = False,
    json: Json = False,
) -> None:
    """Put plans side by side.

    Whoever made them: figures, missions, ports, gaps between arrivals, stock, cargo lines, money. The first plan is the base.
    """
    from supercargo.faces import commands

    if len(folders) < 2:
        raise typer.BadParameter("give two plan folders or more", param_hint="PLAN PLAN...")
    commands.compare(folders, out=out, force=force, as_json=json)


@app.command(epilog="Example: supercargo comply work/plan --framework station --out work/compliance")
def comply(
    folder: Annotated[Path | None, typer.Argument(metavar="PLAN", help="Plan folder.", show_default=False)] = None,
    *,
    store: Annotated[str, typer.Option("--store", metavar="URL", help="Record of operations.", show_default=False)] = "",
    framework: Annotated[
        list[str] | None, typer.Option(help="Only this pack: station, cots, iso28000, scor, or your own.", show_default=False)
    ] = None,
    as_of: Annotated[
        str, typer.Option("--as-of", help="Day of the review, UTC, as 2027-03-01.", show_default="plan's, or now")
    ] = "",
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="DIR", help="Folder for comply.html, comply.csv, comply.json.", show_default=False),
    ] = None,
    force: Force = False,
    json: Json = False,
) -> None:
    """Hold a plan, and the record of operations, against what has to be shown.

    Every requirement for every object: unmet, no evidence, waived or met, with what is missing, by when, and who answers
    for it. Exit 3 if any is unmet.
    """
    from supercargo.faces import complying

    asked = complying.ComplyWords(folder, store, tuple(framework or ()), as_of=as_of, out=out, force=force)
    complying.comply(asked, as_json=json)


@app.command(epilog="Example: supercargo schema cargo.csv")
def schema(
    name: Annotated[str, typer.Argument(metavar="FILE", help="File or answer, such as scenario/missions or cargo.csv.")] = "",
    *,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="Folder to write the schemas to.", show_default=False)
    ] = None,
    force: Force = False,
    json: Json = False,
) -> None:
    """Print the JSON Schema of a file or an answer.

    Without FILE it lists what there is; with --out it writes every schema, or the one asked for.
    """
    from supercargo.faces import commands

    commands.schema(name, out=out, force=force, as_json=json)


@app.command(epilog="Example: supercargo windows work/year --destination ISS --site Baikonur --start 2027-03-01 --days 14")
def windows(
    folder: ScenarioFolder,
    *,
    destination: Annotated[str, typer.Option(help="Place to go to.", show_default=False)],
    site: Annotated[str, typer.Option(help="Launch site.", show_default=False)],
    start: Annotated[str, typer.Option(help="First day, UTC, as 2027-03-01.", show_default=False)],
    days: Annotated[float, typer.Option(help="Days to look ahead.", min=0.0, max=400.0)] = 14.0,
    vehicle: Annotated[list[str] | None, typer.Option(help="Only this type of spacecraft; may be repeated.")] = None,
    beta_limit: Annotated[float | None, typer.Option(help="Beta, deg, beyond which no type docks.", min=0.0, max=90.0)] = None,
    daylight: Annotated[bool, typer.Option("--daylight", help="Dock only in sunlight.")] = False,
    planned: Annotated[Path | None, typer.Option("--plan", metavar="PLAN", help="Plan whose missions take ports.")] = None,
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE.csv", help="Write every option as a table.")] = None,
    picture: Annotated[Path | None, typer.Option("--picture", metavar="FILE.svg", help="Draw the windows.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace files that exist.")] = False,
    json: Json = False,
) -> None:
    """List launch windows with each way to dock.

    Each pass of a pad through the plane: lift-off, azimuth, phase, beta, night; by profile and spacecraft: docking, delta-v,
    propellant, light, or why it is refused. Beyond low Earth orbit each listed window: route, energy, delta-v, arrival
    and Sun, with every spacecraft's lift. Where there is no window, the reason is told.
    """
    from supercargo.faces import commands
    from supercargo.faces.window_words import WindowsAsked

    asked = WindowsAsked(
        folder, destination, site, start, days, vehicles=tuple(vehicle or ()), beta_limit_deg=beta_limit, daylight=daylight,
        planned=planned, out=out, picture=picture, force=force,
    )  # fmt: skip
    commands.windows(asked, as_json=json)


@app.command(epilog="Example: supercargo doctor --json")
def doctor(*, json: Json = False) -> None:
    """Tell whether this installation can do its work.

    Python, libraries, solvers, catalogue, folders, disk, memory, terminal: one line each, with the fix where one is needed.
    """
    from supercargo.faces import commands

    commands.doctor(as_json=json)


@app.command(epilog="Example: supercargo bench plan --missions 12,48,96,192")
def bench(
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="Benchmark: plan, lambert, sgp4, oem, simulate, store.", show_default=False)
    ],
    *,
    missions: Annotated[
        str | None, typer.Option(help="plan: sizes of the year to plan, with commas.", show_default="12,48,96,192")
    ] = None,
    seconds: Annotated[
        float | None, typer.Option(help="plan: stop the solvers of each plan after so many.", min=0.0, show_default=False)
    ] = None,
    limit: Annotated[
        int | None, typer.Option(help="plan, oem: only the first so many sizes or files.", min=1, show_default=False)
    ] = None,
    best: Annotated[
        Path | None, typer.Option(metavar="FILE", help="plan: earlier --json answers, for the best known.", show_default=False)
    ] = None,
    instances: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="PATH", help="oem: this file or folder; simulate: this plan; again for each.", show_default=False
        ),
    ] = None,
    peers: Annotated[
        bool, typer.Option("--peers", help="Compare: plan with first come, first served; others with known software.")
    ] = False,
    peer_python: Annotated[
        str | None,
        typer.Option(metavar="PATH", help="lambert, sgp4, oem: the Python that has the peers.", show_default="this one"),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="plan: keep what is made here; store: on this disk.", show_default=False)
    ] = None,
    events: Annotated[
        int | None, typer.Option(help="store: events of the year.", min=1000, max=10_000_000, show_default="500000")
    ] = None,
    json: Json = False,
) -> None:
    """Measure what a job costs, and beside whom.

    plan: a year of each size, each in a process of its own after a warm-up that is told apart. lambert: flights between
    planets and a porkchop. sgp4: states among the stars and a year's events of an orbit. oem: the reading of ephemeris
    messages. simulate: ten thousand futures of the reference year. store: confirmed events beside the disk's own syncs, a
    year's views, kills. An option that does nothing in a benchmark is refused; a peer that is missing is told as skipped.
    JSON is a list of results.
    """
    from supercargo.faces import benches

    read = tuple(instances or ())
    asked = benches.BenchRequest(name, missions, seconds, limit, best, read, peers, peer_python, out, events)
    benches.bench(asked, as_json=json)


@app.command(
    epilog="Example: supercargo transfer --from Earth --to Bennu --depart 2036-01-01..2037-06-01 "
    "--arrive 2036-06-01..2039-01-01 --out work/bennu"
)
def transfer(
    *,
    origin: Annotated[str, typer.Option("--from", metavar="BODY", help="Where it leaves.", show_default=False)],
    destination: Annotated[
        str,
        typer.Option(
            "--to", metavar="PLACE", help="A planet or asteroid; NRHO, Gateway, LLO or Lunar South Pole.", show_default=False
        ),
    ],
    depart: Annotated[
        str, typer.Option(metavar="A..B", help="Dates of departure, YYYY-MM-DD..YYYY-MM-DD.", show_default=False)
    ],
    arrive: Annotated[str, typer.Option(metavar="C..D", help="Dates of arrival.", show_default=False)],
    duration: Annotated[str, typer.Option("--days", metavar="N..M", help="Days under way.", show_default=False)] = "",
    stay: Annotated[str, typer.Option(metavar="N..M", help="Days of stay; asks for the way back.", show_default=False)] = "",
    back: Annotated[str, typer.Option(metavar="E..F", help="Dates of arrival back.", show_default=False)] = "",
    parking: Annotated[
        float, typer.Option("--parking-km", help="Height of the parking orbit.", min=150.0, max=50_000.0)
    ] = 400.0,
    grid: Annotated[int, typer.Option(help="Dates on each axis of the chart.", min=2, max=2000)] = 300,
    best: Annotated[int, typer.Option(help="Flights to list.", min=1, max=50)] = 5,
    out: Annotated[Path | None, typer.Option("--out", metavar="DIR", help="Folder to write.", show_default=False)] = None,
    rows: Annotated[
        Path | None, typer.Option("--rows", metavar="FILE.csv", help="Write lift-offs as rows of transfer_windows.csv.")
    ] = None,
    rows_for: Annotated[str, typer.Option("--for", metavar="DESTINATION", help="Place the rows are for.")] = "",
    scenario: Annotated[
        Path | None, typer.Option("--scenario", metavar="DIR", help="Scenario of that place; without it, the catalogue.")
    ] = None,
    lit: Annotated[float, typer.Option("--lit-days", help="Days of light after a landing.", min=0.0, max=200.0)] = 30.0,
    force: Force = False,
    json: Json = False,
) -> None:
    """Find transfers to the Moon, a planet or an asteroid.

    Prints the cheapest flights with launch energy, excess speeds, burns, and the cargo that each spacecraft of the catalogue
    delivers. With --out it writes the whole chart as CSV, a drawing and a page; with --rows and --for the lift-offs that a
    scenario can plan with.
    """
    from supercargo.faces import commands
    from supercargo.faces.transfers import TransferWords, Wanted

    words = TransferWords(origin, destination, depart, arrive, duration=duration, stay=stay, back=back)
    wanted = Wanted(parking, grid, best, rows=rows, rows_for=rows_for, lit_d=lit, scenario=scenario)
    commands.transfer(words, wanted, out=out, force=force, as_json=json)


for _group in (
    kpi_app, report_app, replan_app, fly_app, simulate_app, backtest_app, risk_app, programme_app, supply_app, kpi_app,
    report_app, replan_app, fly_app, simulate_app, backtest_app, risk_app, strategy_app, operations_app, improve_app,
    operations_app,
):  # fmt: skip
    app.registered_commands += _group.registered_commands


def main() -> None:
    """Run the command that the process was started with."""
    _make_streams_patient()
    try:
        app(prog_name="supercargo")
    except SystemExit as ended:
        _tell_what_typer_does_not(ended)
        _leave_at_once(ended.code)
        raise


def _leave_at_once(code: object) -> None:
    """End the process here: files are written and closed, and tearing down the compilers would take half a second more."""
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except OSError:
        return  # the ordinary way out says what a full disk or a closed stream means
    os._exit(code if isinstance(code, int) else 0 if code is None else 1)


def _make_streams_patient() -> None:
    """Names come from anyone's files: a terminal that can't show a letter shows its number, and a closed one shows nothing."""
    sys.stdout = sys.stdout or open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 - stands for the stream to the end
    sys.stderr = sys.stderr or open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _tell_what_typer_does_not(ended: SystemExit) -> None:
    """An answer in JSON to words that are no command, and a sentence to Ctrl-C before the command began."""
    reason = ended.__context__
    words = getattr(reason, "format_message", None)
    if words is not None and "--json" in sys.argv:
        from supercargo.faces.words import json_text

        told = {"error": "UsageError", "what": words(), "where": "command line", "fix": "see --help", "exit_code": ended.code}
        sys.stdout.write(json_text({**told, "faults": []}))
    elif isinstance(reason, typer.Exit) and ended.code == INTERRUPTED:
        sys.stderr.write("interrupted; nothing was written\n")
