"""Rows as a person writes them, to predict for."""

import numpy as np
import pytest

from engine.config import RunConfig
from engine.data.resolve import resolve
from engine.data.rows import raw_inputs
from engine.data.tables import read_table
from engine.errors import InvalidArgument

TABLE = read_table(b"len,isle,sex,kind\n39.1,T,yes,A\n46.5,B,no,C\n50.0,B,yes,C\n41.0,D,no,A\n")


def config(**fields):
    return resolve(RunConfig.model_validate({"dataset": {"name": "table", "table": TABLE.id, **fields}}), TABLE)


@pytest.mark.parametrize(
    "row",
    [[40, "T", "yes"], [40.0, 2, 1], {"sex": "yes", "isle": "T", "len": 40}, [40, "T", True]],
)
def test_names_indices_and_objects_say_the_same(row):
    assert raw_inputs(config(), [row]).tolist() == [[40, 2, 1]]


@pytest.mark.parametrize(
    ("row", "loc", "words"),
    [
        ([40, "T"], (), "len, isle, sex"),
        ([40, "t", "yes"], (1,), "did you mean 'T'"),
        ([40, 3, "yes"], (1,), "choose one of 'B', 'D', 'T'"),
        ([40, True, "yes"], (1,), "no value of 'isle'"),
        (["40", "T", "yes"], (0,), "'len' must be a number"),
        ([None, "T", "yes"], (0,), "missing"),
        ({"lenn": 40, "isle": "T", "sex": "no"}, ("lenn",), "did you mean 'len'"),
        ({"isle": "T", "sex": "no"}, ("len",), "missing"),
    ],
)
def test_a_cell_that_does_not_fit_is_named(row, loc, words):
    with pytest.raises(InvalidArgument, match=words) as caught:
        raw_inputs(config(), [[40, "T", "yes"], row])
    assert caught.value.loc == ("inputs", 1, *loc)


def test_a_missing_cell_is_left_to_a_run_that_fills_them():
    (row,) = raw_inputs(config(missing="median"), [{"isle": "T", "sex": None}])
    assert np.isnan(row[[0, 2]]).all()
    assert row[1] == 2


WRONG = ({"x1": 1, "x2": 2}, "no names"), ([1, "2"], "must be a number"), ([1], "takes 2"), ([1, np.inf], "be a number")


def test_without_a_table_rows_are_numbers():
    assert raw_inputs(RunConfig(), [[1, 2.5]]).tolist() == [[1, 2.5]]
    assert raw_inputs(RunConfig(), []).shape == (0, 2)
    for row, words in WRONG:
        with pytest.raises(InvalidArgument, match=words) as caught:
            raw_inputs(RunConfig(), [[0, 0], row], first=7)
        assert caught.value.loc[:2] == ("inputs", 8)
