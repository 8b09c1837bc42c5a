"""The fifteen deliverables: who makes which."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from supercargo.report.blocks import Document
from supercargo.report.deliverables import d01, d02, d03, d04, d05, d06, d07, d08, d09, d10, d11, d12, d13, d14, d15
from supercargo.report.deliverables.held import Held

__all__ = ["DELIVERABLES"]

DELIVERABLES: Mapping[str, Callable[[Held], Document]] = {
    "D1": d01.document,
    "D2": d02.document,
    "D3": d03.document,
    "D4": d04.document,
    "D5": d05.document,
    "D6": d06.document,
    "D7": d07.document,
    "D8": d08.document,
    "D9": d09.document,
    "D10": d10.document,
    "D11": d11.document,
    "D12": d12.document,
    "D13": d13.document,
    "D14": d14.document,
    "D15": d15.document,
}
"""Each deliverable by its id, to what makes its document."""
