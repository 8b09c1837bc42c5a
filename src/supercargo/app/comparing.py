"""Plan folders side by side: read, judged and measured anew, compared, and written as a page, a table and JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from supercargo.kernel import ScenarioError, canonical_json, plain
from supercargo.measure.compared import ComparedValue, Comparison
from supercargo.measure.comparison import compare_plans, long_form
from supercargo.measure.kpis import measure_kpis
from supercargo.model import OperationsPlan
from supercargo.referee import judge
from supercargo.report.compare import render_comparison
from supercargo.store import read_plan, refuse_existing, refuse_unwritable, refuse_within, write_rows
from supercargo.store.folders import write_whole

__all__ = [
    "JSON_FILE",
    "PAGE_FILE",
    "TABLE_FILE",
    "compare_folders",
    "comparison_content",
    "comparison_files",
    "plan_names",
]

PAGE_FILE, TABLE_FILE, JSON_FILE = "compare.html", "compare.csv", "compare.json"


def compare_folders(folders: Sequence[Path], *, out: Path | None = None, force: bool = False) -> Comparison:
    """Plan folders side by side, whoever wrote them; the first is the base.

    Nothing that a folder says of itself is believed: the referee judges each plan and its KPIs are measured anew.
    Raises ScenarioError for a folder that holds no plan, Refused for an `out` that exists unless `force`, or that stands in or
    over one of them.
    """
    if len(folders) < 2:
        raise ScenarioError("one plan has nothing to stand beside", fix="give two plan folders or more")
    if out:
        refuse_within(out, *folders, fix="choose another folder for --out")
        refuse_existing(out, force=force)
        refuse_unwritable(out)
    plans = [_judged(read_plan(folder)) for folder in folders]
    comparison = compare_plans(tuple(zip(plan_names(folders), plans, strict=True)))
    if out:
        write_whole(out, comparison_files(comparison), force=force)
    return comparison


def _judged(plan: OperationsPlan) -> OperationsPlan:
    measured = replace(plan, kpis=measure_kpis(plan))
    return replace(measured, violations=judge(measured))


def plan_names(folders: Sequence[Path]) -> tuple[str, ...]:
    """What each plan is called: its folder's name, with as much of the path before it as tells it from the others.

    >>> plan_names([Path("a/plan"), Path("b/plan"), Path("b/plan")])
    ('a/plan', 'b/plan', 'b/plan (2)')
    >>> plan_names([Path("/plan"), Path("/plan")])
    ('plan', 'plan (2)')
    """
    parts = [_parts(folder) for folder in folders]
    names = [one[-1] for one in parts]
    for length in range(2, max(map(len, parts)) + 1):
        unlike = {name: {one for one, other in zip(parts, names, strict=True) if other == name} for name in names}
        names = ["/".join(one[-length:]) if len(unlike[name]) > 1 else name for one, name in zip(parts, names, strict=True)]
    seen: Counter[str] = Counter()
    numbered = []
    for name in names:
        seen[name] += 1
        numbered.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return tuple(numbered)


def _parts(folder: Path) -> tuple[str, ...]:
    """Names on the way to a folder, without root and steps back."""
    named = folder if folder.name and ".." not in folder.parts else folder.resolve()
    return tuple(part for part in named.parts if part != named.anchor) or ("plan",)


def comparison_files(comparison: Comparison) -> dict[str, bytes]:
    """The page, the table in long form, and JSON, by file name."""
    return {
        PAGE_FILE: render_comparison(comparison).encode(),
        TABLE_FILE: write_rows(long_form(comparison), ComparedValue),
        JSON_FILE: canonical_json(comparison_content(comparison)).encode(),
    }


def comparison_content(comparison: Comparison) -> dict[str, Any]:
    """A comparison as one object: every figure with its values in the order of the plans, arrivals, KPIs and lines."""
    content: dict[str, Any] = {
        "plans": comparison.plans,
        "differs": comparison.differs,
        "same_inputs": comparison.same_inputs,
        "figures": [{**plain(figure), "differences": figure.differences} for figure in comparison.figures],
        "arrivals": [{"destination": place.destination, "plans": place.arrivals} for place in comparison.places],
        "kpis": [
            {
                "kpi_id": kpi.kpi_id,
                "name": kpi.name,
                "unit": kpi.unit,
                "target": kpi.target,
                "met": kpi.met,
                "causes": kpi.causes,
            }
            for kpi in comparison.kpis
        ],
        "lines": comparison.lines,
        "lift_offs": comparison.lift_offs,
    }
    told: dict[str, Any] = plain(content)
    return told
