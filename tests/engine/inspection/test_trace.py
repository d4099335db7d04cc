"""Every array of a trace satisfies its equation and agrees with the engine's own pass."""

from itertools import product

import numpy as np
import pytest

from engine.config import RunConfig, TrainingChange, WeightChange
from engine.inspection.trace import trace, trace_next
from engine.nn.losses import pairs
from engine.training.trainer import Trainer

EXACT = {"rtol": 1e-12, "atol": 1e-12}
DATA = {
    "classification": {"name": "blobs"},
    "regression": {"name": "bumps"},
    "multilabel": {
        "name": "custom",
        "inputs": [[0, 1], [1, 0], [1, 1], [-1, 0.5]] * 3,
        "targets": [[0, 1], [1, 1], [0, 0], [1, 0]] * 3,
        "task": "multilabel",
    },
}
CASES = [(task, pair) for task, pair in product(DATA, pairs.values()) if task in pair.tasks]


def slope_of(name, z, a):
    return {
        "sigmoid": lambda: a * (1 - a),
        "tanh": lambda: 1 - a**2,
        "linear": lambda: np.ones_like(a),
        "elu": lambda: np.where(z > 0, 1.0, a + 1),
    }[name]()


def trained(task, pair, dtype=np.float64, **training):
    config = {
        "dataset": DATA[task],
        "network": {"hidden": [{"units": 4}, {"units": 3, "activation": "elu"}], "output": pair.output},
        "training": {"loss": pair.loss, **training},
    }
    trainer = Trainer(RunConfig.model_validate(config), dtype=dtype)
    for _ in range(20):
        trainer.advance(5)
    return trainer


@pytest.mark.parametrize("dtype", [np.float32, np.float64], ids=["compiled", "NumPy"])
@pytest.mark.parametrize(("task", "pair"), CASES, ids=lambda v: getattr(v, "name", v))
def test_every_array_satisfies_its_equation(task, pair, dtype):
    trainer = trained(task, pair, dtype)
    points = slice(0, 6)
    result = trace(trainer, points)
    m = 6
    for index, layer in enumerate(result.layers):
        np.testing.assert_allclose(layer.W @ layer.A_prev + layer.b[:, None], layer.Z, **EXACT)
        np.testing.assert_allclose(layer.dZ @ layer.A_prev.T / m, layer.dW, **EXACT)
        np.testing.assert_allclose(layer.dZ.mean(axis=1), layer.db, **EXACT)
        if layer.activation != "softmax":  # its dZ mixes the outputs: sum over j of dA_j dP_j/dZ
            np.testing.assert_allclose(slope_of(layer.activation, layer.Z, layer.A), layer.slope, **EXACT)
            np.testing.assert_allclose(layer.dA * layer.slope, layer.dZ, **EXACT)
        else:
            assert layer.slope is None
            mixed = layer.A * (layer.dA - (layer.dA * layer.A).sum(axis=0))
            np.testing.assert_allclose(mixed, layer.dZ, **EXACT)
        if index:
            below = result.layers[index - 1]
            np.testing.assert_array_equal(layer.A_prev, below.A)
            np.testing.assert_allclose(layer.W.T @ layer.dZ, below.dA, **EXACT)


def test_a_trace_of_the_whole_set_has_the_runs_gradient():
    trainer = trained("classification", pairs["softmax with cross_entropy"], batch_size=None, learning_rate=0.1)
    data = trainer.data()
    result = trace(trainer, slice(0, data.train))
    assert result.loss == pytest.approx(trainer.metrics.train_loss[0], rel=1e-12)
    before = trainer.model().layers()
    trainer.advance(1)
    for layer, dW, old, new in zip(result.layers, trainer.network.dW, before, trainer.model().layers(), strict=True):
        np.testing.assert_allclose(layer.dW, dW[:, :-1], rtol=1e-10, atol=1e-14)
        np.testing.assert_allclose(old.W + layer.update_W, new.W, **EXACT)
        np.testing.assert_allclose(old.b + layer.update_b, new.b, **EXACT)


