"""Activations: their values at known points, their slopes, and their behaviour far out."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.nn.activations import activations

TANH_1, SIGMOID_1 = math.tanh(1), 1 / (1 + math.exp(-1))
SP = math.log1p(math.e)
# f(1), f'(1), f(-1), f'(-1), each from its definition with the standard library.
KNOWN = {
    "sigmoid": (SIGMOID_1, SIGMOID_1 * (1 - SIGMOID_1), 1 - SIGMOID_1, SIGMOID_1 * (1 - SIGMOID_1)),
    "tanh": (TANH_1, 1 - TANH_1**2, -TANH_1, 1 - TANH_1**2),
    "relu": (1, 1, 0, 0),
    "leaky_relu": (1, 1, -0.01, 0.01),
    "prelu": (1, 1, -0.25, 0.25),
    "elu": (1, 1, math.exp(-1) - 1, math.exp(-1)),
    "selu": (
        1.0507009873554805,
        1.0507009873554805,
        1.0507009873554805 * 1.6732632423543772 * (math.exp(-1) - 1),
        1.0507009873554805 * 1.6732632423543772 * math.exp(-1),
    ),
    "softplus": (SP, SIGMOID_1, SP - 1, 1 - SIGMOID_1),
    "gaussian": (math.exp(-1), -2 * math.exp(-1), math.exp(-1), 2 * math.exp(-1)),
    "gelu": (0.8411919906082768, 1.0829640838457826, -0.15880800939172324, -0.08296408384578255),
    "silu": (SIGMOID_1, SIGMOID_1 * (2 - SIGMOID_1), SIGMOID_1 - 1, (1 - SIGMOID_1) * (1 - SIGMOID_1)),
    "mish": (
        math.tanh(SP),
        math.tanh(SP) + SIGMOID_1 * (1 - math.tanh(SP) ** 2),
        -math.tanh(SP - 1),
        math.tanh(SP - 1) - (1 - SIGMOID_1) * (1 - math.tanh(SP - 1) ** 2),
    ),
    "sine": (math.sin(1), math.cos(1), -math.sin(1), math.cos(1)),
    "linear": (1, 1, -1, 1),
}
ENTRIES = list(activations.values())


def apply(entry, z):
    """f(z) and f'(z), from scratch arrays full of rubbish; ``z`` must survive."""
    z = np.array(z)
    before = z.copy()
    a, d = np.full_like(z, np.nan), np.full_like(z, np.nan)
    s = (np.full_like(z, 7e7), np.full_like(z, -7e7))
    parameters = [p.default for p in entry.parameters] + [np.full((1, 1), p.default, z.dtype) for p in entry.learned]
    z2, a2, d2 = (v.reshape(-1, 1) for v in (z, a, d))
    entry.forward(z2, a2, tuple(v.reshape(-1, 1) for v in s), *parameters)
    kept = a.copy()
    entry.derivative(z2, a2, d2, tuple(v.reshape(-1, 1) for v in s), *parameters)
    np.testing.assert_array_equal(z, before)
    np.testing.assert_array_equal(a, kept)
    return a, d


@pytest.mark.parametrize("entry", [activations[name] for name in KNOWN], ids=lambda e: e.name)
def test_known_values(entry):
    a, d = apply(entry, [1.0, -1.0])
    np.testing.assert_allclose([a[0], d[0], a[1], d[1]], KNOWN[entry.name], rtol=1e-13, atol=1e-15)


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda e: e.name)
def test_the_derivative_is_the_slope(entry):
    z = np.concatenate([np.linspace(-9, 9, 181), [-30.0, 30.0]]) + 1e-3  # 0 itself is left to its own test
    h = 1e-5
    numeric = (apply(entry, z + h)[0] - apply(entry, z - h)[0]) / (2 * h)
    np.testing.assert_allclose(apply(entry, z)[1], numeric, rtol=1e-8, atol=1e-8)


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda e: e.name)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_nothing_overflows_far_out(entry, dtype):
    z = np.array([0.0, -0.0, 50, -50, 89, -89, 110, -110, 1000, -1000, 1e4, -1e4, 1e6, -1e6], dtype)
    a, d = apply(entry, z)
    assert a.dtype == d.dtype == dtype
    assert np.isfinite(a).all()
    assert np.isfinite(d).all()


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda e: e.name)
def test_float32_agrees_with_float64(entry):
    z = np.linspace(-20, 20, 401)
    for single, double in zip(apply(entry, z.astype(np.float32)), apply(entry, z), strict=True):
        np.testing.assert_allclose(single, double, rtol=2e-5, atol=5e-6)


