"""Keywords, units and obligations against the tables of CCSDS 502.0-B-3 (April 2023), and numbers against another program.

The texts of `tests/ccsds_texts.py` follow the layout of annex G's examples, with values of our own.
"""

from __future__ import annotations

from typing import Any

import pytest

from supercargo.astro.ccsds.blocks import fields_of
from supercargo.astro.ccsds.messages import (
    COVARIANCE_KEYWORDS,
    Covariance,
    EphemerisMetadata,
    Header,
    KeplerianElements,
    Maneuver,
    MeanElementsBlock,
    MeanElementsMetadata,
    ParameterMetadata,
    Spacecraft,
    StateVector,
    TleParameters,
)
from supercargo.astro.ccsds.reading import parse_message
from tests.ccsds_texts import OEM, OMM, OPM

# keyword, its unit in brackets, and ! where the table says mandatory, or conditional on its block being there at all
TABLES = {
    "tables 3-1, 4-1, 5-2": (Header, "CLASSIFICATION CREATION_DATE ORIGINATOR MESSAGE_ID"),
    "table 3-2": (
        ParameterMetadata,
        "OBJECT_NAME! OBJECT_ID! CENTER_NAME! REF_FRAME! REF_FRAME_EPOCH TIME_SYSTEM!",
    ),
    "table 4-2": (
        MeanElementsMetadata,
        "OBJECT_NAME! OBJECT_ID! CENTER_NAME! REF_FRAME! REF_FRAME_EPOCH TIME_SYSTEM! MEAN_ELEMENT_THEORY!",
    ),
    "table 5-3": (
        EphemerisMetadata,
        "OBJECT_NAME! OBJECT_ID! CENTER_NAME! REF_FRAME! REF_FRAME_EPOCH TIME_SYSTEM! START_TIME! USEABLE_START_TIME "
        "USEABLE_STOP_TIME STOP_TIME! INTERPOLATION INTERPOLATION_DEGREE",
    ),
    "table 3-3, state": (StateVector, "EPOCH! X[km]! Y[km]! Z[km]! X_DOT[km/s]! Y_DOT[km/s]! Z_DOT[km/s]!"),
    "table 3-3, elements": (
        KeplerianElements,
        "SEMI_MAJOR_AXIS[km]! ECCENTRICITY! INCLINATION[deg]! RA_OF_ASC_NODE[deg]! ARG_OF_PERICENTER[deg]! "
        "TRUE_ANOMALY[deg] MEAN_ANOMALY[deg] GM[km**3/s**2]!",
    ),
    "tables 3-3, 4-3, spacecraft": (
        Spacecraft,
        "MASS[kg] SOLAR_RAD_AREA[m**2] SOLAR_RAD_COEFF DRAG_AREA[m**2] DRAG_COEFF",
    ),
    "table 3-3, maneuver": (
        Maneuver,
        "MAN_EPOCH_IGNITION! MAN_DURATION[s]! MAN_DELTA_MASS[kg]! MAN_REF_FRAME! "
        "MAN_DV_1[km/s]! MAN_DV_2[km/s]! MAN_DV_3[km/s]!",
    ),
    "table 4-3, elements": (
        MeanElementsBlock,
        "EPOCH! SEMI_MAJOR_AXIS[km] MEAN_MOTION[rev/day] ECCENTRICITY! INCLINATION[deg]! RA_OF_ASC_NODE[deg]! "
        "ARG_OF_PERICENTER[deg]! MEAN_ANOMALY[deg]! GM[km**3/s**2]",
    ),
    "table 4-3, TLE": (
        TleParameters,
        "EPHEMERIS_TYPE CLASSIFICATION_TYPE NORAD_CAT_ID ELEMENT_SET_NO REV_AT_EPOCH BSTAR[1/ER] BTERM[m**2/kg] "
        "MEAN_MOTION_DOT[rev/day**2] MEAN_MOTION_DDOT[rev/day**3] AGOM[m**2/kg]",
    ),
    "table 5-4": (Covariance, "EPOCH COV_REF_FRAME"),
}


@pytest.mark.parametrize("table", sorted(TABLES))
def test_keywords_units_and_obligations_are_those_of_the_table_in_its_order(table: str) -> None:
    kind, asked = TABLES[table]
    ours = [f"{each.keyword}{f'[{each.unit}]' if each.unit else ''}{'!' if each.must else ''}" for each in fields_of(kind)]
    assert ours == asked.split()


