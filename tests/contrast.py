"""How well words and lines of a page's pictures stand out, measured in the browser against what is painted beneath them."""

from __future__ import annotations

from playwright.sync_api import Page

__all__ = ["LEAST_LINE", "LEAST_TEXT", "faint"]

LEAST_TEXT, LEAST_LINE = 4.5, 3.0
"""WCAG 2.2, success criteria 1.4.3 (text) and 1.4.11 (graphics)."""

_MEASURE = """
() => {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const rgba = (word) => {
    canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = "#0000"; canvas.fillStyle = word; canvas.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
    return [r, g, b, a / 255];
  };
  const over = (top, under) => [0, 1, 2].map((n) => top[n] * top[3] + under[n] * (1 - top[3]));
  const light = (colour) => {
    const [r, g, b] = colour.map((one) => (one /= 255) <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ratio = (one, other) => {
    const [high, low] = [light(one), light(other)].sort((a, b) => b - a);
    return (high + 0.05) / (low + 0.05);
  };
  const alpha = (one) => {
    let share = 1;
    for (let at = one; at && at.nodeType === 1; at = at.parentElement) share *= Number(getComputedStyle(at).opacity);
    return share;
  };
  const painted = (one, x, y) => {
    const style = getComputedStyle(one);
    if (!(one instanceof SVGElement) || one instanceof SVGSVGElement) return rgba(style.backgroundColor);
    if (one instanceof SVGTextElement || one instanceof SVGTSpanElement) return [0, 0, 0, 0];
    if (style.fill === "none" || style.fill.startsWith("url(")) return [0, 0, 0, 0];
    const at = new DOMPoint(x, y).matrixTransform(one.getScreenCTM().inverse());
    if (one.isPointInFill && !one.isPointInFill(at)) return [0, 0, 0, 0];
    const [r, g, b, a] = rgba(style.fill);
    return [r, g, b, a * Number(style.fillOpacity) * alpha(one)];
  };
  const beneath = (own, x, y) => {
    const layers = [];
    for (const one of document.elementsFromPoint(x, y)) {
      if (own.contains(one)) continue;
      if (one instanceof SVGGElement || (!(own instanceof SVGTextElement) && one instanceof SVGCircleElement)) continue;
      const colour = painted(one, x, y);
      if (colour[3] === 0) continue;
      layers.push(colour);
      if (colour[3] === 1) break;
    }
    return layers.reverse().reduce((under, top) => over(top, under), [255, 255, 255]);
  };
  const inside = (x, y) => x >= 0 && y >= 0 && x < innerWidth && y < innerHeight;
  const kind = (one) => `${one.tagName}.${one.getAttribute("class") ?? ""}`;
  const named = (one) => `${kind(one.closest("svg"))} ${kind(one)} ${one.textContent.slice(0, 24)}`;
  const found = [];
  for (const one of document.querySelectorAll("main svg text")) {
    const box = one.getBoundingClientRect(), style = getComputedStyle(one);
    if (!box.width || !one.textContent.trim()) continue;
    const halo = style.stroke !== "none" && style.paintOrder.startsWith("stroke") && parseFloat(style.strokeWidth) >= 2;
    for (const share of [0.1, 0.5, 0.9]) {
      const x = box.left + share * box.width, y = box.top + box.height / 2;
      if (!inside(x, y)) continue;
      const under = halo ? over(rgba(style.stroke), [255, 255, 255]) : beneath(one, x, y), ink = rgba(style.fill);
      found.push(["text", named(one), ratio(over([...ink.slice(0, 3), ink[3] * alpha(one)], under), under)]);
    }
  }
  for (const one of document.querySelectorAll("main svg line, main svg polyline, main svg path")) {
    const style = getComputedStyle(one);
    if (one.closest("defs, pattern, clipPath") || style.stroke === "none" || one.matches(".grid, .axis, .rim")) continue;
    if (one.tagName === "path" && style.fill !== "none") continue;
    const length = one.getTotalLength(), to = one.getScreenCTM(), seen = [];
    for (let n = 0; n <= 20; n++) {
      const at = one.getPointAtLength(length * n / 20).matrixTransform(to);
      if (!inside(at.x, at.y)) continue;
      const under = beneath(one, at.x, at.y), ink = rgba(style.stroke);
      seen.push(ratio(over([...ink.slice(0, 3), ink[3] * Number(style.strokeOpacity) * alpha(one)], under), under));
    }
    if (seen.length) found.push(["line", named(one), seen.sort((a, b) => a - b)[Math.floor(seen.length / 5)]]);
  }
  return found;
}
"""


def faint(page: Page) -> tuple[int, dict[str, float]]:
    """How many words and lines of pictures a page shows, and those that stand out too little, each with its ratio.

    A line is judged by the ratio that four fifths of it reach: it may cross another, and dots sit on it. Grids, axes and
    the front rims that bays are seen through are no information.
    """
    page.set_viewport_size({"width": 1440, "height": 900})
    high = int(page.evaluate("document.documentElement.scrollHeight"))
    page.set_viewport_size({"width": 1440, "height": min(high + 10, 15_000)})
    found = page.evaluate(_MEASURE)
    least = {"text": LEAST_TEXT, "line": LEAST_LINE}
    return len(found), {name: round(ratio, 2) for kind, name, ratio in found if ratio < least[kind]}
