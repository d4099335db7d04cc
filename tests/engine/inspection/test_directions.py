"""The directions of a landscape against NumPy's linear algebra."""

import numpy as np
import pytest

from engine.inspection.directions import coordinates, explained, filter_normalised, principal
from engine.nn.activations import activations
from engine.nn.losses import pairs
from engine.nn.network import HiddenLayer, Network
from engine.pieces import result_of

RNG = np.random.default_rng(0)
PATH = RNG.normal(size=(30, 40)) * np.array([9.0, 4.0, 3.999, *[0.1] * 37])
ALL = np.ones(40)


@pytest.mark.parametrize("path", [PATH, PATH[:2], np.cumsum(PATH, axis=0), PATH * 1e-9, PATH * 1e30])
def test_principal_directions_are_those_of_the_svd(path):
    basis = result_of(principal(path, ALL))
    _, lengths, rows = np.linalg.svd(path, full_matrices=False)
    np.testing.assert_allclose(basis @ basis.T, np.eye(2), atol=1e-14)
    np.testing.assert_allclose(np.linalg.norm(path @ basis.T, axis=0), lengths[:2], rtol=1e-7)
    np.testing.assert_allclose(np.abs(rows[0] @ basis[0]), 1.0, rtol=1e-7)


@pytest.mark.parametrize("path", [np.zeros((3, 40)), PATH[:1], np.outer(np.arange(5.0), PATH[0])])
def test_a_path_that_is_too_short_is_completed_at_right_angles(path):
    mask = np.where(np.arange(40) < 10, 1.0, 0.0)
    basis = result_of(principal(path, mask))
    np.testing.assert_allclose(basis @ basis.T, np.eye(2), atol=1e-14)
    assert not basis[:, 10:].any()


def test_with_one_free_parameter_the_second_direction_is_nothing():
    basis = result_of(principal(np.zeros((2, 40)), np.eye(40)[3]))
    np.testing.assert_allclose(np.abs(basis[0]), np.eye(40)[3])
    assert not basis[1].any()


@pytest.mark.parametrize("second", [PATH[1], 2 * PATH[0], np.zeros(40)], ids=["any", "parallel", "none"])
def test_coordinates_are_the_least_squares(second):
    basis, moved = np.stack([PATH[0], second]), PATH[5:9]
    expected = np.linalg.lstsq(basis.T, moved.T, rcond=None)[0].T
    np.testing.assert_allclose(coordinates(moved, basis), expected, rtol=1e-9)
    assert explained(moved, expected @ basis) == pytest.approx(
        1 - ((moved - expected @ basis) ** 2).sum() / (moved**2).sum()
    )
    assert explained(0 * moved, moved) is None


def test_random_directions_have_each_units_length_and_spare_biases_and_cuts():
    network = Network(3, [HiddenLayer(4, activations["prelu"])], 2, pairs["linear with mse"], dtype=np.float64)
    network.w[...] = RNG.normal(size=network.w.shape)
    mask = np.ones(network.w.size)
    mask[5] = 0.0
    basis = filter_normalised(network, mask, 7)
    for direction in basis:
        assert not (direction * (1 - network.is_weight)).any()
        for d, W in zip(network.views_of(direction), network.W, strict=True):
            np.testing.assert_allclose(np.linalg.norm(d, axis=1), np.linalg.norm(W[:, :-1], axis=1))
    assert not basis[:, 5].any()
    assert not np.array_equal(basis, filter_normalised(network, mask, 8))
