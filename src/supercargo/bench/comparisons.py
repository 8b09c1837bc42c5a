"""Results beside their peers in words: one instance a line, with its bar and whether it is met."""

from __future__ import annotations

from collections.abc import Sequence

from supercargo.bench.results import Result

__all__ = ["comparison_lines"]

_HEADS = ("instance", "status", "seconds", "peak MB", "peer", "peer seconds", "ratio", "bar")
_NUMBERS = {"seconds", "peak MB", "peer seconds", "ratio"}


def comparison_lines(results: Sequence[Result]) -> list[str]:
    """A table in processor seconds; `ratio` is the peer's seconds over ours."""
    if not results:
        return ["nothing was measured"]
    rows = [_HEADS, *map(_cells, results)]
    widths = [max(len(row[k]) for row in rows) for k in range(len(_HEADS))]
    return [
        "processor seconds, the best of some rounds; ratio: the peer's seconds over ours",
        *(_line(r, widths) for r in rows),
    ]


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    aligned = [
        f"{cell:>{width}}" if head in _NUMBERS else f"{cell:<{width}}"
        for head, cell, width in zip(_HEADS, cells, widths, strict=True)
    ]
    return "  ".join(aligned).rstrip()


def _cells(one: Result) -> tuple[str, ...]:
    return (
        one.instance,
        one.status,
        _figure(one.seconds),
        f"{one.peak_mb:,.0f}",
        one.peer or "-",
        _figure(one.peer_seconds),
        _figure(one.ratio),
        _bar(one),
    )


def _figure(number: float | None) -> str:
    """Three figures that count, without powers of ten."""
    if number is None:
        return "-"
    return f"{number:,.0f}" if abs(number) >= 100.0 else f"{number:#.3g}" if abs(number) >= 1e-3 else f"{number:.6f}"


def _bar(one: Result) -> str:
    if one.bar_seconds is not None:
        return f"at most {one.bar_seconds:.3g} s: {'met' if one.seconds <= one.bar_seconds else 'missed'}"
    if one.bar_ratio is None:
        return "-"
    verdict = "not compared" if one.ratio is None else "met" if one.ratio >= one.bar_ratio else "missed"
    return f"at least {one.bar_ratio:.2g}: {verdict}"
