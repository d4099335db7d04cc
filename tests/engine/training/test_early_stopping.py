"""When a run ends: max_epochs, a training loss, patience, and what a new limit does."""

import re

import numpy as np
import pytest

from engine.config import RunConfig, TrainingChange
from engine.training.trainer import Trainer


def run(**training):
    return Trainer(RunConfig.model_validate({"dataset": {"name": "gauss", "samples": 60}, "training": training}))


def to_the_end(trainer, most=300):
    for _ in range(most):
        if trainer.halted:
            return trainer
        trainer.advance(1000)
    return trainer


def test_max_epochs():
    trainer = to_the_end(run(max_epochs=4))
    assert (trainer.halted, trainer.epoch, trainer.batch) == ("finished", 4, 0)
    assert "epoch 4" in trainer.detail
    parameters = trainer.parameters
    assert trainer.advance(10) is False
    assert (trainer.epoch, trainer.batch) == (4, 0)
    np.testing.assert_array_equal(trainer.parameters, parameters)


def test_a_raised_limit_lets_it_go_on_as_if_it_had_never_been():
    trainer, free = to_the_end(run(max_epochs=4)), run(max_epochs=9)
    trainer.change(TrainingChange(max_epochs=9))
    assert (trainer.halted, trainer.detail) == (None, None)
    to_the_end(trainer)
    to_the_end(free)
    assert trainer.epoch == free.epoch == 9
    np.testing.assert_array_equal(trainer.parameters, free.parameters)
    trainer.change(TrainingChange(max_epochs=None))
    assert trainer.halted is None


def test_a_limit_that_is_past_already_ends_it_at_once():
    trainer = run()
    for _ in range(5):
        trainer.advance(1000)
    trainer.advance(1)
    trainer.change(TrainingChange(max_epochs=3))
    assert trainer.halted == "finished"
    trainer.change(TrainingChange(max_epochs=6))
    assert trainer.halted is None
    assert (trainer.epoch, trainer.batch) == (5, 1)
    to_the_end(trainer)
    assert trainer.epoch == 6


def test_a_change_of_another_setting_does_not_resume_it():
    trainer = to_the_end(run(max_epochs=2))
    trainer.change(TrainingChange(learning_rate=0.5))
    assert trainer.halted == "finished"


def test_before_the_first_epoch_no_rule_is_applied():
    trainer = run()
    trainer.change(TrainingChange.model_validate({"stop": {"train_loss": 100.0}}))
    assert trainer.halted is None
    to_the_end(trainer)
    assert trainer.epoch == 1


def test_stop_at_a_training_loss():
    trainer = to_the_end(run(stop={"train_loss": 0.2}, learning_rate=0.1))
    assert trainer.halted == "finished"
    assert trainer.metrics.train_loss[0] <= 0.2
    assert "training loss" in trainer.detail
    assert " 0.2," in trainer.detail
    trainer.change(TrainingChange.model_validate({"stop": {"train_loss": None}}))
    assert trainer.halted is None


@pytest.mark.parametrize("patience", [1, 3])
def test_patience_counts_epochs_without_improvement(patience):
    # At this rate no epoch improves by 1e-4; the first is the one the others are measured against.
    trainer = to_the_end(run(stop={"patience": patience}, learning_rate=1e-7))
    assert trainer.epoch == 1 + patience
    assert f"for {patience} epochs" in trainer.detail


def test_patience_starts_again_with_each_improvement():
    trainer, losses = run(stop={"patience": 5}, learning_rate=0.1), []
    while not trainer.halted:
        trainer.advance(1000)
        losses.append(trainer.metrics.test_loss[0])
        assert trainer.epoch < 2000
    best, waited = np.inf, 0
    for loss in losses:
        best, waited = (loss, 0) if loss < best - 1e-4 else (best, waited + 1)
    assert waited == 5
    assert trainer.epoch > 10


def test_a_change_of_limits_does_not_count_an_epoch_twice():
    plain, changed = (run(stop={"patience": 4}, learning_rate=1e-7) for _ in range(2))
    for epoch in range(1, 6):
        for trainer in (plain, changed):
            trainer.advance(1000)
        for limit in (50, 60, None):
            changed.change(TrainingChange(max_epochs=limit))
        assert plain.halted == changed.halted == (None if epoch < 5 else "finished")


def test_without_test_points_the_training_loss_is_watched():
    config = {"dataset": {"train_fraction": 1.0}, "training": {"stop": {"patience": 2}, "learning_rate": 1e-7}}
    trainer = to_the_end(Trainer(RunConfig.model_validate(config)))
    assert trainer.epoch == 3


def test_the_first_rule_that_holds_is_named():
    trainer = to_the_end(run(stop={"train_loss": 100.0, "patience": 1}, max_epochs=1))
    assert "training loss" in trainer.detail


@pytest.mark.parametrize(
    ("fraction", "validation", "followed"),
    [(0.5, 0.0, "the test loss"), (0.5, 0.2, "the validation loss"), (1.0, 0.0, "the training loss")],
)
def test_patience_says_which_loss_it_followed(fraction, validation, followed):
    shares = {"train_fraction": fraction, "validation_fraction": validation}
    config = {
        "dataset": {"name": "gauss", "samples": 60, **shares},
        "training": {"stop": {"patience": 2}, "learning_rate": 1e-7},
    }
    trainer = to_the_end(Trainer(RunConfig.model_validate(config)))
    assert followed in trainer.detail
    assert ("no test points" in trainer.detail) == (fraction == 1.0)


@pytest.mark.parametrize("training", [{"max_epochs": 2}, {"stop": {"train_loss": 100.0}}, {"stop": {"patience": 1}}])
def test_the_reason_of_an_end_has_no_field_names(training):
    trainer = to_the_end(run(learning_rate=1e-7, **training))
    assert not re.search(r"\w\.\w*[a-z]|_", trainer.detail)
