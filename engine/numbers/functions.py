"""log, exp, sin, cos, hypot and whole powers in float64, from + - * / and square root alone: equal on every machine.

NumPy's and the C library's own differ between processors and versions in the last bits. Arguments are arrays or
numbers; results are float64 arrays of the same shape. tests/engine/numbers/test_functions.py measures the errors.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from engine.nn.registry import Array

# ln 2 in two parts: the first ends early enough for a whole number up to 2^20 times it to be exact.
_LN2 = (float.fromhex("0x1.62e42feep-1"), float.fromhex("0x1.a39ef35793c76p-33"))
# pi / 2 in three parts of 53 bits.
_QUARTER = (
    float.fromhex("0x1.921fb54442d18p+0"),
    float.fromhex("0x1.1a62633145c07p-54"),
    float.fromhex("-0x1.f1976b7ed8fbcp-110"),
)
_QUARTERS_PER_UNIT = float.fromhex("0x1.45f306dc9c883p-1")  # 2 / pi
_SPLIT = 2.0**27 + 1.0
LARGEST_ANGLE = 2.0**50

# Taylor coefficients, the highest first: 2 atanh(s) = 2 s (1 + s^2 / 3 + ...), sin, cos and exp.
_ATANH = [1.0 / (2 * k + 1) for k in range(11, 0, -1)]
_SIN = [(-1.0) ** k / math.factorial(2 * k + 1) for k in range(9, 0, -1)]
_COS = [(-1.0) ** k / math.factorial(2 * k) for k in range(10, 1, -1)]
_EXP = [1.0 / math.factorial(k) for k in range(14, 0, -1)]


def _polynomial(u: Array, coefficients: list[float]) -> Array:
    total = np.full_like(u, coefficients[0])
    for coefficient in coefficients[1:]:
        total = total * u + coefficient
    return total


def log(x: Any) -> Array:
    """ln x for normal x > 0: x = 2^e m with m in [0.71, 1.42), ln m = 2 atanh((m - 1) / (m + 1)). Within 2 ulp."""
    x = np.asarray(x, np.float64)
    bits = x.view(np.int64)
    exponent = ((bits >> 52) - 1023).astype(np.float64)
    mantissa = ((bits & 0xFFFFFFFFFFFFF) | (1023 << 52)).view(np.float64)
    large = mantissa > 1.4142135623730951
    mantissa, exponent = np.where(large, mantissa * 0.5, mantissa), np.where(large, exponent + 1.0, exponent)
    s = (mantissa - 1.0) / (mantissa + 1.0)
    u = s * s
    twice = s + s
    low = exponent * _LN2[1] + twice * (_polynomial(u, _ATANH) * u)
    return (low + twice) + exponent * _LN2[0]  # type: ignore[no-any-return]


def exp(x: Any) -> Array:
    """e^x = 2^k e^r with r in [-0.35, 0.35]: within 2 ulp from -700 to 700; beyond 709 infinity, below -745 zero."""
    x = np.asarray(x, np.float64)
    inside = np.where(np.isnan(x), 0.0, np.clip(x, -745.0, 709.0))
    k = np.rint(inside / (_LN2[0] + _LN2[1]))
    r = (inside - k * _LN2[0]) - k * _LN2[1]
    value = np.ldexp(_polynomial(r, _EXP) * r + 1.0, k.astype(np.int32))
    value = np.where(x > 709.0, np.inf, np.where(x < -745.0, 0.0, value))
    return np.where(np.isnan(x), np.nan, value)


def sin(x: Any) -> Array:
    """The sine of x; see ``sincos``."""
    return sincos(x)[0]


def cos(x: Any) -> Array:
    """The cosine of x; see ``sincos``."""
    return sincos(x)[1]


def sincos(x: Any) -> tuple[Array, Array]:
    """Sine and cosine, within 1 ulp for |x| up to 2^50; beyond, those of that bound with x's sign."""
    x = np.clip(np.asarray(x, np.float64), -LARGEST_ANGLE, LARGEST_ANGLE)
    turns = np.rint(x * _QUARTERS_PER_UNIT)
    rest, error = _without_turns(x, turns)
    u = rest * rest
    half = 0.5 * u
    sine = rest + (rest * (u * _polynomial(u, _SIN)) + error * (1.0 - half))
    near_one = 1.0 - half
    cosine = near_one + (((1.0 - near_one) - half) + (u * u * _polynomial(u, _COS) - rest * error))
    quarter = turns.astype(np.int64)
    odd = (quarter & 1) == 1
    return (
        np.where(odd, cosine, sine) * np.where(quarter & 2, -1.0, 1.0),
        np.where(odd, sine, cosine) * np.where((quarter + 1) & 2, -1.0, 1.0),
    )


def _without_turns(x: Array, turns: Array) -> tuple[Array, Array]:
    """x - turns pi / 2 as a number and what it lacks: the products and differences are carried in twice 53 bits."""
    high, low = _exact_product(turns, _QUARTER[0])
    total, first = _exact_sum(x - high, -low)  # x - high is exact: the two are close
    high, low = _exact_product(turns, _QUARTER[1])
    total, second = _exact_sum(total, -high)
    error = ((first + second) - low) - turns * _QUARTER[2]
    rest = total + error
    return rest, error - (rest - total)


def _exact_sum(a: Array, b: Array) -> tuple[Array, Array]:
    """a + b rounded, and its rounding error (Knuth)."""
    total = a + b
    of_b = total - a
    return total, (a - (total - of_b)) + (b - of_b)


def _exact_product(a: Array, b: float) -> tuple[Array, Array]:
    """a b rounded, and its rounding error (Dekker)."""
    product = a * b
    (a1, a2), (b1, b2) = _halves(a), _halves(b)
    return product, ((a1 * b1 - product) + a1 * b2 + a2 * b1) + a2 * b2


def _halves(a: Any) -> tuple[Any, Any]:
    """a as a sum of two numbers of at most 26 bits, whose products are exact (Veltkamp)."""
    scaled = a * _SPLIT
    high = scaled - (scaled - a)
    return high, a - high


def hypot(x: Array, y: Array) -> Array:
    """The square root of x^2 + y^2, within 2 ulp where neither square leaves the range of float64."""
    return np.sqrt(x * x + y * y)  # type: ignore[no-any-return]


def power(base: Any, exponent: int) -> Any:
    """base^exponent for a whole exponent >= 0, by squaring; relative error at most exponent * 2^-53."""
    result: Any = 1.0
    while True:
        if exponent & 1:
            result = result * base
        exponent >>= 1
        if not exponent:
            return result
        base = base * base
