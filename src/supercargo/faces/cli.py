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

__all__ = ["app", "bench", "check", "kpi", "main", "new", "plan", "verify"]

app = typer.Typer(
    help="Plan a year of cargo missions in space: launch windows, schedule, manifest, stowage, stock, cost and KPIs.",
    epilog="Exit codes: 0 done, 2 input wrong, 3 no plan or violations found, 4 refused, 5 store broken, 130 interrupted.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

INTERRUPTED = 128 + signal.SIGINT
LARGEST_SEED = 999_999_999_999_999
"""The largest whole number that every file of ours carries."""

Json = Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")]
Force = Annotated[bool, typer.Option("--force", help="Replace the folder, whole, if it exists.")]
PlanFolder = Annotated[Path, typer.Argument(metavar="PLAN", help="Plan folder.", show_default=False)]
ScenarioFolder = Annotated[Path, typer.Argument(metavar="SCENARIO", help="Scenario folder.", show_default=False)]


@app.command(epilog="Example: supercargo new work/year --from reference-year --missions 48 --seed 1")
def new(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder to write.", show_default=False)],
    *,
    source: Annotated[str, typer.Option("--from", help="reference-year or tiny.", show_default=False)],
    missions: Annotated[int, typer.Option(help="Contracted missions of a reference year.", min=12, max=192)] = 48,
    seed: Annotated[int, typer.Option(help="Seed of the scenario.", min=0, max=LARGEST_SEED)] = 1,
    force: Force = False,
    json: Json = False,
) -> None:
    """Write a scenario folder from the catalogue."""
    from supercargo.faces import commands

    commands.new(folder, source=source, missions=missions, seed=seed, force=force, as_json=json)


@app.command(epilog="Example: supercargo check work/year")
def check(folder: ScenarioFolder, *, json: Json = False) -> None:
    """Validate a scenario folder.

    Every fault is told at once, with file, row, column and fix.
    """
    from supercargo.faces import commands

    commands.check(folder, as_json=json)


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
    """Plan a scenario folder into a plan folder.

    Prints what a manager reads first. A plan that breaks a promise is written only with --partial.
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


@app.command(epilog="Example: supercargo kpi work/plan --json")
def kpi(folder: PlanFolder, *, json: Json = False) -> None:
    """Measure the KPIs of a plan folder."""
    from supercargo.faces import commands

    commands.kpi(folder, as_json=json)


@app.command(epilog="Example: supercargo bench plan --missions 12,48,96,192")
def bench(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Benchmark: plan.", show_default=False)],
    *,
    missions: Annotated[str, typer.Option(help="Sizes of the year to plan, with commas.")] = "12,48,96,192",
    seconds: Annotated[
        float | None, typer.Option(help="Stop the solvers of each plan after so many.", min=0.0, show_default=False)
    ] = None,
    limit: Annotated[int | None, typer.Option(help="Only the first so many sizes.", min=1, show_default=False)] = None,
    best: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Earlier --json answers, for the best known.", show_default=False)
    ] = None,
    peers: Annotated[bool, typer.Option("--peers", help="Plan first come, first served as well, and compare.")] = False,
    out: Annotated[Path | None, typer.Option(metavar="DIR", help="Keep scenarios and plans here.", show_default=False)] = None,
    json: Json = False,
) -> None:
    """Measure what a job costs and how that grows.

    Each size is planned in a process of its own, after a warm-up that is told apart. JSON is a list, one result a size.
    """
    from supercargo.faces import benches

    asked = benches.BenchRequest(name, missions, seconds=seconds, limit=limit, best=best, peers=peers, out=out)
    benches.bench(asked, as_json=json)


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
