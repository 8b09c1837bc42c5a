"""Tables of docs/cargo.md that are read off the code."""

from __future__ import annotations

from supercargo.track.cargo.stages import STAGES, TRANSITIONS
from supercargo.track.cargo.steps import STEPS
from supercargo.track.epcis.vocabulary import SAID_AS


def stages_part() -> str:
    """Every stage with its meaning."""
    rows = [f"| {stage or '(none)'} | {meaning} |" for stage, meaning in STAGES.items()]
    return "\n".join(["| stage | meaning |", "| --- | --- |", *rows, ""])


def steps_part() -> str:
    """Every step: what it says, from which stages it is lawful, and where it leads."""
    rows = []
    for kind, step in STEPS.items():
        ways = TRANSITIONS.get(kind, {})
        live = set(STAGES) - {"", "consumed", "destroyed", "returned", "lost"}
        same = sorted((stage for stage, after in ways.items() if after == stage), key=list(STAGES).index)
        moved: dict[str, list[str]] = {}
        for stage, after in ways.items():
            if stage != after:
                moved.setdefault(after, []).append(stage or "(none)")
        told = [f"{', '.join(before)} → {after}" for after, before in moved.items() if set(before) != live]
        told += [f"any stage of a thing that is there → {after}" for after, before in moved.items() if set(before) == live]
        if same:
            kept = "any stage of a thing that is there" if set(same) == live else ", ".join(same)
            told.append(f"{kept}: stays")
        sentence = (step.__doc__ or "").split("\n")[0]
        rows.append(f"| `{kind}` | {sentence} | {'; '.join(told) or 'see below'} |")
    return "\n".join(["| step | what it says | lawful from → leads to |", "| --- | --- | --- |", *rows, ""])


def epcis_part() -> str:
    """Each step in the words of EPCIS."""
    rows = []
    for kind, said in SAID_AS.items():
        form = said.event_type + (f"; into a container: {said.inside}" if said.inside else "")
        word = f"`{said.disposition}`" if said.disposition else ""
        rows.append(f"| `{kind}` | {form} | {said.action} | `{said.biz_step}` | {word} |")
    return "\n".join(["| step | event | action | bizStep | disposition |", "| --- | --- | --- | --- | --- |", *rows, ""])
