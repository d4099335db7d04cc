"""Optimizers: every one goes downhill, and steps as its formula says."""

import inspect

import numpy as np
import pytest

from engine.config import RunConfig
from engine.nn.activations import activations
from engine.nn.losses import pairs
from engine.nn.network import HiddenLayer, Network
from engine.training.optimizers import optimizers
from engine.training.update_rule import UpdateRule

ENTRIES = list(optimizers.values())


def descend(entry, curvature, start, steps, rate):
    """Steps of ``entry`` down the parabola sum curvature w^2 / 2; returns every w."""
    config = RunConfig.model_validate({"training": {"optimizer": entry.name, "learning_rate": rate}})
    network = Network(1, [], 1, pairs["linear with mse"], dtype=np.float64)
    network.w[:] = start
    update_rule = UpdateRule(network, [config])
    path = [network.w.copy()]
    for _ in range(steps):
        network.g[:] = curvature * network.w
        update_rule.step()
        path.append(network.w.copy())
    return np.array(path)


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda e: e.name)
def test_every_optimizer_beats_a_parabola(entry):
    path = descend(entry, np.array([1.0, 10.0]), [3.0, -2.0], 3000, max(entry.learning_rate, 0.01))
    loss = 0.5 * (np.array([1.0, 10.0]) * path**2).sum(axis=1)
    assert loss[-1] < 1e-2 * loss[0]
    assert loss.argmin() > 100, "it arrived by accident"
    assert np.isfinite(path).all()


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda e: e.name)
def test_the_first_step_goes_downhill_by_about_the_learning_rate(entry):
    path = descend(entry, np.array([1.0, 1.0]), [1.0, -1.0], 1, 0.01)
    step = path[1] - path[0]
    assert (np.sign(step) == [-1, 1]).all()
    assert (np.abs(step) > 0.009).all()
    assert (np.abs(step) < 0.04).all()  # RMSProp's first step is 1 / sqrt(1 - rho) times the rate


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda e: e.name)
def test_a_gradient_of_zero_moves_nothing_but_by_decay(entry):
    w, s, slots = np.array([0.5, -1.5]), np.empty(2), [np.zeros(2) for _ in entry.slots]
    defaults = [p.default for p in entry.parameters]
    powers = [p.default for p in entry.parameters if p.name in entry.powers]
    entry.update(w, np.zeros(2), s, slots, *entry.coefficients(0.1, *defaults, *powers))
    np.testing.assert_array_equal(w, [0.5, -1.5])
    assert not any(slot.any() for slot in slots)


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda e: e.name)
def test_an_update_is_elementwise_and_keeps_the_gradient(entry):
    rng = np.random.default_rng(2)
    defaults = [p.default for p in entry.parameters]
    powers = [p.default for p in entry.parameters if p.name in entry.powers]
    coefficients = entry.coefficients(0.1, *defaults, *powers)
    w, slots = rng.normal(size=6), [np.zeros(6) for _ in entry.slots]
    parts, part_slots = w.copy(), [np.zeros(6) for _ in entry.slots]
    for _ in range(4):
        g = rng.normal(size=6)
        kept = g.copy()
        entry.update(w, g, np.empty(6), slots, *coefficients)
        np.testing.assert_array_equal(g, kept)
        for half in (slice(0, 3), slice(3, 6)):
            entry.update(parts[half], g[half], np.empty(3), [slot[half] for slot in part_slots], *coefficients)
    np.testing.assert_array_equal(w, parts)


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda e: e.name)
def test_the_entry_holds_together(entry):
    names = [p.name for p in entry.parameters]
    assert set(entry.powers) <= set(names)
    assert 0 < entry.learning_rate <= 1
    coefficients = entry.coefficients(0.1, *[p.default for p in entry.parameters], *[0.5] * len(entry.powers))
    assert len(inspect.signature(entry.update).parameters) == 4 + len(coefficients)


@pytest.mark.parametrize(
    "entry", [e for e in ENTRIES if any(p.name == "epsilon" for p in e.parameters)], ids=lambda e: e.name
)
def test_the_smallest_epsilon_still_divides_in_float32(entry):
    """Links that are cut and biases that are off have a gradient of 0 for ever, and 0 / 0 is no number."""
    (epsilon,) = (p for p in entry.parameters if p.name == "epsilon")
    config = RunConfig.model_validate({"training": {"optimizer": {"name": entry.name, "epsilon": epsilon.minimum}}})
    network = Network(2, [HiddenLayer(3, activations["tanh"])], 1, pairs["sigmoid with cross_entropy"])
    network.w[:] = 1.0
    update_rule = UpdateRule(network, [config])
    network.g[::2] = 0.0
    network.g[1::2] = 1e-30  # its square is 0 in float32
    for _ in range(5):
        update_rule.step()
    assert np.isfinite(network.w).all()
    assert np.abs(network.w - 1).max() < 0.1


def test_adamws_decay_is_apart_from_its_step():
    adam, adamw = (descend(optimizers[name], np.zeros(2), [2.0, 2.0], 10, 0.1) for name in ("adam", "adamw"))
    np.testing.assert_array_equal(adam[-1], [2.0, 2.0])
    np.testing.assert_allclose(adamw[-1], [2.0 * (1 - 0.1 * 0.01) ** 10, 2.0], rtol=1e-14)  # the second is a bias
