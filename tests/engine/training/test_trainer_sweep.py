"""A member of a sweep is the same run trained alone, bit for bit."""

import numpy as np
import pytest

from engine.config import RunConfig, TrainingChange, WeightChange
from engine.errors import InvalidArgument
from engine.nn.activations import activations
from engine.nn.initializers import initializers
from engine.nn.losses import pairs
from engine.nn.regularizers import regularizers
from engine.training.optimizers import optimizers
from engine.training.schedules import schedules
from engine.training.trainer import Trainer

DATA = {"samples": 46, "train_fraction": 0.5, "noise": 0.1}  # 23 points: batches of 5 leave a short one of 3
RATES = [0.3, 0.01, 0.07]
# Sizes at which a BLAS takes other paths: single units, a full register, many layers, none.
SHAPES = {"1": [1], "16": [16], "17-3": [17, 3], "8-8": [8, 8], "1-1-1": [1, 1, 1], "8 layers": [5] * 8, "none": []}


def layers(units, activation="tanh", dropout=0.0):
    return [{"units": n, "activation": activation, "dropout": dropout} for n in units]


def run(parameter="training.learning_rate", values=RATES, *, dataset=None, hidden=None, network=None, **training):
    return RunConfig.model_validate(
        {
            "dataset": DATA | (dataset or {}),
            "network": {"hidden": layers([4, 3]) if hidden is None else hidden} | (network or {}),
            "training": {"batch_size": 5} | training,
            "sweep": {"parameter": parameter, "values": values},
        }
    )


def same_bits(a, b):
    return a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes()


def figures(metrics, member):
    names = ("train_loss", "test_loss", "train_accuracy", "test_accuracy", "penalty", "learning_rate")
    return [getattr(metrics, name)[member] for name in names]


def assert_members_are_alone(config, epochs=3):
    together = Trainer(config)
    singles = [Trainer(member) for member in config.members]
    for _ in range(epochs):
        together.advance(100)
        for index, alone in enumerate(singles):
            alone.advance(100)
            assert same_bits(together.parameters[index], alone.parameters[0]), f"member {index}, epoch {alone.epoch}"
            if alone.halted is None:
                assert figures(together.metrics, index) == figures(alone.metrics, 0)
    for index, alone in enumerate(singles):
        points = alone.data().inputs
        assert same_bits(together.model(index).predict(points), alone.model().predict(points))
        assert together.member_halted[index] == alone.halted
    return together, singles


@pytest.mark.parametrize("regularizer", regularizers)
@pytest.mark.parametrize("optimizer", optimizers)
def test_every_optimizer_and_regularizer(optimizer, regularizer):
    assert_members_are_alone(run(optimizer=optimizer, regularizer={"name": regularizer, "rate": 0.01}))
    assert_members_are_alone(run(optimizer=optimizer, regularizer={"name": regularizer, "rate": 0.01}, clip_norm=0.05))


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("batch_size", [1, 5, 8, None])
def test_every_shape_and_batch_size(shape, batch_size):
    assert_members_are_alone(run(hidden=layers(SHAPES[shape]), batch_size=batch_size))
    softmax = run(hidden=layers(SHAPES[shape], "relu"), batch_size=batch_size, dataset={"name": "blobs", "classes": 3})
    assert_members_are_alone(softmax)


@pytest.mark.parametrize("activation", activations)
@pytest.mark.parametrize("units", [[16], [7, 2, 1], [3] * 8], ids=str)
def test_every_activation(activation, units):
    assert_members_are_alone(run(hidden=layers(units, activation), values=[0.03, 0.003, 0.01]))


@pytest.mark.parametrize("schedule", schedules)
def test_every_schedule(schedule):
    assert_members_are_alone(run(schedule=schedule, optimizer="adam"))


@pytest.mark.parametrize("initializer", initializers)
def test_every_initializer(initializer):
    assert_members_are_alone(run("seed", [3, 1, 2], network={"initializer": initializer}))


@pytest.mark.parametrize("pair", pairs.values(), ids=lambda p: p.name)
def test_every_output_and_loss(pair):
    data = {"classification": "gauss", "regression": "bumps"}
    task = "classification" if "classification" in pair.tasks else "regression"
    network = {"output": pair.output}
    assert_members_are_alone(run(dataset={"name": data[task]}, network=network, loss=pair.loss))


def sweepable():
    """Every parameter that any config can sweep, with three values inside its range."""
    yield "training.learning_rate", RATES, {}
    yield "seed", [5, 3, 4], {}
    yield "training.regularizer.rate", [0.0, 0.01, 0.1], {"regularizer": {"name": "l1", "rate": 0.0}}
    yield "training.regularizer.rate", [0.0, 0.01, 0.1], {"regularizer": {"name": "l2", "rate": 0.0}}
    for part, registry in (("optimizer", optimizers), ("schedule", schedules)):
        for entry in registry.values():
            for p in entry.parameters:
                values = [p.default, p.default * 0.9, p.default * 0.5] if p.default else [0.0, 0.1, 0.2]
                yield f"training.{part}.{p.name}", values, {part: entry.name}


