"""A review of risks, answered in words or as one JSON object."""

from __future__ import annotations

from datetime import UTC, datetime

from supercargo.app.operations.clocks import now_at
from supercargo.app.risk_answers import RiskAnswer
from supercargo.app.risks import RiskAsked, bind_covers, review_risks, with_record, write_review
from supercargo.faces.commands import answering, print_json, tell_lines
from supercargo.faces.progress import Progress
from supercargo.faces.words import count
from supercargo.kernel import format_utc
from supercargo.report.risks import risk_lines

__all__ = ["risk"]


STAGES = {"reading": 0.05, "flying": 0.75, "covers": 0.2}
"""Usual share of each stage in the time of a whole review."""


def _now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


def risk(asked: RiskAsked, *, as_json: bool) -> None:
    """Review risks, write what is asked for, and tell it."""
    with answering(as_json=as_json), Progress(shares=STAGES) as watch:
        review = review_risks(asked, now_utc=now_at(asked.store, _now()), watch=watch)
        receipts = bind_covers(asked, review, clock=_now) if asked.bind else ()
        if receipts:
            review = with_record(review, asked.store)
        files = write_review(asked, review)
    if as_json:
        answer: RiskAnswer = {
            "of": review.of,
            "as_of_utc": format_utc(review.as_of_utc),
            "seed": review.seed,
            "samples_count": review.samples_count,
            "remarks": list(review.remarks),
            "risks": list(review.risks),
            "contingencies": list(review.contingencies),
            "covers": list(review.covers),
            "portfolio": review.portfolio,
            "register": [dict(row) for row in review.register],
            "policies": [dict(row) for row in review.policies],
            "claims": [dict(row) for row in review.claims],
            "receipts": list(receipts),
            "files": [str(file) for file in files],
        }
        print_json(answer)
        return
    lines = risk_lines(review)
    lines += [f"{count(len(receipts), 'new cover')} bound in {asked.store}"] if asked.bind else []
    lines += [f"written {file}" for file in files]
    tell_lines(lines)
