"""Options of a replan as ways out of a conflict."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

from supercargo.kernel import Fault, ScenarioError
from supercargo.store.folders import read_within
from supercargo.track.coordination.log import Offer

__all__ = ["OPTIONS_FILE", "replan_offers"]

OPTIONS_FILE = "options.json"
"""What `replan --options` says of its options, beside the plan folders."""

_FIX = "give the folder that `supercargo replan --options N --out FOLDER` has written"


def replan_offers(folder: Path, conflict: str) -> tuple[Offer, ...]:
    """The ranked options of a replan as offers: what is done, the price of departure [USD], the largest delay [d].

    Raises ScenarioError for a folder without options, and for options that were made for another conflict.
    """
    faults: list[Fault] = []
    content = read_within(folder, OPTIONS_FILE, faults)
    if content is None:
        raise ScenarioError.of([Fault(one.file, one.row, one.column, one.what, _FIX) for one in faults], where="--from")
    try:
        told = json.loads(content)
        named, rows = str(told["conflict"]), [_offer(row) for row in told["options"]]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise ScenarioError(f"{OPTIONS_FILE} holds no options: {error}", fix=_FIX, where=str(folder)) from error
    if named and named != conflict:
        fix = f"offer them in {named!r}, or replan with --conflict {conflict}"
        raise ScenarioError(f"the options were made for the conflict {named!r}", fix=fix, where=str(folder))
    if not rows:
        raise ScenarioError("there is no option in it", fix=_FIX, where=str(folder))
    return tuple(rows)


def _offer(row: dict[str, Any]) -> Offer:
    cost_usd, delay_d = float(row["price_usd"]), float(row["delay_d"])
    if not (math.isfinite(cost_usd) and math.isfinite(delay_d)):
        raise ValueError(f"{row['option']} has no finite price or delay")
    moved, hard = int(row["moved_count"]), int(row["hard_count"])
    law = f"{hard} hard rules broken" if hard else "no hard rule broken"
    text = f"{row['title']}; {moved} other missions move, {int(row['lines_late_count'])} lines late, {law}"
    return Offer(option=str(row["option"]), text=text, cost_usd=cost_usd, delay_d=delay_d)
