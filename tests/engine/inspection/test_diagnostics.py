"""What is said of a layer's health is what its numbers show."""

from dataclasses import replace

import numpy as np
import pytest

from engine.config import RunConfig, WeightChange
from engine.inspection.diagnostics import RecordedWeights, diagnose, diagnose_recorded
from engine.training.trainer import Trainer


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


@pytest.mark.parametrize(
    ("output", "loss", "saturated"),
    [("sigmoid", "cross_entropy", []), ("sigmoid", "mse", [0]), ("tanh", "mse", [0]), ("linear", "mse", [])],
)
def test_an_output_saturates_only_if_its_slope_is_not_cancelled(output, loss, saturated):
    data = {"name": "plane"} if output == "linear" else {"name": "circle"}
    network = {"hidden": [], "output": output}
    trainer = Trainer(
        RunConfig.model_validate({"dataset": data, "network": network, "training": {"loss": loss, "batch_size": None}})
    )
    (layer,) = edited(trainer, {"layer": 0, "bias": 0, "value": 50.0})
    assert layer.saturated == saturated
    # What is said of it is so: the gradient of the bias, or that it has vanished.
    trainer.advance(1)
    bias = abs(trainer.network.dW[0][0, -1])
    assert bias < 1e-6 if saturated else bias > 0.1


@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
def test_diagnoses_of_earlier_weights_equal_those_made_then(optimizer):
    trainer = make("relu", optimizer={"name": optimizer}, schedule={"name": "exponential"})
    trainer.edit(WeightChange.model_validate({"cut": [{"layer": 1, "row": 2, "column": 0}]}))
    kept, said = {}, {}
    for _ in range(3):
        kept[trainer.epoch] = RecordedWeights(trainer.parameters[0], trainer.config, [(1, 2, 0)])
        said[trainer.epoch] = [replace(layer, histograms=None) for layer in diagnose(trainer)]
        trainer.advance(1000)
    told = dict(diagnose_recorded(trainer, kept))
    assert told[0] == said[0]
    for epoch in (1, 2):
        # What Adam remembered then is not known any more; plain gradient descent remembers nothing.
        forgotten = [layer if optimizer == "sgd" else replace(layer, update_ratio=None) for layer in said[epoch]]
        assert told[epoch] == forgotten


def test_unknown_settings_have_no_update_ratio():
    trainer = make()
    ((_, health),) = diagnose_recorded(trainer, {0: RecordedWeights(trainer.parameters[0], None)})
    assert [layer.update_ratio for layer in health] == [None] * 3
    assert [layer.gradient_norm for layer in health] == [layer.gradient_norm for layer in diagnose(trainer)]


def test_norms_and_update_ratio_match_gradient_descent():
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
        told = layer.histograms
        assert told.weights.counts.sum() == told.gradients.counts.sum() == W[:, :-1].size
        assert told.outputs.counts.sum() == layer.units * trainer.data().train
        assert len(told.weights.edges) == len(told.weights.counts) + 1


def test_examining_changes_nothing():
    trainer, alone = make(optimizer={"name": "adam"}), make(optimizer={"name": "adam"})
    for _ in range(5):
        diagnose(trainer)
        trainer.advance(10)
        alone.advance(10)
    np.testing.assert_array_equal(trainer.parameters, alone.parameters)
