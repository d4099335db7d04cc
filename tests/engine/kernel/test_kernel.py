"""The compiled arithmetic: the NumPy engine's gradients and steps, and equal bits in every body and either layout."""

import numpy as np
import pytest

from engine.kernel import bodies, load
from engine.kernel.bindings import ACTIVATIONS, GOES_ON, IMPATIENT, NOT_FINITE, REACHED
from engine.training.divergence import divergence_threshold
from tests.engine.kernel.harness import Lockstep, Network, same_network

X = np.random.default_rng(0).uniform(-5, 5, (250, 2))
T = (np.hypot(*X.T) < 3).astype(float)[:, None]


pytestmark = pytest.mark.skipif(not bodies(), reason="there is no C compiler")


CONFIGS = {
    **{
        f"{name}": {"network": {"hidden": [{"units": 5, "activation": name}, {"units": 3, "activation": name}]}}
        for name in ACTIVATIONS
    },
    **{
        f"{output} {loss}": {
            "dataset": data,
            "network": {"hidden": [{"units": 5, "activation": "tanh"}], "output": output},
            "training": {"loss": loss},
        }
        for output, loss, data in (
            ("softmax", "cross_entropy", {"name": "blobs", "classes": 4}),
            ("sigmoid", "mse", {}),
            ("sigmoid", "half_squared_error", {}),
            ("tanh", "mse", {}),
            ("tanh", "half_squared_error", {}),
            ("linear", "mse", {"name": "bumps"}),
            ("linear", "half_squared_error", {"name": "plane"}),
        )
    },
    **{
        name: {
            "network": {"bias": False},
            "training": {"optimizer": {"name": name}, "clip_norm": 0.1, "regularizer": {"name": "l2", "rate": 0.01}},
        }
        for name in ("momentum", "nesterov", "adagrad", "rmsprop", "adam", "adamw")
    },
    "l1": {"training": {"regularizer": {"name": "l1", "rate": 0.01}}},
    "a batch of several blocks": {"training": {"batch_size": 37}},
    "the whole set": {"training": {"batch_size": None}},
    "a batch of one": {"training": {"batch_size": 1}},
}


@pytest.mark.parametrize("body", bodies())
@pytest.mark.parametrize("config", CONFIGS.values(), ids=CONFIGS)
def test_gradient_and_step_are_the_numpy_engines(body, config):
    trainer, compiled = same_network(body, config)
    for _ in range(3):
        if trainer.batch == 0:
            compiled.order[:] = trainer.batches.order[0]
        trainer.advance(1)
        assert compiled.train(1, batches=1)[1] == 1
        gradient = trainer.network.g
        assert np.abs(compiled.g[: compiled.parameters] - gradient).max() <= 1e-5 * np.abs(gradient).max()
    assert np.abs(compiled.w[: compiled.parameters] - trainer.network.w).max() < 1e-6
    ours, expected = compiled.measure(), trainer.measured()
    assert ours.loss[0] == pytest.approx(expected.train_loss[0], rel=2e-6, abs=2e-7)
    assert ours.penalty == pytest.approx(expected.penalty[0], rel=1e-6, abs=1e-7)


MIXED = [
    ("tanh", "tanh"),
    ("prelu", "gelu"),
    ("sine", "mish"),
    ("elu", "selu"),
    ("softplus", "gaussian"),
    ("relu", "silu"),
]
ADAM = (0.9, 0.999, 1e-8)


def mixed(body, activations, seed=1, **options):
    count = 105 + activations.count("prelu")
    w = np.random.default_rng(seed).normal(0, 0.5, count)
    settings = {"keep": (0.8, 1.0), "optimizer": "adam", "rate": 0.01, "parameters": ADAM, "l2": 0.001, "clip": 1.0}
    return Network(load(body), [2, 8, 8, 1], activations, X, T, w, seed=seed, **settings | options)


def bits(row):
    """What is compared of a row: NaN equals itself."""
    return bytes(row)


@pytest.mark.parametrize("activations", MIXED, ids=" ".join)
def test_every_body_gives_the_same_bits(activations):
    seen = set()
    for body in bodies():
        network = mixed(body, activations)
        rows, _ = network.train(100)
        assert len(rows) == 100
        seen.add((network.w.tobytes(), network.predict().tobytes(), *map(bits, rows)))
    assert len(seen) == 1


