"""Initializers: each has the variance it states, from every shape of layer."""

import numpy as np
import pytest

from engine.config import RunConfig
from engine.nn.initializers import initializers
from engine.numbers.streams import PortableStream, Purpose
from engine.training.trainer import Trainer

# The variance of W by n_out and n_in; an initializer that is added states its own here.
VARIANCES = {
    "glorot_uniform": lambda n_out, n_in: 2 / (n_in + n_out),
    "glorot_normal": lambda n_out, n_in: 2 / (n_in + n_out),
    "he_normal": lambda n_out, n_in: 2 / n_in,
    "lecun_normal": lambda n_out, n_in: 1 / n_in,
    "uniform": lambda n_out, n_in: 1 / 12,
    "zeros": lambda n_out, n_in: 0,
}


@pytest.mark.parametrize("shape", [(300, 100), (100, 300), (1, 20000), (20000, 2)], ids=str)
@pytest.mark.parametrize("entry", initializers.values(), ids=lambda e: e.name)
def test_it_has_the_stated_variance_and_no_mean(entry, shape):
    W = entry.draw(PortableStream(5, Purpose.WEIGHTS), *shape)
    assert W.shape == shape
    assert W.dtype == np.float64
    variance = VARIANCES[entry.name](*shape)
    assert W.var() == pytest.approx(variance, rel=0.05)
    assert abs(W.mean()) <= 5 * np.sqrt(variance / W.size)


@pytest.mark.parametrize("entry", initializers.values(), ids=lambda e: e.name)
def test_normal_ones_have_tails_and_uniform_ones_an_edge(entry):
    W = entry.draw(PortableStream(5, Purpose.WEIGHTS), 200, 100)
    spread = np.sqrt(VARIANCES[entry.name](200, 100))
    if "normal" in entry.name:
        assert np.abs(W).max() > 3.5 * spread
    else:
        assert np.abs(W).max() <= np.sqrt(3) * spread + 1e-15


@pytest.mark.parametrize("entry", initializers.values(), ids=lambda e: e.name)
@pytest.mark.parametrize("bias", [True, False])
def test_a_run_starts_from_it(entry, bias):
    config = {"network": {"initializer": entry.name, "bias": bias, "hidden": [{"units": 7}, {"units": 3}]}, "seed": 4}
    layers = Trainer(RunConfig.model_validate(config)).model().layers()
    stream = PortableStream(4, Purpose.WEIGHTS)
    for layer in layers:
        np.testing.assert_array_equal(layer.W, entry.draw(stream, *layer.W.shape).astype(np.float32))
        if bias:
            np.testing.assert_array_equal(layer.b, np.float32(entry.bias))
        else:
            assert layer.b is None
    assert entry.bias == (0.1 if entry.name == "uniform" else 0.0)
