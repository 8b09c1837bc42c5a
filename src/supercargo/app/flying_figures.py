"""What came of a flown year, in figures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from supercargo.app.operations.asking import LedgerSeen
from supercargo.simulate.flight_state import Year
from supercargo.track.envelope import Head

__all__ = ["FlownFigures", "ReplanMade", "figures_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplanMade:
    """A new plan: when, why, and whether it could be released."""

    at_utc: datetime
    why: str
    released: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FlownFigures:
    """What came of a flown year; lines are rows of the manifest, parts of a line by themselves."""

    folder: str
    seed: int
    planner: str
    missions_count: int
    flown_count: int
    slipped: tuple[str, ...]  # lifted off later than the first plan had it
    slips_count: int
    lost: tuple[str, ...]
    grounded: tuple[str, ...]  # did not lift off in the year
    lines_count: int  # that the first plan flies
    delivered_count: int
    late_count: int  # delivered after their due date
    damaged_count: int
    missed_count: int  # came too late for their ship
    rebooked_count: int  # of these, went on a later one without a new plan
    replans: tuple[ReplanMade, ...]
    standdowns_count: int
    port_outs_count: int
    overruns_count: int
    incidents_count: int
    conflicts_count: int
    work_orders_count: int
    consumed_kg: float
    short_kg: float
    revenue_usd: float
    accounts_usd: dict[str, float]
    told_count: int
    repeated_count: int
    events_count: int
    log_hash: str


def figures_of(folder: Path, year: Year, told: tuple[int, int], head: Head, ledger: LedgerSeen) -> FlownFigures:
    """The figures of a year that has been flown; `told` counts doings, and those of them that an earlier run had told."""
    tally = year.tally
    sums: dict[str, int] = {}
    for row in ledger["accounts"]:
        sums[row["account"]] = sums.get(row["account"], 0) + round(row["usd"] * 100)
    replans = sorted([(at, why, True) for at, why in tally.replans] + [(at, why, False) for at, why in tally.refused_replans])
    return FlownFigures(
        folder=str(folder),
        seed=year.future.seed,
        planner=year.policy.planner,
        missions_count=len(year.crafts),
        flown_count=len(tally.flown),
        slipped=tuple(sorted(tally.slipped)),
        slips_count=tally.slips_count,
        lost=tuple(tally.lost),
        grounded=tuple(sorted(name for name in year.crafts if name not in tally.flown)),
        lines_count=len(year.parcels),
        delivered_count=len(tally.delivered),
        late_count=len(tally.late),
        damaged_count=len(tally.damaged),
        missed_count=len(tally.missed),
        rebooked_count=len(tally.rebooked),
        replans=tuple(ReplanMade(at_utc=at, why=why, released=made) for at, why, made in replans),
        standdowns_count=tally.standdowns_count,
        port_outs_count=tally.port_outs_count,
        overruns_count=tally.overruns_count,
        incidents_count=tally.incidents_count,
        conflicts_count=tally.conflicts_count,
        work_orders_count=tally.work_orders_count,
        consumed_kg=round(tally.consumed_kg, 3),
        short_kg=round(tally.short_kg, 3),
        revenue_usd=ledger["revenue_usd"],
        accounts_usd={name: cents / 100 for name, cents in sorted(sums.items())},
        told_count=told[0],
        repeated_count=told[1],
        events_count=head.position,
        log_hash=head.hash,
    )
