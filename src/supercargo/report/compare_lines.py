"""A comparison on the terminal: figures side by side, then what differs of missions, gaps, stock, lines and money."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from supercargo.measure.compared import Comparison, Figure
from supercargo.report.compare_words import CHANGE_WORDS, inputs_sentence, label, money_sentence, shown, signed, verdict

__all__ = ["comparison_lines"]

_MOST_LISTED = 8
_WIDEST_NAME = 28


def comparison_lines(comparison: Comparison) -> list[str]:
    """What a manager reads of plans side by side, a subject a line."""
    others = range(1, len(comparison.plans))
    subjects: tuple[tuple[str, Sequence[str]], ...] = (
        ("Plans", list(_plans(comparison))),
        ("Inputs", [inputs_sentence(comparison)]),
        ("Verdict", [verdict(comparison)]),
        ("Figures", _table(comparison)),
        ("Missions", [line for n in others for line in _missions(comparison, n)]),
        ("Gaps", list(_gaps(comparison))),
        ("Lift-offs", list(_lift_offs(comparison))),
        ("Stock", [line for n in others for line in _stock(comparison, n)]),
        ("Lines", [line for n in others for line in _lines(comparison, n)]),
        ("Money", [money_sentence(comparison, n) for n in others]),
    )
    if not comparison.differs:
        subjects = subjects[:4]
    return [f"{title if n == 0 else '':<10} {line}".rstrip() for title, lines in subjects for n, line in enumerate(lines)]


def _lift_offs(comparison: Comparison) -> Iterator[str]:
    """How real lift-offs stand to each plan's windows."""
    for place, plan in enumerate(comparison.plans):
        windows = [one.windows[place] for one in comparison.lift_offs]
        listed = [window for window in windows if window is not None]
        if windows:
            there = [window for window in listed if not window.slipped_away]
            near = [window for window in there if window.to_the_minute]
            far = [window for window in there if not window.to_the_minute]
            away = len(windows) - len(there)
            yield (
                f"{plan.letter}: {sum(1 for one in near if one.inside)} of {len(near)} in their windows to the minute, "
                f"{sum(1 for one in far if one.inside)} of {len(far)} to the day"
                + (f", {away} slipped out of the dates planned" if away else "")
            )


def _count(number: int, thing: str) -> str:
    return f"{number:,} {thing}{'' if number == 1 else 's'}"


def _plans(comparison: Comparison) -> Iterator[str]:
    for n, plan in enumerate(comparison.plans):
        base = " (the base)" if n == 0 else ""
        yield f"{plan.letter} {plan.name}: {plan.scenario}, seed {plan.seed}, {plan.made}{base}"


def _table(comparison: Comparison) -> list[str]:
    rows = [["", *(plan.letter for plan in comparison.plans)]]
    rows += [[label(one.field), *(_cell(one, n) for n in range(len(comparison.plans)))] for one in comparison.headline]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return [
        "  ".join([row[0].ljust(widths[0]), *(c.rjust(w) for c, w in zip(row[1:], widths[1:], strict=True))]) for row in rows
    ]


def _cell(figure: Figure, place: int) -> str:
    words = shown(figure.values[place], figure.unit)
    change = signed(figure.differences[place], figure.unit).split(" ")[0] if figure.changed[place] else ""
    return f"{words} ({change})" if change else words


def _missions(comparison: Comparison, place: int) -> Iterator[str]:
    letter = comparison.plans[place].letter
    found = comparison.missions_changed(place)
    if not found:
        yield f"{letter}: all as in the base"
        return
    yield f"{letter}: " + ", ".join(f"{len(names)} {CHANGE_WORDS[field]}" for field, names in found.items())
    states = [one for one in comparison.missions if one.figure("state").changed[place]]
    for mission in states[:_MOST_LISTED]:
        values = mission.figure("state").values
        why = mission.figure("why_not_flown").values[place]
        yield f"  {mission.mission_id}: {values[place]}, in the base {values[0]}" + (f" ({why})" if why else "")
    moved = [(one.figure("launch_utc").differences[place] or 0.0, one.mission_id) for one in comparison.missions]
    furthest = sorted((one for one in moved if one[0]), key=lambda one: (-abs(one[0]), one[1]))
    if furthest:
        yield "  moved furthest: " + ", ".join(f"{name} {signed(by_d, 'd')}" for by_d, name in furthest[:5])


def _gaps(comparison: Comparison) -> Iterator[str]:
    differing = [place for place in comparison.places if any(figure.differs for figure in place.figures)]
    for place in differing[:_MOST_LISTED]:
        figures = {figure.field: figure for figure in place.figures}
        each = [
            f"{plan.letter} {shown(figures['gap_mean_d'].values[n], 'd')}, {shown(figures['gap_largest_d'].values[n], 'd')}"
            for n, plan in enumerate(comparison.plans)
        ]
        yield f"{place.destination[:_WIDEST_NAME]}, mean and largest: {'; '.join(each)}"
    if len(differing) > _MOST_LISTED:
        yield f"and {_count(len(differing) - _MOST_LISTED, 'place')} more"
    if not differing:
        yield "between arrivals the same at every place"


def _stock(comparison: Comparison, place: int) -> Iterator[str]:
    letter = comparison.plans[place].letter
    nearer = comparison.stocks_nearer(place)
    stocks = _count(len(comparison.stocks), "stock")
    falls = comparison.stocks_short(place)
    yield f"{letter}: {falls} of {stocks} fall below reserve, {len(nearer)} come nearer to it than in the base"
    if nearer:
        yield "  most: " + ", ".join(f"{name} at {where} {signed(change, 'kg')}" for change, name, where in nearer[:3])


def _lines(comparison: Comparison, place: int) -> Iterator[str]:
    letter = comparison.plans[place].letter
    groups = comparison.lines[place - 1].groups
    if not groups:
        yield f"{letter}: every line as in the base"
    for group in groups:
        who = _count(len(group.customers), "customer")
        yield f"{letter}: {_count(group.lines_count, 'line')}, {group.mass_kg:,.0f} kg of {who}: {group.kind}"
