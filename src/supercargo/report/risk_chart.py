"""Pictures of a review of risks: the map of probability against impact, and what contingencies are worth."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from supercargo.measure.risk_review import IMPACT_BANDS_USD, PROBABILITY_BANDS, band_of
from supercargo.model import RISK_CLASSES, ContingencyValue, RiskRow
from supercargo.report.svg import escaped

__all__ = ["CLASS_MARKS", "draw_classes", "draw_heat_map", "draw_values"]

CLASS_MARKS = dict(zip(RISK_CLASSES, ("Mi", "Sp", "Ca", "Co", "Cu", "Cp", "Cs", "Ma"), strict=True))
"""Two letters for each class, so that colour alone never tells."""

_CELL_X_PX, _CELL_Y_PX, _LEFT_PX, _TOP_PX = 148, 70, 110, 14
_PROBABILITY_WORDS = ("up to 1 %", "to 5 %", "to 20 %", "to 50 %", "above 50 %")
_IMPACT_WORDS = ("up to 1 MUSD", "to 10 MUSD", "to 50 MUSD", "to 200 MUSD", "above 200 MUSD")
_GRADES = ("low", "low", "low", "medium", "medium", "high", "high", "extreme", "extreme")


def draw_heat_map(rows: Sequence[RiskRow]) -> str:
    """Risks by the bands of probability, upward, and impact, to the right; each by its rank, which the table has."""
    cells: dict[tuple[int, int], list[RiskRow]] = defaultdict(list)
    for row in rows:
        cells[band_of(row.probability, PROBABILITY_BANDS), band_of(row.impact_usd, IMPACT_BANDS_USD)].append(row)
    width, height = _LEFT_PX + 5 * _CELL_X_PX + 8, _TOP_PX + 5 * _CELL_Y_PX + 46
    told = f"{len(rows)} risks by probability and impact; the table beneath has each with its figures"
    parts = [f'<svg class="heat" viewBox="0 0 {width} {height}" role="group" aria-label="{told}"><title>{told}</title>']
    for likely in range(5):
        y = _TOP_PX + (4 - likely) * _CELL_Y_PX
        parts.append(f'<text class="side" x="{_LEFT_PX - 8}" y="{y + _CELL_Y_PX / 2 + 4}">{_PROBABILITY_WORDS[likely]}</text>')
        for grave in range(5):
            x: float = _LEFT_PX + grave * _CELL_X_PX
            parts.append(
                f'<rect class="{_GRADES[likely + grave]}" x="{x}" y="{y}" width="{_CELL_X_PX}" height="{_CELL_Y_PX}"/>'
            )
            parts += _marks(cells.get((likely, grave), []), x, y)
    for grave, words in enumerate(_IMPACT_WORDS):
        x = _LEFT_PX + grave * _CELL_X_PX + _CELL_X_PX / 2
        parts.append(f'<text class="foot" x="{x}" y="{_TOP_PX + 5 * _CELL_Y_PX + 18}">{words}</text>')
    words = "cost where it happens; the number in a circle is the risk's rank in the table, 1 the largest expected loss"
    parts.append(f'<text class="foot" x="{_LEFT_PX + 2.5 * _CELL_X_PX}" y="{height - 8}">{words}</text>')
    return "".join([*parts, "</svg>"])


_MOST_SHOWN = 8


def _marks(rows: list[RiskRow], x: float, y: float) -> Iterator[str]:
    """Up to eight marks in a cell, four a line; what is more is counted."""
    shown = rows if len(rows) <= _MOST_SHOWN else rows[: _MOST_SHOWN - 1]
    for n, row in enumerate(shown):
        at_x, at_y = x + 19 + n % 4 * 36, y + 20 + n // 4 * 32
        name = escaped(f"{row.rank}. {row.risk_id} {row.title}: probability {row.probability:.3g}, {row.impact_usd:,.0f} USD")
        yield f'<a href="#risk-{row.rank}" aria-label="{name}"><title>{name}</title><circle cx="{at_x}" cy="{at_y}" r="14.5"/>'
        yield f'<text class="mark" x="{at_x}" y="{at_y + 4}">{row.rank}</text></a>'
    if len(rows) > len(shown):
        more = len(rows) - len(shown)
        yield f'<text class="mark" x="{x + 19 + 3 * 36}" y="{y + 56}">+{more}</text>'


def draw_classes(classes: Sequence[tuple[str, int, float, float]]) -> str:
    """Expected loss of each class as a bar, and what is left of it with the mitigations in place as a thinner one."""
    most = max([1.0, *(max(usd, left) for _, _, usd, left in classes)])
    left_px, wide_px, row_px = 130, 430, 34
    height = row_px * len(classes) + 10
    told = "Expected loss of each class, and what is left of it with the mitigations in place"
    parts = [f'<svg class="classes" viewBox="0 0 760 {height}" role="img" aria-label="{told}"><title>{told}</title>']
    for n, (name, count, usd, left) in enumerate(classes):
        y = 6 + n * row_px
        words = f"{usd / 1e6:,.1f} MUSD, then {left / 1e6:,.1f}" if count else "no risk on the register"
        parts.append(f'<text class="side" x="{left_px - 8}" y="{y + 16}">{escaped(name)} ({CLASS_MARKS.get(name, "")})</text>')
        parts.append(f'<rect class="expected" x="{left_px}" y="{y + 2}" width="{wide_px * usd / most:.1f}" height="12"/>')
        parts.append(f'<rect class="residual" x="{left_px}" y="{y + 16}" width="{wide_px * left / most:.1f}" height="7"/>')
        parts.append(f'<text class="told" x="{left_px + wide_px + 10}" y="{y + 16}">{words}</text>')
    return "".join([*parts, "</svg>"])


def draw_values(rows: Sequence[ContingencyValue]) -> str:
    """Net value of each contingency with its interval, zero as a line: to the right of it the contingency is worth it."""
    ends = [0.0, *(row.net_low_usd for row in rows), *(row.net_high_usd for row in rows)]
    low, high = min(ends), max(ends)
    span = (high - low) or 1.0
    left_px, wide_px, row_px = 230, 380, 30
    height = row_px * len(rows) + 30

    def x(usd: float) -> float:
        return left_px + wide_px * (usd - low) / span

    told = "Net value of each contingency with its 90 % interval"
    parts = [f'<svg class="values" viewBox="0 0 860 {height}" role="img" aria-label="{told}"><title>{told}</title>']
    parts.append(f'<path class="zero" d="M{x(0.0):.1f} 4V{height - 22}"/>')
    parts.append(f'<text class="foot" x="{x(0.0):.1f}" y="{height - 6}">0</text>')
    for n, row in enumerate(rows):
        y = 20 + n * row_px
        looks = {"worth it": "good", "not worth it": "bad"}.get(row.verdict, "open")
        words = f"{row.net_usd / 1e6:+,.1f} MUSD, {row.verdict}"
        parts.append(f'<text class="side" x="{left_px - 10}" y="{y + 4}">{escaped(row.contingency_id, 30)}</text>')
        parts.append(f'<path class="range {looks}" d="M{x(row.net_low_usd):.1f} {y}H{x(row.net_high_usd):.1f}"/>')
        parts.append(f'<circle class="{looks}" cx="{x(row.net_usd):.1f}" cy="{y}" r="5"/>')
        parts.append(f'<text class="told" x="{left_px + wide_px + 12}" y="{y + 4}">{words}</text>')
    return "".join([*parts, "</svg>"])
