"""One step: the worked example, clipping, penalties, decay, and links that are cut."""

import numpy as np
import pytest

from engine.config import RunConfig, TrainingChange, WeightChange
from engine.nn.activations import activations
from engine.nn.losses import pairs
from engine.nn.model import network_of
from engine.nn.network import HiddenLayer, Network, Pass
from engine.nn.regularizers import regularizers
from engine.training.optimizers import optimizers
from engine.training.trainer import Trainer
from engine.training.update_rule import UpdateRule


def run(*, hidden=(5, 3), network=None, dataset=None, sweep=None, **training):
    return RunConfig.model_validate(
        {
            "dataset": {"samples": 60} | (dataset or {}),
            "network": {"hidden": [{"units": n} for n in hidden]} | (network or {}),
            "training": {"learning_rate": 0.05} | training,
            "sweep": sweep,
        }
    )


# -- Mazur's worked step (2015) ---------------------------------------------------------------------------------------


def worked_example():
    sigmoid, pair = activations["sigmoid"], pairs["sigmoid with half_squared_error"]
    network = Network(2, [HiddenLayer(2, sigmoid)], 2, pair, dtype=np.float64)
    network.W[0][:] = [[0.15, 0.20, 0.35], [0.25, 0.30, 0.35]]
    network.W[1][:] = [[0.40, 0.45, 0.60], [0.50, 0.55, 0.60]]
    return network, np.array([[0.05], [0.10], [1.0]]), np.array([[0.01], [0.99]])


def error(network, x, t):
    p, out = Pass(network, 1), np.zeros(1)
    network.predict(p, x)
    network.pair.example_losses(p.Z_out, p.P, t, p.s_out, p.row, out)
    return out[0]


@pytest.mark.parametrize(("biases", "expected"), [(False, 0.291027774), (True, 0.280471447)])
def test_the_worked_step(biases, expected):
    network, x, t = worked_example()
    p = Pass(network, 1)
    assert error(network, x, t) == pytest.approx(0.298371109, abs=5e-7)
    network.forward(p, x)
    network.backward(p, x.T, t, 1.0)
    if not biases:
        network.g *= network.is_weight
    update_rule = UpdateRule(network, [run(learning_rate=0.5)])
    update_rule.step()
    assert error(network, x, t) == pytest.approx(expected, abs=5e-7)
    np.testing.assert_allclose(network.W[1][0, 0], 0.35891648, atol=5e-9)
    np.testing.assert_allclose(network.W[0][0, 0], 0.149780716, atol=5e-10)


# -- the gradient of a batch ------------------------------------------------------------------------------------------


def gradient(network, x, t):
    p = Pass(network, x.shape[1], training=True)
    network.forward(p, x)
    network.backward(p, x.T, network.pair.encode(t), 1 / x.shape[1])
    return network.g.copy()


@pytest.mark.parametrize("pair", pairs.values(), ids=lambda p: p.name)
def test_the_whole_sets_gradient_is_the_mean_of_its_examples(pair):
    rng = np.random.default_rng(1)
    network = Network(2, [HiddenLayer(5, activations["tanh"])], 3, pair, dtype=np.float64)
    network.w[:] = rng.normal(size=network.w.shape)
    x = np.vstack((rng.normal(size=(2, 8)), np.ones(8)))
    t = np.where(np.arange(3)[:, None] == rng.integers(0, 3, 8), pair.high, pair.low)
    whole = gradient(network, x, t)
    each = [gradient(network, np.ascontiguousarray(x[:, [i]]), t[:, [i]]) for i in range(8)]
    np.testing.assert_allclose(np.mean(each, axis=0), whole, atol=1e-14)
    np.testing.assert_allclose(gradient(network, np.tile(x, 3), np.tile(t, 3)), whole, atol=1e-14)
    batches = [gradient(network, np.ascontiguousarray(x[:, i : i + 4]), t[:, i : i + 4]) for i in (0, 4)]
    np.testing.assert_allclose(np.mean(batches, axis=0), whole, atol=1e-14)


