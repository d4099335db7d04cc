"""A run in the compiled arithmetic: NumPy's figures; n batches in a call as one by one, members as alone, in bits."""

import hashlib
import json

import numpy as np
import pytest

from engine import RunConfig, Trainer, TrainingChange, WeightChange
from engine.kernel import bodies

pytestmark = pytest.mark.skipif(not bodies(), reason="there is no C compiler")

ACTIVATIONS = ("tanh", "relu", "prelu", "gelu", "sine", "mish", "elu", "selu", "softplus", "gaussian", "silu")
DATASETS = (
    {"name": "circle"},
    {"name": "blobs", "classes": 4},
    {"name": "bumps"},
    {
        "name": "custom",
        "task": "multilabel",
        "inputs": [[0, 1], [2, 3], [4, 1], [1, 1]] * 9,
        "targets": [[0, 1], [1, 1], [1, 0], [0, 0]] * 9,
    },
    {
        "name": "custom",
        "task": "regression",
        "inputs": [[0, 1], [2, 3], [4, 1], [1, 1]] * 9,
        "targets": [[0, 1], [1, 1], [1, 0], [0, 0.5]] * 9,
    },
)


SPLITS = [
    {"train_fraction": 0.5},
    {"train_fraction": 0.5, "validation_fraction": 0.2},
    {"train_fraction": 0.8, "validation_fraction": 0.2},
    {"train_fraction": 1.0},
]


def random_config(seed):
    """A run of any parts; the rates are small, so that float32 rounding does not grow."""
    rng = np.random.default_rng(seed)

    def one(*values):
        return values[rng.integers(len(values))]

    layers = [
        {"units": int(rng.integers(1, 9)), "activation": one(*ACTIVATIONS), "dropout": one(0.0, 0.0, 0.3)}
        for _ in range(rng.integers(0, 4))
    ]
    sweep = one(
        None,
        None,
        {"parameter": "training.learning_rate", "values": [0.001, 0.002, 0.004]},
        {"parameter": "seed", "values": list(range(18))},
    )
    dataset = one(*DATASETS)
    if dataset["name"] != "custom":
        dataset = dataset | {"samples": int(rng.integers(20, 80))}
    return RunConfig.model_validate(
        {
            "dataset": dataset | one(*SPLITS),
            "network": {"hidden": layers, "bias": bool(rng.integers(4))},
            "training": {
                "learning_rate": 0.003,
                "batch_size": one(None, 1, 7, 16, 40, 1000),
                "optimizer": {"name": one("sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam", "adamw")},
                "schedule": one({"name": "constant"}, {"name": "cosine"}, {"name": "step", "epochs": 2}),
                "regularizer": one({"name": "none"}, {"name": "l1", "rate": 0.01}, {"name": "l2", "rate": 0.01}),
                "clip_norm": one(None, 1.0),
                "augmentation": one(0.0, 0.0, 0.1),
            },
            "seed": int(rng.integers(100)),
            "sweep": sweep,
        }
    )


def assert_close(compiled, trainer, atol):
    for name in ("train_loss", "test_loss", "validation_loss", "train_error", "penalty", "learning_rate"):
        ours, expected = getattr(compiled.metrics, name), getattr(trainer.metrics, name)
        assert [x is None for x in ours] == [x is None for x in expected]
        pairs = [(a, b) for a, b in zip(ours, expected, strict=True) if a is not None]
        np.testing.assert_allclose(*(np.array(pairs).reshape(-1, 2).T), rtol=1e-4, atol=atol, err_msg=name)
    np.testing.assert_allclose(compiled.network.w, trainer.network.w, rtol=1e-3, atol=atol)


