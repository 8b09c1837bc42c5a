"""Mean elements messages and element sets: the same orbit in two dresses."""

from __future__ import annotations

from supercargo.astro.ccsds.epochs import Epoch
from supercargo.astro.ccsds.messages import (
    Header,
    MeanElementsBlock,
    MeanElementsMetadata,
    OrbitMeanElementsMessage,
    TleParameters,
)
from supercargo.kernel import ScenarioError
from supercargo.model.element_sets import ElementSet

__all__ = ["element_set_of", "mean_elements_message"]

_THEORIES = {"SGP4", "SGP/SGP4"}


def element_set_of(message: OrbitMeanElementsMessage) -> ElementSet:
    """A mean elements message of the SGP4 theory says what a two-line set says.

    Raises ScenarioError for another theory and for a message without a catalogue number.
    """
    metadata, elements, tle = message.metadata, message.elements, message.tle
    theory = metadata.mean_element_theory
    if theory.upper() not in _THEORIES or tle is None or elements.mean_motion_rev_d is None or tle.bstar_per_er is None:
        what = f"the elements are of the theory {theory[:40]!r}"
        raise ScenarioError(
            what, fix="give elements of SGP4, or carry the orbit by another method", where=metadata.object_name
        )
    if tle.norad_cat_id is None:
        raise ScenarioError("the message names no catalogue number", fix="add NORAD_CAT_ID", where=metadata.object_name)
    return ElementSet(
        name=metadata.object_name,
        catalogue_number=tle.norad_cat_id,
        designator=metadata.object_id,
        epoch_utc=elements.at.as_utc(),
        inclination_deg=elements.inclination_deg,
        raan_deg=elements.ra_of_asc_node_deg % 360.0,
        eccentricity=elements.eccentricity,
        arg_perigee_deg=elements.arg_of_pericenter_deg % 360.0,
        mean_anomaly_deg=elements.mean_anomaly_deg % 360.0,
        mean_motion_rev_d=elements.mean_motion_rev_d,
        bstar=tle.bstar_per_er,
    )


def mean_elements_message(element_set: ElementSet, header: Header) -> OrbitMeanElementsMessage:
    """An element set as a message; a designator such as 98067A is written out, 1998-067A."""
    return OrbitMeanElementsMessage(
        header=header,
        metadata=MeanElementsMetadata(
            object_name=element_set.name or "UNKNOWN",
            object_id=_written_out(element_set.designator),
            center_name="EARTH",
            ref_frame="TEME",
            time_system="UTC",
            mean_element_theory="SGP4",
        ),
        elements=MeanElementsBlock(
            at=Epoch.of(element_set.epoch_utc),
            mean_motion_rev_d=element_set.mean_motion_rev_d,
            eccentricity=element_set.eccentricity,
            inclination_deg=element_set.inclination_deg,
            ra_of_asc_node_deg=element_set.raan_deg,
            arg_of_pericenter_deg=element_set.arg_perigee_deg,
            mean_anomaly_deg=element_set.mean_anomaly_deg,
        ),
        tle=TleParameters(norad_cat_id=element_set.catalogue_number, bstar_per_er=element_set.bstar),
    )


def _written_out(designator: str) -> str:
    year, launch = designator[:2], designator[2:]
    if not (year.isdigit() and launch[:3].isdigit()):
        return designator or "UNKNOWN"
    return f"{1900 + int(year) if int(year) >= 57 else 2000 + int(year)}-{launch}"
