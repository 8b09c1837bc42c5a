"""The commands under `supercargo orbit`: what an orbit allows, for flight dynamics."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

__all__ = ["beta", "holds", "orbit_app", "passes", "returns"]

orbit_app = typer.Typer(
    help="Read off an orbit: beta and night, passes over stations, ways home, holds near the place.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
)

ScenarioFolder = Annotated[Path, typer.Argument(metavar="SCENARIO", help="Scenario folder.", show_default=False)]
Destination = Annotated[str, typer.Option(help="Place in Earth orbit.", show_default=False)]
Start = Annotated[str, typer.Option(help="First day, UTC, as 2027-03-01.", show_default=False)]
Days = Annotated[float, typer.Option(help="Days to look ahead.", min=0.0, max=28.0)]
Out = Annotated[Path | None, typer.Option("--out", metavar="FILE.csv", help="Write the rows as a table.")]
Force = Annotated[bool, typer.Option("--force", help="Replace a file that exists.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")]
Vehicle = Annotated[str, typer.Option(help="Type of spacecraft.", show_default=False)]


@orbit_app.command(epilog="Example: supercargo orbit beta work/year --destination ISS --start 2027-01-01 --days 365")
def beta(
    folder: ScenarioFolder,
    *,
    destination: Destination,
    start: Start,
    days: Annotated[float, typer.Option(help="Days to look ahead.", min=0.0, max=4000.0)] = 365.0,
    out: Out = None,
    picture: Annotated[Path | None, typer.Option("--picture", metavar="FILE.svg", help="Draw beta and night.")] = None,
    force: Force = False,
    json: Json = False,
) -> None:
    """Tell the Sun over the plane and the night, day by day."""
    from supercargo.faces import commands
    from supercargo.faces.orbit_words import OrbitAsked

    asked = OrbitAsked("beta", folder, destination, start, days, out=out, picture=picture, force=force)
    commands.orbit(asked, as_json=json)


@orbit_app.command(
    epilog="Example: supercargo orbit passes work/year --destination ISS --start 2026-09-20 --station 'Guam,13.6,144.8'"
)
def passes(
    folder: ScenarioFolder,
    *,
    destination: Destination,
    start: Start,
    days: Days = 3.0,
    station: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME,LAT,LON[,ELEVATION]", help="A station; may be repeated. Left out: each launch site."),
    ] = None,
    out: Out = None,
    force: Force = False,
    json: Json = False,
) -> None:
    """List passes of a place over stations on the ground.

    Acquired and lost over 5 deg unless told, highest point and its light.
    """
    from supercargo.faces import commands
    from supercargo.faces.orbit_words import OrbitAsked

    asked = OrbitAsked("passes", folder, destination, start, days, stations=tuple(station or ()), out=out, force=force)
    commands.orbit(asked, as_json=json)


@orbit_app.command(
    epilog="Example: supercargo orbit returns work/year --destination ISS --vehicle 'Progress MS' --start 2026-09-20"
)
def returns(
    folder: ScenarioFolder,
    *,
    destination: Destination,
    vehicle: Vehicle,
    start: Start,
    days: Days = 3.0,
    zone: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME or NAME,LAT,LON,REACH_KM", help="Land only in this zone; may be repeated."),
    ] = None,
    corridor: Annotated[
        str, typer.Option(metavar="NAME,SOUTH,NORTH,WEST,EAST", help="Where what is left must fall, deg.", show_default=False)
    ] = "",
    out: Out = None,
    force: Force = False,
    json: Json = False,
) -> None:
    """List burns that end in a landing zone or a disposal corridor.

    A type that brings cargo back lands, with the light there; any other ends in the South Pacific unless another
    corridor is given.
    """
    from supercargo.faces import commands
    from supercargo.faces.orbit_words import OrbitAsked

    asked = OrbitAsked(
        "returns", folder, destination, start, days, vehicle=vehicle, zones=tuple(zone or ()), corridor=corridor,
        out=out, force=force,
    )  # fmt: skip
    commands.orbit(asked, as_json=json)


@orbit_app.command(epilog="Example: supercargo orbit holds work/year --destination ISS --vehicle 'Progress MS'")
def holds(
    folder: ScenarioFolder,
    *,
    destination: Destination,
    vehicle: Vehicle,
    out: Out = None,
    force: Force = False,
    json: Json = False,
) -> None:
    """Judge hold points by a day of drift without engines.

    With the gentlest abort from each, and the next chance at it with the propellant then left.
    """
    from supercargo.faces import commands
    from supercargo.faces.orbit_words import OrbitAsked

    commands.orbit(OrbitAsked("holds", folder, destination, vehicle=vehicle, out=out, force=force), as_json=json)
