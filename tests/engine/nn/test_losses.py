"""Outputs with their losses: values by hand, first losses, and logits far out."""

import math

import numpy as np
import pytest

from engine.config import RunConfig
from engine.nn.losses import (
    CLASSIFICATION,
    MULTILABEL,
    REGRESSION,
    TASKS,
    automatic_loss,
    automatic_output,
    losses,
    outputs,
    pair_of,
    pairs,
)
from engine.training.trainer import Trainer

PAIRS = list(pairs.values())


def evaluate(pair, z, t, dtype=np.float64, scale=1.0):
    """P, each example's loss and dZ for logits ``z`` and targets ``t`` (K, m)."""
    z, t = np.array(z, dtype), np.array(t, dtype)
    s, row = (np.full_like(z, 9.0), np.full_like(z, -9.0)), np.empty((1, z.shape[1]), dtype)
    p, d_z, loss = np.empty_like(z), np.empty_like(z), np.empty(z.shape[1], dtype)
    pair.predict(z, p, s, row)
    pair.example_losses(z, p, t, s, row, loss)
    pair.delta(z, pair.encode(t).astype(dtype), d_z, s, row, scale)
    return p, loss, d_z


def by_hand(pair, z, t):
    """The loss of each example from its definition."""
    f = {
        "sigmoid": lambda z: 1 / (1 + np.exp(-z)),
        "softmax": lambda z: np.exp(z) / np.exp(z).sum(axis=0),
        "linear": lambda z: z,
        "tanh": np.tanh,
    }
    p = f[pair.output](z)
    if pair.loss == "mse":
        return p, ((p - t) ** 2).mean(axis=0)
    if pair.loss == "half_squared_error":
        return p, ((p - t) ** 2).sum(axis=0) / 2
    if pair.output == "softmax":
        return p, -(t * np.log(p)).sum(axis=0)
    return p, -(t * np.log(p) + (1 - t) * np.log(1 - p)).sum(axis=0)


def example(pair, K=3, m=5, seed=0):
    rng = np.random.default_rng(seed)
    t = np.where(np.arange(K)[:, None] == rng.integers(0, K, m), pair.high, pair.low)
    return rng.normal(size=(K, m)), t


@pytest.mark.parametrize("pair", PAIRS, ids=lambda p: p.name)
def test_values_by_hand(pair):
    z, t = example(pair)
    p, loss, d_z = evaluate(pair, z, t)
    np.testing.assert_allclose(p, by_hand(pair, z, t)[0], rtol=1e-12)
    np.testing.assert_allclose(loss, by_hand(pair, z, t)[1], rtol=1e-12)
    h = 1e-6
    for k in range(3):
        step = np.zeros((3, 5))
        step[k] = h
        numeric = (by_hand(pair, z + step, t)[1] - by_hand(pair, z - step, t)[1]) / (2 * h)
        np.testing.assert_allclose(d_z[k], numeric, atol=1e-8)
    np.testing.assert_allclose(evaluate(pair, z, t, scale=0.25)[2], d_z / 4, rtol=1e-14)


@pytest.mark.parametrize("pair", PAIRS, ids=lambda p: p.name)
def test_outputs_reach_and_keep_their_bounds(pair):
    p, _, _ = evaluate(pair, [[-50.0, 0.0, 50.0], [50.0, 0.0, -50.0]], np.zeros((2, 3)))
    bounds = outputs[pair.output].bounds or (-50.0, 50.0)
    assert (p.min(), p.max()) == pytest.approx(bounds, abs=1e-9)
    assert bounds[0] <= p.min() <= p.max() <= bounds[1]


@pytest.mark.parametrize("pair", [p for p in PAIRS if p.loss == "cross_entropy"], ids=lambda p: p.name)
def test_the_fused_gradient_is_p_minus_t(pair):
    z, t = example(pair)
    p, _, d_z = evaluate(pair, z, t)
    np.testing.assert_allclose(d_z, p - t, atol=1e-15)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("pair", PAIRS, ids=lambda p: p.name)
def test_logits_of_a_thousand_give_finite_losses(pair, dtype):
    z = [[1000, -1000, 1000, -1000, 0], [-1000, 1000, 1000, -1000, 0]]
    t = np.where(np.array([[1, 1, 0, 0, 1], [0, 0, 1, 1, 0]]), pair.high, pair.low)
    p, loss, d_z = evaluate(pair, z, t, dtype)
    for values in (p, loss, d_z):
        assert np.isfinite(values).all()
        assert values.dtype == dtype
    assert (loss >= 0).all()
    if pair.loss == "cross_entropy":
        right, wrong = loss[0], loss[1]
        assert right == 0
        assert wrong == 2000  # sigmoid: 1000 for each of the two outputs; softmax: the gap between them


def test_softmax_adds_up_to_one_and_ignores_a_shift():
    pair = pair_of("softmax", "cross_entropy")
    z, t = example(pair)
    p, loss, _ = evaluate(pair, z, t)
    np.testing.assert_allclose(p.sum(axis=0), 1, rtol=1e-14)
    shifted, shifted_loss, _ = evaluate(pair, z + 300, t)
    np.testing.assert_allclose(shifted, p, rtol=1e-12)
    np.testing.assert_allclose(shifted_loss, loss, rtol=1e-10)


@pytest.mark.parametrize("classes", [2, 3, 10])
def test_the_first_loss_of_k_balanced_classes_is_ln_k(classes):
    config = {"dataset": {"name": "blobs", "classes": classes, "samples": 600}, "network": {"initializer": "zeros"}}
    metrics = Trainer(RunConfig.model_validate(config)).metrics
    assert metrics.train_loss[0] == pytest.approx(math.log(classes), rel=1e-6)
    assert metrics.test_loss[0] == pytest.approx(math.log(classes), rel=1e-6)


def test_the_pairs_are_those_of_the_catalog():
    expected = {
        "sigmoid with cross_entropy": {CLASSIFICATION, MULTILABEL},
        "softmax with cross_entropy": {CLASSIFICATION},
        "linear with mse": {REGRESSION},
        "linear with half_squared_error": {REGRESSION},
        "tanh with mse": {CLASSIFICATION, REGRESSION},
        "tanh with half_squared_error": {CLASSIFICATION, REGRESSION},
        "sigmoid with mse": set(TASKS),
        "sigmoid with half_squared_error": set(TASKS),
    }
    assert {name: set(pair.tasks) for name, pair in pairs.items()} == expected
    assert {p.output for p in PAIRS} == set(outputs)
    assert {p.loss for p in PAIRS} == set(losses)
    with pytest.raises(KeyError, match="softmax with cross_entropy"):
        pair_of("softmax", "mse")


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("classes", [2, 3])
def test_auto_is_a_pair_that_fits(task, classes):
    output = automatic_output(task, classes)
    assert task in pair_of(output, automatic_loss(task, output)).tasks


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("output", outputs)
def test_the_automatic_loss_of_an_output_fits_the_task(task, output):
    if any(task in pair.tasks and pair.output == output for pair in PAIRS):
        assert task in pair_of(output, automatic_loss(task, output)).tasks