@pytest.mark.parametrize("body", bodies())
@pytest.mark.parametrize(
    "options",
    [
        {},
        {"batch_size": 37, "optimizer": "sgd", "l1": 0.001, "l2": 0.0, "clip": 0.0},
        {"batch_size": 250, "optimizer": "rmsprop", "parameters": (0.9, 1e-8)},
        {"batch_size": 16, "optimizer": "momentum", "parameters": (0.9,), "rate": 1e4, "clip": 0.0},
        {"batch_size": 200, "optimizer": "sgd", "parameters": (), "rate": 1e6, "clip": 0.0},
        {"decay": 0.01, "stop": (0.5, 3)},
    ],
    ids=["adam", "sgd", "rmsprop", "diverging", "diverging in many blocks", "adamw with stop rules"],
)
@pytest.mark.parametrize("activations", [("prelu", "gelu"), ("elu", "linear")], ids=" ".join)
def test_a_member_in_lockstep_equals_its_run_alone(body, options, activations):
    def members():
        test = X[:100] + 0.5, T[:100]
        return [mixed(body, activations, seed, **{"rate": seed / 100, "test": test} | options) for seed in (1, 2, 3)]

    alone = members()
    figures = [network.train(30)[0] for network in alone]
    lockstep = Lockstep(members())
    together = lockstep.train(30)
    for lane, (network, own) in enumerate(zip(alone, figures, strict=True)):
        assert bytes(lockstep.end(lane)) == bytes(network.end)
        np.testing.assert_array_equal(lockstep.w[:, lane], network.w)
        np.testing.assert_array_equal(lockstep.slot0[:, lane], network.slot0)
        assert [bits(row[lane]) for row in together[: len(own)]] == list(map(bits, own))
    assert len(together) == max(map(len, figures))


