"""The mix of flights of the reference year: which place, port, spacecraft and contract, and about when."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

__all__ = ["BASE_MISSIONS", "Chain", "Seat", "Slot", "chains", "running_on", "slots", "slots_of"]

BASE_MISSIONS = 48


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """One flight of a chain: types and launchers that may fly it, days at the port, contract, who furnishes it."""

    types: tuple[str, ...]
    docked_d: float
    contract: str
    furnished_by: str = ""
    launchers: tuple[str, ...] = ()
    must: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """Flights that follow one another at one port between two days of the year.

    `slack_d` makes the chain tight: each stay is as long as the cadence allows, less clearance and slack.
    """

    prefix: str
    place: str
    port: str
    first_d: float
    last_d: float
    seats: tuple[Seat, ...]
    slack_d: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """One flight to be placed in the year: its seat, port, wished arrival day and copy of the mix.

    `windows` are the listed ones that it may take, as (lift-off day, days under way); empty: all of its place.
    """

    prefix: str
    place: str
    port: str
    seat: Seat
    arrive_d: float
    docked_d: float
    tight: bool
    copy: int
    windows: tuple[tuple[float, float], ...] = ()


def _seats(
    count: int, types: str, docked_d: float, contract: str, furnished_by: str = "", launchers: str = ""
) -> tuple[Seat, ...]:
    seat = Seat(
        types=tuple(types.split(";")),
        docked_d=docked_d,
        contract=contract,
        furnished_by=furnished_by,
        launchers=tuple(filter(None, launchers.split(";"))),
    )
    return (seat,) * count


def _first_must(seats: tuple[Seat, ...]) -> tuple[Seat, ...]:
    return (replace(seats[0], must=True), *seats[1:])


_XL, _ENHANCED, _DREAM = "Cygnus XL", "Cygnus Enhanced", "Dream Chaser + Shooting Star"


def _iss() -> tuple[Chain, ...]:
    return (
        Chain(prefix="ISS", place="ISS", port="Zvezda aft", first_d=14, last_d=373, slack_d=6.5,
              seats=_first_must(_seats(4, "Progress MS", 0, "ROS-ISS", "ROSCOSMOS"))),
        Chain(prefix="ISS", place="ISS", port="Harmony zenith", first_d=25, last_d=448,
              seats=_first_must(_seats(2, "Dragon 2 Cargo", 33, "NASA-ISS", "NASA"))
              + _seats(2, "Dragon 2 Cargo;Nyx", 33, "NASA-ISS", "NASA")),
        Chain(prefix="ISS", place="ISS", port="Unity nadir", first_d=30, last_d=452,
              seats=_seats(3, _XL, 68, "NASA-ISS", "NASA") + _seats(1, f"{_XL};{_ENHANCED}", 68, "NASA-ISS", "NASA")),
        Chain(prefix="ISS", place="ISS", port="Harmony nadir", first_d=45, last_d=465,
              seats=_seats(1, "HTV-X", 84, "JAXA-ISS", "JAXA") + _seats(1, _DREAM, 58, "NASA-ISS", "NASA")
              + _seats(1, "HTV-X", 84, "JAXA-ISS", "JAXA")),
    )  # fmt: skip


def _stations() -> tuple[Chain, ...]:
    return (
        Chain(prefix="AX", place="Axiom Station", port="Hab forward", first_d=38, last_d=470,
              seats=_seats(1, "Dragon 2 Cargo", 34, "AXIOM-MAIN", "AXIOM") + _seats(1, "Nyx", 62, "AXIOM-MAIN", "AXIOM")
              + _seats(1, "Dragon 2 Cargo", 34, "AXIOM-MAIN", "AXIOM")),
        Chain(prefix="AX", place="Axiom Station", port="Hab nadir", first_d=52, last_d=446,
              seats=_seats(1, _DREAM, 55, "AXIOM-MAIN", "AXIOM") + _seats(1, _XL, 74, "AXIOM-MAIN", "AXIOM")
              + _seats(1, _XL, 74, "AXIOM-MAIN", "AXIOM", "Antares 330")),
        Chain(prefix="SL", place="Starlab", port="Bus nadir", first_d=18, last_d=374, slack_d=6.5,
              seats=_seats(1, _XL, 0, "STARLAB-MAIN", "STARLAB") + _seats(1, _XL, 0, "STARLAB-MAIN", "", "Falcon 9")
              + _seats(2, _XL, 0, "STARLAB-MAIN", "STARLAB")),
        Chain(prefix="SL", place="Starlab", port="Bus forward", first_d=120, last_d=300,
              seats=_seats(1, "Nyx", 60, "STARLAB-MAIN", "STARLAB")),
        Chain(prefix="OR", place="Orbital Reef", port="Core nadir", first_d=58, last_d=470,
              seats=_seats(1, f"{_ENHANCED};{_XL}", 70, "REEF-MAIN", "REEF") + _seats(1, "HTV-X", 66, "REEF-MAIN", "REEF")
              + _seats(1, _DREAM, 56, "REEF-MAIN", "REEF")),
        Chain(prefix="OR", place="Orbital Reef", port="Core forward", first_d=42, last_d=440,
              seats=_seats(2, "Nyx", 70, "REEF-MAIN", "", "Falcon 9")),
        Chain(prefix="HV", place="Haven-1", port="Forward", first_d=21, last_d=375, slack_d=6.5,
              seats=_seats(4, "Nyx", 0, "HAVEN-MAIN", "HAVEN")),
    )  # fmt: skip


def _beyond() -> tuple[Chain, ...]:
    return (
        Chain(prefix="GW", place="Gateway", port="HALO radial 1", first_d=60, last_d=390,
              seats=_first_must(_seats(2, "Dragon XL", 130, "NASA-GATEWAY", "NASA"))),
        Chain(prefix="GW", place="Gateway", port="HALO radial 2", first_d=150, last_d=330,
              seats=_seats(1, "Dragon XL", 120, "NASA-GATEWAY", "NASA")),
        Chain(prefix="LUN", place="Lunar South Pole", port="Zone A", first_d=70, last_d=375,
              seats=_seats(2, "Blue Moon Mk1", 28, "NASA-LUNAR", "NASA")),
        Chain(prefix="LUN", place="Lunar South Pole", port="Zone B", first_d=140, last_d=300,
              seats=_seats(1, "Griffin", 25, "NASA-LUNAR", "NASA")),
        Chain(prefix="LUN", place="Lunar South Pole", port="Zone C", first_d=230, last_d=368,
              seats=_seats(1, "Argonaut", 28, "ESA-LUNAR", "ESA")),
        Chain(prefix="AST", place="Bennu", port="Tether point", first_d=646, last_d=700,
              seats=_seats(1, "Asteroid Cargo Carrier", 90, "ASTERIA-MAIN", "ASTERIA", "Falcon Heavy;Vulcan VC4L")),
    )  # fmt: skip


def _platforms() -> tuple[Chain, ...]:
    return (
        Chain(prefix="SKY", place="Skyforge Platform", port="Arm", first_d=185, last_d=260,
              seats=_seats(1, "Platform Servicer L", 26, "SKYFORGE-MAIN", "SKYFORGE")),
        Chain(prefix="MER", place="Meridian Platform", port="Arm", first_d=90, last_d=366,
              seats=_seats(2, "Platform Servicer", 14, "MERIDIAN-MAIN")),
        Chain(prefix="DEP", place="LEO Depot", port="Coupling 1", first_d=80, last_d=368,
              seats=_seats(2, "Depot Tanker", 14, "DEPOT-MAIN", "DEPOTCO", "Starship;Falcon 9")),
    )  # fmt: skip


def chains() -> tuple[Chain, ...]:
    """The 48 flights of the reference year, chain by chain; dates and contracts are scenario assumptions."""
    return _iss() + _stations() + _beyond() + _platforms()


def running_on(chain: Chain, until_d: float) -> Chain:
    """The chain with its flights repeated at the same cadence up to a day; never fewer than it has."""
    cadence = (chain.last_d - chain.first_d) / len(chain.seats)
    count = max(len(chain.seats), math.floor((until_d - chain.first_d) / cadence) + 1)
    seats = tuple(chain.seats[index % len(chain.seats)] for index in range(count))
    return replace(chain, seats=seats, last_d=chain.first_d + cadence * count)


def _port_of_copy(port: str, copy: int) -> str:
    return port if copy == 0 else f"{port} {copy + 1}"


def slots_of(chain: Chain, copy: int, clearance_d: float, rng: np.random.Generator) -> list[Slot]:
    """Flights of a chain at the port of one copy of the mix."""
    cadence = (chain.last_d - chain.first_d) / len(chain.seats)
    tight = chain.slack_d is not None
    found = []
    for place_in_chain, seat in enumerate(chain.seats):
        stay = cadence - clearance_d - (chain.slack_d or 0.0) if tight else seat.docked_d * float(rng.uniform(0.95, 1.03))
        spare = 0.0 if tight else max(0.0, min(0.5 * (cadence - stay - 4.0), 14.0))
        shift = float(rng.uniform(-0.8, 0.8)) if tight else float(rng.uniform(0.0, spare))
        found.append(
            Slot(
                prefix=chain.prefix,
                place=chain.place,
                port=_port_of_copy(chain.port, copy),
                seat=seat,
                arrive_d=chain.first_d + cadence * place_in_chain + shift,
                docked_d=round(stay - 0.8 if tight else stay, 1),
                tight=tight,
                copy=copy,
            )
        )
    return found


def _thinned(found: list[Slot], count: int) -> list[Slot]:
    """Keep `count` flights, each place in its share of the whole mix."""
    ranked: list[tuple[float, int]] = []
    places: dict[str, list[int]] = {}
    for index, slot in enumerate(found):
        places.setdefault(slot.place, []).append(index)
    for members in places.values():
        by_day = sorted(members, key=lambda index: (not found[index].seat.must, (found[index].arrive_d * 0.6180339887) % 1.0))
        ranked += [((rank + 0.5) / len(members), index) for rank, index in enumerate(by_day)]
    kept = sorted(index for _, index in sorted(ranked)[:count])
    return [found[index] for index in kept]


def slots(missions: int, clearance_d: dict[str, float], rng: np.random.Generator) -> list[Slot]:
    """Every flight of a year of `missions` flights: whole copies of the mix, each with its own ports, and a thinned one."""
    found: list[Slot] = []
    copy = 0
    while len(found) < missions:
        one = [slot for chain in chains() for slot in slots_of(chain, copy, clearance_d[chain.place], rng)]
        found += one if missions - len(found) >= len(one) else _thinned(one, missions - len(found))
        copy += 1
    return found
