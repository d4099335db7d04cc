"""Penalties: values, gradients, and what a proximal one does to weights, for every entry."""

import numpy as np
import pytest

from engine.nn.regularizers import regularizers, soft_threshold

RATE = np.array([[0.5], [0.1]]) * np.array([1.0, 1.0, 1.0, 0.0])
W = np.array([[0.3, -0.7, 0.0, 5.0], [1.0, -2.0, 3.0, -5.0]])


def penalty(entry, w, rate):
    """The sum of all terms, one number a member."""
    terms = np.empty_like(w)
    entry.terms(w, rate, terms)
    return terms.sum(axis=-1)


@pytest.mark.parametrize(("name", "expected"), [("none", [0, 0]), ("l1", [0.5, 0.6]), ("l2", [0.25 * 0.58, 0.05 * 14])])
def test_the_penalty_excludes_parameters_without_a_rate(name, expected):
    np.testing.assert_allclose(penalty(regularizers[name], W, RATE), expected)
    np.testing.assert_allclose(penalty(regularizers[name], W[0], RATE[0]), expected[0])


@pytest.mark.parametrize("entry", regularizers.values(), ids=lambda e: e.name)
def test_the_gradient_is_the_penaltys_slope(entry):
    rng = np.random.default_rng(0)
    w = rng.normal(size=(2, 6)) + 0.01
    rate, out, h = np.full((2, 6), 0.3), np.empty((2, 6)), 1e-6
    entry.gradient(w, rate, out)
    for k in range(6):
        step = np.zeros(6)
        step[k] = h
        numeric = (penalty(entry, w + step, rate) - penalty(entry, w - step, rate)) / (2 * h)
        np.testing.assert_allclose(out[:, k], numeric, atol=1e-8)
    assert entry.penalizes == bool(penalty(entry, w, rate).any())


@pytest.mark.parametrize("entry", [e for e in regularizers.values() if e.proximal], ids=lambda e: e.name)
def test_a_proximal_step_minimizes_the_penalty_near_the_weights(entry):
    """prox(w) is the v that makes 1/2 (v - w)^2 + threshold penalty(v) least: no v of a fine grid is better."""
    grid = np.linspace(-4, 4, 4001)
    for w in (-3.0, -0.4, 0.0, 0.2, 0.5, 1.7):
        at = np.array([w])
        entry.proximal(at, np.array([0.5]), np.empty(1))

        def cost(v, w=w):
            v = np.atleast_1d(v)[:, None]
            return 0.5 * (v[:, 0] - w) ** 2 + penalty(entry, v, np.array([0.5]))

        assert cost(at)[0] <= cost(grid).min() + 1e-12


def test_soft_threshold_by_hand():
    w = np.array([0.3, -0.3, 0.1, -0.1, 0.05, 0.0], np.float32)
    soft_threshold(w, np.full(6, 0.1, np.float32), np.empty_like(w))
    np.testing.assert_allclose(w, [0.2, -0.2, 0, 0, 0, 0], atol=1e-7)
    assert np.count_nonzero(w) == 2