def test_the_matrix_is_the_lower_triangle_of_table_3_3_in_its_order() -> None:
    asked = (
        "CX_X CY_X CY_Y CZ_X CZ_Y CZ_Z CX_DOT_X CX_DOT_Y CX_DOT_Z CX_DOT_X_DOT CY_DOT_X CY_DOT_Y CY_DOT_Z CY_DOT_X_DOT "
        "CY_DOT_Y_DOT CZ_DOT_X CZ_DOT_Y CZ_DOT_Z CZ_DOT_X_DOT CZ_DOT_Y_DOT CZ_DOT_Z_DOT"
    )
    assert [keyword for keyword, _ in COVARIANCE_KEYWORDS] == asked.split()
    units = dict(COVARIANCE_KEYWORDS)
    assert (units["CZ_Z"], units["CX_DOT_Z"], units["CZ_DOT_X_DOT"]) == ("km**2", "km**2/s", "km**2/s**2")


def leaves(block: Any) -> dict[str, Any]:
    """Keyword and value of a block, epochs as text."""
    found = {each.keyword: getattr(block, each.attribute) for each in fields_of(type(block))}
    return {word: str(value) if hasattr(value, "day") else value for word, value in found.items() if value not in (None, "")}


# ccsds-ndm 3.1.1 (PyPI), `NdmIo().from_path(path)` on the texts of tests/ccsds_texts.py, each leaf of its objects as it
# stands there; it reads what we write of them in KVN and XML to the same values.
CCSDS_NDM_STATE = {"X": 6655.9942, "Y": -40218.5751, "Z": -82.9177, "X_DOT": 3.11548208, "Y_DOT": 0.47042605,
                   "Z_DOT": -0.00101495, "EPOCH": "2027-02-03T00:00:00.123456789012345678"}  # fmt: skip
CCSDS_NDM_KEPLERIAN = {"SEMI_MAJOR_AXIS": 41399.5123, "ECCENTRICITY": 0.020842611, "INCLINATION": 0.117746,
                       "RA_OF_ASC_NODE": 17.604721, "ARG_OF_PERICENTER": 218.242943, "TRUE_ANOMALY": 41.922339,
                       "GM": 398600.4415}  # fmt: skip
CCSDS_NDM_BURN = {"MAN_EPOCH_IGNITION": "2027-02-05T18:59:21.000", "MAN_DURATION": 0.0, "MAN_DELTA_MASS": -1.469,
                  "MAN_REF_FRAME": "RTN", "MAN_DV_1": 0.001015, "MAN_DV_2": -0.001873, "MAN_DV_3": 0.0}  # fmt: skip
CCSDS_NDM_TLE = {"EPHEMERIS_TYPE": 0, "CLASSIFICATION_TYPE": "U", "NORAD_CAT_ID": 23581, "ELEMENT_SET_NO": 925,
                 "REV_AT_EPOCH": 4316, "BSTAR": 0.0001, "MEAN_MOTION_DOT": -1.13e-06, "MEAN_MOTION_DDOT": 0.0}  # fmt: skip
CCSDS_NDM_MEAN = {"EPOCH": "2027-03-05T10:34:41.4264", "MEAN_MOTION": 1.00273272, "ECCENTRICITY": 0.0005013,
                  "INCLINATION": 3.0539, "RA_OF_ASC_NODE": 81.7939, "ARG_OF_PERICENTER": 249.2363,
                  "MEAN_ANOMALY": 150.1602, "GM": 398600.8}  # fmt: skip
CCSDS_NDM_LAST = [6181.0, 1667.0, 2099.0, -2.9375, 4.4375, 5.5, -0.0075, 0.0015, -0.0025]
CCSDS_NDM_LOWER = [0.0001, 2.5e-06, 0.0004, -1e-06, 3e-06, 9e-05, 1e-09, -2e-08, 1.5e-09, 4e-10, 2e-09, 1e-09, -1e-09,
                   1e-12, 5e-10, -3e-09, 4e-09, 1e-09, 2e-12, -1e-12, 6e-10]  # fmt: skip


def test_agrees_with_ccsds_ndm_on_parameters_and_elements() -> None:
    opm: Any = parse_message(OPM.encode())
    omm: Any = parse_message(OMM.encode())
    assert leaves(opm.state) == CCSDS_NDM_STATE
    assert leaves(opm.keplerian) == CCSDS_NDM_KEPLERIAN
    assert leaves(opm.maneuvers[1]) == CCSDS_NDM_BURN
    assert leaves(omm.tle) == CCSDS_NDM_TLE
    assert leaves(omm.elements) == CCSDS_NDM_MEAN


def test_agrees_with_ccsds_ndm_on_states_and_covariance() -> None:
    oem: Any = parse_message(OEM.encode())
    last = oem.segments[1]
    assert [*last.states[-1].tolist(), *last.accelerations_km_s2[-1].tolist()] == CCSDS_NDM_LAST
    matrix = oem.segments[0].covariances[0].matrix
    assert [matrix[row, column] for row in range(6) for column in range(row + 1)] == CCSDS_NDM_LOWER
