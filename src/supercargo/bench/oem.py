"""Reading an ephemeris message, timed beside ccsds-ndm and beside the XML parser alone, in one run.

The peer is under the GPL: it runs in a process of its own, never in ours, in the Python that `peer_python` names. One that
can't be started gives a row whose peer is "skipped: ccsds-ndm".
"""

from __future__ import annotations

import gzip
import json
import math
import tempfile
from collections.abc import Callable, Sequence
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
from supercargo.bench.results import Result
from supercargo.bench.rivals import compare_times, peak_mb, processor_seconds, rival, skipped
from supercargo.kernel import ScenarioError

__all__ = ["PEER", "bench_oem", "station_ephemeris"]

_ELEMENT_SET = (
    "1 25544U 98067A   25057.69551956  .00051272  00000-0  91556-3 0  9991",
    "2 25544  51.6387 134.2889 0005831 315.8203 179.6729 15.49515680498024",
)
_STEP_S = 240.0
PEER = "ccsds-ndm"
_PEER_BAR, _PARSER_BAR = 5.0, 1.0 / 1.5

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
print("ready", json.dumps(told(read())), flush=True)
for line in sys.stdin:
    begun = time.process_time()
    read()
    print(time.process_time() - begun, flush=True)
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


def bench_oem(
    *,
    instances: Sequence[Path] = (),
    rounds: int = 5,
    peer_python: str | None = None,
    watch: Callable[[str, float], None] = lambda doing, share: None,
) -> list[Result]:
    """Rows of reading each file, plain or gzipped, or else a station's ephemeris made here in both notations.

    XML is timed beside the bare parser, and every text beside the peer of `peer_python`, if one is named. `objective` is the
    number of states read; `status` is `feasible` where the peer found as many states of the same sum to fourteen digits.

    Raises ScenarioError for a file that can't be read or is no single ephemeris message.
    """
    contents = [(path.name.removesuffix(".gz"), _content(path)) for path in instances] or _made()
    rows: list[Result] = []
    for at, (name, content) in enumerate(contents):
        watch(f"reading {name}", at / len(contents))
        if peer_python is not None:
            rows.append(_beside_rival(name, content, rounds, peer_python))
        if content.lstrip().startswith(b"<"):
            rows.append(_beside_parser(name, content, rounds))
        elif peer_python is None:
            rows.append(_alone(name, content, rounds))
    watch("read", 1.0)
    return rows


def _made() -> list[tuple[str, bytes]]:
    message = station_ephemeris()
    count = len(message.segments[0].epochs)
    return [
        (f"station-{count}.xml", write_xml(message).encode()),
        (f"station-{count}.kvn", write_oem_kvn(message).encode()),
    ]


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


def _row(name: str, count: int, seconds: float, **told: Any) -> Result:
    peer_seconds = told.get("peer_seconds")
    return Result(
        name="oem",
        instance=name,
        objective=float(count),
        bound=None,
        seconds=seconds,
        cpu_seconds=seconds,
        peak_mb=peak_mb(),
        ratio=None if peer_seconds is None else peer_seconds / seconds,
        **{"status": "feasible", **told},
    )


def _alone(name: str, content: bytes, rounds: int) -> Result:
    seconds, _ = compare_times(lambda: parse_message(content), None, rounds)
    return _row(name, len(_numbers(name, content)), seconds)


def _beside_parser(name: str, content: bytes, rounds: int) -> Result:
    """What the XML parser of the standard library takes for the bare tree, nothing read out of it."""
    count = len(_numbers(name, content))
    ours, theirs = [], []
    for _ in range(rounds):
        ours.append(processor_seconds(lambda: parse_message(content)))
        theirs.append(processor_seconds(lambda: ElementTree.fromstring(content)))
    return _row(name, count, min(ours), peer="ElementTree, tree only", peer_seconds=min(theirs), bar_ratio=_PARSER_BAR)


def _beside_rival(name: str, content: bytes, rounds: int, peer_python: str) -> Result:
    numbers = _numbers(name, content)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "message"
        path.write_bytes(content)
        with rival(PEER, peer_python, _PEER, [str(path)]) as theirs:
            seconds, peer_seconds = compare_times(lambda: parse_message(content), theirs, rounds)
    if theirs is None:
        return _row(name, len(numbers), seconds, peer=skipped(PEER), bar_ratio=_PEER_BAR)
    count, total = json.loads(theirs.told)
    agreed = count == len(numbers) and math.isclose(total, math.fsum(numbers.ravel().tolist()), rel_tol=1e-14, abs_tol=1e-6)
    told = {"peer": PEER, "peer_objective": float(count), "peer_seconds": peer_seconds, "bar_ratio": _PEER_BAR}
    return _row(name, len(numbers), seconds, status="feasible" if agreed else "unknown", **told)