@pytest.mark.parametrize("seed", range(40))
def test_it_trains_as_numpy_does(seed):
    config = random_config(seed)
    compiled, trainer = Trainer(config), Trainer(config, arithmetic="numpy")
    assert (compiled.arithmetic, trainer.arithmetic) == ("portable-1", "numpy")
    assert_close(compiled, trainer, 1e-6)
    np.testing.assert_array_equal(compiled.parameters, trainer.parameters)
    for _ in range(3):
        assert len(compiled.train(10**6, compiled.epoch + 1)) == 1
        assert trainer.advance(10**6)
        assert_close(compiled, trainer, 2e-4)
        ours, expected = compiled.upcoming(0), trainer.upcoming(0)
        np.testing.assert_array_equal(ours[0], expected[0])
        np.testing.assert_array_equal(ours[1], expected[1])
        for mask, other in zip(ours[2], expected[2], strict=True):
            np.testing.assert_allclose(mask, other, rtol=1e-6)
    assert (compiled.epoch, compiled.batch) == (trainer.epoch, trainer.batch) == (3, 0)


def everything(trainer):
    """All that a run goes on from, comparable bit for bit."""
    state = trainer.state()
    arrays = {name: array.tobytes() for name, array in state["arrays"].items()}
    return arrays, json.dumps(state["meta"], default=str)


def stored(trainer):
    """Its state as it comes back from storage."""
    state = trainer.state()
    meta = state["meta"] | {"config": state["meta"]["config"].model_dump(mode="json")}
    return {"arrays": state["arrays"], "meta": json.loads(json.dumps(meta))}


@pytest.mark.parametrize("seed", range(40, 60))
def test_many_batches_and_epochs_in_a_call_are_as_many_calls(seed):
    config = random_config(seed)
    whole, single = Trainer(config), Trainer(config)
    rows = whole.train(3 * whole.batches_per_epoch + 1)
    others = []
    while (single.epoch, single.batch) != (whole.epoch, whole.batch):
        others += list(single.train(1))
    np.testing.assert_array_equal(rows, others)
    assert everything(whole) == everything(single)


@pytest.mark.parametrize("seed", range(60, 75))
def test_a_restored_run_continues_bit_for_bit(seed):
    config = random_config(seed)
    trainer, copy = Trainer(config), Trainer(config)

    def steps(run, start):
        changes = [
            TrainingChange.model_validate({"batch_size": 5, "max_epochs": 1000}),
            WeightChange.model_validate({"cut": [{"layer": 0, "row": 0, "column": 0}]}),
            WeightChange.model_validate({"edits": [{"layer": 0, "row": 0, "column": 1, "value": 0.25}]}),
            TrainingChange.model_validate({"stop": {"patience": 2}}),
        ]
        for change in changes[start:]:
            run.train(run.batches_per_epoch + 2)
            (run.edit if isinstance(change, WeightChange) else run.change)(change)
            yield
        run.train(2 * run.batches_per_epoch + 1)
        yield

    going = list(steps(trainer, 0))
    first = steps(copy, 0)
    for done in range(1, len(going)):
        next(first)
        again = Trainer(config)
        again.restore(stored(copy))
        list(steps(again, done))
        assert everything(again) == everything(trainer)


@pytest.mark.parametrize("parameter", ["seed", "training.learning_rate", "training.optimizer.beta1"])
@pytest.mark.parametrize("dropout", [0.0, 0.3])
def test_members_equal_their_runs_alone(parameter, dropout):
    values = {"seed": range(3), "training.learning_rate": (0.01, 0.1, 900.0), "training.optimizer.beta1": (0, 0.5, 0.9)}
    config = RunConfig.model_validate(
        {
            "network": {"hidden": [{"units": 6, "activation": "prelu", "dropout": dropout}, {"units": 5}]},
            "dataset": {"samples": 60},
            "training": {
                "optimizer": {"name": "adam"},
                "batch_size": 7,
                "stop": {"train_loss": 0.3, "patience": 5},
                "max_epochs": 40,
            },
            "sweep": {"parameter": parameter, "values": list(values[parameter])},
        }
    )
    together, alone = Trainer(config), [Trainer(member) for member in config.members]
    rows = together.train(10**6)
    for index, run in enumerate(alone):
        own = run.train(10**6)
        np.testing.assert_array_equal(together.parameters[index], run.parameters[0])
        np.testing.assert_array_equal(rows[: len(own), index], own[:, 0])
        assert together.member_halted[index] == run.halted
        assert f"member {index}: {run.detail}" in together.detail
    assert together.epoch == max(run.epoch for run in alone)


