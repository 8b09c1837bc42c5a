"""Plans side by side on one self-contained HTML page."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from supercargo.measure.compared import ComparedMission, Comparison, Figure
from supercargo.report.compare_pictures import STYLES_COUNT, draw_docked, draw_overlays
from supercargo.report.compare_words import (
    CHANGE_WORDS,
    inputs_sentence,
    label,
    money_sentence,
    shown,
    signed,
    verdict,
    weight,
)
from supercargo.report.page import FILTERS
from supercargo.report.svg import PALETTE
from supercargo.report.templating import template_of

__all__ = ["Cell", "render_comparison"]

BIGGEST_COUNT = 25
NAMED_COUNT = 12
DIGEST_SHOWN_COUNT = 12
MISSION_FIELDS = (
    "state",
    "vehicle_type",
    "pad",
    "launch_utc",
    "port",
    "arrive_utc",
    "attached_d",
    "upmass_kg",
    "room_left_kg",
    "lines",
    "lines_taken_off",
    "lines_added",
    "service_cost_usd",
    "cost_usd",
    "price_usd",
)
"""Figures of a mission that the page shows, in the order of its columns; files have them all."""
MISSION_NUMBERS = set(MISSION_FIELDS[6:])
WITHOUT_DIFFERENCE = {"lines_taken_off", "lines_added"}


@dataclass(frozen=True, slots=True)
class Cell:
    """One figure of one plan as it is read."""

    words: str
    change: str  # difference to the base, signed
    weight: str  # better, worse, or nothing
    differs: bool
    look: str  # number, instant, or nothing


def render_comparison(comparison: Comparison) -> str:
    """Plans side by side as one HTML page: figures, timelines above each other, missions, ports, stocks, lines and money.

    The page needs nothing from outside and runs no script. Every name is escaped. The same comparison gives the same bytes.
    """
    others = range(1, len(comparison.plans))
    return template_of("compare.html", {**FILTERS, "label": label, "shown": shown, "signed": signed}).render(
        comparison=comparison,
        base=comparison.plans[0],
        verdict=verdict(comparison),
        inputs=[_short(figure) for figure in comparison.inputs if figure.differs and not figure.object],
        input_files=[figure for figure in comparison.inputs if figure.object],
        inputs_sentence=inputs_sentence(comparison),
        money=[money_sentence(comparison, place) for place in others],
        grounded=_grounded(comparison),
        changes=[_changes(comparison, place) for place in others],
        cells=_cells,
        timeline=draw_docked(comparison),
        fields=[(field, field in MISSION_NUMBERS) for field in MISSION_FIELDS],
        differing=[_mission(one) for one in comparison.missions if one.differs],
        alike=[one for one in comparison.missions if not one.differs],
        port_fields=_fields(comparison.ports),
        place_fields=_fields(comparison.places),
        stock_fields=_fields(comparison.stocks),
        stocks=[one for one in comparison.stocks if one.differs],
        overlays=draw_overlays(comparison),
        biggest_count=BIGGEST_COUNT,
        styles=[n % STYLES_COUNT for n in range(len(comparison.plans))],
        palette=PALETTE,
    )


def _short(figure: Figure) -> Figure:
    """Digests by their first signs, which tell them apart; the figures in files are whole."""
    if figure.field != "scenario_digest":
        return figure
    return replace(figure, values=tuple(f"{value}"[:DIGEST_SHOWN_COUNT] or None for value in figure.values))


def _fields(things: tuple[Any, ...]) -> list[str]:
    return [figure.field for figure in things[0].figures] if things else []


def _cells(figure: Figure, unit: str = "") -> list[Cell]:
    """A cell for each plan, in another unit than the figure's if one is given; the base has no difference to itself."""
    return [_cell(figure, place, unit or figure.unit) for place in range(len(figure.values))]


def _cell(figure: Figure, place: int, unit: str) -> Cell:
    value = figure.values[place]
    differs = figure.changed[place]
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    is_instant = isinstance(value, datetime)
    words = shown(value, unit)
    return Cell(
        words=words.replace(" ", "\n") if is_instant else words,
        change=signed(figure.differences[place], unit) if differs and figure.field not in WITHOUT_DIFFERENCE else "",
        weight=weight(figure, place),
        differs=differs,
        look="n" if is_number else "instant" if is_instant else "",
    )


def _grounded(comparison: Comparison) -> list[tuple[str, str, str]]:
    """Mission, plan and reason of each mission that a plan owes and does not fly."""
    found = [(mission, mission.figure("why_not_flown").values) for mission in comparison.missions]
    return [
        (mission.mission_id, plan.letter, f"{reason}")
        for mission, reasons in found
        for plan, reason in zip(comparison.plans, reasons, strict=True)
        if reason
    ]


def _mission(mission: ComparedMission) -> dict[str, Any]:
    """A row for each plan, a cell for each field."""
    figures = [mission.figure(field) for field in MISSION_FIELDS]
    columns = [_cells(figure, "MUSD" if figure.unit == "USD" else "") for figure in figures]
    return {"mission": mission, "rows": [list(row) for row in zip(*columns, strict=True)]}


def _changes(comparison: Comparison, place: int) -> dict[str, Any]:
    """What is otherwise in one plan, in counts of missions with the first of their names."""
    found = comparison.missions_changed(place)
    return {
        "plan": comparison.plans[place],
        "kinds": [
            (CHANGE_WORDS[field], len(names), ", ".join(names[:NAMED_COUNT]) + (" …" if len(names) > NAMED_COUNT else ""))
            for field, names in found.items()
        ],
    }
