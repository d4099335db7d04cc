"""The network's passes against the articles' equations, written out the plain way."""

import numpy as np
import pytest

from engine.nn.activations import activations
from engine.nn.losses import pairs
from engine.nn.network import HiddenLayer, Network, Pass
from engine.numbers.streams import PortableStream, Purpose


def make(members=None, dtype=np.float64, bias=True, dropout=0.0, sizes=(2, 5, 5, 3, 1), activation="tanh"):
    entry = activations[activation]
    hidden = [HiddenLayer(n, entry, tuple(p.default for p in entry.parameters), dropout) for n in sizes[1:-1]]
    network = Network(
        sizes[0], hidden, sizes[-1], pairs["sigmoid with cross_entropy"], bias=bias, members=members, dtype=dtype
    )
    network.w[...] = np.random.default_rng(1).normal(size=network.w.shape)
    return network


def inputs(network, count=7, seed=2):
    x = np.random.default_rng(seed).normal(size=(network.sizes[0] + 1, count)).astype(network.dtype)
    x[-1] = float(network.bias)
    return x


def test_forward_is_the_articles_equation():
    network = make()
    x = inputs(network)
    p = Pass(network, x.shape[1])
    A = x[:-1]
    for W in network.W[:-1]:
        A = np.tanh(W[:, :-1] @ A + W[:, -1:])
    Z = network.W[-1][:, :-1] @ A + network.W[-1][:, -1:]
    np.testing.assert_allclose(network.predict(p, x), 1 / (1 + np.exp(-Z)), rtol=1e-13)


def test_backward_is_the_articles_equations():
    network = make(sizes=(2, 4, 3, 1))
    x = inputs(network)
    t = np.array([[0.0, 1, 1, 0, 1, 0, 1]])
    p = Pass(network, 7)
    network.forward(p, x)
    network.backward(p, x.T, network.pair.encode(t), 1 / 7)

    W1, W2, W3 = (W[:, :-1] for W in network.W)
    b1, b2, b3 = (W[:, -1:] for W in network.W)
    A1 = np.tanh(W1 @ x[:-1] + b1)
    A2 = np.tanh(W2 @ A1 + b2)
    P = 1 / (1 + np.exp(-(W3 @ A2 + b3)))
    dZ3 = P - t
    dZ2 = W3.T @ dZ3 * (1 - A2**2)
    dZ1 = W2.T @ dZ2 * (1 - A1**2)
    for dW, dZ, A in zip(network.dW, (dZ1, dZ2, dZ3), (x[:-1], A1, A2), strict=True):
        np.testing.assert_allclose(dW[:, :-1], dZ @ A.T / 7, rtol=1e-12)
        np.testing.assert_allclose(dW[:, -1], dZ.mean(axis=1), rtol=1e-12)


def test_w_is_one_flat_array_and_the_matrices_are_views_of_it():
    network = make(activation="prelu")
    assert network.w.size == sum(W.size for W in network.W) + 3  # a learned slope for each hidden layer
    for W, dW in zip(network.W, network.dW, strict=True):
        assert np.shares_memory(W, network.w)
        assert np.shares_memory(dW, network.g)
    assert network.is_weight.sum() == sum(W[:, :-1].size for W in network.W)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("width", [1, 2, 3, 7, 10, 16, 33, 250])
@pytest.mark.parametrize(
    "sizes", [(2, 1), (2, 1, 1), (1, 16, 1, 3, 2), (7, 8, 8, 8, 1), (2, 16, 16, 1), (3, 64, 40, 32, 5)], ids=str
)
def test_members_equal_each_network_alone_bit_for_bit(sizes, width, dtype):
    stack = make(members=3, dtype=dtype, sizes=sizes)
    x = inputs(stack, width)
    t = (np.random.default_rng(3).random((sizes[-1], width)) < 0.5).astype(dtype)
    encoded = stack.pair.encode(t)
    together = Pass(stack, width, training=True)
    stack.forward(together, x)
    stack.backward(together, x.T, encoded, 1 / width)
    for member in range(3):
        alone = make(dtype=dtype, sizes=sizes)
        alone.w[...] = stack.w[member]
        p = Pass(alone, width, training=True)
        alone.forward(p, x)
        alone.backward(p, x.T, encoded, 1 / width)
        np.testing.assert_array_equal(p.Z_out, together.Z_out[member])
        np.testing.assert_array_equal(alone.g, stack.g[member])


def test_without_biases_the_bias_column_has_no_effect():
    network = make(bias=False)
    x = inputs(network)
    p = Pass(network, 7)
    before = network.predict(p, x).copy()
    network.backward(p, x.T, np.ones((1, 7)), 1 / 7)
    for W, dW in zip(network.W, network.dW, strict=True):
        assert not dW[:, -1].any()
        assert dW[:, :-1].any()
        W[:, -1] += 100.0
    np.testing.assert_array_equal(network.predict(p, x), before)


def test_dropout_keeps_the_mean_and_is_off_outside_training():
    network = make(dropout=0.25, sizes=(2, 4000, 1))
    p = Pass(network, 3, training=True)
    (dropout,) = p.dropouts
    dropout.draw([PortableStream(0, Purpose.DROPOUT)])
    assert set(np.unique(dropout.mask)) == {0.0, 1 / 0.75}
    assert abs(dropout.mask.mean() - 1.0) < 0.02
    assert not Pass(network, 3).dropouts


def test_layers_with_one_activation_share_a_derivative_pass():
    network = make(sizes=(2, 8, 8, 8, 8, 1))
    assert len(Pass(network, 10).slopes) == 1
    assert len(Pass(make(activation="prelu"), 10).slopes) == 3  # each has its own learned slope