def test_batches_in_one_call_equal_batches_one_by_one():
    whole, single = (mixed("base", ("tanh", "tanh"), stop=(None, 20)) for _ in range(2))
    rows, batches = whole.train(3, rates=(0.01, 0.02, 0.03))
    assert batches == 75
    others = [single.train(1, batches=1, rates=[0.01 * (1 + batch // 25)])[0] for batch in range(75)]
    assert [bits(row) for each in others for row in each] == list(map(bits, rows))
    np.testing.assert_array_equal(whole.w, single.w)
    assert bytes(whole.run.place) == bytes(single.run.place)
    assert whole.run.state.waited == single.run.state.waited
    np.testing.assert_array_equal(whole.order, single.order)


def test_the_order_of_examples_is_drawn_from_numpys_stream():
    network = mixed("base", ("tanh", "tanh"), keep=())
    draws = iter(np.random.SFC64(np.random.SeedSequence(1)).random_raw(249).tolist())
    order = list(range(250))
    for i in range(249, 0, -1):
        j = ((next(draws) >> 32) * (i + 1)) >> 32
        order[i], order[j] = order[j], order[i]
    assert network.order.tolist() == order
    state = network.run.state.shuffle
    after = np.random.SFC64(np.random.SeedSequence(1))
    after.random_raw(249)
    assert after.state["state"]["state"].tolist() == [state.a, state.b, state.c, state.counter]


# GELU's z (1 + tanh u) cancels where tanh u nears -1, in any arithmetic.
BOUNDS = {"gelu": 1e-6}


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_activations_are_right_to_seven_digits(name):
    config = {"network": {"hidden": [{"units": 1, "activation": name}]}}
    trainer, _ = same_network("base", config)
    z = np.concatenate([np.linspace(-12, 12, 4001), np.geomspace(1e-6, 1, 500), -np.geomspace(1e-6, 1, 500)])
    z32 = z.astype(np.float32).astype(np.float64)
    layer = trainer.network.hidden[0]
    given = layer.activation.parameters or layer.activation.learned
    numbers = [np.float64(parameter.default) for parameter in given]
    a, scratch = np.empty_like(z32), (np.empty_like(z32), np.empty_like(z32))
    layer.activation.forward(z32, a, scratch, *numbers)
    # One unit that passes on z, one output that passes on a.
    w = [1.0, 0.0, *([0.25] if name == "prelu" else []), 1.0, 0.0]
    network = Network(load("base"), [1, 1, 1], [name], z32[:, None], z32[:, None], w, output="linear", loss="mse")
    error = np.abs(network.predict()[:, 0] - a)
    assert (error <= BOUNDS.get(name, 4e-7) * np.maximum(1.0, np.abs(a))).all()


def words_of(end):
    return end.why, end.epoch, end.batch, end.quantity, end.layer


QUANTITIES = ("Z of", "gradient dW of", "dW of", "W of")


@pytest.mark.parametrize("activation", ["linear", "relu", "elu", "tanh"])
@pytest.mark.parametrize("rate", [1000.0, 20.0])
def test_a_divergence_is_found_where_the_numpy_engine_finds_it(rate, activation):
    config = {
        "network": {"hidden": [{"units": 5, "activation": "linear"}, {"units": 3, "activation": activation}]},
        "training": {
            "learning_rate": rate,
            "batch_size": 7,
            "loss": "mse",
            "regularizer": {"name": "l2", "rate": 1.0},
        },
        "dataset": {"name": "plane"},
    }
    trainer, compiled = same_network("base", config, np.float32)
    compiled.run.rule.limit = divergence_threshold(trainer.dtype)
    trainer.batches.shuffle = lambda: None
    compiled.run.rule.watch_weights = 1
    compiled.order[:] = trainer.batches.order[0]
    for _ in range(trainer.batches_per_epoch):
        trainer.advance(1)
    rows, batches = compiled.train(1)
    end = compiled.end
    assert (len(rows), batches) == (trainer.epoch, trainer.batch)
    assert end.why == NOT_FINITE
    layer = "the output layer" if end.layer == 2 else f"hidden layer {end.layer + 1}"
    assert f"epoch {end.epoch + 1}, mini-batch {end.batch + 1}, " in trainer.detail
    assert f"{QUANTITIES[end.quantity]} {layer}" in trainer.detail
    assert np.isfinite(compiled.w).all()
    assert not compiled.g.any()
    assert compiled.train(1) == ([], 0)


def test_stop_rules_end_at_their_epoch():
    free = mixed("base", ("tanh", "tanh"), test=(X[:50], T[:50]))
    rows, _ = free.train(60)
    goal = rows[40].loss[0]
    first = next(epoch for epoch, row in enumerate(rows, 1) if row.loss[0] <= goal)
    network = mixed("base", ("tanh", "tanh"), test=(X[:50], T[:50]), stop=(goal, 0))
    assert len(network.train(60)[0]) == first
    assert (network.end.why, network.end.epoch) == (REACHED, first)
    best, waited, last = np.inf, 0, None
    for epoch, row in enumerate(rows, 1):
        best, waited = (row.loss[1], 0) if row.loss[1] < best - 1e-4 else (best, waited + 1)
        if waited >= 2:
            last = epoch
            break
    network = mixed("base", ("tanh", "tanh"), test=(X[:50], T[:50]), stop=(None, 2))
    network.train(60)
    assert (network.end.why, network.end.epoch) == ((IMPATIENT, last) if last else (GOES_ON, 0))


def test_a_saturated_tanh_is_one():
    z = np.array([[9.0], [-9.0], [1e30]], np.float32)
    network = Network(load("base"), [1, 1, 1], ["tanh"], z, z, [1, 0, 1, 0], output="linear", loss="mse")
    assert network.predict().tolist() == [[1.0], [-1.0], [1.0]]


def test_the_slope_of_mish_is_one_far_out():
    """Z = 1e18 and P = 1, so dA = 1e-18, and the first weight's gradient is dA f'(Z)."""
    x, w = np.ones((1, 1)), [1e18, 0, 1e-18, 0]
    network = Network(load("base"), [1, 1, 1], ["mish"], x, x * 0, w, output="linear", loss="half_squared_error")
    network.run.rule.limit = np.inf
    network.train(1, rates=[0.0])
    assert network.g[0] == pytest.approx(1e-18)


def test_right_answers_are_counted():
    rng = np.random.default_rng(3)
    x, labels = rng.normal(0, 1, (75, 2)), rng.integers(0, 4, 75)
    w = rng.normal(0, 1, 32)
    for answers, t in ((0, np.eye(4)[labels]), (1, rng.integers(0, 2, (75, 4)))):
        output = "softmax" if answers == 0 else "sigmoid"
        network = Network(load("base"), [2, 4, 4], ["tanh"], x, t, w, output=output, answers=answers)
        p = network.predict()
        right = np.sum(p.argmax(1) == labels) if answers == 0 else np.sum((p >= 0.5) == t)
        assert network.measure().right[0] == right
