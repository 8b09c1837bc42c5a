"""One tree of errors; each says what is wrong, where, and how to put it right.

SupercargoError
  ScenarioError    the input is wrong                  exit 2
  NoPlan           lawful input, no plan or time up    exit 3
  Refused          operations said no                  exit 4
  StoreError       our disk or schema is broken        exit 5
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

__all__ = ["Fault", "NoPlan", "Refused", "ScenarioError", "StoreError", "SupercargoError"]


class SupercargoError(Exception):
    """A fault that a person can mend: what, where and the fix."""

    exit_code = 1

    def __init__(self, what: str, *, fix: str, where: str = "") -> None:
        super().__init__(what)
        self.what, self.fix, self.where = what, fix, where

    def __reduce__(self) -> tuple[Any, ...]:
        """An error crosses from one process to another with all that it says."""
        return _again, (type(self), self.what, dict(vars(self)))

    def __str__(self) -> str:
        head = f"{self.where}: {self.what}" if self.where else self.what
        return f"{head}\n  fix: {self.fix}"


def _again(kind: type[SupercargoError], what: str, said: dict[str, Any]) -> SupercargoError:
    error = kind(what, fix=said["fix"])
    vars(error).update(said)
    return error


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One thing wrong with one place of the input; `row` counts the header as row 1, 0 is the whole file."""

    file: str
    row: int
    column: str
    what: str
    fix: str

    def __str__(self) -> str:
        place = self.file + (f" row {self.row}" if self.row else "") + (f" column {self.column}" if self.column else "")
        return f"{place}: {self.what}\n  fix: {self.fix}"


class ScenarioError(SupercargoError):
    """Input that can't be planned as it stands; carries every fault found, not only the first."""

    exit_code = 2

    def __init__(self, what: str, *, fix: str, where: str = "", faults: Sequence[Fault] = ()) -> None:
        super().__init__(what, fix=fix, where=where)
        self.faults = tuple(faults)

    @classmethod
    def of(cls, faults: Sequence[Fault], where: str) -> ScenarioError:
        """Bundle all `faults` found under `where` into one error."""
        count = len(faults)
        return cls(
            f"{count} fault{'s' if count != 1 else ''} in the input",
            fix="mend each line listed; nothing was written",
            where=where,
            faults=faults,
        )

    def __str__(self) -> str:
        return "\n".join([super().__str__(), *map(str, self.faults)])


class NoPlan(SupercargoError):
    """Lawful input for which no plan keeps every hard promise, or time ran out first; says what binds."""

    exit_code = 3

    def __init__(self, what: str, *, fix: str, where: str = "", causes: Sequence[str] = ()) -> None:
        super().__init__(what, fix=fix, where=where)
        self.causes = tuple(causes)

    def __str__(self) -> str:
        return "\n".join([super().__str__(), *(f"  cause: {cause}" for cause in self.causes)])


class Refused(SupercargoError):
    """A lawful request that the present state forbids, such as writing over a folder that exists."""

    exit_code = 4

    def __init__(self, what: str, *, fix: str, where: str = "", causes: Sequence[str] = ()) -> None:
        super().__init__(what, fix=fix, where=where)
        self.causes = tuple(causes)

    def __str__(self) -> str:
        return "\n".join([super().__str__(), *(f"  cause: {cause}" for cause in self.causes)])


class StoreError(SupercargoError):
    """Our own disk, file or schema can't be read or written."""

    exit_code = 5
