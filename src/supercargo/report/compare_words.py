"""How a comparison reads: names of figures, values and differences with their unit."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import datetime

from supercargo.measure.compared import Comparison, Figure, Value
from supercargo.report.svg import short_utc

__all__ = ["CHANGE_WORDS", "LABELS", "inputs_sentence", "label", "money_sentence", "shown", "signed", "verdict", "weight"]

LABELS: Mapping[str, str] = {
    "as_of_utc": "facts as of",
    "start_utc": "horizon from",
    "end_utc": "horizon to",
    "currency_year": "price year",
    "missions_due": "missions contracted",
    "up_kg": "delivered up",
    "down_kg": "brought back",
    "disposal_kg": "trash taken away",
    "left_behind_kg": "left behind",
    "on_time_percent": "on time, strictly",
    "on_time_contract_percent": "on time, within the contract",
    "utilisation_percent": "utilisation",
    "revenue_usd": "revenue",
    "service_cost_usd": "cost to the service",
    "margin_usd": "margin of the service",
    "margin_percent": "margin over revenue",
    "whole_cost_usd": "cost of the whole chain",
    "usd_per_kg": "every cost for each kg up",
    "promises_broken": "promises that can't be kept",
    "cost_usd": "whole cost",
    "price_usd": "earned",
    "upmass_kg": "up",
    "downmass_kg": "down",
    "room_left_kg": "room left",
    "attached_d": "days attached",
    "attached_mean_d": "mean stay",
    "attached_largest_d": "longest stay",
    "occupied_d": "days occupied",
    "service_d": "days in service",
    "occupied_percent": "occupied",
    "gap_mean_d": "mean gap",
    "gap_largest_d": "largest gap",
    "gap_smallest_d": "smallest gap",
    "cover_least_kg": "least above reserve",
    "cover_least_utc": "on",
    "below_reserve_utc": "first below reserve",
    "below_reserve_days": "days below reserve",
    "below_zero_utc": "first below zero",
    "closing_kg": "at the end",
    "delivered_kg": "delivered",
    "service_usd": "service",
    "furnished_usd": "furnished",
    "rows_unlike_base": "rows that are not the base's",
}
"""Names of figures that do not read well as they are written in files."""

CHANGE_WORDS: Mapping[str, str] = {
    "state": "flown, lost or not flown otherwise",
    "vehicle_type": "by another type of spacecraft",
    "pad": "from another pad",
    "launch_utc": "lift off at another instant",
    "port": "at another port",
    "attached_d": "attached for another time",
    "upmass_kg": "with another mass up",
    "service_cost_usd": "at another cost",
    "price_usd": "earning another sum",
}
"""What is said of missions of which a figure differs from the base."""


def label(field: str) -> str:
    """A figure's name as a reader wants it.

    >>> label("left_behind_kg"), label("launch_utc")
    ('left behind', 'launch')
    """
    if field in LABELS:
        return LABELS[field]
    for ending in ("_utc", "_kg", "_usd", "_d", "_percent"):
        field = field.removesuffix(ending)
    return field.replace("_", " ")


def _number(value: float, places: int) -> str:
    return f"{round(value, places) + 0.0:,.{places}f}".replace("-", "\u2212")


def _amount(value: float, unit: str) -> str:
    if not math.isfinite(value):
        return "–"
    if unit == "USD":
        return f"{_number(value / 1e6, 2)} MUSD" if abs(value) >= 1e5 else f"{_number(value, 0)} USD"
    if unit == "MUSD":
        return _number(value / 1e6, 2 if abs(value) >= 1e4 else 3)
    if unit == "USD/kg":
        return f"{_number(value, 0)} USD"
    if unit == "percent":
        return f"{_number(value, 1)} %"
    if unit in ("kg", "d"):
        usual = 0 if unit == "kg" else 1
        return f"{_number(value, 3 if 0 < abs(value) < 0.5 / 10**usual else usual)} {unit}"
    return _number(value, 0) if unit in ("count", "year") and float(value).is_integer() else _number(value, 2)


def shown(value: Value, unit: str) -> str:
    """A figure with its unit; a dash where there is none. USD under the unit MUSD are told in millions, without unit."""
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return short_utc(value).removesuffix(" 00:00")
    if isinstance(value, str):
        return value
    return str(round(value)) if unit == "year" else _amount(value, unit)


def signed(difference: float | None, unit: str) -> str:
    """A difference to the base with sign and unit; empty where there is none. Shares differ by points."""
    if difference is None:
        return ""
    written = _amount(difference, unit)
    if unit == "percent":
        written = f"{_number(difference, 1)} points"
    return written if difference <= 0 else f"+{written}"


def weight(figure: Figure, place: int) -> str:
    """Whether the plan at `place` does better or worse in this figure than the base; empty where neither is meant."""
    difference = figure.differences[place]
    if not figure.sense or not figure.changed[place] or not difference:
        return ""
    return "better" if (difference > 0) == (figure.sense == "more") else "worse"


def verdict(comparison: Comparison) -> str:
    """How far the plans are apart; broken promises come first."""
    if not comparison.differs:
        return "No difference: every figure and every line is the same in all plans."
    differing = sum(1 for mission in comparison.missions if mission.differs)
    lines = max((lines.lines_count for lines in comparison.lines), default=0)
    hard = next(figure.values for figure in comparison.headline if figure.field == "hard_violations")
    broken = ", ".join(f"{plan.letter} {count or 0:,.0f}" for plan, count in zip(comparison.plans, hard, strict=True))
    return (f"Hard rules broken: {broken}. " if any(hard) else "") + (
        f"{differing} of {len(comparison.missions)} missions differ, and up to {lines:,} lines fly otherwise than in the base."
    )


def inputs_sentence(comparison: Comparison) -> str:
    """Whether the plans answer the same question."""
    if comparison.same_inputs:
        return "All plans were made from the same scenario files."
    names = [label(figure.field) for figure in comparison.inputs if figure.differs and not figure.object]
    files = sorted({figure.object for figure in comparison.inputs if figure.object})
    told = [*(["settings: " + ", ".join(names)] if names else []), *(["files: " + ", ".join(files)] if files else [])]
    return (
        f"The plans were made from different inputs ({'; '.join(told) or 'digests'}); what is in only some of them has a dash."
    )


def money_sentence(comparison: Comparison, place: int) -> str:
    """What the difference of one plan to the base costs, or brings."""
    found = {figure.field: figure.differences[place] or 0.0 for figure in comparison.headline}
    earned, cost, margin = (found[field] for field in ("revenue_usd", "service_cost_usd", "margin_usd"))
    base = comparison.plans[0].letter
    plan = comparison.plans[place].letter
    if max(abs(earned), abs(cost), abs(found["whole_cost_usd"])) < 0.01:
        return f"{plan} earns and costs what {base} does."
    more = ("more" if one > 0 else "less" for one in (earned, cost, margin))
    sums = (_amount(abs(one), "USD") for one in (earned, cost, margin))
    told = [
        f"{what} {amount} {way}" for what, amount, way in zip(("earns", "costs the service", "keeps"), sums, more, strict=True)
    ]
    whole = found["whole_cost_usd"]
    chain = f"the whole chain costs {_amount(abs(whole), 'USD')} {'more' if whole > 0 else 'less'}"
    years = [comparison.plans[n].currency_year for n in (0, place)]
    priced = f"; {base} counts in prices of {years[0]}, {plan} of {years[1]}" if years[0] != years[1] else ""
    return f"{plan} {told[0]} than {base}, {told[1]}, and {told[2]}; {chain}{priced}."
