"""EPCIS 2.0 against the standard's own examples and tables of words.

Sources: GS1, EPCIS Standard release 2.0 (June 2022), section 9.6, examples 1 to 4, as published in the repository gs1/EPCIS
(folder JSON: Example_9.6.1-ObjectEvent, Example_9.6.3-AggregationEvent, Example_9.6.4-TransformationEvent,
AssociationEvent/AssociationEvent-f, Example-TransactionEvents, WithErrorDeclaration/ErrorDeclarationAndCorrectiveEvent), typed
here with the fields and values that matter; and GS1, Core Business Vocabulary 2.0, section 7.1, as in that repository's
EPCIS-BizSteps-JSON-Schema, which is of before the last two steps were added.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from supercargo.kernel import ScenarioError
from supercargo.track.cargo.steps import Correct, Inspect, Load, Pack, Receive, Register, Step
from supercargo.track.epcis.checking import faults_in
from supercargo.track.epcis.reading import read_document
from supercargo.track.epcis.schema import epcis_schema
from supercargo.track.epcis.vocabulary import BIZ_STEPS, SAID_AS

HEAD = {
    "@context": [
        "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld",
        {"example": "http://ns.example.com/epcis/"},
    ],
    "type": "EPCISDocument",
    "schemaVersion": "2.0",
    "creationDate": "2005-07-11T11:30:47.0Z",
}

OBJECT: dict[str, Any] = {
    "type": "ObjectEvent",
    "eventTime": "2005-04-04T20:33:31.116-06:00",
    "eventTimeZoneOffset": "-06:00",
    "epcList": ["urn:epc:id:sgtin:0614141.107346.2018"],
    "action": "OBSERVE",
    "bizStep": "receiving",
    "disposition": "in_progress",
    "readPoint": {"id": "urn:epc:id:sgln:0012345.11111.400"},
    "bizLocation": {"id": "urn:epc:id:sgln:0012345.11111.0"},
    "bizTransactionList": [
        {"type": "po", "bizTransaction": "http://transaction.acme.com/po/12345678"},
        {"type": "desadv", "bizTransaction": "urn:epcglobal:cbv:bt:0614141073467:1152"},
    ],
    "sourceList": [{"type": "possessing_party", "source": "urn:epc:id:pgln:4012345.00225"}],
    "destinationList": [{"type": "possessing_party", "destination": "urn:epc:id:pgln:0614141.00777"}],
    "example:myField": "Example of a vendor/user extension",
}
AGGREGATION: dict[str, Any] = {
    "type": "AggregationEvent",
    "eventTime": "2013-06-08T14:58:56.591Z",
    "eventTimeZoneOffset": "+02:00",
    "parentID": "urn:epc:id:sscc:0614141.1234567890",
    "childEPCs": ["urn:epc:id:sgtin:0614141.107346.2017", "urn:epc:id:sgtin:0614141.107346.2018"],
    "action": "ADD",
    "bizStep": "loading",
    "disposition": "in_progress",
    "readPoint": {"id": "urn:epc:id:sgln:0614141.00777.0"},
    "bizLocation": {"id": "urn:epc:id:sgln:0614141.00888.0"},
}
ASSOCIATION: dict[str, Any] = {
    "type": "AssociationEvent",
    "eventTime": "2019-11-01T14:00:00.000+01:00",
    "eventTimeZoneOffset": "+01:00",
    "parentID": "urn:epc:id:grai:4012345.55555.987",
    "childEPCs": ["urn:epc:id:giai:4000001.12345"],
    "action": "ADD",
    "bizStep": "installing",
    "readPoint": {"id": "urn:epc:id:sgln:4012345.00001.0"},
    "destinationList": [{"type": "possessing_party", "destination": "urn:epc:id:pgln:4012345.00000"}],
    "sensorElementList": [
        {
            "sensorMetadata": {"startTime": "2019-11-06T13:55:00.000+01:00", "endTime": "2019-11-06T13:57:00.000+01:00"},
            "sensorReport": [{"type": "Humidity", "minValue": 12.1, "maxValue": 12.2, "uom": "A93"}],
        }
    ],
}
TRANSACTION: dict[str, Any] = {
    "type": "TransactionEvent",
    "eventTime": "2019-10-04T13:12:00.000Z",
    "eventTimeZoneOffset": "+01:00",
    "bizTransactionList": [{"bizTransaction": "urn:epc:id:gdti:95252084.0001.0003555480001000"}],
    "epcList": ["urn:epc:id:gsrn:95252084.000000001"],
    "action": "ADD",
    "bizStep": "http://epcis.example.org/hc/bizstep/summarising_discharge",
    "readPoint": {"id": "urn:epc:id:sgln:9524567.98765.0"},
}
TRANSFORMATION: dict[str, Any] = {
    "type": "TransformationEvent",
    "eventTime": "2013-10-31T14:58:56.591Z",
    "eventTimeZoneOffset": "+02:00",
    "inputEPCList": ["urn:epc:id:sgtin:4012345.011122.25", "urn:epc:id:sgtin:4000001.065432.99886655"],
    "inputQuantityList": [{"epcClass": "urn:epc:class:lgtin:4012345.011111.4444", "quantity": 10, "uom": "KGM"}],
    "outputEPCList": ["urn:epc:id:sgtin:4012345.077889.25"],
    "bizStep": "commissioning",
    "disposition": "in_progress",
    "readPoint": {"id": "urn:epc:id:sgln:4012345.00001.0"},
    "ilmd": {"example:bestBeforeDate": "2014-12-10", "example:batch": "XYZ"},
}
EXAMPLES = {
    "object": OBJECT,
    "aggregation": AGGREGATION,
    "association": ASSOCIATION,
    "transaction": TRANSACTION,
    "transformation": TRANSFORMATION,
}

# Required fields of each type of event: EPCIS 2.0, tables of 7.4.1.2 and 7.4.2 to 7.4.6.
REQUIRED = {
    "object": ("eventTime", "eventTimeZoneOffset", "action"),
    "aggregation": ("eventTime", "eventTimeZoneOffset", "action", "parentID"),
    "association": ("eventTime", "eventTimeZoneOffset", "action", "parentID"),
    "transaction": ("eventTime", "eventTimeZoneOffset", "action", "bizTransactionList"),
    "transformation": ("eventTime", "eventTimeZoneOffset"),
}


def a_document(*events: dict[str, Any]) -> dict[str, Any]:
    return {**HEAD, "epcisBody": {"eventList": list(events)}}


def read(*events: dict[str, Any]) -> tuple[Step, ...]:
    return read_document(json.dumps(a_document(*events)).encode(), where="example", by="importer")


@pytest.mark.parametrize("name", EXAMPLES)
def test_form_of_the_standards_example_is_taken(name: str) -> None:
    assert faults_in(a_document(EXAMPLES[name]), epcis_schema(), file="x") == ()


@pytest.mark.parametrize(("name", "field"), [(name, field) for name, fields in REQUIRED.items() for field in fields])
def test_a_field_that_the_standard_requires_is_required(name: str, field: str) -> None:
    event = {key: value for key, value in EXAMPLES[name].items() if key != field}
    assert f"/epcisBody/eventList/0/{field}" in {f.column for f in faults_in(a_document(event), epcis_schema(), file="x")}


@pytest.mark.parametrize(
    ("name", "field"),
    [(name, field) for name, event in EXAMPLES.items() for field in ("bizStep", "disposition", "readPoint") if field in event],
)
def test_a_field_that_the_standard_leaves_open_may_be_left_out(name: str, field: str) -> None:
    event = {key: value for key, value in EXAMPLES[name].items() if key != field}
    assert faults_in(a_document(event), epcis_schema(), file="x") == ()


def test_object_event_example_is_a_receipt() -> None:
    (step,) = read(OBJECT)
    assert isinstance(step, Receive)
    assert step.thing == "cargo/urn:epc:id:sgtin:0614141.107346.2018"
    assert f"{step.at_utc:%Y-%m-%dT%H:%M:%S}" == "2005-04-05T02:33:31"
    assert (step.where, step.taker) == ("site/urn:epc:id:sgln:0012345.11111.0", "urn:epc:id:pgln:0614141.00777")


def test_aggregation_event_example_puts_each_child_into_the_parent() -> None:
    steps = read(AGGREGATION)
    assert [type(step) for step in steps] == [Load, Load]
    assert {step.where for step in steps if isinstance(step, Load)} == {"container/urn:epc:id:sscc:0614141.1234567890"}
    (packed,) = read({**AGGREGATION, "bizStep": "packing", "childEPCs": AGGREGATION["childEPCs"][:1]})
    assert isinstance(packed, Pack)


def test_association_event_example_installs_a_part_and_carries_its_sensor_element() -> None:
    (step,) = read(ASSOCIATION)
    assert isinstance(step, Register)
    assert (step.thing, step.where) == (
        "container/urn:epc:id:giai:4000001.12345",
        "container/urn:epc:id:grai:4012345.55555.987",
    )
    assert step.sensors[0]["sensorReport"][0]["maxValue"] == 12.2


def test_a_step_of_another_trade_is_told_and_not_guessed() -> None:
    with pytest.raises(ScenarioError, match=r"summarising_discharge.* is no step of cargo's life"):
        read(TRANSACTION)


def test_error_declaration_and_corrective_event_are_paired_by_identifier() -> None:
    wrong = {**OBJECT, "eventID": "urn:uuid:374d95fc-9457-4a51-bd6a-0bba133845a8", "bizStep": "inspecting"}
    true = {**wrong, "eventID": "urn:uuid:404d95fc-9457-4a51-bd6a-0bba133845a8", "eventTime": "2005-04-04T21:00:00-06:00"}
    declared = {
        "declarationTime": "2020-01-15T00:00:00+01:00",
        "reason": "incorrect_data",
        "correctiveEventIDs": [true["eventID"]],
        "example:vendorExtension": "Test1",
    }
    (step,) = read({**wrong, "errorDeclaration": declared}, true)
    assert isinstance(step, Correct)
    assert (step.wrong, step.reason) == (wrong["eventID"], "incorrect_data")
    assert isinstance(step.instead, Inspect)
    assert step.instead.command_id == true["eventID"]


def test_business_steps_agree_with_gs1() -> None:
    listed = """accepting arriving assembling collecting commissioning consigning creating_class_instance cycle_counting
    decommissioning departing destroying disassembling dispensing encoding entering_exiting holding inspecting installing
    killing loading other packing picking receiving removing repackaging repairing replacing reserving retail_selling shipping
    staging_outbound stock_taking stocking storing transporting unloading unpacking void_shipping"""
    assert frozenset(listed.split()) | {"sampling", "sensor_reporting"} == BIZ_STEPS
    for word in ("receiving", "inspecting", "packing", "loading", "departing", "arriving", "unloading", "accepting"):
        assert word in {said.biz_step for said in SAID_AS.values()}, "a standard word stands where there is one"
