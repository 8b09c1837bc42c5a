"""Two plans side by side as tables: figures, missions, ports, stocks, lines, money, broken rules; and what they differ in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from supercargo.app.board.tables import Cell, Column, Table
from supercargo.app.kpis import MONEY
from supercargo.measure.compared import ComparedThing, Comparison, Figure, LineChange
from supercargo.report.compare_pictures import draw_docked
from supercargo.report.compare_words import inputs_sentence, label, money_sentence, signed, verdict, weight

__all__ = ["SideBySide", "side_by_side"]

_LINES_SHOWN = 300
_LOOKS = {"better": "good", "worse": "bad"}
_WITHOUT_DIFFERENCE = ("lines_taken_off", "lines_added")


@dataclass(frozen=True, slots=True, kw_only=True)
class SideBySide:
    """What two plans differ in: sentences, tables, and the stays at ports above each other as a picture."""

    sentences: tuple[str, ...]
    tables: tuple[Table, ...]
    picture: str


def side_by_side(comparison: Comparison, *, money: bool, costs: bool) -> SideBySide:
    """A comparison of two plans as a page shows it; only what differs stands in the long tables.

    Accounts and what contracts earn are left out for who may not see `money`; who has to decide is told what a plan `costs`
    beside the other in one sentence.
    """
    things = (
        ("missions", "Missions that differ", [(one.mission_id, one) for one in comparison.missions]),
        ("ports", "Ports that differ", [(f"{one.destination}/{one.port}", one) for one in comparison.ports]),
        ("places", "Destinations that differ", [(one.destination, one) for one in comparison.places]),
        ("stocks", "Stocks that differ", [(f"{one.supply_class} at {one.destination}", one) for one in comparison.stocks]),
    )
    accounts = [one for one in comparison.accounts if one.differs]
    kpis = [one.figure for one in comparison.kpis if one.figure.differs and (money or one.kpi_id not in MONEY)]
    tables = [
        _figures("figures", "Figures of the whole", [one for one in comparison.headline if money or not _is_money(one)]),
        *(_things(name, caption, found, money=money) for name, caption, found in things),
        _lines(comparison),
        *([_figures("money", "Money that differs, by account", accounts)] if money else []),
        _figures("kpis", "KPIs that differ", kpis),
        _figures("rules", "Rules broken otherwise", [one for one in comparison.rules if one.differs]),
    ]
    sentences: tuple[str, ...] = (verdict(comparison), inputs_sentence(comparison))
    if comparison.differs:
        sentences = (
            *sentences,
            money_sentence(comparison, 1) if costs else "What they earn and cost takes the scope 'money'.",
        )
    return SideBySide(sentences=sentences, tables=tuple(tables), picture=draw_docked(comparison) if comparison.differs else "")


def _columns(*first: str) -> tuple[Column, ...]:
    return (
        *map(Column, first), Column("In A", decimals=1), Column("In B", decimals=1), Column("Unit"), Column("B less A"),
    )  # fmt: skip


def _row(name: str, href: str, figure: Figure) -> Iterator[Cell]:
    base, other = figure.values
    difference = "" if figure.field in _WITHOUT_DIFFERENCE else signed(figure.differences[1], figure.unit)
    yield Cell(name, href)
    yield Cell(label(figure.field))
    yield Cell(base)
    yield Cell(other)
    yield Cell(figure.unit)
    yield Cell(difference if figure.changed[1] else "", look=_LOOKS.get(weight(figure, 1), ""), note=weight(figure, 1))


def _figures(name: str, caption: str, figures: Sequence[Figure]) -> Table:
    rows = [list(_row(one.object or "the whole", "", one)) for one in figures]
    return Table(name=name, caption=caption, columns=_columns("Of", "What"), rows=rows, empty="Nothing differs here.")


def _is_money(figure: Figure) -> bool:
    return "USD" in figure.unit or figure.field.startswith("margin")


def _things(name: str, caption: str, things: Sequence[tuple[str, ComparedThing]], *, money: bool) -> Table:
    href = "/missions/{}" if name == "missions" else ""
    rows = [
        list(_row(title, href.format(title), figure))
        for title, thing in things
        for figure in thing.figures
        if figure.differs and (money or not _is_money(figure))
    ]  # fmt: skip
    return Table(name=name, caption=caption, columns=_columns("Which", "What"), rows=rows, empty="Nothing differs here.")


def _lines(comparison: Comparison) -> Table:
    found = [(group.kind, change) for lines in comparison.lines for group in lines.groups for change in group.changes]
    return Table(
        name="lines",
        caption=f"Cargo lines that fly otherwise: {len(found):,}",
        columns=(
            Column("Line"), Column("What"), Column("Customer"), Column("Destination"), Column("Class"),
            Column("Mass", "kg", 1), Column("In A on"), Column("In B on"), Column("Delivered later", "d", 1),
        ),
        rows=[_line(kind, one) for kind, one in found[:_LINES_SHOWN]],
        unshown_count=max(0, len(found) - _LINES_SHOWN),
        empty="Every line flies as before.",
    )  # fmt: skip


def _line(kind: str, one: LineChange) -> list[Cell]:
    late = "bad" if (one.moved_d or 0.0) > 0 else "good" if (one.moved_d or 0.0) < 0 else ""
    return [
        Cell(one.item_id, f"/cargo/{one.item_id}"), Cell(kind), Cell(one.customer), Cell(one.destination),
        Cell(one.supply_class), Cell(one.mass_kg), Cell(one.base_missions), Cell(one.missions), Cell(one.moved_d, look=late),
    ]  # fmt: skip
