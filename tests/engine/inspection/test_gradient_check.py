"""Every gradient the engine computes, against central differences in float64."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from engine.config import RunConfig, WeightChange
from engine.inspection.frozen_run import FrozenRun
from engine.inspection.gradient_check import LIMIT, LossSetting, analytic_gradient, check, gradient_check
from engine.kernel import NUMPY, PORTABLE, load
from engine.nn.activations import activations
from engine.nn.activations.entry import Activation
from engine.nn.arithmetic import arithmetics
from engine.nn.losses import pairs
from engine.nn.network import HiddenLayer, Network
from engine.nn.regularizers import regularizers
from engine.training.trainer import Trainer

COMPILED = pytest.param(PORTABLE, marks=pytest.mark.skipif(load() is None, reason="nothing was compiled"))
EXAMPLES = 12
RATE = 0.1


def make_network(activation, pair, *, bias=True, dropout=0.0, members=None, seed=0):
    """A 2-4-3-K network in float64 with weights that leave no unit idle."""
    rng = np.random.default_rng(seed)
    parameters = tuple(p.default for p in activation.parameters)
    hidden = [HiddenLayer(units, activation, parameters, dropout) for units in (4, 3)]
    outputs = 3 if pair.output == "softmax" else 2
    network = Network(2, hidden, outputs, pair, bias=bias, members=members, dtype=np.float64)
    network.w[...] = rng.normal(0.0, 0.7, network.w.shape)
    return network, rng


def make_problem(network, rng, regularizer):
    x = np.concatenate([rng.normal(size=(2, EXAMPLES)), np.full((1, EXAMPLES), float(network.bias))])
    pair, outputs = network.pair, network.sizes[-1]
    if pair.tasks == ("regression",):
        t = rng.normal(size=(outputs, EXAMPLES))
    else:
        t = np.where(np.arange(outputs)[:, None] == rng.integers(0, outputs, EXAMPLES), pair.high, pair.low)
    masks = [
        (rng.random((layer.units, EXAMPLES)) < 1 - layer.dropout) / (1 - layer.dropout)
        for layer in network.hidden
        if layer.dropout
    ]
    return LossSetting(x, t, regularizer, RATE * network.is_weight, masks)


@pytest.mark.parametrize("pair", pairs.values(), ids=lambda p: p.name)
@pytest.mark.parametrize("activation", activations.values(), ids=lambda a: a.name)
def test_every_activation_with_every_output_and_loss(activation, pair):
    for regularizer, bias, dropout in product(regularizers.values(), (True, False), (0.0, 0.4)):
        network, rng = make_network(activation, pair, bias=bias, dropout=dropout)
        result = check(network, make_problem(network, rng, regularizer))
        assert result.max_relative_error < LIMIT, (regularizer.name, bias, dropout)
        assert result.skipped.mean() <= 0.15
        # A network that answers nothing would pass too: most of the gradient must be there.
        assert (np.abs(result.numeric) > 1e-6).mean() > (0.4 if dropout or not bias else 0.6)


@pytest.mark.parametrize("activation", activations.values(), ids=lambda a: a.name)
def test_members_in_lockstep_have_the_gradient_of_each_alone(activation):
    for pair in pairs.values():
        stack, rng = make_network(activation, pair, members=3)
        problem = make_problem(stack, rng, regularizers["l2"])
        together = analytic_gradient(stack, problem)
        for member in range(3):
            alone, _ = make_network(activation, pair)
            alone.w[...] = stack.w[member]
            result = check(alone, problem)
            assert result.max_relative_error < LIMIT
            np.testing.assert_array_equal(together[member], result.analytic)


def off_by(share, entry):
    def derivative(z, a, d, s):
        entry.derivative(z, a, d, s)
        np.multiply(d, 1 + share, d)

    return replace(entry, derivative=derivative)


def test_a_wrong_derivative_is_caught():
    def wrong(z, a, d, s):
        np.multiply(a, a, out=d)  # without the "1 -"

    broken = replace(activations["tanh"], derivative=wrong)
    assert isinstance(broken, Activation)
    network, rng = make_network(broken, pairs["sigmoid with cross_entropy"])
    assert check(network, make_problem(network, rng, regularizers["none"])).max_relative_error > 0.1


def test_a_loss_that_turns_many_times_within_a_step_is_skipped():
    network, rng = make_network(activations["sine"], pairs["linear with half_squared_error"])
    problem = make_problem(network, rng, regularizers["l2"])
    network.w[...] *= 1e13
    result = check(network, problem)
    assert result.max_relative_error < LIMIT
    assert result.skipped.mean() > 0.5


@pytest.mark.parametrize("seed", range(4))
def test_correct_gradients_pass_and_a_wrong_one_fails(seed):
    trainer = Trainer(RunConfig.model_validate({"seed": seed}))
    for epoch in (20, 50, 90, 140, 200, 300, 450, 650, 900, 1200):
        while trainer.epoch < epoch:
            trainer.advance(trainer.batches_per_epoch)
        result, network = gradient_check(trainer)
        assert result.max_relative_error < LIMIT, epoch
        assert not result.skipped.any()
        frozen = FrozenRun.of(trainer)
        problem = LossSetting(*frozen.examples(slice(0, frozen.train)), frozen.regularizer, frozen.rate)
        layers = [replace(layer, activation=off_by(1e-5, layer.activation)) for layer in network.hidden]
        wrong = Network(2, layers, 1, network.pair, dtype=np.float64)
        wrong.w[...] = network.w
        assert check(wrong, problem).max_relative_error > LIMIT, epoch


@pytest.mark.parametrize("activation", activations)
def test_correct_gradients_pass_for_every_activation(activation):
    config = {"network": {"hidden": [{"units": units, "activation": activation} for units in (4, 2)]}}
    trainer = Trainer(RunConfig.model_validate(config))
    for epoch in (20, 80, 200):
        while trainer.epoch < epoch:
            trainer.advance(trainer.batches_per_epoch)
        result, _ = gradient_check(trainer)
        assert result.max_relative_error < LIMIT
        assert result.skipped.mean() <= 0.2


def test_the_gradients_of_a_diverged_run_are_not_called_wrong():
    config = {"dataset": {"name": "dining_hall"}, "network": {"hidden": [], "bias": False}}
    trainer = Trainer(RunConfig.model_validate({**config, "training": {"learning_rate": 0.06}}))
    while trainer.metrics.train_loss[0] < 1e15:
        trainer.advance(1000)
        assert trainer.halted is None
    result, _ = gradient_check(trainer)
    assert result.max_relative_error < LIMIT
    assert result.skipped[:3].any()
    assert np.isfinite(result.errors).all()


@pytest.mark.parametrize("arithmetic", [COMPILED, NUMPY])
def test_a_parameter_that_crosses_a_kink_is_skipped_and_counted(arithmetic):
    network, rng = make_network(activations["relu"], pairs["linear with mse"])
    problem = replace(make_problem(network, rng, regularizers["none"]), arithmetic=arithmetics[arithmetic])
    W, x = network.W[0], problem.x
    W[0, -1] -= (W[0] @ x)[0]  # the first example sits exactly on the first unit's kink
    result = check(network, problem)
    assert result.skipped[:3].all()
    assert not result.skipped[3:12].any()
    assert result.max_relative_error < LIMIT


@pytest.mark.parametrize(
    "config",
    [
        {},
        {"dataset": {"name": "spirals", "classes": 4}, "network": {"hidden": [{"units": 6, "activation": "mish"}] * 3}},
        {"dataset": {"name": "bumps"}, "network": {"hidden": [{"units": 8, "activation": "relu"}] * 2}},
        {"dataset": {"name": "dining_hall"}, "network": {"hidden": [], "bias": False}},
        {
            "network": {"output": "tanh"},
            "training": {"loss": "half_squared_error", "regularizer": {"name": "l1", "rate": 0.01}},
        },
        {"sweep": {"parameter": "training.learning_rate", "values": [0.01, 0.3]}},
    ],
    ids=["default", "classes", "bumps", "no hidden layer", "tanh output, L1", "sweep"],
)
def test_a_run_in_training_checks_its_own_network(config):
    trainer = Trainer(RunConfig.model_validate({**config, "features": "auto"}))
    trainer.edit(WeightChange.model_validate({"cut": [{"layer": 0, "row": 0, "column": 0}]}))
    for _ in range(60):
        trainer.advance(25)
    for member in range(trainer.member_count):
        result, network = gradient_check(trainer, member)
        assert result.max_relative_error < LIMIT
        assert result.skipped.mean() <= 0.15
        np.testing.assert_array_equal(network.w, trainer.parameters[member])
