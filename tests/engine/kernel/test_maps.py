"""Maps in bytes over a view, from the compiled arithmetic: what the NumPy engine's frames hold."""

import numpy as np
import pytest

from engine.inspection import maps
from engine.inspection.slices import FIRST_TWO
from engine.kernel import bodies, load
from engine.kernel.bindings import aligned
from engine.nn.model import feature_rows
from tests.engine.kernel.harness import Network, same_network

pytestmark = pytest.mark.skipif(not bodies(), reason="there is no C compiler")

CONFIG = {
    "network": {
        "hidden": [{"units": 5, "activation": "tanh"}, {"units": 3, "activation": "relu"}],
        "output": "softmax",
    },
    "dataset": {"name": "blobs", "classes": 4},
}


@pytest.mark.parametrize("body", bodies())
@pytest.mark.parametrize("resolution", [16, 25])
def test_maps_are_those_of_the_numpy_engine(body, resolution):
    trainer, compiled = same_network(body, CONFIG, np.float32)
    model = trainer.model()
    points = maps.grid_inputs(trainer.config, resolution, FIRST_TWO.base(model.means))
    x = feature_rows(trainer.rules, trainer.config, points, np.float32)[:-1].T
    frame = maps.frame(trainer, resolution=resolution, unit_resolution=resolution, include=("boundary", "neurons"))
    values = compiled.evaluate(x, 2, 12)
    bytes_of, ranges = compiled.quantise(values, len(x))
    expected = np.concatenate([frame[name][0].reshape(-1, len(x)) for name in ("neurons.0", "neurons.1", "boundary")])
    expected_ranges = np.concatenate([frame[f"range.{name}"][0] for name in ("neurons.0", "neurons.1", "boundary")])
    np.testing.assert_allclose(ranges, expected_ranges, rtol=1e-5, atol=1e-6)
    assert np.abs(bytes_of.astype(int) - expected).max() <= 1
    assert (bytes_of == expected).mean() > 0.99


def test_every_body_writes_the_same_maps():
    x = np.random.default_rng(1).uniform(-6, 6, (1000, 2))
    w = np.random.default_rng(2).normal(0, 1, 105)
    seen = set()
    for body in bodies():
        network = Network(load(body), [2, 8, 8, 1], ["gelu", "sine"], x, x[:, :1], w)
        maps, ranges = network.quantise(network.evaluate(x, 2, 17), 1000)
        seen.add((maps.tobytes(), ranges.tobytes()))
    assert len(seen) == 1


@pytest.mark.parametrize("body", bodies())
def test_a_map_that_is_not_finite_is_cut(body):
    x = np.zeros((20, 1))
    network = Network(load(body), [1, 1], [], x, x, [1.0, 0.0], output="linear", loss="mse")
    values = np.zeros((5, 32), np.float32)
    rows = ([np.nan, 1.0, np.inf, -np.inf], [3e38, -3e38], [2.0], [0.0, 1e-40], [-1.0, 0.0, 1.0])
    for row, given in zip(values, rows, strict=True):
        row[:20] = np.resize(given, 20)
        row[20:] = 77.0
    held = aligned(*values.shape)
    held[:] = values
    maps, ranges = network.quantise(held, 20)
    most = np.finfo(np.float32).max / 4
    assert ranges.tolist() == [[-most, most], [-most, most], [2.0, 2.0], [0.0, float(np.float32(1e-40))], [-1.0, 1.0]]
    assert maps[0, :4].tolist() == [128, 128, 255, 0]
    assert maps[1, :2].tolist() == [255, 0]
    assert not maps[2:4].any()
    assert maps[4, :3].tolist() == [0, 128, 255]
