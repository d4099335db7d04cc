"""Losses and accuracies over whole sets, beside their definitions."""

import math

import numpy as np
import pytest

from engine.config import RunConfig, WeightChange
from engine.nn.losses import MULTILABEL, REGRESSION, pairs
from engine.training.evaluation import column
from engine.training.trainer import Trainer


def own(task, targets, output, loss):
    inputs = np.random.default_rng(0).normal(size=(len(targets), 2)).tolist()
    dataset = {"name": "custom", "inputs": inputs, "targets": targets, "task": task, "validation_fraction": 0.2}
    return RunConfig.model_validate({"dataset": dataset, "network": {"output": output}, "training": {"loss": loss}})


def check(config):
    """Trains a little and compares every figure with one worked out from the model's predictions."""
    trainer = Trainer(config, dtype=np.float64)
    for _ in range(3):
        trainer.advance(1000)
    data, model, pair = trainer.data(), trainer.model(), config.pair
    p = model.predict(data.inputs)
    t = data.targets if data.targets.ndim == 2 else data.targets[:, None]
    if config.task == "classification":
        if p.shape[1] > 1:
            t = np.eye(p.shape[1])[data.targets]
        t = np.where(t == 1, pair.high, pair.low)
    if pair.loss == "mse":
        each = ((p - t) ** 2).mean(axis=1)
    elif pair.loss == "half_squared_error":
        each = ((p - t) ** 2).sum(axis=1) / 2
    elif pair.output == "softmax":
        each = -np.log(p[t == 1])
    else:
        each = -np.where(t == 1, np.log(p), np.log(1 - p)).sum(axis=1)
    metrics, labels = trainer.metrics, model.labels(p)
    assert (labels is None) == (config.task == REGRESSION)
    for name, part in data.sets.items():
        figures = {
            figure: getattr(metrics, f"{name}_{figure}", (None,))[0] for figure in ("loss", "accuracy", "r2", "error")
        }
        assert figures["loss"] == pytest.approx(each[part].mean(), rel=1e-10)
        if config.task == REGRESSION:
            assert figures["accuracy"] is None
        else:
            right = np.array(labels) == data.targets
            assert figures["accuracy"] == pytest.approx(right[part].mean(), abs=1e-12)
        if config.task == REGRESSION and name != "validation":
            squared, spread = (p - t)[part] ** 2, (t[part] - t[part].mean(axis=0)) ** 2
            assert figures["r2"] == pytest.approx(1 - squared.sum() / spread.sum(), rel=1e-9)
            assert figures["error"] == pytest.approx(np.sqrt(squared.mean()), rel=1e-9)
        else:
            assert figures["r2"] is figures["error"] is None


@pytest.mark.parametrize("pair", pairs.values(), ids=lambda p: p.name)
@pytest.mark.parametrize("classes", [2, 3])
def test_every_pair_on_every_task_it_is_for(pair, classes):
    rng = np.random.default_rng(1)
    for task in pair.tasks:
        targets = {
            "classification": rng.integers(0, classes, 40).tolist(),
            REGRESSION: rng.normal(size=(40, classes)).tolist(),
            MULTILABEL: rng.integers(0, 2, (40, classes)).tolist(),
        }[task]
        check(own(task, targets, pair.output, pair.loss))


def test_without_test_points_there_are_no_test_figures():
    metrics = Trainer(RunConfig.model_validate({"dataset": {"train_fraction": 1.0}})).metrics
    assert metrics.test_loss == metrics.test_accuracy == (None,)
    assert metrics.train_loss[0] > 0


def test_targets_that_are_all_equal_have_no_r2():
    config = own(REGRESSION, [2.0] * 10, "linear", "mse")
    metrics = Trainer(config).metrics
    assert metrics.train_r2 == metrics.test_r2 == (None,)
    assert metrics.train_error[0] > 0


def test_a_point_on_the_border_counts_as_class_one_everywhere():
    """All weights zero: the output is 0.5 for every point, in the metrics as in the labels."""
    trainer = Trainer(RunConfig.model_validate({"network": {"initializer": "zeros"}}))
    data = trainer.data()
    assert trainer.metrics.train_accuracy[0] == pytest.approx(data.targets[: data.train].mean())
    assert set(trainer.model().labels(trainer.model().predict(data.inputs))) == {1}


def test_figures_are_of_the_weights_as_they_are_after_an_edit():
    trainer = Trainer(RunConfig())
    before = trainer.metrics
    trainer.edit(WeightChange.model_validate({"edits": [{"layer": 2, "bias": 0, "value": 100.0}]}))
    data = trainer.data()
    assert trainer.metrics != before
    assert trainer.metrics.train_accuracy[0] == pytest.approx(data.targets[: data.train].mean())
    assert trainer.metrics.train_loss[0] > 40
    assert trainer.metrics.epoch == 0


def test_a_column_holds_no_bad_numbers():
    values = np.array([1.0, np.nan, np.inf, -np.inf, 0.0])
    assert column(values) == (1.0, None, None, None, 0.0)
    assert column(np.float32(2)) == (2.0,)
    assert all(isinstance(v, float) for v in column(values.astype(np.float32)) if v is not None)
    assert not any(isinstance(v, np.floating) for v in column(values) if v is not None)
    assert math.isfinite(column([3])[0])
