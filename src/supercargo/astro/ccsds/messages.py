"""Orbit messages of CCSDS 502.0-B-3 as nouns: the ephemeris (OEM), the state with burns (OPM), the mean elements (OMM).

Kilometres, as the standard has them: a conversion to metres would cost the last bit of what was read. A field's name ends
in its unit. Arrays can't be written to. Each noun refuses to exist wrong.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np

from supercargo.astro.ccsds.blocks import Block, epoch, freeze, number, unprintable, whole, words
from supercargo.astro.ccsds.epochs import TIME_SYSTEMS, Epoch, Epochs
from supercargo.astro.timescales import Floats

__all__ = [
    "COVARIANCE_KEYWORDS",
    "VERSIONS",
    "Covariance",
    "EphemerisMetadata",
    "EphemerisSegment",
    "Header",
    "KeplerianElements",
    "Maneuver",
    "MeanElementsBlock",
    "MeanElementsMetadata",
    "Message",
    "OrbitEphemerisMessage",
    "OrbitMeanElementsMessage",
    "OrbitParameterMessage",
    "ParameterMetadata",
    "Spacecraft",
    "StateVector",
    "TleParameters",
    "UserDefined",
]

_AXES = ("X", "Y", "Z", "X_DOT", "Y_DOT", "Z_DOT")
_COV_UNITS = ("km**2", "km**2/s", "km**2/s**2")
COVARIANCE_KEYWORDS = tuple(
    (f"C{_AXES[row]}_{_AXES[column]}", _COV_UNITS[(row > 2) + (column > 2)]) for row in range(6) for column in range(row + 1)
)
"""Keyword and unit of the lower triangle, row by row (502.0-B-3, table 3-3)."""

VERSIONS = {"OEM": ("1.0", "2.0", "3.0"), "OPM": ("1.0", "2.0", "3.0"), "OMM": ("2.0", "3.0")}
"""Versions of each message that are read and written (502.0-B-3, 7.9.1)."""

Wrong = Iterator[tuple[str, str, str]]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Header(Block):
    """Who made the message, and when; `version` is the message's format version."""

    title: ClassVar[str] = "header"

    version: str = "2.0"
    comments: tuple[str, ...] = ()
    classification: str = words("CLASSIFICATION")
    creation_date: Epoch | None = epoch("CREATION_DATE")  # UTC; public mean elements leave it out
    originator: str = words("ORIGINATOR")
    message_id: str = words("MESSAGE_ID")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ParameterMetadata(Block):
    """Whose orbit it is, and in which frame and time system."""

    title: ClassVar[str] = "metadata"

    comments: tuple[str, ...] = ()
    object_name: str = words("OBJECT_NAME", must=True)
    object_id: str = words("OBJECT_ID", must=True)
    center_name: str = words("CENTER_NAME", must=True)
    ref_frame: str = words("REF_FRAME", must=True)
    ref_frame_epoch: Epoch | None = epoch("REF_FRAME_EPOCH")
    time_system: str = words("TIME_SYSTEM", must=True, choices=TIME_SYSTEMS)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MeanElementsMetadata(ParameterMetadata):
    """The same, with the theory that the mean elements belong to."""

    title: ClassVar[str] = "metadata of mean elements"

    mean_element_theory: str = words("MEAN_ELEMENT_THEORY", must=True)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class EphemerisMetadata(ParameterMetadata):
    """The same, with the span of the states and the interpolation that their maker recommends."""

    title: ClassVar[str] = "metadata of an ephemeris"

    start_time: Epoch = epoch("START_TIME", must=True)
    useable_start_time: Epoch | None = epoch("USEABLE_START_TIME")
    useable_stop_time: Epoch | None = epoch("USEABLE_STOP_TIME")
    stop_time: Epoch = epoch("STOP_TIME", must=True)
    interpolation: str = words("INTERPOLATION", choices=("HERMITE", "LAGRANGE", "LINEAR"))
    interpolation_degree: int | None = whole("INTERPOLATION_DEGREE", ge=1, le=99)

    def wrongs(self) -> Wrong:
        """Times in their order, and a degree with each method."""
        yield from Block.wrongs(self)
        order = [self.start_time, self.useable_start_time, self.useable_stop_time, self.stop_time]
        stated = [each for each in order if each is not None]
        if stated != sorted(stated):
            fix = "put them in the order START_TIME, USEABLE_START_TIME, USEABLE_STOP_TIME, STOP_TIME"
            yield "STOP_TIME", "the times of the segment are out of order", fix
        if self.interpolation and self.interpolation_degree is None:
            yield "INTERPOLATION", "INTERPOLATION is given without its degree", "add INTERPOLATION_DEGREE"

    @property
    def useable(self) -> tuple[Epoch, Epoch]:
        """First and last epoch at which the states may be used."""
        return self.useable_start_time or self.start_time, self.useable_stop_time or self.stop_time


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Covariance(Block):
    """How far position and velocity may be off: a symmetric 6 x 6 matrix in the frame named, or that of the states."""

    title: ClassVar[str] = "covariance"

    comments: tuple[str, ...] = ()
    at: Epoch | None = epoch("EPOCH")  # in an ephemeris only
    cov_ref_frame: str = words("COV_REF_FRAME")
    matrix: Floats = field(kw_only=True)  # [axis, axis] km2, km2/s, km2/s2

    def __post_init__(self) -> None:
        object.__setattr__(self, "matrix", freeze(self.matrix))
        Block.__post_init__(self)

    def wrongs(self) -> Wrong:
        """Six by six, finite, symmetric, no negative variance."""
        yield from Block.wrongs(self)
        if self.matrix.shape != (6, 6):
            yield "CX_X", f"the matrix has the shape {self.matrix.shape}", "give a matrix of 6 by 6"
        elif not np.isfinite(self.matrix).all() or not np.array_equal(self.matrix, self.matrix.T):
            yield "CX_X", "the matrix is not finite and symmetric", "give finite numbers, and each twice alike"
        elif self.matrix.diagonal().min() < 0:
            yield "CX_X", "a variance is negative", "give the square of the standard deviation on the diagonal"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class EphemerisSegment(Block):
    """A stretch of states between which one may interpolate, and covariances with it."""

    title: ClassVar[str] = "segment"

    metadata: EphemerisMetadata
    comments: tuple[str, ...] = ()  # of the states
    epochs: Epochs
    states: Floats  # [instant, axis] km, km/s: x, y, z and their rates
    accelerations_km_s2: Floats | None = None  # [instant, axis]
    covariances: tuple[Covariance, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "states", freeze(self.states))
        if self.accelerations_km_s2 is not None:
            object.__setattr__(self, "accelerations_km_s2", freeze(self.accelerations_km_s2))
        Block.__post_init__(self)

    @property
    def position_km(self) -> Floats:
        """Positions [instant, axis]."""
        return self.states[:, :3]

    @property
    def velocity_km_s(self) -> Floats:
        """Velocities [instant, axis]."""
        return self.states[:, 3:]

    def wrongs(self) -> Wrong:
        """As many states as epochs, all finite, in order of time and within the segment's span."""
        yield from Block.wrongs(self)
        count = len(self.epochs)
        shapes = [self.states.shape == (count, 6)]
        shapes += [self.accelerations_km_s2.shape == (count, 3)] if self.accelerations_km_s2 is not None else []
        if not count or not all(shapes):
            yield "EPOCH", "states and epochs do not match, or there are none", "give one state of six numbers for each epoch"
            return
        rates = self.accelerations_km_s2
        if not np.isfinite(self.states).all() or (rates is not None and not np.isfinite(rates).all()):
            yield "X", "a state is not finite", "give finite numbers"
        yield from _wrong_times(self.epochs, self.metadata)
        at = [each.at for each in self.covariances]
        if any(each is None for each in at):
            yield "EPOCH", "a covariance has no epoch", "give EPOCH before each matrix"
        elif at != sorted(each for each in at if each is not None):
            yield "EPOCH", "the covariances are not in order of time", "sort them by EPOCH"


