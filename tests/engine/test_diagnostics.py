"""What is said of a layer's health is what its numbers show."""

import numpy as np
import pytest

from engine.config import RunConfig, WeightChange
from engine.diagnostics import diagnose
from engine.trainer import Trainer


def make(activation="relu", **training):
    config = {"network": {"hidden": [{"units": 4, "activation": activation}, {"units": 3}]}, "training": training}
    return Trainer(RunConfig.model_validate(config))


def edited(trainer, *edits):
    trainer.edit(WeightChange.model_validate({"edits": list(edits)}))
    return diagnose(trainer)


def test_a_unit_that_is_never_positive_is_dead():
    hidden, *others = edited(make(), {"layer": 0, "bias": 2, "value": -1000.0})
    assert hidden.dead == [2]
    assert not any(layer.dead for layer in others)


def test_only_an_activation_without_any_slope_there_dies():
    hidden, *_ = edited(make("leaky_relu"), {"layer": 0, "bias": 2, "value": -1000.0})
    assert hidden.dead == []


@pytest.mark.parametrize(
    ("activation", "bias"), [("tanh", 50.0), ("tanh", -50.0), ("sigmoid", 50.0), ("sigmoid", -50.0)]
)
def test_a_unit_at_its_bound_for_most_points_is_saturated(activation, bias):
    hidden, *_ = edited(make(activation), {"layer": 0, "bias": 1, "value": bias})
    assert hidden.saturated == [1]


def test_norms_and_the_update_ratio_are_those_of_plain_gradient_descent():
    trainer = make("tanh", batch_size=None, learning_rate=0.3)
    health = diagnose(trainer)
    before = trainer.network.w.copy()
    trainer.advance(1)
    for layer, W, dW in zip(health, trainer.network.views_of(before), trainer.network.dW, strict=True):
        assert layer.weight_norm == pytest.approx(np.linalg.norm(W), rel=1e-5)
        assert layer.gradient_norm == pytest.approx(np.linalg.norm(dW), rel=1e-4)
        assert layer.update_ratio == pytest.approx(0.3 * np.linalg.norm(dW) / np.linalg.norm(W), rel=1e-4)


def test_histograms_count_everything_once():
    trainer = make()
    for layer, W in zip(diagnose(trainer), trainer.network.W, strict=True):
        assert layer.weights.counts.sum() == layer.gradients.counts.sum() == W[:, :-1].size
        assert layer.outputs.counts.sum() == layer.units * trainer.data().train
        assert len(layer.weights.edges) == len(layer.weights.counts) + 1


def test_examining_changes_nothing():
    trainer, alone = make(optimizer={"name": "adam"}), make(optimizer={"name": "adam"})
    for _ in range(5):
        diagnose(trainer)
        trainer.advance(10)
        alone.advance(10)
    np.testing.assert_array_equal(trainer.parameters, alone.parameters)
