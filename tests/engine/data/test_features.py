"""Features: their values, and what can be chosen for how many inputs."""

import numpy as np
import pytest

from engine.data.features import features, find, resolve, transform
from engine.numbers.rules import PORTABLE

X = np.array([[2.0, -3.0], [0.5, 4.0], [7.0, 8.0]])
VALUES = {
    "x1": [2, -3],
    "x2": [0.5, 4],
    "x1^2": [4, 9],
    "x2^2": [0.25, 16],
    "x1*x2": [1, -12],
    "sin(x1)": [0.9092974268256817, -0.1411200080598672],
    "sin(x2)": [0.479425538604203, -0.7568024953079282],
}


@pytest.mark.parametrize("name", features)
def test_values_by_hand(name):
    np.testing.assert_array_equal(features[name].of(PORTABLE, X), VALUES[name])


def test_further_inputs_are_features_too():
    assert find("x3").name == "x3"
    np.testing.assert_array_equal(find("x3").of(PORTABLE, X), [7, 8])
    assert find("x12").inputs == 12
    assert find("x3^2").inputs == 3
    for name in ("x0", "x01", "x", "X1", "x1 ", "x1234567"):
        with pytest.raises(KeyError, match="choose one of x1, x2"):
            find(name)


def test_auto_is_every_raw_input():
    assert [f.name for f in resolve("auto", 4)] == ["x1", "x2", "x3", "x4"]
    assert [f.name for f in resolve("auto", 1)] == ["x1"]


def test_a_feature_that_does_not_fit_the_inputs_is_named():
    assert [f.name for f in resolve(["x1*x2", "x3"], 3)] == ["x1*x2", "x3"]
    with pytest.raises(ValueError, match=r"'x1\*x2' needs 2 inputs and the data set has 1: choose from x1, x1\^2, sin"):
        resolve(["x1*x2"], 1)
    with pytest.raises(ValueError, match="twice"):
        resolve(["x1", "x1"], 2)
    with pytest.raises(ValueError, match="at least one"):
        resolve([], 2)


def test_transform_writes_only_its_rows():
    out = np.full((4, 2), 9.0, np.float32)
    transform(PORTABLE, resolve(["x2", "x1^2"], 2), X[:2], out)
    np.testing.assert_array_equal(out, np.array([[0.5, 4], [4, 9], [9, 9], [9, 9]], np.float32))
