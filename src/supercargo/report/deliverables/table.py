"""The fifteen deliverables: who makes which."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from supercargo.report.blocks import Document
from supercargo.report.deliverables import d01, d03, d05, d09, d10, d12, d13
from supercargo.report.deliverables.held import Held

__all__ = ["DELIVERABLES"]

DELIVERABLES: Mapping[str, Callable[[Held], Document]] = {
    "D1": d01.document,
    "D3": d03.document,
    "D5": d05.document,
    "D9": d09.document,
    "D10": d10.document,
    "D12": d12.document,
    "D13": d13.document,
}
"""Each deliverable by its id, to what makes its document."""
