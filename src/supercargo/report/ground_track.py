"""A track over the ground on a plain map: parallels, meridians, launch sites; no coasts, because nothing here needs them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from supercargo.report.svg import escaped, points

__all__ = ["draw_track"]

_WIDTH, _HEIGHT, _LEFT, _TOP = 960, 480, 44, 14


def _x(longitude_deg: float) -> float:
    return _LEFT + (longitude_deg + 180.0) / 360.0 * _WIDTH


def _y(latitude_deg: float) -> float:
    return _TOP + (90.0 - latitude_deg) / 180.0 * _HEIGHT


def draw_track(track: Sequence[tuple[float, float]], sites: Sequence[tuple[str, float, float]], title: str) -> str:
    """An SVG of a track of (latitude, longitude) [deg] from its first point on, and of sites (name, latitude, longitude)."""
    first = track[0]
    parts = [
        f'<svg class="track" viewBox="0 0 {_WIDTH + _LEFT + 24} {_HEIGHT + _TOP + 26}" width="{_WIDTH + _LEFT + 24}" '
        f'height="{_HEIGHT + _TOP + 26}" role="img" aria-label="{escaped(title)}"><title>{escaped(title)}</title>',
        *_grid(),
        *(f'<polyline class="path" points="{points(run)}"/>' for run in _runs(track)),
        *_sites(sites),
        f'<circle class="here" cx="{_x(first[1]):.1f}" cy="{_y(first[0]):.1f}" r="6"><title>first point</title></circle>',
        "</svg>",
    ]
    return "".join(parts)


def _grid() -> Iterator[str]:
    for latitude in range(-90, 91, 30):
        y = _y(latitude)
        yield f'<path class="axis" d="M{_LEFT} {y:.1f}h{_WIDTH}"/>'
        side = "N" if latitude > 0 else "S" if latitude else ""
        yield f'<text class="tick" x="{_LEFT - 6}" y="{y + 4:.1f}">{abs(latitude)}°{side}</text>'
    for longitude in range(-180, 181, 60):
        x = _x(longitude)
        yield f'<path class="axis" d="M{x:.1f} {_TOP}v{_HEIGHT}"/>'
        side = "E" if 0 < longitude < 180 else "W" if -180 < longitude < 0 else ""
        yield f'<text class="tick mid" x="{x:.1f}" y="{_TOP + _HEIGHT + 16}">{abs(longitude)}°{side}</text>'


def _runs(track: Sequence[tuple[float, float]]) -> Iterator[list[tuple[float, float]]]:
    """The track in pieces that don't jump over the date line."""
    run: list[tuple[float, float]] = []
    before = track[0][1]
    for latitude, longitude in track:
        if abs(longitude - before) > 180.0:
            yield run
            run = []
        run.append((_x(longitude), _y(latitude)))
        before = longitude
    yield run


def _sites(sites: Sequence[tuple[str, float, float]]) -> Iterator[str]:
    taken: list[tuple[float, float]] = []
    for name, latitude, longitude in sites:
        x, y = _x(longitude), _y(latitude)
        yield f'<path class="site" d="M{x:.1f} {y - 5:.1f}l5 9h-10z"><title>{escaped(name)}</title></path>'
        if all(abs(x - other) > 90 or abs(y - across) > 14 for other, across in taken):
            taken.append((x, y))
            yield f'<text class="sitename" x="{x + 8:.1f}" y="{y + 4:.1f}">{escaped(name, 24)}</text>'
