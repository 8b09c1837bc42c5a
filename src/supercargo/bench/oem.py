"""Reading an ephemeris message, timed beside ccsds-ndm and beside the XML parser alone, in one run.

The peer is under the GPL: it runs in a process of its own, never in ours, in this Python or in the one that `peer_python`
names. Each round times ours and then the peer, so that a busy machine is as unkind to both; the best round of each counts. A
peer that can't be started gives a row with the peer "skipped".
"""

from __future__ import annotations

import contextlib
import gzip
import json
import math
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np

from supercargo.astro.ccsds.epochs import Epoch, Epochs
from supercargo.astro.ccsds.messages import EphemerisMetadata, EphemerisSegment, Header, OrbitEphemerisMessage
from supercargo.astro.ccsds.reading import LARGEST_MESSAGE, parse_message
from supercargo.astro.ccsds.writing import write_oem_kvn, write_xml
from supercargo.astro.elements import parse_tle, satellite_from_tle, states
from supercargo.astro.timescales import Floats, seconds_since_j2000
from supercargo.kernel import ScenarioError

__all__ = ["bench_oem", "station_ephemeris"]

_ELEMENT_SET = (
    "1 25544U 98067A   25057.69551956  .00051272  00000-0  91556-3 0  9991",
    "2 25544  51.6387 134.2889 0005831 315.8203 179.6729 15.49515680498024",
)
_STEP_S = 240.0

_PEER = """
import json, math, sys, time
from ccsds_ndm.ndm_io import NdmIo
content = open(sys.argv[1], "rb").read()
def read():
    return NdmIo().from_bytes(content)
def told(message):
    message = message.oem[0] if hasattr(message, "oem") else message
    vectors = [vector for segment in message.body.segment for vector in segment.data.state_vector]
    numbers = [getattr(vector, axis).value for vector in vectors for axis in ("x", "y", "z", "x_dot", "y_dot", "z_dot")]
    return [len(vectors), math.fsum(numbers)]
print(json.dumps(told(read())), flush=True)
for line in sys.stdin:
    begun = time.perf_counter()
    read()
    print(time.perf_counter() - begun, flush=True)
"""


def station_ephemeris(count: int = 5413) -> OrbitEphemerisMessage:
    """A station's states every four minutes, as many as an agency publishes for two weeks, carried by SGP4."""
    start = parse_tle(*_ELEMENT_SET).epoch_utc.replace(microsecond=0)
    at_s = seconds_since_j2000(start) + _STEP_S * np.arange(count)
    carried = np.concatenate(states(satellite_from_tle(*_ELEMENT_SET), np.asarray(at_s)), axis=1)
    epochs = Epochs.of(start + timedelta(seconds=_STEP_S * k) for k in range(count))
    metadata = EphemerisMetadata(
        object_name="ISS",
        object_id="1998-067A",
        center_name="EARTH",
        ref_frame="TEME",
        time_system="UTC",
        start_time=epochs.at(0),
        stop_time=epochs.at(-1),
    )
    segment = EphemerisSegment(metadata=metadata, epochs=epochs, states=carried)
    return OrbitEphemerisMessage(header=Header(creation_date=Epoch.of(start), originator="SUPERCARGO"), segments=(segment,))


def bench_oem(*, instances: Sequence[Path] = (), rounds: int = 5, peer_python: str = sys.executable) -> list[dict[str, Any]]:
    """Rows of reading each file, plain or gzipped, or else a station's ephemeris made here in both notations.

    `objective` is the number of states read, `ratio` the peer's seconds over ours; `status` is `feasible` where the peer,
    if it ran, found as many states of the same sum to fourteen digits.

    Raises ScenarioError for a file that can't be read or is no single ephemeris message.
    """
    contents = {path.name.removesuffix(".gz"): _content(path) for path in instances}
    if not contents:
        message = station_ephemeris()
        count = len(message.segments[0].epochs)
        contents = {
            f"station-{count}.xml": write_xml(message).encode(),
            f"station-{count}.kvn": write_oem_kvn(message).encode(),
        }
    rows = []
    for name, content in contents.items():
        with _rival(content, peer_python) as rival:
            rows.append(_beside_rival(name, content, rounds, rival))
        if content.lstrip().startswith(b"<"):
            rows.append(_beside_parser(name, content, rounds))
    return rows


def _content(path: Path) -> bytes:
    try:
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
            return file.read(LARGEST_MESSAGE + 1)
    except OSError as error:
        raise ScenarioError(f"the file can't be read: {error}", fix="check the path", where=str(path)) from error


def _numbers(name: str, content: bytes) -> Floats:
    message = parse_message(content, where=name)
    if not isinstance(message, OrbitEphemerisMessage):
        raise ScenarioError("the message is no ephemeris", fix="give an OEM", where=name)
    return np.concatenate([segment.states for segment in message.segments])


def _seconds(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def _row(name: str, count: int, seconds: float, **told: Any) -> dict[str, Any]:
    row: dict[str, Any] = dict.fromkeys(("bound", "best_known", "peer", "peer_objective", "peer_seconds", "ratio"))
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024.0
    row |= {"name": "oem", "instance": name, "status": "feasible", "objective": count, "seconds": seconds, "peak_mb": peak_mb}
    return row | told


def _beside_parser(name: str, content: bytes, rounds: int) -> dict[str, Any]:
    """What the XML parser of the standard library takes for the bare tree, nothing read out of it."""
    count = len(_numbers(name, content))
    ours, theirs = [], []
    for _ in range(rounds):
        ours.append(_seconds(lambda: parse_message(content)))
        theirs.append(_seconds(lambda: ElementTree.fromstring(content)))
    told = {"peer": "ElementTree, tree only", "peer_seconds": min(theirs), "ratio": min(theirs) / min(ours)}
    return _row(name, count, min(ours), **told)


def _beside_rival(name: str, content: bytes, rounds: int, rival: _Rival | None) -> dict[str, Any]:
    numbers = _numbers(name, content)
    ours, theirs = [], []
    for _ in range(rounds):
        ours.append(_seconds(lambda: parse_message(content)))
        if rival is not None:
            theirs.append(rival.round())
    if rival is None:
        return _row(name, len(numbers), min(ours), peer="skipped")
    agreed = rival.count == len(numbers) and math.isclose(
        rival.total, math.fsum(numbers.ravel().tolist()), rel_tol=1e-14, abs_tol=1e-6
    )
    told = {"peer": "ccsds-ndm", "peer_objective": rival.count, "peer_seconds": min(theirs), "ratio": min(theirs) / min(ours)}
    return _row(name, len(numbers), min(ours), status="feasible" if agreed else "unknown", **told)


class _Rival:
    """The peer in its own process: one reading for each line that it is sent."""

    def __init__(self, process: subprocess.Popen[str], count: int, total: float) -> None:
        self._process, self.count, self.total = process, count, total

    def round(self) -> float:
        """Seconds of one reading."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        return float(self._process.stdout.readline())


@contextlib.contextmanager
def _rival(content: bytes, peer_python: str) -> Iterator[_Rival | None]:
    """The peer, started and having read the content once; None where it is not installed or can't read it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "message"
        path.write_bytes(content)
        words = [peer_python, "-c", _PEER, str(path)]
        pipe = subprocess.PIPE
        try:
            process = subprocess.Popen(words, text=True, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL)
        except OSError:
            yield None
            return
        with process:
            assert process.stdout is not None
            first = process.stdout.readline()
            try:
                yield _Rival(process, *json.loads(first)) if first else None
            finally:
                process.kill()
