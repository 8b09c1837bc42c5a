"""What `new`, `check` and `workbook` answer with `--json`."""

from __future__ import annotations

from typing import NotRequired, TypedDict

from supercargo.kernel import Fault

__all__ = ["ScenarioAnswer"]


class ScenarioAnswer(TypedDict):
    """Answer of `new` and `check`: what is in a scenario.

    `remarks` are values of listed ways that are not as computed; `check` alone looks for them.
    """

    folder: str
    name: str
    seed: int
    digest: str
    missions: int
    lines: int
    customers: int
    faults: list[Fault]
    remarks: NotRequired[list[str]]
