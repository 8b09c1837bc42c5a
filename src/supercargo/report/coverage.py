"""Which phrase of a deliverable's line is covered by which block of its document."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from supercargo.report.blocks import Document, Missing, covering, title_of

__all__ = ["LINES", "Covered", "Line", "coverage_of", "phrase_ids", "uncovered"]


@dataclass(frozen=True, slots=True)
class Line:
    """A deliverable of the framework that the service is run by: its title and what it shall hold."""

    doc_id: str
    title: str
    phrases: tuple[str, ...]

    @property
    def file_stem(self) -> str:
        """Name of its files: D01-mission-operations-plan."""
        return f"D{int(self.doc_id[1:]):02d}-" + self.title.lower().replace(" ", "-")


LINES: tuple[Line, ...] = tuple(
    Line(doc_id, title, tuple(phrases.split(", ")))
    for doc_id, title, phrases in (
        (
            "D1",
            "Mission Operations Plan",
            "mission planning, spacecraft coordination, cargo management, delivery optimization",
        ),
        (
            "D2",
            "Fleet Management Strategy",
            "spacecraft utilization, maintenance planning, performance optimization, capacity management",
        ),
        ("D3", "Cargo Management System", "manifest planning, cargo processing, tracking systems, quality assurance"),
        (
            "D4",
            "Operations Coordination Framework",
            "multi-mission planning, resource allocation, schedule optimization, performance monitoring",
        ),
        ("D5", "Safety and Quality Management", "safety protocols, risk management, quality assurance, compliance monitoring"),
        (
            "D6",
            "Supply Chain Optimization Strategy",
            "end-to-end supply chain design, inventory optimization, cost reduction, performance improvement",
        ),
        (
            "D7",
            "Logistics Coordination System",
            "transportation planning, route optimization, consolidation strategies, cost management",
        ),
        (
            "D8",
            "Inventory Management Plan",
            "demand forecasting, inventory positioning, safety stock optimization, carrying cost reduction",
        ),
        (
            "D9",
            "Performance Analytics Platform",
            "key performance indicators, dashboard reporting, trend analysis, improvement identification",
        ),
        (
            "D10",
            "Customer Service Framework",
            "service level agreements, performance monitoring, communication management, satisfaction optimization",
        ),
        (
            "D11",
            "Technology Integration Roadmap",
            "automation implementation, tracking systems, communication enhancement, innovation adoption",
        ),
        (
            "D12",
            "Cost Optimization Program",
            "cost reduction initiatives, efficiency improvements, margin enhancement, competitive pricing",
        ),
        (
            "D13",
            "Continuous Improvement System",
            "process optimization, performance enhancement, best practice development, innovation implementation",
        ),
        (
            "D14",
            "Strategic Partnership Development",
            "customer relationships, supplier partnerships, technology collaboration, market expansion",
        ),
        (
            "D15",
            "Market Leadership Strategy",
            "competitive positioning, service differentiation, industry influence, strategic advantage",
        ),
    )
)
"""The fifteen deliverables, in order; D2.1 is the first phrase of D2."""


def phrase_ids(doc_id: str) -> tuple[str, ...]:
    """Ids of the phrases of a deliverable's line: D2.1 and so on."""
    line = next(line for line in LINES if line.doc_id == doc_id)
    return tuple(f"{doc_id}.{index}" for index in range(1, len(line.phrases) + 1))


@dataclass(frozen=True, slots=True)
class Covered:
    """A phrase, and the blocks that cover it: (number in the document from 1, title); none: nothing covers it yet.

    `missing` is what is not known then, and how to get it.
    """

    phrase_id: str
    phrase: str
    blocks: tuple[tuple[int, str], ...]
    missing: tuple[str, ...] = ()


def coverage_of(document: Document) -> tuple[Covered, ...]:
    """Each phrase of the document's line with what covers it; a block without content covers nothing.

    Raises ValueError where a block claims a phrase that the line hasn't.
    """
    line = next(line for line in LINES if line.doc_id == document.doc_id)
    ids = {f"{line.doc_id}.{index}": phrase for index, phrase in enumerate(line.phrases, start=1)}
    claimed = [(index, block, phrase_id) for index, block in enumerate(document.blocks, 1) for phrase_id in covering(block)]
    for _, block, phrase_id in claimed:
        if phrase_id not in ids:
            raise ValueError(f"{title_of(block)!r} of {document.doc_id} covers {phrase_id}, which its line hasn't")
    found = []
    for phrase_id, phrase in ids.items():
        blocks = tuple((index, title_of(block)) for index, block, claim in claimed if claim == phrase_id)
        open_ones = [one for one in document.blocks if isinstance(one, Missing) and phrase_id in one.opens]
        missing = () if blocks else tuple(f"{one.what}; it needs {one.needs}" for one in open_ones)
        found.append(Covered(phrase_id, phrase, blocks, missing))
    return tuple(found)


def uncovered(documents: Sequence[Document]) -> tuple[Covered, ...]:
    """Phrases that no block covers."""
    return tuple(one for document in documents for one in coverage_of(document) if not one.blocks)
