"""The portable functions: their error in ulp against 60 digits of decimal arithmetic, and the same bits everywhere."""

import hashlib
from decimal import Decimal, localcontext
from fractions import Fraction

import numpy as np
import pytest

from engine.numbers import functions, sums

PI = Decimal("3.14159265358979323846264338327950288419716939937510582097494459230781640628620899862803482534211706798")


def points(low, high, count=200):
    """Numbers of [low, high) without help from any generator, with all their bits in use."""
    golden = (np.sqrt(5.0) - 1.0) / 2.0
    return low + (high - low) * (np.arange(1, count + 1) * golden % 1.0)


def exact_sine(x):
    """sin x from its series, after whole turns are taken off."""
    with localcontext() as context:
        context.prec = 80
        r = Decimal(x) % (2 * PI)
        term = total = r
        for k in range(1, 60):
            term *= -r * r / (2 * k * (2 * k + 1))
            total += term
        return total


def ulps(values, exact):
    """The largest error in units of the last place of the exact values."""
    with localcontext() as context:
        context.prec = 60
        found = (
            abs(Decimal(v) - e) / Decimal(float(np.spacing(abs(float(e)))))
            for v, e in zip(values.tolist(), exact, strict=True)
        )
        return float(max(found))


@pytest.mark.parametrize("reach", [1e-8, 0.7, 30.0, 1e5, 1e15])
def test_sine_and_cosine_are_within_one_ulp(reach):
    x = np.concatenate((points(-reach, reach), np.arange(0, 20) * (np.pi / 2)))
    with localcontext() as context:
        context.prec = 80
        shifted = [exact_sine(Decimal(each) + PI / 2) for each in x.tolist()]
    sine, cosine = functions.sincos(x)
    assert ulps(sine, [exact_sine(each) for each in x.tolist()]) < 1.0
    assert ulps(cosine, shifted) < 1.0


def test_angles_past_the_limit_have_a_sine_too():
    far = np.array([2.0**50, 1e300, np.inf])
    np.testing.assert_array_equal(functions.sin(far), functions.sin(far[0]))
    np.testing.assert_array_equal(functions.sin(-far), -functions.sin(far))


@pytest.mark.parametrize("x", [points(2.0**-53, 1.0), points(0.7, 1.5), 2.0 ** points(-1000, 1000)])
def test_the_logarithm_is_within_two_ulp(x):
    with localcontext() as context:
        context.prec = 60
        exact = [Decimal(each).ln() for each in x.tolist()]
    assert ulps(functions.log(x), exact) < 2.0
    assert functions.log(1.0) == 0.0


@pytest.mark.parametrize("x", [points(-1.0, 1.0), points(-700.0, 700.0)])
def test_the_exponential_is_within_two_ulp(x):
    with localcontext() as context:
        context.prec = 60
        exact = [Decimal(each).exp() for each in x.tolist()]
    assert ulps(functions.exp(x), exact) < 2.0
    assert functions.exp([0.0, 800.0, -800.0, -np.inf]).tolist() == [1.0, np.inf, 0.0, 0.0]
    assert np.isnan(functions.exp(np.nan))


def test_a_power_is_within_its_bound():
    for base, exponent in [(0.5, 0), (0.99, 1), (0.9, 7), (0.999, 1000), (0.99999, 1_000_000)]:
        got, exact = functions.power(base, exponent), Fraction(base) ** exponent if exponent < 2000 else None
        with localcontext() as context:
            context.prec = 60
            reference = Decimal(base) ** exponent
            error = abs(Decimal(got) - reference) / reference
        assert error <= Decimal(exponent) / 2**53
        assert exact is None or abs(Fraction(got) - exact) <= exact * exponent / 2**53
    np.testing.assert_array_equal(functions.power(np.array([2.0, -3.0]), 3), [8.0, -27.0])


def test_hypot_and_shapes():
    x = np.array([[3.0, 0.0], [1.0, -5.0]])
    np.testing.assert_allclose(functions.hypot(x, x[::-1]), np.hypot(x, x[::-1]), rtol=4e-16)
    assert functions.sin(x).shape == functions.log(x + 9.0).shape == (2, 2)
    assert functions.cos(0.0) == 1.0
    np.testing.assert_array_equal(functions.log(x[::-1, ::-1].T + 9.0), functions.log(x + 9.0)[::-1, ::-1].T)


def test_a_sum_runs_in_sixteen_lanes_and_a_tree():
    rows = points(-1e3, 1e3, 86).reshape(43, 2) ** 3
    expected = []
    for column in rows.T.tolist():
        lanes = [0.0] * 16
        for place, value in enumerate(column):
            lanes[place % 16] += value
        for apart in (8, 4, 2, 1):
            lanes = [lanes[k] + lanes[k + apart] for k in range(apart)]
        expected.append(lanes[0])
    np.testing.assert_array_equal(sums.total(rows), expected)
    np.testing.assert_array_equal(sums.mean(rows), np.array(expected) / 43)
    assert not np.signbit(sums.total(np.full((2, 1), -0.0)))[0]


def test_the_bits_are_these_on_every_machine():
    x = points(-1e4, 1e4, 4000)
    results = (*functions.sincos(x), functions.log(np.abs(x)), functions.hypot(x, x[::-1]), sums.total(x[:, None]))
    bits = hashlib.sha256(b"".join(result.astype("<f8").tobytes() for result in results))
    assert bits.hexdigest()[:16] == "5d96ff8326ca564c"
