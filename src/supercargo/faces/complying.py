"""The command `comply`: words to a request, a review back to words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from supercargo.app.compliance import PAGE_FILE, ComplyRequest, compliance_content
from supercargo.app.compliance import comply as review_of
from supercargo.app.operations.clocks import now_at
from supercargo.faces.commands import VIOLATIONS_FOUND, answering, print_json, tell_lines
from supercargo.faces.progress import patience
from supercargo.kernel import ScenarioError, parse_utc
from supercargo.report.compliance import compliance_lines

__all__ = ["ComplyWords", "comply"]


@dataclass(frozen=True, slots=True)
class ComplyWords:
    """What a person asks of `comply`, as written."""

    folder: Path | None
    store: str
    frameworks: tuple[str, ...]
    as_of: str = ""
    out: Path | None = None
    force: bool = False


def comply(words: ComplyWords, *, as_json: bool) -> None:
    """Review what has to be shown and tell it; exit 3 if anything is unmet."""
    with answering(as_json=as_json), patience("reviewing"):
        day = _day_of(words.as_of)
        asked = ComplyRequest(words.folder, words.store, words.frameworks, day, out=words.out, force=words.force)
        review = review_of(asked, now_utc=now_at(words.store, datetime.now(UTC).replace(microsecond=0)))
    if as_json:
        told: dict[str, Any] = compliance_content(review)
        print_json(told | ({"out": str(words.out)} if words.out else {}))
    else:
        lines = compliance_lines(review) + ([f"\nPage {words.out}/{PAGE_FILE}"] if words.out else [])
        tell_lines("\n".join(lines).split("\n"))
    if review.counts()["unmet"]:
        raise SystemExit(VIOLATIONS_FOUND)


def _day_of(written: str) -> datetime | None:
    """A day as `--as-of` writes it, or an instant; None where none is given. Raises ScenarioError for anything else."""
    if not written:
        return None
    try:
        return parse_utc(written if "T" in written else f"{written}T00:00:00Z")
    except ValueError:
        raise ScenarioError(f"{written[:40]!r} is no day", fix="write it as 2027-03-01", where="--as-of") from None