# -- clipping ---------------------------------------------------------------------------------------------------------


def test_clipping_bounds_large_gradients_only():
    config = run(learning_rate=1.0, clip_norm=0.01)
    clipped, free = Trainer(config, dtype=np.float64), Trainer(run(learning_rate=1.0), dtype=np.float64)
    start = clipped.parameters
    clipped.advance(1)
    free.advance(1)
    step, whole = clipped.parameters - start, free.parameters - start
    assert np.linalg.norm(whole) > 0.02
    np.testing.assert_allclose(np.linalg.norm(step), 0.01, rtol=1e-3)
    np.testing.assert_allclose(step / np.linalg.norm(step), whole / np.linalg.norm(whole), atol=1e-9)
    wide = Trainer(run(learning_rate=1.0, clip_norm=100.0), dtype=np.float64)
    wide.advance(1)
    np.testing.assert_array_equal(wide.parameters, free.parameters)


def test_clipping_ignores_the_gradient_of_cut_links():
    network = network_of(run(hidden=()), dtype=np.float64)
    update_rule = UpdateRule(network, [run(hidden=(), learning_rate=1.0, clip_norm=1.0)])
    update_rule.cut = np.array([0.0, 1.0, 1.0])
    network.g[:] = [100.0, 0.6, 0.0]
    assert update_rule.is_finite_below(np.inf)
    update_rule.step()
    np.testing.assert_allclose(network.w, [0.0, -0.6, 0.0], atol=1e-12)


# -- penalties --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("optimizer", optimizers)
def test_l1_reaches_exactly_zero_and_spares_biases(optimizer):
    config = run(
        hidden=(6,), optimizer=optimizer, regularizer={"name": "l1", "rate": 5.0}, network={"initializer": "uniform"}
    )
    trainer = Trainer(config)
    for _ in range(40):
        trainer.advance(100)
    W, b = trainer.network.w * trainer.network.is_weight, trainer.network.w * (1 - trainer.network.is_weight)
    assert trainer.halted is None
    assert not W.any(), "at this rate no weight is worth its penalty"
    assert np.count_nonzero(b) > 0
    assert trainer.metrics.penalty == (0.0,)


def test_l1_leaves_some_weights_and_zeroes_others():
    config = run(hidden=(8, 8), regularizer={"name": "l1", "rate": 0.005}, dataset={"samples": 500})
    trainer = Trainer(config)
    for _ in range(150):
        trainer.advance(100)
    weights = trainer.network.w[trainer.network.is_weight == 1]
    assert 0.1 < (weights == 0).mean() < 0.95
    assert trainer.metrics.test_accuracy[0] > 0.9


@pytest.mark.parametrize("regularizer", regularizers)
def test_biases_and_learned_slopes_are_not_penalized(regularizer):
    """A gradient of zero leaves them where they are, whatever the rate."""
    layers = {"hidden": [{"units": 3, "activation": "prelu"}], "initializer": "uniform"}
    config = run(network=layers, regularizer={"name": regularizer, "rate": 1.0}, optimizer={"name": "adamw"})
    network = network_of(config)
    network.w[:] = 0.7
    update_rule = UpdateRule(network, [config])
    network.g[:] = 0.0
    update_rule.step()
    np.testing.assert_array_equal(network.w[network.is_weight == 0], np.float32(0.7))
    assert (network.w[network.is_weight == 1] < 0.7).all()  # AdamW's own decay at least


@pytest.mark.parametrize("name", regularizers)
def test_a_rate_of_zero_is_no_penalty(name):
    plain, none = Trainer(run()), Trainer(run(regularizer={"name": name, "rate": 0.0}))
    plain.advance(100)
    none.advance(100)
    np.testing.assert_array_equal(plain.parameters, none.parameters)


