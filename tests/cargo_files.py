"""A small life of cargo in a real store and as an EPCIS file, for tests of commands."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

from supercargo.app.operations.cargo import record_cargo
from supercargo.app.operations.epcis import epcis_of
from supercargo.app.operations.projections import PROJECTIONS
from supercargo.store.log import open_log
from supercargo.track.cargo.steps import Step
from tests.cargo_lives import a_step, at


def later() -> datetime:
    """A clock that stands long after every step of the tests."""
    return at(1000)


def a_life(item: str = "cargo/WATER-1") -> tuple[Step, ...]:
    """A bag, and an item that is ordered, received and packed into it."""
    return (
        a_step("registered", "container/BAG-7", 0, command_id=f"{item}-0"),
        a_step("ordered", item, 1, command_id=f"{item}-1"),
        a_step("received", item, 2, command_id=f"{item}-2"),
        a_step("packed", item, 3, command_id=f"{item}-3", where="container/BAG-7"),
    )


def a_file(folder: Path) -> Path:
    """An EPCIS file of that life; the store that it was written from stands beside it."""
    with open_log(str(folder / "other.sqlite"), PROJECTIONS, later) as store:
        record_cargo(a_life(), store)
        document = epcis_of(store, ["container/BAG-7", "cargo/WATER-1"], created_utc=at(9))
    file = folder / "received.jsonld"
    file.write_text(json.dumps(document))
    return file
