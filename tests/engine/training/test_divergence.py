"""A run that diverges says where, at the step; no bad number gets out, and no warning either (warnings are errors)."""

import json
import math
import re
from dataclasses import asdict

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.config import RunConfig, TrainingChange, WeightChange
from engine.inspection import maps
from engine.nn.activations import activations
from engine.nn.regularizers import regularizers
from engine.training.optimizers import optimizers
from engine.training.trainer import Trainer

PARTS = ("boundary", "weights", "neurons", "gradients")


def run(*, dataset="plane", activation="relu", depth=2, output="auto", sweep=None, **training):
    return RunConfig.model_validate(
        {
            "dataset": {"name": dataset, "samples": 60},
            "network": {"hidden": [{"units": 4, "activation": activation}] * depth, "output": output},
            "training": {"learning_rate": 1000.0} | training,
            "sweep": sweep,
        }
    )


def train_until_halted(trainer, epochs=60):
    """The weights before the last step tried."""
    before = trainer.parameters
    while not trainer.halted and trainer.epoch < epochs:
        before = trainer.parameters
        trainer.advance(1)
    return before


def assert_all_finite(trainer):
    state = trainer.state()
    assert all(np.isfinite(array).all() for array in state["arrays"].values())
    json.dumps(state["meta"] | {"config": None}, allow_nan=False)
    json.dumps(asdict(trainer.metrics), allow_nan=False)
    corners = np.random.default_rng(0).uniform(-6, 6, (40, trainer.config.inputs))
    for member in range(trainer.member_count):
        model = trainer.model(member)
        outputs = model.predict(corners)
        assert np.isfinite(outputs).all()
        model.labels(outputs)
        assert np.isfinite(maps.boundary(model, 10).values).all()
    frame = maps.frame(trainer, range(trainer.member_count), 10, 10, PARTS)
    assert all(np.isfinite(array).all() for array in frame.values())


def test_divergence_keeps_the_weights_before_the_step():
    trainer = Trainer(run())
    before = train_until_halted(trainer)
    assert trainer.halted == "diverged"
    np.testing.assert_array_equal(trainer.parameters, before)
    # Asked again, it stays where it is.
    place = (trainer.epoch, trainer.batch)
    assert trainer.advance(1) is False
    assert (trainer.epoch, trainer.batch) == place
    match = re.match(r"in epoch (\d+), mini-batch (\d+), ", trainer.detail)
    assert (int(match[1]), int(match[2])) == (trainer.epoch + 1, trainer.batch + 1)
    assert "1000" in trainer.detail
    assert_all_finite(trainer)


def set_weights(trainer, values):
    change = [{"layer": l, "row": r, "column": c, "value": v} for (l, r, c), v in values.items()]
    trainer.edit(WeightChange.model_validate({"edits": change}))


def chain(values, **more):
    """1-1-1-...: a line of single units on a curve, with these weights from front to back."""
    config = RunConfig.model_validate(
        {
            "dataset": {"name": "curve", "samples": 20},
            "network": {"hidden": [{"units": 1, "activation": "linear"}] * (len(values) - 1), "bias": False},
            "training": {"learning_rate": 0.01} | more,
        }
    )
    trainer = Trainer(config)
    set_weights(trainer, {(layer, 0, 0): value for layer, value in enumerate(values)})
    trainer.advance(1)
    return trainer


@pytest.mark.parametrize(
    ("weights", "named"),
    [
        ([1.0, 3e38, 3e38], "Z of hidden layer 2 stopped being finite"),
        ([3e38, 1.0, 1.0], "Z of hidden layer 1 stopped being finite"),
        ([1.0, 1.0, 3e38], "Z of the output layer stopped being finite"),
        ([1e15, 1e15, 1e5], "the gradient dW of the output layer stopped being finite"),
        ([1e-30, 1e20, 1e20], "the gradient dW of hidden layer 1 stopped being finite"),
        ([1e10, 1e5, 1.0], "dW of the output layer grew too large to be squared"),
    ],
    ids=str,
)
def test_it_names_the_layer_and_the_quantity(weights, named):
    trainer = chain(weights)
    assert trainer.halted == "diverged"
    assert named in trainer.detail
    assert trainer.detail.startswith("in epoch 1, mini-batch 1, ")
    assert_all_finite(trainer)


def test_weights_that_outgrow_a_quiet_gradient_are_named():
    """Saturated units have no gradient; L2 past 2 / learning rate still throws the weights from side to side."""
    trainer = Trainer(run(dataset="circle", activation="tanh", regularizer={"name": "l2", "rate": 10.0}))
    before = train_until_halted(trainer)
    assert "W of " in trainer.detail
    assert "grew too large to be squared" in trainer.detail
    np.testing.assert_array_equal(trainer.parameters, before)


@pytest.mark.parametrize("regularizer", regularizers)
@pytest.mark.parametrize("optimizer", [*optimizers, {"name": "adamw", "weight_decay": 1.0}], ids=str)
@pytest.mark.parametrize("dataset", ["plane", "circle"])
def test_no_number_that_is_not_finite_gets_out(dataset, optimizer, regularizer):
    config = run(dataset=dataset, optimizer=optimizer, regularizer={"name": regularizer, "rate": 10.0}, depth=3)
    trainer = Trainer(config)
    train_until_halted(trainer, 20)
    assert_all_finite(trainer)


