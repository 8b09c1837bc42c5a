"""SCOR metrics as they are measured here: a visible table with edition and the evidence for each definition."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["EDITION", "SCOR_METRICS", "ScorMetric", "describe_scor"]

EDITION = "SCOR 10/11"
"""Ids and names are those of this edition; SCOR 12 and SCOR DS number some of them otherwise."""

_SOURCE = "source: id and name as published for SCOR 10/11"
_MEMORY = "memory: id as remembered of SCOR 10/11, not read in the standard"
_OWN = "own: no metric of SCOR; a usual figure of the trade"


@dataclass(frozen=True, slots=True, kw_only=True)
class ScorMetric:
    """A metric: level, attribute, formula as it is counted here, which way is better, edition, evidence."""

    metric_id: str
    level: int
    attribute: str
    name: str
    formula: str
    unit: str
    better: str
    evidence: str
    edition: str = EDITION


def _one(row: tuple[str, int, str, str, str, str, str, str]) -> ScorMetric:
    names = ("metric_id", "level", "attribute", "name", "formula", "unit", "better", "evidence")
    told = dict(zip(names, row, strict=True))
    return ScorMetric(**told, edition="none" if row[7] == _OWN else EDITION)  # type: ignore[arg-type]


SCOR_METRICS: tuple[ScorMetric, ...] = tuple(
    _one(row)
    for row in (
        ("RL.1.1", 1, "reliability", "perfect order fulfilment",
         "orders in full, in time, with papers and undamaged / orders; per order, not the product of the four rates",
         "percent", "higher", _SOURCE),
        ("RL.2.1", 2, "reliability", "orders delivered in full", "orders of which every line is delivered whole / orders",
         "percent", "higher", _SOURCE),
        ("RL.2.2", 2, "reliability", "delivery to customer commit date",
         "orders of which every line is delivered by its due date (without one: by the first plan's delivery) / orders",
         "percent", "higher", _SOURCE),
        ("RL.2.3", 2, "reliability", "documentation accuracy",
         "orders delivered on evidence by missions all of whose gates were passed on evidence / orders",
         "percent", "higher", _SOURCE),
        ("RL.2.4", 2, "reliability", "perfect condition", "orders without a damage record, of those unpacked / those unpacked",
         "percent", "higher", _SOURCE),
        ("OTIF", 1, "reliability", "on time in full",
         "orders on time and in full / orders; end of unloading against the due date; a scrub that makes it late is late",
         "percent", "higher", _OWN),
        ("RS.1.1", 1, "responsiveness", "order fulfilment cycle time",
         "mean over orders in full of last delivery less receipt (first release that told of it; a plan: as_of_utc)",
         "d", "lower", _SOURCE),
        ("RS.1.1 net", 1, "responsiveness", "order fulfilment cycle time without dwell",
         "the same less the days until the customer hands over its last line", "d", "lower", _SOURCE),
        ("RS.2.1", 2, "responsiveness", "source cycle time", "mean over orders of hand-over of the last line less receipt",
         "d", "lower", _MEMORY),
        ("RS.2.2", 2, "responsiveness", "make cycle time", "mean over missions of lift-off less start of processing",
         "d", "lower", _MEMORY),
        ("RS.2.3", 2, "responsiveness", "deliver cycle time", "mean over up lines of delivery less lift-off",
         "d", "lower", _MEMORY),
        ("RS.2.5", 2, "responsiveness", "return cycle time", "mean over down lines of delivery less departure from the place",
         "d", "lower", _MEMORY),
        ("AG.1.1", 1, "agility", "upside supply chain flexibility", "days to carry 20 % more", "d", "lower", _SOURCE),
        ("AG.1.2", 1, "agility", "upside supply chain adaptability", "largest rise in mass carried that 30 days allow",
         "percent", "higher", _SOURCE),
        ("AG.1.3", 1, "agility", "downside supply chain adaptability", "largest fall 30 days ahead without a penalty",
         "percent", "higher", _MEMORY),
        ("AG.1.4", 1, "agility", "value at risk", "sum over risks of probability x impact", "USD", "lower", _MEMORY),
        ("CO.1.1", 1, "cost", "total supply chain management cost", "sum of its level 2, what the service bears",
         "USD", "lower", _SOURCE),
        *(
            (f"CO.2.{number}", 2, "cost", f"cost to {process}", f"costs of the process {process} that the service bears",
             "USD", "lower", _MEMORY)
            for number, process in enumerate(("plan", "source", "make", "deliver", "return"), 1)
        ),
        ("CO.2 enable", 2, "cost", "cost to enable", "costs whose SCOR process is enable (insurance and other mitigation)",
         "USD", "lower", _OWN),
        ("CO.1.2", 1, "cost", "cost of goods sold", "direct costs: source, make and deliver", "USD", "lower", _SOURCE),
        ("AM.1.1", 1, "assets", "cash-to-cash cycle time", "AM.2.2 + AM.2.1 - AM.2.3", "d", "lower", _SOURCE),
        ("AM.2.1", 2, "assets", "days sales outstanding", "days from booked revenue to payment", "d", "lower", _MEMORY),
        ("AM.2.2", 2, "assets", "inventory days of supply",
         "mean stock in orbit at the cost of a delivered kilogram / cost of goods sold a day", "d", "lower", _MEMORY),
        ("AM.2.3", 2, "assets", "days payable outstanding", "days from a bill to its payment", "d", "higher", _MEMORY),
        ("AM.1.2", 1, "assets", "return on supply chain fixed assets", "(revenue - CO.1.1) / fixed assets, a year",
         "percent", "higher", _SOURCE),
        ("AM.1.3", 1, "assets", "return on working capital", "(revenue - CO.1.1) / working capital, a year",
         "percent", "higher", _SOURCE),
        ("TURNS", 1, "assets", "inventory turns", "cost of goods sold a year / mean value of stock", "1/a", "higher", _OWN),
        ("SUPPLY", 1, "assets", "days of supply", "365 / turns", "d", "lower", _OWN),
        ("CARRY", 1, "assets", "inventory carrying cost",
         "mean value of the stock x (capital + storage + obsolescence + insurance), a year", "USD", "lower", _OWN),
    )
)  # fmt: skip
"""Every metric, in the order in which they are told."""


def describe_scor() -> str:
    """The metrics as a Markdown table, for the documentation."""
    rows = ["| id | level | attribute | name | as it is counted | unit | better | edition | definition |", "| --- " * 9 + "|"]
    rows += [
        f"| {one.metric_id} | {one.level} | {one.attribute} | {one.name} | {one.formula} | {one.unit} | {one.better} | "
        f"{one.edition} | {one.evidence} |"
        for one in SCOR_METRICS
    ]
    return "\n".join(rows) + "\n"
