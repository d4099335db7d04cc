"""Bit for bit: a state restored continues as if nothing had happened, and how training is cut up changes nothing."""

import io
import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.config import RunConfig, TrainingChange, WeightChange
from engine.nn.activations import activations
from engine.training.optimizers import optimizers
from engine.training.schedules import schedules
from engine.training.trainer import Trainer

CUT = WeightChange.model_validate({"cut": [{"layer": 0, "row": 1, "column": 0}, {"layer": 1, "row": 0, "column": 2}]})


def run(*, hidden=None, sweep=None, dataset=None, seed=0, **training):
    layers = hidden or [{"units": 5, "activation": "relu", "dropout": 0.2}, {"units": 3, "activation": "prelu"}]
    return RunConfig.model_validate(
        {
            "dataset": {"samples": 46, "noise": 0.1, "label_noise": 0.1} | (dataset or {}),
            "features": ["x1", "x2", "x1*x2"],
            "network": {"hidden": layers},
            "training": {"batch_size": 5} | training,
            "seed": seed,
            "sweep": sweep,
        }
    )


def text(meta):
    return json.dumps(meta, sort_keys=True, default=lambda config: config.model_dump(mode="json"))


def stored(state):
    """A state as it comes back from storage: meta as JSON text, arrays as an npz file."""
    file = io.BytesIO()
    np.savez(file, **state["arrays"])
    file.seek(0)
    with np.load(file) as arrays:
        return {"arrays": {name: arrays[name] for name in arrays}, "meta": json.loads(text(state["meta"]))}


def assert_same(a, b):
    """Everything that training depends on, and everything that is shown, to the bit."""
    one, other = a.state(), b.state()
    assert text(one["meta"]) == text(other["meta"])
    assert one["arrays"].keys() == other["arrays"].keys()
    for name, array in one["arrays"].items():
        assert array.dtype == other["arrays"][name].dtype
        assert array.tobytes() == other["arrays"][name].tobytes(), name
    assert a.metrics == b.metrics
    assert (a.epoch, a.batch, a.halted, a.detail, a.config) == (b.epoch, b.batch, b.halted, b.detail, b.config)
    points = a.data().inputs
    for member in range(a.member_count):
        assert a.model(member).predict(points).tobytes() == b.model(member).predict(points).tobytes()


def advance(trainer, batches):
    for _ in range(batches):
        trainer.advance(1)


def assert_continues(config, *, before=8, after=9, prepare=lambda trainer: None, dtype=np.float32):
    """Saves in mid-epoch (5 batches an epoch), restores in a new trainer, and goes on with both past the next epoch."""
    trainer = Trainer(config, dtype=dtype)
    prepare(trainer)
    advance(trainer, before)
    state = stored(trainer.state())
    copy = Trainer(config, dtype=dtype)
    advance(copy, 3)  # whatever it did before is forgotten
    copy.restore(state)
    assert_same(trainer, copy)
    advance(trainer, after)
    advance(copy, after)
    assert_same(trainer, copy)


SWEEPS = {
    "alone": None,
    "rates": {"parameter": "training.learning_rate", "values": [0.01, 0.1]},
    "seeds": {"parameter": "seed", "values": [3, 1, 2]},
}


@pytest.mark.parametrize("sweep", SWEEPS)
@pytest.mark.parametrize("optimizer", optimizers)
def test_every_optimizer(optimizer, sweep):
    """With dropout, augmentation, clipping, a penalty, and cut links."""
    assert_continues(
        run(
            optimizer=optimizer,
            sweep=SWEEPS[sweep],
            augmentation=0.3,
            clip_norm=1.0,
            regularizer={"name": "l1", "rate": 0.01},
        ),
        prepare=lambda trainer: trainer.edit(CUT),
    )


@pytest.mark.parametrize("activation", activations)
def test_every_activation(activation):
    assert_continues(run(hidden=[{"units": 4, "activation": activation, "dropout": 0.1}]))


@pytest.mark.parametrize("schedule", schedules)
def test_every_schedule(schedule):
    assert_continues(run(schedule=schedule, optimizer="adam"))


def test_in_double_precision():
    assert_continues(run(optimizer="rmsprop"), dtype=np.float64)


@pytest.mark.parametrize("before", [0, 1, 5, 10], ids=lambda n: f"after {n}")
def test_at_the_start_and_between_epochs(before):
    assert_continues(run(optimizer="adam", augmentation=0.2), before=before)


def test_after_live_changes_in_mid_epoch():
    def prepare(trainer):
        advance(trainer, 7)
        trainer.change(
            TrainingChange.model_validate(
                {"batch_size": 4, "learning_rate": 0.2, "regularizer": {"rate": 0.5}, "stop": {"patience": 3}}
            )
        )

    assert_continues(run(optimizer="momentum", regularizer={"name": "l2", "rate": 0.0}), prepare=prepare, before=2)


