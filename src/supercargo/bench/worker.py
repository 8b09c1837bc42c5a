"""Plans one reference year in a process of its own and prints what it cost as JSON: `python -m supercargo.bench.worker`."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from supercargo.app.use_cases import NewScenario, new_scenario, plan_scenario
from supercargo.model import OperationsPlan

__all__ = ["measured"]


def measured(asked: dict[str, Any]) -> dict[str, Any]:
    """Warm up on the tiny scenario, then plan the year asked for; seconds, memory, status and proofs of each stage."""
    folder = Path(asked["folder"]) / f"{asked['missions']}-missions"
    lines = _written(folder, "reference-year", asked)
    began = time.perf_counter()
    with TemporaryDirectory(prefix="supercargo-bench-") as passing:
        _written(Path(passing), "tiny", asked)
        _planned(Path(passing), asked)
    warm_up_seconds = time.perf_counter() - began
    plan = _planned(folder, asked)
    run = json.loads((folder / asked["planner"] / "run.json").read_text())
    proofs = {stage.stage: stage for stage in plan.stages}
    stages = []
    for stage in run["stages"]:
        proof = proofs.get(stage["stage"])
        told = (
            {"status": proof.status.value, "objective": proof.objective, "bound": proof.bound, "gap": proof.gap}
            if proof
            else {}
        )
        stages.append({**stage, **told})
    manifest = proofs["manifest"]
    broken = any(violation.hard for violation in plan.violations)
    return {
        "lines": lines,
        "status": "unknown" if broken else "feasible",  # a year is never proven best: its stages are, one by one
        "objective": manifest.objective,
        "bound": manifest.bound,
        "seconds": run["seconds"],
        "cpu_seconds": run["cpu_seconds"],
        "peak_mb": run["peak_mb"],
        "warm_up_seconds": round(warm_up_seconds, 3),
        "stages": stages,
    }


def _written(folder: Path, source: str, asked: dict[str, Any]) -> int:
    """Number of cargo lines of a scenario that is written beneath `folder`."""
    wanted = NewScenario(
        source, missions=None if source == "tiny" else int(asked["missions"]), seed=int(asked["seed"]), force=True
    )
    return len(new_scenario(folder / "scenario", wanted).cargo)


def _planned(folder: Path, asked: dict[str, Any]) -> OperationsPlan:
    """The plan of the scenario beneath `folder`, written beside it under the planner's name."""
    return plan_scenario(
        folder / "scenario",
        folder / asked["planner"],
        limit_s=asked["limit_s"],
        partial=True,
        baseline=asked["planner"] == "baseline",
        force=True,
    )


if __name__ == "__main__":
    sys.stdout.write(json.dumps(measured(json.loads(sys.argv[1]))))
