"""The training loop as its caller sees it, and that networks learn."""

import statistics
from dataclasses import fields

import numpy as np
import pytest

from engine.config import RunConfig, TrainingChange
from engine.data.datasets import datasets
from engine.nn.activations import activations
from engine.nn.losses import pairs
from engine.training.optimizers import optimizers
from engine.training.trainer import Trainer


def make(tree=None, **more):
    return Trainer(RunConfig.model_validate((tree or {}) | more))


def train(trainer, epochs):
    for _ in range(epochs):
        trainer.advance(10_000)
    return trainer


# -- the caller's view ------------------------------------------------------------------------------------------------


def test_a_new_trainer_is_at_epoch_0_with_its_figures_ready():
    trainer = make()
    assert (trainer.epoch, trainer.batch, trainer.halted, trainer.detail) == (0, 0, None, None)
    assert (trainer.member_count, trainer.batches_per_epoch) == (1, 25)
    metrics = trainer.metrics
    assert metrics.epoch == 0
    assert 0.3 < metrics.train_loss[0] < 1.5
    missing = {"validation_loss", "validation_accuracy", "train_r2", "test_r2", "train_error", "test_error"}
    for field in fields(metrics)[1:]:
        column = getattr(metrics, field.name)
        assert isinstance(column, tuple)
        assert [type(value) for value in column] == [type(None) if field.name in missing else float]


def test_advance_counts_batches_and_stops_at_the_epochs_end():
    trainer = make()
    assert trainer.advance(0) is False
    assert trainer.advance(24) is False
    assert (trainer.epoch, trainer.batch) == (0, 24)
    assert trainer.metrics.epoch == 0
    assert trainer.advance(24) is True
    assert (trainer.epoch, trainer.batch) == (1, 0)
    assert trainer.metrics.epoch == 1
    assert trainer.advance(25) is True
    assert trainer.epoch == 2


def test_parameters_are_float32_copies_with_a_row_a_member():
    trainer = make(sweep={"parameter": "seed", "values": [1, 2, 3]})
    parameters = trainer.parameters
    assert parameters.dtype == np.float32
    assert parameters.shape == (3, 4 * 3 + 2 * 5 + 1 * 3)
    parameters[:] = 0
    assert trainer.parameters.any()
    assert make().parameters.shape == (1, 25)


def test_a_live_change_applies_from_the_next_batch():
    changed, plain = make(training={"optimizer": "momentum"}), make(training={"optimizer": "momentum"})
    for trainer in (changed, plain):
        trainer.advance(7)
    changed.change(TrainingChange(learning_rate=0.3))
    np.testing.assert_array_equal(changed.parameters, plain.parameters)
    for a, b in zip(changed.update_rule.slots, plain.update_rule.slots, strict=True):
        np.testing.assert_array_equal(a, b)
    assert (changed.epoch, changed.batch) == (0, 7)
    changed.advance(1)
    plain.advance(1)
    assert not np.array_equal(changed.parameters, plain.parameters)
    train(changed, 1)
    assert changed.metrics.learning_rate == (0.3,)


def test_pace_is_only_kept():
    trainer, plain = make(), make()
    trainer.change(TrainingChange(pace=1.0))
    assert trainer.config.training.pace == 1.0
    np.testing.assert_array_equal(train(trainer, 2).parameters, train(plain, 2).parameters)


def test_full_batch_training_is_gradient_descent():
    trainer = train(make(training={"batch_size": None, "learning_rate": 0.1}), 0)
    losses = []
    for _ in range(50):
        trainer.advance(1)
        losses.append(trainer.metrics.train_loss[0])
    assert trainer.epoch == 50
    assert (np.diff(losses) < 0).all()


def test_double_precision_follows_single_for_a_while():
    single, double = Trainer(RunConfig()), Trainer(RunConfig(), dtype=np.float64)
    np.testing.assert_allclose(single.parameters, double.parameters, rtol=1e-6, atol=1e-7)
    np.testing.assert_allclose(train(single, 5).parameters, train(double, 5).parameters, atol=1e-4)
    assert double.parameters.dtype == np.float64


# -- learning ---------------------------------------------------------------------------------------------------------


