"""EPCIS documents taken in whole or not at all, and written."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime
from pathlib import Path
from typing import Any

from supercargo.app.operations.cargo import COMPANY, CargoLog, drafts_of, named_thing, record_cargo
from supercargo.app.operations.lives import CargoReader
from supercargo.app.operations.log import current_log
from supercargo.app.operations.projections import PROJECTIONS
from supercargo.kernel import ScenarioError, canonical_json
from supercargo.store.folders import write_file
from supercargo.store.log import place_of, store_url
from supercargo.track.cargo.told import Imported
from supercargo.track.envelope import Recorded
from supercargo.track.epcis.checking import LARGEST_BYTES
from supercargo.track.epcis.reading import read_told
from supercargo.track.epcis.writing import write_document
from supercargo.track.event_store import View
from supercargo.track.hearing import told_to
from supercargo.track.people import Principal
from supercargo.track.views import MemoryView

__all__ = ["epcis_content", "epcis_of", "import_epcis", "judge_epcis", "write_epcis"]


class _Nothing:
    """A log in which nothing has been told yet."""

    def stream(self, name: str) -> tuple[Recorded, ...]:
        return ()

    def reading(self) -> AbstractContextManager[View]:
        return nullcontext(MemoryView.of(PROJECTIONS))


def import_epcis(content: bytes, log: CargoLog, principal: Principal = COMPANY, *, where: str = "document") -> Imported:
    """Take in an EPCIS 2.0 document, whole or not at all; the principal answers for it, whomever it names.

    Raises ScenarioError with every fault of the document, Refused with every step that is not lawful.
    """
    told = read_told(content, where=where, by=principal.name)
    receipts = record_cargo(told.steps, log, principal, declared=told.declared)
    opened = tuple(receipt.stream for receipt in receipts if not receipt.repeated)
    return Imported(
        steps_count=len(told.steps), stored_count=len(opened), repeated_count=len(receipts) - len(opened),
        non_conformances=_cases(opened), dry_run=False, receipts=receipts,
    )  # fmt: skip


def judge_epcis(content: bytes, url: str, principal: Principal = COMPANY, *, where: str = "document") -> Imported:
    """What taking in a document would bring to a store, or to a new one where there is none yet; nothing is stored."""
    told = read_told(content, where=where, by=principal.name)
    file = place_of(store_url(url))
    if file is not None and not file.exists():
        drafts, known = drafts_of(told.steps, _Nothing(), principal, declared=told.declared)
    else:
        with current_log(url) as log:
            drafts, known = drafts_of(told.steps, log, principal, declared=told.declared)
    return Imported(
        steps_count=len(told.steps), stored_count=len(drafts), repeated_count=len(known),
        non_conformances=_cases(draft.stream for draft in drafts), dry_run=True,
    )  # fmt: skip


def _cases(streams: Iterable[str]) -> tuple[str, ...]:
    return tuple(stream.removeprefix("ncr/") for stream in streams if stream.startswith("ncr/"))


def epcis_content(file: Path) -> bytes:
    """The bytes of a document that a person names. Raises ScenarioError for one that can't be read or is too large."""
    try:
        if file.stat().st_size > LARGEST_BYTES:
            fix = "send the events in several documents"
            raise ScenarioError(f"the file has more than {LARGEST_BYTES:,} bytes", fix=fix, where=str(file))
        return file.read_bytes()
    except OSError as error:
        raise ScenarioError(f"the file can't be read: {error.strerror}", fix="check its name", where=str(file)) from error


def epcis_of(
    log: CargoReader, things: Sequence[str], principal: Principal = COMPANY, *, created_utc: datetime
) -> dict[str, Any]:
    """The streams of things as one EPCIS document, in the order of the log; others' cargo is left out."""
    events = [event for thing in dict.fromkeys(things) for event in log.stream(thing)]
    told = [one for event in events if (one := told_to(principal, event)) is not None]
    return write_document(sorted(told, key=lambda event: event.position), created_utc=created_utc)


def write_epcis(url: str, words: Sequence[str], out: Path, created_utc: datetime, *, force: bool) -> int:
    """Write what happened to things of a store into a file as an EPCIS document; the number of its events.

    Raises ScenarioError for a name that nothing has, Refused for a file that exists unless `force`.
    """
    with current_log(url) as log:
        with log.reading() as view:
            names = [named_thing(view, word) for word in words]
        document = epcis_of(log, names, created_utc=created_utc)
    write_file(out, canonical_json(document).encode(), force=force)
    return len(document["epcisBody"]["eventList"])