@pytest.mark.parametrize("optimizer", ["momentum", "adam", "adamw", "rmsprop"])
@pytest.mark.parametrize("regularizer", ["none", "l1", "l2"])
def test_the_update_is_the_one_the_run_would_take_next(optimizer, regularizer):
    chosen = {"name": regularizer, "rate": 0.01}
    pair = pairs["sigmoid with cross_entropy"]
    trainer = trained("multilabel", pair, optimizer={"name": optimizer}, batch_size=None, regularizer=chosen)
    state = trainer.state()
    result = trace(trainer, slice(0, trainer.data().train))
    np.testing.assert_array_equal(trainer.state()["arrays"]["w"], state["arrays"]["w"])
    before = trainer.model().layers()
    trainer.advance(1)
    for layer, old, new in zip(result.layers, before, trainer.model().layers(), strict=True):
        np.testing.assert_allclose(old.W + layer.update_W, new.W, rtol=1e-9, atol=1e-12)


def test_the_penalty_stands_apart_and_cut_links_take_no_part():
    pair = pairs["sigmoid with cross_entropy"]
    trainer = trained("multilabel", pair, regularizer={"name": "l2", "rate": 0.5})
    trainer.edit(WeightChange.model_validate({"cut": [{"layer": 0, "row": 1, "column": 0}]}))
    result = trace(trainer, slice(0, 3))
    np.testing.assert_allclose(result.layers[1].dW_penalty, 0.5 * result.layers[1].W, **EXACT)
    assert result.layers[0].dW[1, 0] == result.layers[0].update_W[1, 0] == 0.0
    assert result.penalty == pytest.approx(trainer.metrics.penalty[0], rel=1e-12)


def test_where_a_probability_is_exactly_one_there_is_no_dA():
    trainer = trained("classification", pairs["softmax with cross_entropy"])
    trainer.edit(WeightChange.model_validate({"edits": [{"layer": 2, "bias": k, "value": 1e6 * k} for k in range(3)]}))
    result = trace(trainer, slice(0, 4))
    assert result.layers[-1].dA is None
    assert np.isfinite(result.layers[-1].dZ).all()
    assert np.isfinite(result.loss)


def test_no_points_is_an_error():
    trainer = trained("classification", pairs["softmax with cross_entropy"])
    with pytest.raises(ValueError, match="from 0 to 499"):
        trace(trainer, slice(500, 501))


@pytest.mark.parametrize("member", [0, 2])
@pytest.mark.parametrize("sweep", ["seed", "training.learning_rate"])
def test_the_traced_mini_batch_is_the_runs_next_one(sweep, member):
    config = {
        "network": {"hidden": [{"units": 6, "dropout": 0.5}, {"units": 5, "activation": "relu"}, {"units": 3}]},
        "training": {"optimizer": {"name": "adam"}, "batch_size": 40, "augmentation": 0.1, "clip_norm": 0.05},
        "sweep": {"parameter": sweep, "values": [1, 2, 3] if sweep == "seed" else [0.01, 0.02, 0.03]},
    }
    trainer = Trainer(RunConfig.model_validate(config), dtype=np.float64)
    for taken in range(9):  # 250 examples: the seventh batch has 10, the next epoch another order
        result = trace_next(trainer, member)
        assert len(result.examples) == (10 if taken == 6 else 40)
        first = result.layers[0]
        assert {0.0, 2.0} == set(np.unique(first.D))
        np.testing.assert_allclose(first.A, np.tanh(first.Z) * first.D, **EXACT)
        np.testing.assert_allclose(first.dA * first.D * (1 - np.tanh(first.Z) ** 2), first.dZ, **EXACT)
        before = trainer.model(member).layers()
        trainer.advance(1)
        for layer, old, new in zip(result.layers, before, trainer.model(member).layers(), strict=True):
            np.testing.assert_allclose(old.W + layer.update_W, new.W, rtol=1e-9, atol=1e-12)
            np.testing.assert_allclose(old.b + layer.update_b, new.b, rtol=1e-9, atol=1e-12)


def test_the_predicted_loss_change_is_right_to_first_order():
    pair = pairs["sigmoid with cross_entropy"]
    errors = []
    for rate in (0.1, 0.01):
        trainer = trained("multilabel", pair, batch_size=None, regularizer={"name": "l2", "rate": 0.1})
        trainer.change(TrainingChange(learning_rate=rate))
        result = trace_next(trainer)
        assert result.learning_rate == rate
        trainer.advance(1)
        assert trainer.metrics.train_loss[0] == pytest.approx(result.loss_after, rel=1e-12)
        errors.append(abs(result.loss_after - result.loss - result.predicted_change))
    assert errors[1] < errors[0] / 90  # what the first order leaves out is of the second
