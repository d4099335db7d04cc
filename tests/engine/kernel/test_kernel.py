"""The compiled arithmetic: the NumPy engine's gradients and steps, and equal bits in every body and either layout."""

import numpy as np
import pytest

from engine import RunConfig, Trainer
from tests.engine.kernel.harness import ACTIVATIONS, Lockstep, Network, bodies, build

X = np.random.default_rng(0).uniform(-5, 5, (250, 2))
T = (np.hypot(*X.T) < 3).astype(float)[:, None]


@pytest.fixture(scope="module")
def libraries(tmp_path_factory):
    built = build(tmp_path_factory.mktemp("kernel"))
    return built or pytest.skip("there is no C compiler")


def same_network(libraries, body, config):
    """A run of the NumPy engine in float64, and the same network in the compiled arithmetic."""
    config = RunConfig.model_validate(config)
    trainer = Trainer(config, dtype=np.float64)
    network, evaluation, training = trainer.network, trainer.evaluation, config.training
    n = trainer.data().train
    regularizer = training.regularizer
    compiled = Network(
        libraries,
        body,
        network.sizes,
        [layer.activation.name for layer in network.hidden],
        evaluation.x[:-1, :n].T,
        evaluation.t[:, :n].T,
        network.w,
        output=config.pair.output,
        loss=config.pair.loss,
        bias=network.bias,
        batch_size=training.batch_size or n,
        optimizer=training.optimizer.name,
        rate=training.learning_rate,
        parameters=training.optimizer.parameters,
        l2=regularizer.rate if regularizer.name == "l2" else 0.0,
        l1=regularizer.rate if regularizer.name == "l1" else 0.0,
        clip=training.clip_norm or 0.0,
    )
    return trainer, compiled


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
        for name in ("momentum", "nesterov", "adagrad", "rmsprop", "adam")
    },
    "l1": {"training": {"regularizer": {"name": "l1", "rate": 0.01}}},
    "a batch of several blocks": {"training": {"batch_size": 37}},
    "the whole set": {"training": {"batch_size": None}},
    "a batch of one": {"training": {"batch_size": 1}},
}


@pytest.mark.parametrize("body", bodies())
@pytest.mark.parametrize("config", CONFIGS.values(), ids=CONFIGS)
def test_gradient_and_step_are_the_numpy_engines(libraries, body, config):
    trainer, compiled = same_network(libraries, body, config)
    for _ in range(3):
        if trainer.batch == 0:
            compiled.order[:], compiled.run.state.used = trainer.batches.order[0], 0
        trainer.advance(1)
        assert compiled.train(1) == 1
        gradient = trainer.network.g
        assert np.abs(compiled.g[: compiled.parameters] - gradient).max() <= 1e-5 * np.abs(gradient).max()
    assert np.abs(compiled.w[: compiled.parameters] - trainer.network.w).max() < 1e-6
    loss, _ = compiled.measure()
    assert loss == pytest.approx(trainer.training_loss()[0], rel=2e-6, abs=2e-7)


MIXED = [
    ("tanh", "tanh"),
    ("prelu", "gelu"),
    ("sine", "mish"),
    ("elu", "selu"),
    ("softplus", "gaussian"),
    ("relu", "silu"),
]
ADAM = (0.9, 0.999, 1e-8)


def mixed(libraries, body, activations, seed=1, **options):
    count = 105 + activations.count("prelu")
    w = np.random.default_rng(seed).normal(0, 0.5, count)
    settings = {"keep": (0.8, 1.0), "optimizer": "adam", "rate": 0.01, "parameters": ADAM, "l2": 0.001, "clip": 1.0}
    return Network(libraries, body, [2, 8, 8, 1], activations, X, T, w, seed=seed, **settings | options)


@pytest.mark.parametrize("activations", MIXED, ids=" ".join)
def test_every_body_gives_the_same_bits(libraries, activations):
    seen = set()
    for body in libraries:
        network = mixed(libraries, body, activations)
        assert network.train_epochs(100) == 100
        seen.add((network.w.tobytes(), network.predict().tobytes(), network.measure()))
    assert len(seen) == 1


@pytest.mark.parametrize("body", bodies())
@pytest.mark.parametrize(
    "options",
    [
        {},
        {"batch_size": 37, "optimizer": "sgd", "l1": 0.001, "l2": 0.0, "clip": 0.0},
        {"batch_size": 250, "optimizer": "rmsprop", "parameters": (0.9, 1e-8)},
        {"batch_size": 16, "optimizer": "momentum", "parameters": (0.9,), "rate": 1e4, "clip": 0.0},
    ],
    ids=["adam", "sgd", "rmsprop", "diverging"],
)
@pytest.mark.parametrize("activations", [("prelu", "gelu"), ("elu", "linear")], ids=" ".join)
def test_a_member_in_lockstep_equals_its_run_alone(libraries, body, options, activations):
    def members():
        return [mixed(libraries, body, activations, seed, **options) for seed in (1, 2, 3)]

    alone = members()
    done = [network.train_epochs(30) for network in alone]
    lockstep = Lockstep(members())
    lockstep.train_epochs(30)
    for lane, network in enumerate(alone):
        assert lockstep.halted(lane) == (done[lane] < 30)
        np.testing.assert_array_equal(lockstep.w[:, lane], network.w)


def test_batches_in_one_call_equal_batches_one_by_one(libraries):
    whole, single = (mixed(libraries, "base", ("tanh", "tanh")) for _ in range(2))
    assert whole.train(25) == 25
    assert [single.train(1) for _ in range(25)] == [1] * 25
    np.testing.assert_array_equal(whole.w, single.w)


def test_the_order_of_examples_is_drawn_from_numpys_stream(libraries):
    network = mixed(libraries, "base", ("tanh", "tanh"), keep=())
    network.train_epochs(1)
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
def test_activations_are_right_to_seven_digits(libraries, name):
    config = {"network": {"hidden": [{"units": 1, "activation": name}]}}
    trainer, _ = same_network(libraries, "base", config)
    z = np.concatenate([np.linspace(-12, 12, 4001), np.geomspace(1e-6, 1, 500), -np.geomspace(1e-6, 1, 500)])
    z32 = z.astype(np.float32).astype(np.float64)
    layer = trainer.network.hidden[0]
    given = layer.activation.parameters or layer.activation.learned
    numbers = [np.float64(parameter.default) for parameter in given]
    a, scratch = np.empty_like(z32), (np.empty_like(z32), np.empty_like(z32))
    layer.activation.forward(z32, a, scratch, *numbers)
    # One unit that passes on z, one output that passes on a.
    w = [1.0, 0.0, *([0.25] if name == "prelu" else []), 1.0, 0.0]
    network = Network(libraries, "base", [1, 1, 1], [name], z32[:, None], z32[:, None], w, output="linear", loss="mse")
    error = np.abs(network.predict()[:, 0] - a)
    assert (error <= BOUNDS.get(name, 4e-7) * np.maximum(1.0, np.abs(a))).all()


def test_a_number_that_is_not_finite_halts_before_the_weights(libraries):
    network = mixed(
        libraries, "base", ("linear", "linear"), optimizer="sgd", parameters=(), rate=1e6, clip=0.0, keep=()
    )
    assert network.train_epochs(50) < 50
    assert np.isfinite(network.w).all()
