"""Columns to the network's numbers and back: fitted on the training rows alone."""

import numpy as np
import pytest

from engine.config.columns import Columns, InputColumn
from engine.data.preprocessing import Preprocessing
from engine.numbers.rules import PORTABLE

NAN = np.nan
NUMBER = InputColumn(name="n", kind="number", low=0, high=1)
GAPS = InputColumn(name="g", kind="number", low=0, high=1, indicated=True)
SEX = InputColumn(name="sex", kind="binary", low=-0.5, high=1.5, values=("f", "m"))
ISLE = InputColumn(name="isle", kind="category", low=-0.5, high=2.5, values=("A", "B", "C"))


def fitted(columns, rows, scale="standard", targets=None):
    task = "classification" if targets is None else "regression"
    found = Columns(rows=len(rows), inputs=columns, targets=("t",), task=task)
    return Preprocessing.fitted(found, scale, PORTABLE, np.array(rows, float), targets)


@pytest.mark.parametrize(
    ("scale", "expected"),
    [("standard", [-(1.5**0.5), 0, 1.5**0.5]), ("minmax", [0, 0.5, 1]), ("none", [10, 20, 30])],
)
def test_numbers_are_scaled(scale, expected):
    own = fitted([NUMBER], [[10], [20], [30]], scale)
    np.testing.assert_allclose(own.encode(np.array([[10.0], [20], [30]]))[:, 0], expected, rtol=1e-14)


def test_a_category_is_one_input_a_value_and_two_values_are_one():
    own = fitted([ISLE, SEX], [[0, 0], [1, 1], [2, 0]])
    assert own.columns.features == ("isle = A", "isle = B", "isle = C", "sex = m")
    assert own.encode(np.array([[0.0, 1], [2, 0]])).tolist() == [[1, 0, 0, 1], [0, 0, 1, 0]]
    # between the values of a map the nearest one counts, also past the ends
    assert own.encode(np.array([[-0.4, 1.4], [1.4, 0.4], [9, -9]])).tolist() == [
        [1, 0, 0, 1],
        [0, 1, 0, 0],
        [0, 0, 1, 0],
    ]


def test_missing_cells_are_filled_by_the_training_rows():
    own = fitted([NUMBER, ISLE], [[1, 2], [3, 0], [NAN, 2], [100, NAN]], "none")
    assert own.fill.tolist() == [3, 2]
    assert own.encode(np.array([[NAN, NAN]])).tolist() == [[3, 0, 0, 1]]
    np.testing.assert_allclose(own.centre, [(1 + 3 + 3 + 100) / 4, 2])


def test_a_missing_number_can_be_an_input_of_its_own():
    own = fitted([GAPS], [[1], [NAN], [3]], "none")
    assert own.columns.features == ("g", "g missing")
    assert own.encode(np.array([[1.0], [NAN]])).tolist() == [[1, 0], [2, 1]]


def test_a_column_that_is_constant_in_training_is_not_blown_up():
    own = fitted([NUMBER], [[0.1]] * 3)
    assert own.encode(np.array([[0.1], [1.1]]))[:, 0].tolist() == pytest.approx([0, 1])


def test_targets_come_back_in_their_unit():
    targets = np.array([[150_000.0], [157_000], [200_000]])
    own = fitted([NUMBER], [[1], [2], [3]], targets=targets)
    encoded = own.encode_targets(targets)
    assert encoded.mean() == pytest.approx(0)
    assert encoded.std() == pytest.approx(1)
    np.testing.assert_allclose(own.decode(encoded), targets, rtol=1e-12)
