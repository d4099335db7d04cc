"""The float64 primitives of the compiled arithmetic: the NumPy engine's passes, gradients and losses."""

import numpy as np
import pytest

from engine.kernel import bodies, load
from engine.kernel.bindings import ACTIVATIONS, LANES, aligned
from engine.nn.network import Pass
from tests.engine.kernel.harness import Doubles, Network, same_network

pytestmark = pytest.mark.skipif(not bodies(), reason="there is no C compiler")

OUTPUTS = {
    "softmax": {"network": {"output": "softmax"}, "dataset": {"name": "blobs", "classes": 4}},
    "half squared": {"training": {"loss": "half_squared_error"}},
    "tanh": {"network": {"output": "tanh"}, "training": {"loss": "mse"}},
    "no biases": {"network": {"bias": False}},
}
CONFIGS = {
    **{
        name: {"network": {"hidden": [{"units": 5, "activation": name}, {"units": 3, "activation": name}]}}
        for name in ACTIVATIONS
    },
    **OUTPUTS,
}


def in_both(config):
    trainer, compiled = same_network("base", config)
    evaluation, n = trainer.evaluation, trainer.data().train
    x, t = evaluation.x[:-1, :n], evaluation.t[:, :n]
    return trainer, Doubles(compiled, x.T, t.T, trainer.network.w), x, t


@pytest.mark.parametrize("config", CONFIGS.values(), ids=CONFIGS)
def test_passes_gradient_and_losses_are_the_numpy_engines(config):
    trainer, doubles, _, t = in_both(config)
    network, n = trainer.network, doubles.set.count
    p = Pass(network, n)
    with_ones = trainer.evaluation.x[:, :n]
    network.forward(p, with_ones)
    network.backward(p, with_ones.T, network.pair.encode(t), 1.0 / n)
    gradient = doubles.gradient()
    np.testing.assert_allclose(gradient, network.g, rtol=1e-11, atol=1e-13 * np.abs(gradient).max())
    inputs = network.sizes[0]
    for index, theirs in ((1, p.hidden_Z), (0, p.hidden_A)):
        ours = doubles.quantity(index)[inputs : inputs + sum(network.sizes[1:-1])]
        np.testing.assert_allclose(ours, np.concatenate(theirs), rtol=1e-12, atol=1e-13)
    np.testing.assert_allclose(doubles.quantity(2)[-1 - network.sizes[-1] : -1], p.dZ_out, rtol=1e-11, atol=1e-15)
    assert doubles.losses(network.w[None])[0] == pytest.approx(trainer.training_loss()[0], rel=1e-12)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_functions_are_right_to_fourteen_digits(name):
    trainer, _ = same_network("base", {"network": {"hidden": [{"units": 1, "activation": name}]}})
    z = np.concatenate([np.linspace(-40, 40, 4001), np.geomspace(1e-9, 1, 500), -np.geomspace(1e-9, 1, 500)])
    layer = trainer.network.hidden[0]
    numbers = [np.float64(p.default) for p in (layer.activation.parameters or layer.activation.learned)]
    a, scratch = np.empty_like(z), (np.empty_like(z), np.empty_like(z))
    layer.activation.forward(z, a, scratch, *numbers)
    w = [1.0, 0.0, *([0.25] if name == "prelu" else []), 1.0, 0.0]
    network = Network(load("base"), [1, 1, 1], [name], z[:, None], z[:, None], w, output="linear", loss="mse")
    doubles = Doubles(network, z[:, None], z[:, None], w)
    doubles.gradient()
    assert np.abs(doubles.quantity(0)[1] - a).max() <= 4e-14
    assert (np.abs(doubles.quantity(0)[1] - a) <= 2e-15 * np.maximum(1.0, np.abs(a))).all()


def test_many_weight_vectors_have_the_losses_of_each():
    trainer, doubles, _, _ = in_both({})
    vectors = trainer.network.w + np.random.default_rng(5).normal(0, 1, (7, trainer.network.w.size))
    losses = doubles.losses(vectors)
    for loss, w in zip(losses, vectors, strict=True):
        trainer.network.w[:] = w
        assert loss == pytest.approx(trainer.training_loss()[0], rel=1e-12)


def test_the_gradient_is_the_slope_of_the_losses():
    _, doubles, _, _ = in_both({"network": {"hidden": [{"units": 6, "activation": "gelu"}]}})
    gradient, w = doubles.gradient().copy(), doubles.w[: doubles.g.size][:25]
    steps = 1e-5 * np.eye(25)
    slope = (doubles.losses(w + steps) - doubles.losses(w - steps)) / 2e-5
    np.testing.assert_allclose(gradient, slope, rtol=1e-6, atol=1e-9)


def test_masks_multiply_what_a_layer_answers():
    x, t = np.random.default_rng(0).normal(0, 1, (20, 2)), np.ones((20, 1))
    w = np.random.default_rng(1).normal(0, 1, 17)
    network = Network(load("base"), [2, 4, 1], ["tanh"], x, t, w, keep=(0.5,))
    doubles = Doubles(network, x, t, w)
    mask = aligned(2, 8, LANES, dtype=np.float64)
    mask[:, 2:6] = np.random.default_rng(2).integers(0, 2, (2, 4, LANES)) * 2.0
    gradient = doubles.gradient(mask).copy()
    kept = mask.transpose(1, 0, 2).reshape(8, -1)[2:6, :20]
    np.testing.assert_array_equal(doubles.quantity(0)[2:6], doubles.quantity(3)[2:6] * kept)
    np.testing.assert_allclose(doubles.quantity(3)[2:6], np.tanh(doubles.quantity(1)[2:6]), rtol=1e-14)
    p = doubles.quantity(0)[6]
    np.testing.assert_allclose(gradient[12:16], doubles.quantity(0)[2:6] @ (p - 1.0) / 20, rtol=1e-12)