@pytest.mark.parametrize("dropout", [0.0, 0.3])
def test_a_member_continues_as_alone_when_another_has_ended(dropout):
    config = RunConfig.model_validate(
        {
            "network": {"hidden": [{"units": 6, "dropout": dropout}]},
            "dataset": {"samples": 60},
            "training": {"optimizer": {"name": "adam"}, "stop": {"train_loss": 0.4}, "max_epochs": 12},
            "sweep": {"parameter": "training.learning_rate", "values": [0.0001, 0.1]},
        }
    )
    together, alone = Trainer(config), Trainer(config.members[0])
    for run in (together, alone):
        run.train(10**6)
        assert run.epoch == 12
    assert "the training loss" in together.detail
    for run in (together, alone):
        run.change(TrainingChange(max_epochs=20))
        run.train(10**6)
    np.testing.assert_array_equal(together.parameters[0], alone.parameters[0])


DIVERGING = {
    "dataset": {"name": "plane"},
    "network": {"hidden": [{"units": 5, "activation": "linear"}]},
    "training": {"learning_rate": 20.0, "batch_size": 7},
}


def test_the_reason_of_a_divergence_is_that_of_numpy():
    config = RunConfig.model_validate(DIVERGING)
    compiled, trainer = Trainer(config), Trainer(config, arithmetic="numpy")
    compiled.train(10**6)
    trainer.train(10**6)
    assert compiled.halted == trainer.halted == "diverged"
    assert compiled.detail.split("(")[0] == trainer.detail.split("(")[0]
    assert (compiled.epoch, compiled.batch) == (trainer.epoch, trainer.batch)
    assert np.isfinite(compiled.parameters).all()


@pytest.mark.parametrize("seed", [3, 7, 44, 61])
def test_every_body_gives_the_same_hash(monkeypatch, seed):
    hashes = set()
    for body in bodies():
        monkeypatch.setenv("DESCENT_KERNEL", body)
        trainer = Trainer(random_config(seed))
        rows = trainer.train(20 * trainer.batches_per_epoch)
        hashes.add(hashlib.sha256(rows.tobytes() + trainer.parameters.tobytes()).hexdigest())
    assert len(hashes) == 1


def test_without_a_body_in_c_numpy_trains(monkeypatch):
    from engine.training import kernel_rules

    monkeypatch.setattr(kernel_rules, "ACTIVATIONS", ("relu",))
    assert Trainer(RunConfig()).arithmetic == "numpy"
    monkeypatch.undo()
    assert Trainer(RunConfig(), dtype=np.float64).arithmetic == "numpy"
    assert Trainer(RunConfig(), rules="numpy-1").arithmetic == "numpy"
    monkeypatch.setenv("DESCENT_KERNEL", "off")
    assert Trainer(RunConfig()).arithmetic == "numpy"


def test_a_run_begun_in_numpy_continues_in_numpy():
    begun = Trainer(RunConfig(), arithmetic="numpy")
    begun.train(30)
    again = Trainer(RunConfig())
    again.restore(begun.state())
    assert again.arithmetic == "numpy"
    assert again.train(30).tobytes() == begun.train(30).tobytes()


def test_a_call_ends_at_the_given_epoch_and_at_max_epochs():
    trainer = Trainer(RunConfig.model_validate({"training": {"max_epochs": 12}}))
    assert len(trainer.train(10**6, 5)) == trainer.epoch == 5
    assert len(trainer.train(30)) == 1
    assert (trainer.epoch, trainer.batch) == (6, 5)
    assert len(trainer.train(10**6)) == 6
    assert trainer.halted == "finished"
    assert "epoch 12" in trainer.detail
    assert len(trainer.train(10**6)) == 0
