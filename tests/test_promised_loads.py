"""What was promised to a mission at its lift-off: a promise ends with the next of its item, or with a plan without it."""

from __future__ import annotations

from supercargo.measure.operations_lines import ContractTold, loads_of
from supercargo.measure.operations_missions import MissionTold
from supercargo.track.contracts.events import Promise


def promised(item_id: str, mission_id: str, mass_kg: float) -> Promise:
    return Promise(
        item_id=item_id, customer="ACME", mission_id=mission_id, destination="Hub", direction="up", mass_kg=mass_kg,
        line_kg=300.0, due_utc=None, volume_m3=1.0,
    )  # fmt: skip


def test_parts_that_a_later_plan_splits_anew_are_aboard_once() -> None:
    contract = ContractTold("C1")
    contract.promised_on["W#1"].append((2, promised("W#1", "M1", 200.0)))
    contract.promised_on["W#2"].append((2, promised("W#2", "M1", 100.0)))
    contract.amended = [1, 5]  # a plan, and one that splits the line anew
    contract.promised_on["W#3"].append((6, promised("W#3", "M1", 250.0)))
    contract.promised_on["W#4"].append((6, promised("W#4", "M2", 50.0)))
    missions = {name: MissionTold(name, launch_position=at) for name, at in (("M1", 9), ("M2", 12))}
    assert loads_of([contract], missions) == {"M1": (250.0, 1.0), "M2": (50.0, 1.0)}


def test_what_had_lifted_off_before_a_later_plan_stays_aboard() -> None:
    contract = ContractTold("C1")
    contract.promised_on["W#1"].append((2, promised("W#1", "M1", 200.0)))
    contract.amended = [1, 5]
    assert loads_of([contract], {"M1": MissionTold("M1", launch_position=4)}) == {"M1": (200.0, 1.0)}
