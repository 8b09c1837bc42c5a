"""Plans one reference year in a process of its own and prints what it cost as JSON: `python -m supercargo.bench.worker`."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from supercargo.app.use_cases import NewScenario, new_scenario, plan_scenario

__all__ = ["measured"]


def measured(asked: dict[str, Any]) -> dict[str, Any]:
    """Warm up on the tiny scenario, then plan the year asked for; seconds, memory, status and proofs of each stage."""
    began = time.perf_counter()
    with TemporaryDirectory(prefix="supercargo-bench-") as passing:
        _planned(Path(passing), "tiny", 0, asked)
    warm_up_seconds = time.perf_counter() - began
    name = f"{asked['missions']}-missions"
    folder = Path(asked["folder"]) / name
    lines, plan = _planned(folder, "reference-year", int(asked["missions"]), asked)
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


def _planned(folder: Path, source: str, missions: int, asked: dict[str, Any]) -> tuple[int, Any]:
    """Number of cargo lines and the plan of one scenario, both folders written beneath `folder`."""
    wanted = NewScenario(source, missions=missions, seed=int(asked["seed"]), force=True)
    scenario = new_scenario(folder / "scenario", wanted)
    plan = plan_scenario(
        folder / "scenario",
        folder / asked["planner"],
        limit_s=asked["limit_s"],
        partial=True,
        baseline=asked["planner"] == "baseline",
        force=True,
    )
    return len(scenario.cargo), plan


if __name__ == "__main__":
    sys.stdout.write(json.dumps(measured(json.loads(sys.argv[1]))))
