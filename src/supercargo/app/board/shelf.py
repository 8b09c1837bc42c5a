"""The shelf: each plan that was released, kept beside the store, so that the pages can show all of it."""

from __future__ import annotations

import shutil
import tempfile
import threading
from collections import OrderedDict, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from supercargo.kernel import Refused
from supercargo.measure.compared import Comparison
from supercargo.measure.comparison import compare_plans
from supercargo.measure.summary import Summary, summarise
from supercargo.model import OperationsPlan
from supercargo.report.stock import draw_stocks
from supercargo.store import digest_of_plan, digest_violations, read_plan
from supercargo.store.log import SqlStore
from supercargo.track.missions.release import REGISTER, register_of

__all__ = ["KeptPlan", "PlanReleased", "Shelf", "plans_released", "shelf_beside"]

_MOST_READ = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptPlan:
    """A plan as it was released, its figures, and the curve of each stock by place and class."""

    digest: str
    folder: Path
    plan: OperationsPlan
    summary: Summary
    curves: Mapping[tuple[str, str], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanReleased:
    """A plan that came into force: when, by whom, in place of which; `kept` is whether the shelf has its folder."""

    digest: str
    released_utc: datetime
    by: str
    supersedes: str
    kept: bool


class Shelf:
    """Folders of released plans by the first signs of their digests; a plan that was read is kept in memory."""

    def __init__(self, place: Path | None) -> None:
        self._place = place
        self._read: OrderedDict[str, KeptPlan] = OrderedDict()
        self._compared: OrderedDict[tuple[str, str], Comparison] = OrderedDict()
        self._gate = threading.Lock()

    @property
    def place(self) -> Path | None:
        """The folder of the shelf; None where the store has none."""
        return self._place

    @property
    def proposals(self) -> Path | None:
        """Where plans that are being made are put together."""
        return None if self._place is None else self._place / "proposals"

    def keep(self, folder: Path) -> str:
        """Copy a plan folder to the shelf and give its name there; one that is there already is left.

        Raises Refused for a folder that differs from what plan.json vouches for.
        """
        if odd := digest_violations(folder):
            raise Refused(odd[0].text, fix="plan again, or keep the folder as it was written", where=str(folder))
        name = digest_of_plan(folder)[:12]
        if self._place is None or (self._place / name).exists():
            return name
        self._place.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".keeping-", dir=self._place) as draft:
            shutil.copytree(folder, Path(draft) / name)
            (Path(draft) / name).rename(self._place / name)
        return name

    def has(self, name: str) -> bool:
        """Whether a plan stands there."""
        return self._place is not None and name.isalnum() and (self._place / name / "plan.json").is_file()

    def plan(self, name: str) -> KeptPlan | None:
        """A plan by its name on the shelf; None where it is not kept. Raises Refused for one that was changed since."""
        if not self.has(name):
            return None
        assert self._place is not None
        with self._gate:
            if name not in self._read:
                self._read[name] = _read_kept(self._place / name, name)
            self._read.move_to_end(name)
            while len(self._read) > _MOST_READ:
                self._read.popitem(last=False)
            return self._read[name]

    def compared(self, base: KeptPlan, other: KeptPlan) -> Comparison:
        """Two kept plans side by side; plans never change, so a comparison that was made is kept."""
        names = (base.digest, other.digest)
        with self._gate:
            if names not in self._compared:
                plans = [(one.digest[:12], one.plan) for one in (base, other)]
                self._compared[names] = compare_plans(plans)
            self._compared.move_to_end(names)
            while len(self._compared) > _MOST_READ:
                self._compared.popitem(last=False)
            return self._compared[names]


def _read_kept(folder: Path, name: str) -> KeptPlan:
    digest = digest_of_plan(folder)
    if digest[:12] != name or digest_violations(folder):
        raise Refused(f"the kept plan {name} was changed", fix="put the folder back as it was released", where=str(folder))
    plan = read_plan(folder)
    return KeptPlan(digest=digest, folder=folder, plan=plan, summary=summarise(plan), curves=_curves(plan))


def _curves(plan: OperationsPlan) -> dict[tuple[str, str], str]:
    """The picture of each stock, drawn once because plans never change; classes stand in order of name, as they are drawn."""
    classes: dict[str, set[str]] = defaultdict(set)
    for row in plan.inventory:
        classes[row.destination].add(row.supply_class)
    return {
        (one.destination, name): picture
        for one in draw_stocks(plan)
        for name, picture in zip(sorted(classes[one.destination]), one.pictures, strict=True)
    }


def shelf_beside(store: str, place: Path | None = None) -> Shelf:
    """The shelf of a store: the given folder, or `FILE.plans` beside an SQLite file; other databases have none."""
    if place is None and "://" not in store:
        place = Path(f"{store}.plans")
    return Shelf(place)


def plans_released(store: SqlStore, shelf: Shelf) -> tuple[PlanReleased, ...]:
    """Every plan that came into force, in order; the last is in force."""
    return tuple(
        PlanReleased(
            digest=said.digest, released_utc=at, by=said.by, supersedes=said.supersedes, kept=shelf.has(said.digest[:12])
        )
        for said, at in register_of(store.stream(REGISTER))
    )
