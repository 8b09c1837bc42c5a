"""The tables of keywords in docs/ccsds.md, read off the declarations of the messages' blocks."""

from __future__ import annotations

from typing import Any

from supercargo.astro.ccsds import messages
from supercargo.astro.ccsds.blocks import fields_of

BLOCKS = (
    messages.Header,
    messages.ParameterMetadata,
    messages.EphemerisMetadata,
    messages.MeanElementsMetadata,
    messages.StateVector,
    messages.KeplerianElements,
    messages.Spacecraft,
    messages.Covariance,
    messages.Maneuver,
    messages.MeanElementsBlock,
    messages.TleParameters,
)
KINDS = {"epoch": "epoch", "whole": "integer", "number": "-", "words": "text"}


def keywords_part() -> str:
    """Every block of an orbit message with its keywords."""
    return "\n".join(_block_part(kind) for kind in BLOCKS)


def _block_part(kind: Any) -> str:
    title = kind.title[0].upper() + kind.title[1:]
    lines = [f"### {title}: `{kind.__name__}`", "", "| keyword | unit | attribute | |", "| --- | --- | --- | --- |"]
    for each in fields_of(kind):
        must = "must" if each.must else ""
        lines.append(f"| {each.keyword} | {each.unit or KINDS[each.kind]} | `{each.attribute}` | {must} |")
    return "\n".join([*lines, ""])