@pytest.mark.parametrize("activation", activations)
def test_weights_stay_finite_with_every_activation(activation):
    for optimizer in ("sgd", "adagrad"):
        trainer = Trainer(run(activation=activation, optimizer=optimizer, depth=8))
        before = train_until_halted(trainer, 20)
        if trainer.halted and trainer.batch:
            np.testing.assert_array_equal(trainer.parameters, before)
        assert_all_finite(trainer)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.floats(-3e38, 3e38), min_size=4, max_size=4),
    st.sampled_from(sorted(activations)),
    st.sampled_from(["circle", "plane"]),
)
def test_weights_stay_finite_after_extreme_edits(values, activation, dataset):
    trainer = Trainer(run(activation=activation, dataset=dataset, learning_rate=0.1))
    set_weights(trainer, {(0, 0, 0): values[0], (0, 1, 1): values[1], (1, 2, 0): values[2], (2, 0, 1): values[3]})
    assert_all_finite(trainer)
    trainer.advance(7)
    assert_all_finite(trainer)


def test_a_loss_out_of_range_after_an_epoch_is_named():
    config = run(batch_size=None)
    trainer = Trainer(config)
    train_until_halted(trainer)
    assert trainer.halted == "diverged"
    set_weights(trainer, {(0, 0, 0): 3e38, (1, 0, 0): 3e38, (2, 0, 0): 3e38})
    assert None in trainer.metrics.train_loss
    assert not trainer.advance(1)
    assert trainer.halted == "diverged"
    assert_all_finite(trainer)


def test_reset_and_an_edit_bring_it_back():
    config = run(learning_rate=10.0, activation="linear")
    trainer, fresh = Trainer(config), Trainer(config)
    train_until_halted(trainer)
    assert trainer.halted == "diverged"
    trainer.change(TrainingChange(learning_rate=0.01))
    assert trainer.halted == "diverged", "a smaller rate cannot undo the weights"
    layers = trainer.model().layers()
    edits = [
        {"layer": l, "row": r, "column": c, "value": 0.05 * (r + 1)}
        for l, layer in enumerate(layers)
        for r, c in np.ndindex(layer.W.shape)
    ] + [{"layer": l, "bias": r, "value": 0.0} for l, layer in enumerate(layers) for r in range(len(layer.b))]
    trainer.edit(WeightChange.model_validate({"edits": edits}))
    assert (trainer.halted, trainer.detail) == (None, None)
    first = trainer.metrics.train_loss[0]
    for _ in range(20):
        trainer.advance(100)
    assert trainer.halted is None
    assert trainer.metrics.train_loss[0] < first
    trainer.change(TrainingChange(learning_rate=10.0))
    trainer.reset()
    assert trainer.halted is None
    assert trainer.epoch == trainer.batch == 0
    np.testing.assert_array_equal(trainer.parameters, fresh.parameters)
    assert trainer.metrics == fresh.metrics


def test_in_a_sweep_each_member_has_its_own_end():
    config = run(learning_rate=0.01, sweep={"parameter": "training.learning_rate", "values": [0.01, 1000.0, 500.0]})
    trainer = Trainer(config)
    while trainer.member_halted != [None, "diverged", "diverged"]:
        kept = trainer.parameters
        trainer.advance(1)
        assert trainer.epoch < 20
    assert trainer.halted is None
    assert "member 1: in epoch" in trainer.detail
    frozen = trainer.parameters[1:]
    for _ in range(3):
        trainer.advance(100)
    np.testing.assert_array_equal(trainer.parameters[1:], frozen)
    assert not np.array_equal(trainer.parameters[0], kept[0])
    assert all(math.isfinite(v) for v in (trainer.metrics.train_loss[0], trainer.metrics.penalty[0]))
    assert_all_finite(trainer)


def test_the_run_ends_when_every_member_has_diverged():
    trainer = Trainer(run(sweep={"parameter": "training.learning_rate", "values": [900.0, 1000.0]}))
    train_until_halted(trainer)
    assert trainer.halted == "diverged"
    assert_all_finite(trainer)
    trainer.reset()
    assert trainer.halted is None


@pytest.mark.parametrize("name", ["circle", "plane"])
def test_the_largest_data_a_config_takes(name):
    task = {"circle": "classification", "plane": "regression"}[name]
    targets = [0, 1, 1] if name == "circle" else [1e15, -1e15, 0.0]
    dataset = {"name": "custom", "inputs": [[1e15, 1.0], [-1e15, 2.0], [0.0, 1.0]], "targets": targets, "task": task}
    trainer = Trainer(
        RunConfig.model_validate(
            {"dataset": dataset, "features": ["x1", "x1^2", "x1*x2", "sin(x1)"], "training": {"augmentation": 1.0}}
        )
    )
    assert_all_finite(trainer)
    train_until_halted(trainer, 5)
    assert_all_finite(trainer)
    assert np.isfinite(trainer.model().predict(np.full((2, 2), 1e200))).all()


def test_predictions_past_float32_are_cut_off_not_lost():
    trainer = chain([2.0, 1e30, 1e30])
    outputs = trainer.model().predict(np.array([[1.0], [-1.0], [0.0]]))
    limit = np.finfo(np.float32).max
    np.testing.assert_array_equal(outputs[:, 0], [limit, -limit, 0.0])
    assert outputs.dtype == np.float32
