"""A review of compliance on the terminal and on one self-contained HTML page that can be printed."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from supercargo.kernel import format_utc
from supercargo.measure.compliance import STATES, Compliance, Review
from supercargo.report.svg import PALETTE
from supercargo.report.templating import template_of

__all__ = ["compliance_lines", "render_compliance"]

_LOOKS = {"met": "met", "unmet": "unmet", "no evidence": "w", "waived": ""}


def _told(counts: dict[str, int]) -> str:
    return ", ".join(f"{counts[state]} {state}" for state in STATES)


def compliance_lines(review: Review) -> list[str]:
    """What a person reads: each pack with its counts, the unmet first, a requirement and object a line."""
    lines = [f"{review.of}, as of {format_utc(review.as_of_utc)}: {_told(review.counts())}"]
    for framework in review.frameworks:
        lines += ["", f"{framework}: {_told(review.counts(framework))}"]
        for _, alike in groupby(review.of_framework(framework), key=_alike):
            lines += list(_row(*alike))
    return lines


def _alike(row: Compliance) -> tuple[str, ...]:
    """Objects of which nothing is known for one requirement are told together; every other row stands alone."""
    own = (row.object, row.words) if row.state != "no evidence" else ()
    return (row.state, row.requirement_id, *own)


def _row(row: Compliance, *others: Compliance) -> Iterator[str]:
    head = f"  {row.state:<11}  {row.requirement_id:<7}  "
    more = f" (and so {', '.join(other.object for other in others)})" if others else ""
    yield f"{head}{row.object}{': ' if row.object else ''}{row.words}{more}"
    if row.state == "met":
        return
    due = f"due {format_utc(row.due_utc)[:10]}" if row.due_utc else "no date yet"
    late = ", overdue" if row.overdue else ""
    yield f"{'':<{len(head)}}{due}{late}, {row.owner}; shown by {row.proof}"
    if row.state == "waived" and row.waived_until_utc:
        yield f"{'':<{len(head)}}waived by {row.waived_by} until {format_utc(row.waived_until_utc)[:10]}: {row.waiver_reason}"


def render_compliance(review: Review) -> str:
    """A review as one HTML page that needs nothing from outside and runs no script; every word of others is escaped."""
    return template_of("comply.html", {"day": lambda instant: format_utc(instant)[:10], "instant": format_utc}).render(
        review=review, states=STATES, looks=_LOOKS, summary=_told(review.counts()), told=_told, palette=PALETTE
    )
