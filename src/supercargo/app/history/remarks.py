"""What a reader must know of a past year: what the planner knows that people then did not, and the other way round."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from supercargo.app.history.flights import PastFlight
from supercargo.app.history.lines import FREEDOM_D
from supercargo.app.history.masses import Loads
from supercargo.kernel import days_between
from supercargo.model import Scenario

__all__ = ["flown_remarks", "planner_remarks"]


def _masses(loads: Mapping[str, Loads]) -> str:
    every = [mass for one in loads.values() for mass in one.all]
    filled = [mass for mass in every if mass.evidence == "assumption"]
    share = 100.0 * sum(mass.kg for mass in filled) / max(1e-9, sum(mass.kg for mass in every))
    return (
        f"Of {len(every)} masses {len(filled)} ({share:.0f} % of all kilograms) are not on record and stand at the median of "
        "their kind or at a share of it; cargo.csv marks each line in its columns source and evidence. How masses split into "
        "classes and bags is assumed."
    )


def planner_remarks(flights: Sequence[PastFlight], loads: Mapping[str, Loads], scenario: Scenario) -> tuple[str, ...]:
    """Remarks of the scenario that is planned."""
    orbit = scenario.orbits[0]
    age_d = days_between(orbit.epoch_utc, scenario.settings.as_of_utc)
    when = f"{abs(age_d):.0f} days {'before' if age_d >= 0 else 'after'} the year begins"
    lost = [flight.name for flight in flights if flight.record.lost]
    losses = f"that {', '.join(lost)} would be lost" if lost else "how each flight would end"
    return (
        f"This is {scenario.settings.name}: {len(flights)} cargo flights of {scenario.settings.start_utc.year} as they could "
        "be planned on its first day, from a public record of flights (GCAT, CC BY 4.0, and others named in the record).",
        "The planner knows what people then did not: the whole list of flights that the year would see, their spacecraft and "
        f"launchers, the dates last planned before each slip, freedom of {FREEDOM_D:g} days about them, how long each type "
        "stays docked over its whole career, and when ships docked since the year before would leave.",
        f"They knew what the planner does not: the orbit of the day (the nearest element set on record is from {when}, "
        "so lift-offs are good to the day, not to the minute), crewed ships at other ports, tests and relocations, the "
        "Shuttle's cargo, what was really on board, and whose cargo belongs on which ship.",
        f"The planner does not know {losses}, nor which launches would slip.",
        "The planner lets a ship go as soon as it is unloaded and its shortest usual stay is over; in truth ships stayed to "
        "store trash, to reboost the station or for want of a successor.",
        _masses(loads),
    )


def flown_remarks(flights: Sequence[PastFlight], loads: Mapping[str, Loads]) -> tuple[str, ...]:
    """Remarks of the year as flown."""
    lost = [
        f"{flight.name} on {flight.launch_utc:%Y-%m-%d} ({flight.record.outcome})" for flight in flights if flight.record.lost
    ]
    slipped = [flight for flight in flights if flight.slip_d >= 1.0]
    slips = ", ".join(f"{flight.name} {flight.slip_d:.0f} d" for flight in slipped)
    return (
        "This is the record, not a plan: lift-offs, ports and stays are those flown (GCAT, CC BY 4.0, and others named in the "
        "record); undockings and landings whose time is not on record stand at 12:00 and 18:00 UTC.",
        f"Lost before docking: {'; '.join(lost)}. Their cargo is booked on them and never delivered."
        if lost
        else "No flight was lost.",
        f"Slipped a day or more from the last date planned on record: {slips}." if slips else "No slip is on record.",
        "Where bags stood, when each was moved, what was in stock and what each flight cost follow from assumptions, as in a "
        "plan; a rule broken by such an assumption is waived in waivers.csv in the name of the record.",
        _masses(loads),
    )
