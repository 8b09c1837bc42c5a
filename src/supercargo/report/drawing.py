"""Drawings as lists of simple shapes, so that one drawing stands on a page and in print alike."""

from __future__ import annotations

from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

__all__ = ["STYLES", "Box", "Drawing", "Look", "Path", "Shape", "Words", "svg_of"]


@dataclass(frozen=True, slots=True)
class Look:
    """Ink of a style: colours, width of the line and its dashes; lightness differs enough that grey tells styles apart."""

    fill: str = "none"
    stroke: str = "none"
    width: float = 1.0
    dash: tuple[float, ...] = ()


STYLES: dict[str, Look] = {
    "ink": Look(fill="#16212b"),
    "soft": Look(fill="#51606e"),
    "grid": Look(stroke="#d4dbe1", width=0.7),
    "axis": Look(stroke="#51606e", width=1.0),
    "one": Look(fill="#0b3c5d", stroke="#0b3c5d", width=0.6),
    "two": Look(fill="#e69f00", stroke="#7a5400", width=0.6),
    "three": Look(fill="#bfe0f5", stroke="#0b3c5d", width=0.6),
    "four": Look(fill="#7d8a96", stroke="#3c464f", width=0.6),
    "five": Look(fill="#f6f0dc", stroke="#7a5400", width=0.6),
    "six": Look(fill="#00684a", stroke="#00684a", width=0.6),
    "bad": Look(fill="#a63a00", stroke="#6e2600", width=0.8),
    "good": Look(fill="#cfe9df", stroke="#00684a", width=0.8),
    "band": Look(fill="#dfe8ef"),
    "line": Look(stroke="#0b3c5d", width=1.8),
    "line2": Look(stroke="#c27c00", width=1.8, dash=(6, 3)),
    "line3": Look(stroke="#51606e", width=1.6, dash=(2, 2.5)),
    "line4": Look(stroke="#00684a", width=1.8, dash=(9, 3, 2, 3)),
    "limit": Look(stroke="#a63a00", width=1.2, dash=(6, 3)),
    "centre": Look(stroke="#51606e", width=1.0),
    "target": Look(stroke="#a63a00", width=1.6, dash=(4, 2)),
}
"""After Okabe and Ito's colours, darkened and lightened so that they differ in grey."""


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle [px, origin top left]."""

    x: float
    y: float
    width: float
    height: float
    style: str
    title: str = ""


@dataclass(frozen=True, slots=True)
class Path:
    """A line through points; closed ones are filled."""

    points: tuple[tuple[float, float], ...]
    style: str
    closed: bool = False
    title: str = ""


@dataclass(frozen=True, slots=True)
class Words:
    """A line of text; `anchor` is start, middle or end, (x, y) the foot of the letters."""

    x: float
    y: float
    words: str
    anchor: str = "start"
    size: float = 11.0
    style: str = "ink"
    bold: bool = False


Shape = Box | Path | Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """Shapes on a sheet; later ones lie over earlier ones. `says` is what a reader who can't see it is told."""

    width: float
    height: float
    says: str
    shapes: tuple[Shape, ...]


def _ink(style: str) -> str:
    look = STYLES[style]
    dash = f' stroke-dasharray="{" ".join(f"{one:g}" for one in look.dash)}"' if look.dash else ""
    stroke = f' stroke="{look.stroke}" stroke-width="{look.width:g}"' if look.stroke != "none" else ""
    return f'fill="{look.fill}"{stroke}{dash}'


def _svg_shape(shape: Shape) -> str:
    match shape:
        case Words():
            anchor = f' text-anchor="{shape.anchor}"' if shape.anchor != "start" else ""
            bold = ' font-weight="700"' if shape.bold else ""
            fill = STYLES[shape.style].fill
            place = f'x="{shape.x:.1f}" y="{shape.y:.1f}" font-size="{shape.size:g}"'
            return f'<text {place}{anchor}{bold} fill="{fill}">{escape(shape.words)}</text>'
        case Box():
            wide, tall = max(shape.width, 0.0), max(shape.height, 0.0)
            place = f'x="{shape.x:.1f}" y="{shape.y:.1f}" width="{wide:.1f}" height="{tall:.1f}"'
            opening = f"<rect {place} {_ink(shape.style)}"
            name = "rect"
        case Path():
            name = "polygon" if shape.closed else "polyline"
            opening = f'<{name} points="{" ".join(f"{x:.1f},{y:.1f}" for x, y in shape.points)}" {_ink(shape.style)}'
            if not shape.closed:
                opening = opening.replace(f'fill="{STYLES[shape.style].fill}"', 'fill="none"')
    return f"{opening}><title>{escape(shape.title)}</title></{name}>" if shape.title else f"{opening}/>"


def svg_of(drawing: Drawing) -> str:
    """A drawing as SVG with a label; it needs no style sheet."""
    shapes = "\n".join(_svg_shape(shape) for shape in drawing.shapes)
    size = f'viewBox="0 0 {drawing.width:g} {drawing.height:g}" width="{drawing.width:g}" height="{drawing.height:g}"'
    family = 'font-family="system-ui, DejaVu Sans, Arial, sans-serif"'
    label = f'role="img" aria-label={quoteattr(drawing.says)}'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size} {family} {label}>\n{shapes}\n</svg>'
