"""The registry of inspections: the API's addresses, schemas and links follow from it."""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from app.inspections.registry import INSPECTIONS, OF_A_RUN
from app.main import create_app
from app.protocol.encoding import answer_pieces
from app.settings import Settings
from engine.pieces import result_of


@pytest.fixture(scope="module")
def operations():
    document = create_app(Settings(data_dir=Path())).openapi()
    return {each["operationId"]: each for methods in document["paths"].values() for each in methods.values()}


@pytest.mark.parametrize("name", INSPECTIONS)
def test_an_inspection_has_an_address(operations, name):
    entry = INSPECTIONS[name]
    schema = operations[entry.operation]["responses"]["200"]["content"]["application/json"]["schema"]
    if entry.response is not None:
        assert schema == {"$ref": f"#/components/schemas/{entry.response.__name__}"}


def test_a_new_run_links_to_its_inspections(operations):
    links = operations["create_run"]["responses"]["201"]["links"]
    assert {entry.operation for entry in OF_A_RUN} <= links.keys() <= operations.keys()


def test_dataclasses_of_arrays_become_finite_lists():
    @dataclass
    class Inner:
        values: np.ndarray

    @dataclass
    class Outer:
        parts: list
        loss: float
        missing: None = None

    value = Outer([Inner(np.array([[1.0, np.nan], [np.inf, 2.0]]))], float("nan"))
    expected = {"parts": [{"values": [[1.0, None], [None, 2.0]]}], "loss": None, "missing": None}
    assert json.loads(result_of(answer_pieces(value))) == expected