def _wrong_version(kind: str, version: str) -> Wrong:
    if version not in VERSIONS[kind]:
        what = f"version {version[:20]!r} of the {kind} is not known"
        yield f"CCSDS_{kind}_VERS", what, f"use one of: {', '.join(VERSIONS[kind])}"


def _wrong_times(epochs: Epochs, metadata: EphemerisMetadata) -> Wrong:
    back = epochs.steps_back()
    if back.size:
        what = f"state {int(back[0]) + 1}, at {epochs.at(int(back[0]))}, is not later than the one before"
        yield "EPOCH", what, "sort the states by epoch, each epoch once; begin a new segment where they must repeat"
    elif epochs.at(0) < metadata.start_time:
        yield "START_TIME", f"the first state, at {epochs.at(0)}, lies before START_TIME", "state the span of all states"
    elif epochs.at(-1) > metadata.stop_time:
        yield "STOP_TIME", f"the last state, at {epochs.at(-1)}, lies after STOP_TIME", "state the span of all states"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class OrbitEphemerisMessage(Block):
    """OEM: states of one object through time, in segments that are not interpolated across."""

    title: ClassVar[str] = "OEM"

    header: Header
    segments: tuple[EphemerisSegment, ...]

    def wrongs(self) -> Wrong:
        """One time system, and segments that follow one another."""
        yield from _wrong_version(self.title, self.header.version)
        if not self.segments:
            yield "META_START", "the message has no segment", "give one segment of states at least"
        systems = sorted({segment.metadata.time_system.upper() for segment in self.segments})
        if len(systems) > 1:
            yield "TIME_SYSTEM", f"the segments are in {' and '.join(systems)}", "use one TIME_SYSTEM in a message"
            return
        for one, other in zip(self.segments, self.segments[1:], strict=False):
            if other.metadata.useable[0] < one.metadata.useable[1]:
                what = f"a segment useable from {other.metadata.useable[0]} follows one useable to {one.metadata.useable[1]}"
                yield "USEABLE_START_TIME", what, "let useable spans share an endpoint at most, in order of time"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class StateVector(Block):
    """Position and velocity at an epoch."""

    title: ClassVar[str] = "state vector"

    comments: tuple[str, ...] = ()
    at: Epoch = epoch("EPOCH", must=True)
    x_km: float = number("X", "km", must=True)
    y_km: float = number("Y", "km", must=True)
    z_km: float = number("Z", "km", must=True)
    x_dot_km_s: float = number("X_DOT", "km/s", must=True)
    y_dot_km_s: float = number("Y_DOT", "km/s", must=True)
    z_dot_km_s: float = number("Z_DOT", "km/s", must=True)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class KeplerianElements(Block):
    """Osculating elements of the same state; one of the two anomalies."""

    title: ClassVar[str] = "Keplerian elements"

    comments: tuple[str, ...] = ()
    semi_major_axis_km: float = number("SEMI_MAJOR_AXIS", "km", must=True)
    eccentricity: float = number("ECCENTRICITY", must=True, ge=0)
    inclination_deg: float = number("INCLINATION", "deg", must=True, ge=0, le=180)
    ra_of_asc_node_deg: float = number("RA_OF_ASC_NODE", "deg", must=True, ge=-360, le=360)
    arg_of_pericenter_deg: float = number("ARG_OF_PERICENTER", "deg", must=True, ge=-360, le=360)
    true_anomaly_deg: float | None = number("TRUE_ANOMALY", "deg", ge=-360, le=360)
    mean_anomaly_deg: float | None = number("MEAN_ANOMALY", "deg")
    gm_km3_s2: float = number("GM", "km**3/s**2", must=True, ge=0)

    def wrongs(self) -> Wrong:
        """Exactly one anomaly."""
        yield from Block.wrongs(self)
        if (self.true_anomaly_deg is None) == (self.mean_anomaly_deg is None):
            yield "TRUE_ANOMALY", "not exactly one of the two anomalies is given", "give TRUE_ANOMALY or MEAN_ANOMALY"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Spacecraft(Block):
    """Mass and areas that drag and sunlight act on."""

    title: ClassVar[str] = "spacecraft"

    comments: tuple[str, ...] = ()
    mass_kg: float | None = number("MASS", "kg", ge=0)
    solar_rad_area_m2: float | None = number("SOLAR_RAD_AREA", "m**2", ge=0)
    solar_rad_coeff: float | None = number("SOLAR_RAD_COEFF", ge=0)
    drag_area_m2: float | None = number("DRAG_AREA", "m**2", ge=0)
    drag_coeff: float | None = number("DRAG_COEFF", ge=0)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Maneuver(Block):
    """A burn; duration 0 is an impulse, and mass can only be lost."""

    title: ClassVar[str] = "maneuver"

    comments: tuple[str, ...] = ()
    ignition: Epoch = epoch("MAN_EPOCH_IGNITION", must=True)
    duration_s: float = number("MAN_DURATION", "s", must=True, ge=0)
    delta_mass_kg: float = number("MAN_DELTA_MASS", "kg", must=True, le=0)
    ref_frame: str = words("MAN_REF_FRAME", must=True)
    dv_1_km_s: float = number("MAN_DV_1", "km/s", must=True)
    dv_2_km_s: float = number("MAN_DV_2", "km/s", must=True)
    dv_3_km_s: float = number("MAN_DV_3", "km/s", must=True)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class UserDefined(Block):
    """What both sides agreed on beside the standard: names, without the prefix USER_DEFINED_, and their text."""

    title: ClassVar[str] = "user-defined parameters"

    comments: tuple[str, ...] = ()
    parameters: tuple[tuple[str, str], ...] = ()

    def wrongs(self) -> Wrong:
        """Names of capitals, digits and underscores, once each; text that can be printed."""
        yield from Block.wrongs(self)
        names = [name for name, _ in self.parameters]
        for place, (name, value) in enumerate(self.parameters):
            keyword = f"USER_DEFINED_{name}"
            if not name.replace("_", "A").isalnum() or not name.isascii() or name != name.upper():
                yield keyword, f"{keyword[:60]!r} is no keyword", "use capitals, digits and underscores"
            elif name in names[:place]:
                yield keyword, f"{keyword} is given more than once", "keep one of them"
            if unprintable(value) or value != value.strip() or not value:
                yield keyword, f"{keyword} is empty or has a sign that can't be printed", "write it in printable ASCII signs"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class OrbitParameterMessage(Block):
    """OPM: one state of an object, how to carry it on, and the burns that lie ahead."""

    title: ClassVar[str] = "OPM"

    header: Header
    metadata: ParameterMetadata
    state: StateVector
    keplerian: KeplerianElements | None = None
    spacecraft: Spacecraft | None = None
    covariance: Covariance | None = None
    maneuvers: tuple[Maneuver, ...] = ()
    user_defined: UserDefined | None = None

    def wrongs(self) -> Wrong:
        """A burn needs the mass it acts on."""
        yield from _wrong_version(self.title, self.header.version)
        if self.maneuvers and (self.spacecraft is None or self.spacecraft.mass_kg is None):
            yield "MASS", "a maneuver is given without the spacecraft's mass", "add MASS"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MeanElementsBlock(Block):
    """Mean elements at an epoch; mean motion as a two-line set has it, or the semi-major axis."""

    title: ClassVar[str] = "mean elements"

    comments: tuple[str, ...] = ()
    at: Epoch = epoch("EPOCH", must=True)
    semi_major_axis_km: float | None = number("SEMI_MAJOR_AXIS", "km", ge=0)
    mean_motion_rev_d: float | None = number("MEAN_MOTION", "rev/day", ge=0)
    eccentricity: float = number("ECCENTRICITY", must=True, ge=0)
    inclination_deg: float = number("INCLINATION", "deg", must=True, ge=0, le=180)
    ra_of_asc_node_deg: float = number("RA_OF_ASC_NODE", "deg", must=True, ge=-360, le=360)
    arg_of_pericenter_deg: float = number("ARG_OF_PERICENTER", "deg", must=True, ge=-360, le=360)
    mean_anomaly_deg: float = number("MEAN_ANOMALY", "deg", must=True, ge=-360, le=360)
    gm_km3_s2: float | None = number("GM", "km**3/s**2", ge=0)

    def wrongs(self) -> Wrong:
        """Exactly one of mean motion and semi-major axis."""
        yield from Block.wrongs(self)
        if (self.semi_major_axis_km is None) == (self.mean_motion_rev_d is None):
            yield "MEAN_MOTION", "not exactly one of mean motion and semi-major axis is given", "give one of them"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TleParameters(Block):
    """What a two-line set says beside the elements."""

    title: ClassVar[str] = "TLE parameters"

    comments: tuple[str, ...] = ()
    ephemeris_type: int | None = whole("EPHEMERIS_TYPE")
    classification_type: str = words("CLASSIFICATION_TYPE")
    norad_cat_id: int | None = whole("NORAD_CAT_ID", le=999_999_999)
    element_set_no: int | None = whole("ELEMENT_SET_NO")
    rev_at_epoch: int | None = whole("REV_AT_EPOCH")
    bstar_per_er: float | None = number("BSTAR", "1/ER")
    bterm_m2_kg: float | None = number("BTERM", "m**2/kg")
    mean_motion_dot_rev_d2: float | None = number("MEAN_MOTION_DOT", "rev/day**2")
    mean_motion_ddot_rev_d3: float | None = number("MEAN_MOTION_DDOT", "rev/day**3")
    agom_m2_kg: float | None = number("AGOM", "m**2/kg")

    def wrongs(self) -> Wrong:
        """Drag by one of two terms, likewise the second derivative or sunlight."""
        yield from Block.wrongs(self)
        if self.bstar_per_er is not None and self.bterm_m2_kg is not None:
            yield "BTERM", "BSTAR and BTERM are both given", "keep the one of the theory named"
        if self.mean_motion_ddot_rev_d3 is not None and self.agom_m2_kg is not None:
            yield "AGOM", "MEAN_MOTION_DDOT and AGOM are both given", "keep the one of the theory named"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class OrbitMeanElementsMessage(Block):
    """OMM: mean elements of an object, a two-line set among others."""

    title: ClassVar[str] = "OMM"

    header: Header
    metadata: MeanElementsMetadata
    elements: MeanElementsBlock
    spacecraft: Spacecraft | None = None
    tle: TleParameters | None = None
    covariance: Covariance | None = None
    user_defined: UserDefined | None = None

    def wrongs(self) -> Wrong:
        """SGP4 means mean motion and a drag term, in its own frame about the Earth, in UTC (502.0-B-3, 4.2.4.6)."""
        yield from _wrong_version(self.title, self.header.version)
        theory = self.metadata.mean_element_theory.upper()
        if theory not in {"SGP", "SGP4", "SGP/SGP4"}:
            return
        if self.elements.mean_motion_rev_d is None:
            yield "MEAN_MOTION", f"{theory} elements have no mean motion", "give MEAN_MOTION and not SEMI_MAJOR_AXIS"
        if theory != "SGP" and (self.tle is None or self.tle.bstar_per_er is None):
            yield "BSTAR", f"{theory} elements have no drag term", "add BSTAR; 0 where drag is to be left out"
        asked = {"CENTER_NAME": ("EARTH",), "REF_FRAME": ("TEME", "TEMEOFDATE", "TEMEOFEPOCH"), "TIME_SYSTEM": ("UTC",)}
        told = (self.metadata.center_name, self.metadata.ref_frame, self.metadata.time_system)
        for (keyword, lawful), value in zip(asked.items(), told, strict=True):
            if value.upper().replace(" ", "").replace("_", "") not in lawful:
                yield keyword, f"{keyword} is {value[:40]!r} with {theory} elements", f"{theory} means {lawful[0]}"


Message = OrbitEphemerisMessage | OrbitParameterMessage | OrbitMeanElementsMessage
