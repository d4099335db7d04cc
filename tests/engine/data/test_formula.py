"""Formulas: the grammar, what it refuses and where, and the points and features made of them."""

import math

import numpy as np
import pytest

from engine.config import RunConfig
from engine.data.formula import MAX_DEPTH, MAX_LENGTH, FormulaError, parse
from engine.data.points import make_data
from engine.inspection.maps import grid_inputs
from engine.numbers.rules import NUMPY, PORTABLE, rule_sets
from engine.training.trainer import Trainer

POINTS = np.array([[1.5, -2.0, 0.0], [3.0, 0.5, -1.0]])


@pytest.mark.parametrize("rules", rule_sets.values(), ids=rule_sets)
@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("x1 - x2 - 1", lambda x, y: x - y - 1),
        ("-x^2 + 2*y", lambda x, y: -(x**2) + 2 * y),
        ("x1/4/2", lambda x, y: x / 4 / 2),
        ("2*-x2^3", lambda x, y: 2 * -(y**3)),
        ("sin(x)*cos(y/2) + exp(-abs(x))", lambda x, y: math.sin(x) * math.cos(y / 2) + math.exp(-abs(x))),
        ("sqrt(x^2 + y^2)/pi", lambda x, y: math.hypot(x, y) / math.pi),
        (".5e1 * (x1 + 1.25)", lambda x, y: 5 * (x + 1.25)),
    ],
)
def test_a_formula_has_the_value_that_it_writes(rules, text, value):
    expected = [value(x, y) for x, y in POINTS.T]
    np.testing.assert_allclose(parse(text)(rules, POINTS), expected, rtol=1e-13, atol=1e-15)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("x1 + ", "too early"),
        ("2 sin(x)", "character 3"),
        ("sin x", "character 5"),
        ("(x1", "too early"),
        ("x1)", "character 3"),
        ("x^2.5", "character 3"),
        ("x^-1", "character 3"),
        ("1 < x < 2", "character 7"),
        ("__import__('os')", "character 1"),
        ("x1 + tan(x1)", "character 6"),
        ("x1.real", "character 3"),
        ("x" * (MAX_LENGTH + 1), str(MAX_LENGTH)),
        ("(" * (MAX_DEPTH + 1) + "x" + ")" * (MAX_DEPTH + 1), str(MAX_DEPTH)),
        ("", "too early"),
    ],
)
def test_what_is_no_formula_is_refused_with_its_place(text, place):
    with pytest.raises(FormulaError, match=place):
        parse(text)


def test_where_a_formula_has_no_finite_value_it_is_bounded():
    x = np.array([[0.0, -1.0, 1000.0]])
    for text in ("1/x", "sqrt(x)", "exp(x)", "exp(x) - exp(x)", "sin(1e300*x)", "x^20*x^20*1e300"):
        assert (np.abs(parse(text)(PORTABLE, x)) <= 1e15).all()
    assert parse("sqrt(x) > -1")(PORTABLE, x).tolist() == [True, False, True]


def test_points_are_split_by_the_formula():
    config = RunConfig.model_validate({"dataset": {"name": "formula", "formula": "y = x^2/4 - 2"}})
    data = make_data(config)
    x, y = data.inputs.T
    assert (config.task, config.classes) == ("classification", 2)
    np.testing.assert_array_equal(data.targets, y > x**2 / 4 - 2)
    assert RunConfig.from_stored(config.stored) == config
    assert make_data(RunConfig.model_validate({"dataset": {"name": "formula"}})).targets.any()


@pytest.mark.parametrize(
    ("name", "formula", "message"),
    [
        ("formula", "x1 +", "too early"),
        ("formula", "x1 * x2", "inequality"),
        ("formula", "x3 > 0", "2 inputs"),
        ("formula", "x1 > 7", "nowhere"),
        ("formula", "x^2 >= 0", "everywhere"),
        ("circle", "x1 > 0", "leave it out"),
    ],
)
def test_a_formula_that_divides_no_points_is_refused(name, formula, message):
    with pytest.raises(ValueError, match=message) as caught:
        RunConfig.model_validate({"dataset": {"name": name, "formula": formula}})
    assert "formula" in str(caught.value)


def test_a_feature_may_be_a_formula():
    own = "sqrt(x1^2 + x2^2)"
    config = RunConfig.model_validate({"features": ["x1", own], "network": {"hidden": []}})
    trainer = Trainer(config)
    grid = grid_inputs(config, 5, np.zeros(2))
    np.testing.assert_allclose(trainer.model(0).features(grid)[1], np.hypot(*grid.T), rtol=1e-6)
    trainer.train(10**5, until=60)
    assert trainer.metrics.train_accuracy[0] > 0.95  # a circle is a threshold on the radius
    for features, message in (
        ([own, own], "twice"),
        (["x3^3"], "3 inputs"),
        (["3 + 1"], "no input"),
        (["x1 > 0"], "true"),
    ):
        with pytest.raises(ValueError, match=message):
            RunConfig.model_validate({"features": features})


def test_numbers_are_equal_under_both_rules_to_rounding():
    values = [parse("exp(sin(x)) + x^3")(rules, POINTS) for rules in (PORTABLE, NUMPY)]
    np.testing.assert_allclose(*values, rtol=1e-14)