def test_the_penalty_is_reported_apart_from_the_loss():
    for name, of in (("l1", lambda W: 0.1 * np.abs(W).sum()), ("l2", lambda W: 0.05 * (W**2).sum())):
        trainer, plain = Trainer(run(regularizer={"name": name, "rate": 0.1})), Trainer(run())
        weights = trainer.network.w[trainer.network.is_weight == 1].astype(float)
        assert trainer.metrics.penalty[0] == pytest.approx(of(weights), rel=1e-6)
        assert trainer.metrics.train_loss == plain.metrics.train_loss
        trainer.change(TrainingChange.model_validate({"regularizer": {"rate": 0.2}}))
        assert trainer.metrics.penalty[0] == pytest.approx(2 * of(weights), rel=1e-6)


# -- cut links --------------------------------------------------------------------------------------------------------

LINKS = [{"layer": 0, "row": 1, "column": 0}, {"layer": 1, "row": 2, "column": 3}, {"layer": 2, "row": 0, "column": 1}]


def cut_weights(trainer, member=0):
    layers = trainer.model(member).layers()
    return [float(layers[link["layer"]].W[link["row"], link["column"]]) for link in LINKS]


@pytest.mark.parametrize("regularizer", regularizers)
@pytest.mark.parametrize("optimizer", optimizers)
def test_a_cut_link_stays_zero_until_it_is_restored(optimizer, regularizer):
    trainer = Trainer(run(optimizer=optimizer, regularizer={"name": regularizer, "rate": 0.001}, clip_norm=5.0))
    for _ in range(3):
        trainer.advance(100)  # momentum is in flight
    trainer.edit(WeightChange.model_validate({"cut": LINKS}))
    for _ in range(9):
        trainer.advance(2)
        assert cut_weights(trainer) == [0.0, 0.0, 0.0]
    others = trainer.parameters
    layers = trainer.model().layers()
    assert all(not layers[link["layer"]].mask[link["row"], link["column"]] for link in LINKS)
    assert sum((~layer.mask).sum() for layer in layers) == 3
    trainer.edit(WeightChange.model_validate({"restore": LINKS}))
    assert cut_weights(trainer) == [0.0, 0.0, 0.0]
    trainer.advance(100)
    assert all(weight != 0.0 for weight in cut_weights(trainer)) or regularizer == "l1"
    assert not np.array_equal(trainer.parameters, others)


def test_a_cut_is_one_members_own():
    sweep = {"parameter": "training.learning_rate", "values": [0.05, 0.1]}
    trainer = Trainer(run(sweep=sweep, optimizer="adam"))
    other = Trainer(run(sweep=sweep, optimizer="adam"))
    trainer.edit(WeightChange.model_validate({"member": 1, "cut": LINKS}))
    for t in (trainer, other):
        t.advance(100)
    assert cut_weights(trainer, 1) == [0.0, 0.0, 0.0]
    assert all(cut_weights(trainer, 0))
    np.testing.assert_array_equal(trainer.parameters[0], other.parameters[0])


@pytest.mark.parametrize("optimizer", optimizers)
def test_without_biases_none_appears(optimizer):
    trainer = Trainer(run(network={"bias": False, "initializer": "uniform"}, optimizer=optimizer))
    for _ in range(5):
        trainer.advance(100)
    for layer, W in zip(trainer.model().layers(), trainer.network.W, strict=True):
        assert layer.b is None
        assert not W[:, -1].any()
    # An odd activation, no biases: the network is odd in its inputs, so its logits add up to zero.
    outputs = trainer.model().predict(np.array([[1.0, 2.0], [-1.0, -2.0], [0.0, 0.0]]))
    assert outputs[0, 0] + outputs[1, 0] == pytest.approx(1.0, abs=1e-6)
    assert outputs[2, 0] == 0.5


def test_units_that_start_equal_stay_equal():
    """The lesson of the zeros initializer; biases break no symmetry either."""
    trainer = Trainer(run(hidden=(4, 3), network={"initializer": "zeros"}, optimizer="momentum"))
    for _ in range(5):
        trainer.advance(100)
    for layer in trainer.model().layers():
        np.testing.assert_array_equal(layer.W, layer.W[:1].repeat(len(layer.W), 0))
        np.testing.assert_array_equal(layer.b, layer.b[:1].repeat(len(layer.b)))
