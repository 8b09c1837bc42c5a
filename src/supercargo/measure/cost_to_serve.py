"""Cost to serve: what customers, places, classes, flights and kilograms cost and bring, without the room that nobody used."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from supercargo.measure.cents import usd_of
from supercargo.measure.cost_objects import RESIDUAL, UNUSED, USED, Share
from supercargo.measure.money import SERVICE
from supercargo.model import ManifestRow

__all__ = ["BY", "Served", "cost_to_serve"]

_UNSOLD = {UNUSED: "unused capacity", RESIDUAL: "not caused by cargo"}

BY: Mapping[str, Callable[[Share], str]] = {
    "customer": lambda share: share.customer,
    "destination": lambda share: share.destination,
    "class": lambda share: share.supply_class,
    "mission": lambda share: share.mission_id,
    "direction": lambda share: share.direction,
    "kg": lambda share: f"{share.destination} {share.direction}" if share.direction else "",
    "account": lambda share: share.account,
    "activity": lambda share: share.activity,
    "process": lambda share: share.scor_process,
}
"""What cost is told by."""

_WITHOUT_REVENUE = ("account", "activity", "process")


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """One customer, place, class, flight, direction, account, activity or process [USD, kg].

    `unused_usd` is room that nobody used and what no cargo causes, whoever pays: it is in the total, in no price of a
    kilogram, and in no customer's margin.
    """

    name: str
    lines_count: int
    up_kg: float
    down_kg: float
    disposal_kg: float
    service_usd: float
    furnished_usd: float
    unused_usd: float
    total_usd: float
    usd_per_kg: float | None
    service_usd_per_kg: float | None
    revenue_usd: float | None
    margin_usd: float | None
    margin_percent: float | None


def cost_to_serve(
    by: str, costs: Iterable[Share], revenue: Iterable[Share], manifest: Iterable[ManifestRow]
) -> tuple[Served, ...]:
    """Cost, revenue and margin by one of `BY`, the dearest first. Their totals are those of costs.csv to the cent.

    A kilogram counts in each direction that it moves. Raises KeyError for what is not in `BY`.
    """
    name_of = BY[by]
    rows = {row.item_id: row for row in manifest}
    spent: dict[str, dict[str, int]] = defaultdict(lambda: {"service": 0, "furnished": 0, "unused": 0})
    items: dict[str, set[str]] = defaultdict(set)
    earned: dict[str, int] = defaultdict(int)
    for share in costs:
        name = name_of(share) or _UNSOLD.get(share.kind, "not of one load")
        column = "unused" if share.kind != USED else "service" if share.paid_by == SERVICE else "furnished"
        spent[name][column] += share.cents
        if share.kind == USED:
            items[name].add(share.item_id)
    for share in revenue if by not in _WITHOUT_REVENUE else ():
        earned[name_of(share) or "not of one load"] += share.cents
    names = sorted({*spent, *earned})
    told = [
        _served(name, spent[name], [rows[item] for item in sorted(items[name])], _earned(by, earned, name)) for name in names
    ]
    return tuple(sorted(told, key=lambda one: (-one.total_usd, one.name)))


def _earned(by: str, earned: Mapping[str, int], name: str) -> int | None:
    return None if by in _WITHOUT_REVENUE else earned.get(name, 0)


def _served(name: str, spent: Mapping[str, int], rows: list[ManifestRow], earned: int | None) -> Served:
    grams = {way: sum(round(row.mass_kg * 1000) for row in rows if row.direction == way) for way in ("up", "down", "disposal")}
    moved_kg = sum(grams.values()) / 1000
    used = spent["service"] + spent["furnished"]
    margin = None if earned is None else earned - spent["service"]
    return Served(
        name=name,
        lines_count=len({row.item_id.partition("#")[0] for row in rows}),
        up_kg=grams["up"] / 1000,
        down_kg=grams["down"] / 1000,
        disposal_kg=grams["disposal"] / 1000,
        service_usd=usd_of(spent["service"]),
        furnished_usd=usd_of(spent["furnished"]),
        unused_usd=usd_of(spent["unused"]),
        total_usd=usd_of(sum(spent.values())),
        usd_per_kg=round(used / 100 / moved_kg, 2) if moved_kg else None,
        service_usd_per_kg=round(spent["service"] / 100 / moved_kg, 2) if moved_kg else None,
        revenue_usd=None if earned is None else usd_of(earned),
        margin_usd=None if margin is None else usd_of(margin),
        margin_percent=round(100 * margin / earned, 2) if margin is not None and earned else None,
    )