@pytest.mark.parametrize(("parameter", "values", "training"), list(sweepable()), ids=lambda v: str(v)[:40])
def test_every_sweepable_parameter(parameter, values, training):
    config = run(parameter, values, **training)
    assert tuple(parameter.split(".")) in config.sweepable
    together, _ = assert_members_are_alone(config, epochs=4)
    differ = [not same_bits(together.parameters[0], row) for row in together.parameters[1:]]
    # Below its first step a step schedule is constant, and an epsilon is lost beside a gradient.
    assert any(differ) or parameter.endswith(("epochs", "factor", "epsilon"))


@pytest.mark.parametrize(
    ("parameter", "values"), [("seed", [1, 0, 2]), ("seed", [4, 4]), ("training.learning_rate", RATES)]
)
@pytest.mark.parametrize("optimizer", ["sgd", "adamw"])
def test_dropout_and_augmentation_with_shared_and_own_seeds(parameter, values, optimizer):
    assert_members_are_alone(
        run(parameter, values, hidden=layers([6, 4], "relu", 0.3), augmentation=0.4, optimizer=optimizer)
    )


def test_without_biases_and_with_features():
    tree = run(network={"bias": False}).model_dump() | {"features": ["x1", "x1*x2", "sin(x2)"]}
    assert_members_are_alone(RunConfig.model_validate(tree))


def test_a_sweep_of_one():
    assert_members_are_alone(run(values=[0.1], hidden=layers([4, 2], "prelu", 0.2)))


@pytest.mark.parametrize("members", [2, 16])
def test_many_members(members):
    assert_members_are_alone(run(values=[0.01 * (i + 1) for i in range(members)], hidden=layers([8, 8])), epochs=2)


def test_in_double_precision():
    config = run(optimizer="adam")
    together, singles = Trainer(config, dtype=np.float64), [Trainer(m, dtype=np.float64) for m in config.members]
    for trainer in (together, *singles):
        trainer.advance(100)
    assert all(same_bits(together.parameters[i], alone.parameters[0]) for i, alone in enumerate(singles))


@pytest.mark.parametrize("optimizer", optimizers)
@pytest.mark.parametrize("clip_norm", [None, 1e30])
def test_others_go_on_when_one_diverges(optimizer, clip_norm):
    # L2 at rate 10 and learning rate 1000 multiplies the weights by -9999: no optimizer tames that.
    config = run(
        values=[0.01, 1000.0, 0.03], optimizer=optimizer, regularizer={"name": "l2", "rate": 10.0}, clip_norm=clip_norm
    )
    together, singles = assert_members_are_alone(config, epochs=5)
    if optimizer in ("sgd", "momentum", "nesterov"):
        assert together.member_halted == [None, "diverged", None]
        assert together.halted is None
        assert together.detail == f"member 1: {singles[1].detail}"


def test_a_diverged_member_comes_back_as_it_would_alone():
    """Its weights, running state and generators are those at its last step, however long the others went on."""
    config = run(values=[0.01, 1000.0], optimizer="momentum", network={"output": "linear"}, dataset={"name": "plane"})
    together, alone = Trainer(config), Trainer(config.members[1])
    while together.member_halted[1] is None:
        together.advance(1)
        alone.advance(1)
    assert alone.halted == "diverged"
    before = [slot[1].copy() for slot in together.update_rule.slots]
    together.advance(100)
    together.advance(100)
    for slot, own, kept in zip(together.update_rule.slots, alone.update_rule.slots, before, strict=True):
        assert same_bits(slot[1], kept)
        assert same_bits(slot[1], own)
    assert same_bits(together.parameters[1], alone.parameters[0])
    together.edit(WeightChange.model_validate({"member": 1, "edits": [{"layer": 0, "bias": 0, "value": 0.5}]}))
    assert together.member_halted == [None, None]
    assert together.detail is None


def test_the_run_ends_with_its_last_member():
    config = run(values=[0.3, 0.0001], dataset={"name": "gauss"}, stop={"train_loss": 0.3})
    trainer = Trainer(config)
    while trainer.member_halted[0] is None:
        trainer.advance(100)
    assert trainer.halted is None
    kept = trainer.parameters[0]
    trainer.advance(100)
    assert same_bits(trainer.parameters[0], kept)
    trainer.change(TrainingChange(max_epochs=trainer.epoch))
    assert trainer.halted == "finished"
    assert trainer.detail is not None
    assert "member 0" in trainer.detail
    assert f"member 1: it has reached epoch {trainer.epoch}," in trainer.detail


def test_a_swept_setting_cannot_be_changed_live():
    trainer = Trainer(run())
    with pytest.raises(InvalidArgument, match="sweeps") as refused:
        trainer.change(TrainingChange(learning_rate=0.1))
    assert refused.value.loc == ("training", "learning_rate")
    trainer.change(TrainingChange(batch_size=3))
    assert trainer.batches_per_epoch == 8
