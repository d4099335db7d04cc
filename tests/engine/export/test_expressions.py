"""Features as NumPy expressions have the values of the engine's features, also where those are extreme."""

import numpy as np
import pytest

from engine.data.features import features, find
from engine.export.expressions import ANGLES, BOUNDED, expression
from engine.numbers.rules import PORTABLE

X = np.array([[0.0, 1.5, -2.0, 1e15, -1e15, 3.25], [0.0, -0.5, 4.0, 2.0, -1e15, -6.0]])


@pytest.mark.parametrize(
    "name",
    [
        *features,
        "x2",
        "-x^2",
        "2 - -x1 + --y*3",
        "1e3/x1/x2",
        "x1*0 + pi/(pi - pi)",
        "x1 + 1/(2 - 2) - 1/0",
        "x1^20 * 1e300^20",
        "(x1 + 2)^0 - 007*x2",
        "sqrt(x1)",
        "sin(x1^2) + cos(y^2)",
        "exp(x1)*abs(x2)/exp(700)",
        "0*sin(1)*x1 + .5",
    ],
)
def test_an_expression_has_the_values_of_its_feature(name):
    space = {"np": np, "x": X}
    for definition in (BOUNDED, *ANGLES.values()):
        exec(definition, space)
    with np.errstate(all="ignore"):
        values = eval(expression(name), space)
        expected = find(name).of(PORTABLE, X)
    np.testing.assert_allclose(values, expected, rtol=1e-13, atol=1e-15)