def test_the_default_learns_the_circle_within_300_epochs():
    """Measured over seeds 0 to 9: above 0.95 after 23 to 148 epochs, then 1.0 to the end."""
    for seed in range(3):
        assert train(make(seed=seed), 300).metrics.test_accuracy[0] > 0.95


def test_the_articles_relu_network_learns_the_circle():
    """2-4-6-6-4-1, as article A2 draws it. Measured: 1.0 for each of the five seeds."""
    hidden = [{"units": units, "activation": "relu"} for units in (4, 6, 6, 4)]
    network = {"hidden": hidden, "initializer": "he_normal"}
    accuracies = [train(make(network=network, seed=seed), 300).metrics.test_accuracy[0] for seed in range(5)]
    assert statistics.median(accuracies) >= 0.97


@pytest.mark.parametrize("optimizer", optimizers)
def test_every_optimizer_learns_the_circle_at_its_suggested_rate(optimizer):
    training = {"optimizer": optimizer, "learning_rate": optimizers[optimizer].learning_rate}
    network = {"hidden": [{"units": 8}, {"units": 8}]}
    assert train(make(training=training, network=network), 100).metrics.test_accuracy[0] > 0.95


@pytest.mark.parametrize("activation", [name for name in activations if name != "linear"])
def test_every_activation_but_the_linear_learns_exclusive_or(activation):
    network = {"hidden": [{"units": 8, "activation": activation}, {"units": 8, "activation": activation}]}
    training = {"optimizer": "adam", "learning_rate": 0.01}
    accuracies = [
        train(make(dataset={"name": "xor"}, network=network, training=training, seed=seed), 60).metrics.test_accuracy[0]
        for seed in range(3)
    ]
    assert statistics.median(accuracies) > 0.95


def test_linear_units_cannot_learn_exclusive_or():
    network = {"hidden": [{"units": 8, "activation": "linear"}]}
    assert train(make(dataset={"name": "xor"}, network=network), 100).metrics.test_accuracy[0] < 0.75


@pytest.mark.parametrize("name", datasets)
def test_every_data_set_can_be_learned(name):
    """A 16-16 network with Adam halves the loss it started from, twice."""
    network = {"hidden": [{"units": 16}, {"units": 16}]}
    trainer = make(dataset={"name": name}, network=network, training={"optimizer": "adam", "learning_rate": 0.01})
    first = trainer.metrics.train_loss[0]
    assert train(trainer, 200).metrics.train_loss[0] < first / 4


@pytest.mark.parametrize("entry", [d for d in datasets.values() if d.suggests], ids=lambda d: d.name)
def test_what_a_data_set_suggests_is_a_config(entry):
    trainer = make(dataset={"name": entry.name}, **entry.suggests)
    first = trainer.metrics.train_loss[0]
    assert train(trainer, 100).metrics.train_loss[0] < first / 2


def test_the_prices_of_the_dining_hall_are_found():
    trainer = train(make(dataset={"name": "dining_hall"}, **datasets["dining_hall"].suggests), 200)
    np.testing.assert_allclose(trainer.model().layers()[0].W, [[2.5, 1.5, 1.0]], atol=1e-3)


@pytest.mark.parametrize("pair", [p for p in pairs.values() if "classification" in p.tasks], ids=lambda p: p.name)
def test_every_pair_for_classes_learns_two_clouds_and_three(pair):
    for name in ("gauss", "blobs"):
        trainer = make(
            dataset={"name": name},
            network={"output": pair.output},
            training={"loss": pair.loss, "optimizer": "adam", "learning_rate": 0.02},
        )
        assert train(trainer, 60).metrics.test_accuracy[0] > 0.95


def test_labels_of_which_several_hold_are_learned():
    rng = np.random.default_rng(0)
    points = rng.uniform(-3, 3, (300, 3))
    targets = (points > 0).astype(int)
    dataset = {"name": "custom", "inputs": points.tolist(), "targets": targets.tolist(), "task": "multilabel"}
    trainer = train(make(dataset=dataset, training={"optimizer": "adam", "learning_rate": 0.02}), 200)
    assert trainer.metrics.test_accuracy[0] > 0.9


def test_features_make_the_circle_linear():
    trainer = make(features=["x1^2", "x2^2"], network={"hidden": []})
    assert train(trainer, 100).metrics.test_accuracy[0] > 0.98