@pytest.mark.parametrize(
    "change", [{"max_epochs": 2}, {"stop": {"train_loss": 10.0}}, {"learning_rate": 900.0}], ids=str
)
def test_once_halted(change):
    def prepare(trainer):
        trainer.change(TrainingChange.model_validate(change))

    config = run(regularizer={"name": "l2", "rate": 10.0}, sweep=None)
    assert_continues(config, prepare=prepare, before=20)
    trainer = Trainer(config)
    prepare(trainer)
    advance(trainer, 20)
    assert trainer.halted == ("diverged" if "learning_rate" in change else "finished")


def test_waiting_for_an_improvement_is_remembered():
    config = run(stop={"patience": 4}, learning_rate=1e-7)
    trainer, copy = Trainer(config), Trainer(config)
    advance(trainer, 15)
    copy.restore(stored(trainer.state()))
    while not trainer.halted:
        trainer.advance(1)
        copy.advance(1)
    assert trainer.epoch == 5  # the first epoch is an improvement on nothing
    assert_same(trainer, copy)


def test_a_state_is_a_copy():
    trainer = Trainer(run(optimizer="adam", augmentation=0.1))
    trainer.edit(CUT)
    state = trainer.state()
    before = {name: array.copy() for name, array in state["arrays"].items()}
    meta = text(state["meta"])
    advance(trainer, 7)
    assert all(np.array_equal(state["arrays"][name], array) for name, array in before.items())
    assert text(state["meta"]) == meta
    trainer.restore(state)
    advance(trainer, 7)
    assert all(np.array_equal(state["arrays"][name], array) for name, array in before.items())


@pytest.mark.parametrize("sweep", SWEEPS)
@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
def test_a_batch_at_a_time_or_an_epoch(optimizer, sweep):
    config = run(optimizer=optimizer, augmentation=0.3, sweep=SWEEPS[sweep])
    batches, epochs = Trainer(config), Trainer(config)
    advance(batches, 5 * 4)
    for _ in range(4):
        assert epochs.advance(1000)
    assert batches.epoch == 4
    assert_same(batches, epochs)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(0, 7), min_size=1, max_size=12))
def test_however_training_is_cut_up(cuts):
    config = run(optimizer="momentum")
    pieces, whole = Trainer(config), Trainer(config)
    for cut in cuts:
        pieces.advance(cut)
    while (whole.epoch, whole.batch) != (pieces.epoch, pieces.batch):
        whole.advance(1)
    assert_same(pieces, whole)


def test_looking_changes_nothing():
    looked, left = Trainer(run()), Trainer(run())
    for _ in range(12):
        looked.advance(1)
        looked.model().predict(looked.data().inputs)
        looked.state()
        looked.parameters[:] = 0.0
        left.advance(1)
    assert_same(looked, left)


def test_one_seed_one_run_and_another_seed_another():
    config = run(augmentation=0.1)
    one, same, other = Trainer(config), Trainer(config), Trainer(run(augmentation=0.1, seed=1))
    for trainer in (one, same, other):
        advance(trainer, 12)
    assert_same(one, same)
    assert not np.array_equal(one.parameters, other.parameters)
    assert np.array_equal(one.data().inputs, other.data().inputs)  # the points have a seed of their own


@pytest.mark.parametrize("sweep", SWEEPS)
def test_reset_starts_again_with_the_same_bits(sweep):
    config = run(optimizer="adam", augmentation=0.1, sweep=SWEEPS[sweep])
    trainer, fresh = Trainer(config), Trainer(config)
    advance(trainer, 13)
    trainer.reset()
    assert_same(trainer, fresh)
    advance(trainer, 8)
    advance(fresh, 8)
    assert_same(trainer, fresh)


def test_reset_with_a_seed_is_that_run():
    trainer, other = Trainer(run()), Trainer(run(seed=9))
    advance(trainer, 3)
    trainer.reset(9)
    assert_same(trainer, other)


def test_reset_keeps_settings_and_cuts_and_drops_edits():
    trainer = Trainer(run(learning_rate=0.1))
    start = trainer.parameters
    trainer.edit(CUT)
    trainer.edit(WeightChange.model_validate({"edits": [{"layer": 0, "bias": 0, "value": 3.0}]}))
    trainer.change(TrainingChange(learning_rate=0.2))
    advance(trainer, 6)
    trainer.reset()
    cut = np.flatnonzero(trainer.update_rule.cut == 0)
    assert len(cut) == 2
    expected = start.copy()
    expected[0, cut] = 0.0
    np.testing.assert_array_equal(trainer.parameters, expected)
    assert trainer.config.training.learning_rate == 0.2
    assert trainer.metrics.learning_rate == (0.2,)


@pytest.mark.parametrize("optimizer", optimizers)
def test_a_state_with_a_diverged_member_continues_bit_for_bit(optimizer):
    sweep = {"parameter": "training.learning_rate", "values": [0.01, 1000.0, 0.03]}
    config = run(optimizer=optimizer, regularizer={"name": "l2", "rate": 10.0}, sweep=sweep)
    trainer = Trainer(config)
    advance(trainer, 58)
    assert trainer.halted is None
    if optimizer in ("sgd", "momentum", "nesterov", "adamw"):  # the others bound their steps
        assert trainer.member_halted == [None, "diverged", None]
    assert_continues(config, before=58)