@pytest.mark.parametrize("name", ["relu", "leaky_relu", "prelu"])
def test_at_zero_the_slope_is_that_of_the_negative_side(name):
    expected = {"relu": 0.0, "leaky_relu": 0.01, "prelu": 0.25}[name]
    assert apply(activations[name], [0.0])[1][0] == pytest.approx(expected)


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda e: e.name)
def test_the_flags_are_true(entry):
    negative, positive = np.linspace(-6, -0.001, 500), np.linspace(0.001, 6, 500)
    assert entry.dies == (not apply(entry, negative)[1].any())
    jump = apply(entry, [1e-9])[1][0] - apply(entry, [-1e-9])[1][0]
    assert entry.kinked or abs(jump) < 1e-6, "an unflagged kink would fail the gradient check"
    if entry.saturation:
        low, high = entry.saturation
        a, d = apply(entry, np.concatenate([negative, positive]))
        assert (np.abs(d[(a < low) | (a > high)]) < 0.1).all()


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda e: e.name)
def test_bounds_are_reached_and_kept_or_there_are_none(entry):
    a, _ = apply(entry, np.concatenate([np.linspace(-50, 50, 5001), [-5000.0, 5000.0]]))
    if entry.bounds:
        assert (a.min(), a.max()) == pytest.approx(entry.bounds, abs=1e-3)
        assert a.min() >= entry.bounds[0]
        assert a.max() <= entry.bounds[1]
    else:
        assert np.abs(a).max() > 10


@pytest.mark.parametrize("name", ["mish", "silu", "softplus", "gelu"])
@pytest.mark.parametrize("z", [1e6, 1e12, 1e18])
def test_far_out_a_smooth_ramp_is_a_straight_line(name, z):
    a, d = apply(activations[name], [z])
    assert a[0] == pytest.approx(z)
    assert d[0] == pytest.approx(1.0)


def test_sigmoid_is_exact_where_it_is_tiny():
    np.testing.assert_allclose(apply(activations["sigmoid"], [-40.0, -80.0])[0], np.exp([-40.0, -80.0]), rtol=1e-13)


@settings(max_examples=200, deadline=None)
@given(st.floats(-700, 700))
def test_softplus_is_the_integral_of_sigmoid(z):
    a, d = apply(activations["softplus"], [z])
    assert a[0] == pytest.approx(np.logaddexp(0, z), rel=1e-12)
    assert d[0] == pytest.approx(apply(activations["sigmoid"], [z])[0][0])


def test_a_learned_slopes_gradient_is_that_of_its_value():
    for entry in (e for e in ENTRIES if e.learned):
        z, d_a = np.linspace(-2, 2, 9).reshape(1, -1), np.linspace(1, 3, 9).reshape(1, -1)
        s, h = (np.empty_like(z), np.empty_like(z)), 1e-6
        sides = []
        for step in (h, -h):
            a = np.empty_like(z)
            entry.forward(z, a, (np.empty_like(z), np.empty_like(z)), np.full((1, 1), entry.learned[0].default + step))
            sides.append(a)
        entry.learned_gradient(z, d_a, s, np.full((1, 1), entry.learned[0].default))
        np.testing.assert_allclose(s[0], (sides[0] - sides[1]) / (2 * h) * d_a, atol=1e-8)


def test_fixed_parameters_are_used():
    z, a, s = np.array([-2.0]), np.empty(1), (np.empty(1), np.empty(1))
    activations["leaky_relu"].forward(z, a, s, 0.3)
    assert a[0] == pytest.approx(-0.6)
    activations["elu"].forward(z, a, s, 2.0)
    assert a[0] == pytest.approx(2 * (math.exp(-2) - 1))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("entry", ENTRIES, ids=lambda e: e.name)
def test_values_and_slopes_are_finite_for_every_finite_z(entry, dtype):
    largest = np.finfo(dtype).max / 8  # a bounded slope times z stays finite
    z = np.array([sign * size for sign in (-1, 1) for size in (100, 1e10, 3e19, 1e30, largest)], dtype)
    with np.errstate(over="ignore", under="ignore"):
        a, d = apply(entry, z)
    assert np.isfinite(a).all()
    assert np.isfinite(d).all()


@pytest.mark.parametrize("name", ["gelu", "silu", "mish"])
def test_a_gated_slope_far_out_is_0_or_1(name):
    z = np.array([-1e38, -3e19, 3e19, 1e38], np.float32)
    with np.errstate(over="ignore", under="ignore"):
        _, d = apply(activations[name], z)
    np.testing.assert_allclose(d, [0, 0, 1, 1], atol=1e-6)
