"""Answers for many inputs: the compiled ones beside NumPy's, in pieces, for points and for maps."""

import numpy as np
import pytest

from engine.config import RunConfig
from engine.kernel import NUMPY, PORTABLE, bodies, load
from engine.kernel.bindings import ACTIVATIONS
from engine.nn.activations import activations
from engine.nn.arithmetic import arithmetics
from engine.nn.arithmetic.compiled import CompiledEvaluator
from engine.nn.losses import pairs
from engine.nn.model import Model, network_of
from engine.nn.network import HiddenLayer, Network
from engine.pieces import result_of
from engine.training.trainer import Trainer

COMPILED = pytest.param(PORTABLE, marks=pytest.mark.skipif(load() is None, reason="nothing was compiled"))
BOTH = pytest.mark.parametrize("arithmetic", [COMPILED, NUMPY])
CONFIGS = {
    "one output": {"network": {"hidden": [{"units": 5, "activation": "prelu"}, {"units": 3}]}},
    "softmax": {"network": {"hidden": [{"units": 6, "activation": "gelu"}]}, "dataset": {"name": "blobs"}},
    "no hidden layer, no biases": {"network": {"hidden": [], "bias": False}, "dataset": {"name": "plane"}},
    "wide": {"network": {"hidden": [{"units": 200, "activation": "sine"}] * 3}},
}


def network(config, dtype=np.float32):
    made = network_of(RunConfig.model_validate(config), dtype=dtype)
    made.w[...] = np.random.default_rng(3).normal(0, 0.3, made.w.shape)
    if not made.bias:
        made.w *= made.is_weight
    return made


def points(network, count):
    x = np.random.default_rng(4).uniform(-6, 6, (network.sizes[0] + 1, count)).astype(network.dtype)
    x[-1] = network.bias
    return x


def answers(evaluator, x, hidden=True):
    inputs = [evaluator.prepared(x[:, span]) for span in evaluator.spans]
    outputs, layers = result_of(evaluator.evaluate(inputs, hidden))
    return [*layers, outputs]


@pytest.mark.skipif(load() is None, reason="nothing was compiled")
@pytest.mark.parametrize("count", [0, 1, 700])
@pytest.mark.parametrize("config", CONFIGS.values(), ids=CONFIGS)
def test_the_compiled_answers_are_numpys(config, count):
    float32, float64 = network(config), network(config, np.float64)
    found = answers(arithmetics[PORTABLE].evaluator(float32, count), points(float32, count))
    expected = answers(arithmetics[NUMPY].evaluator(float64, count), points(float32, count).astype(float))
    assert [a.shape for a in found] == [a.shape for a in expected] == [(n, count) for n in float32.sizes[1:]]
    for ours, theirs in zip(found, expected, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=2e-5, atol=2e-5)


@BOTH
@pytest.mark.parametrize("hidden", [True, False])
def test_pieces_cover_every_input_and_hold_outputs_alone_as_well(arithmetic, hidden):
    wide = network(CONFIGS["wide"])
    evaluator = arithmetics[arithmetic].evaluator(wide, 700)
    assert len(evaluator.spans) > 3
    x = points(wide, 700)
    *_, outputs = answers(evaluator, x, hidden)
    parts = [x[:, k : k + 100] for k in range(0, 700, 100)]
    alone = [answers(arithmetics[arithmetic].evaluator(wide, 100), part)[-1] for part in parts]
    np.testing.assert_allclose(outputs, np.concatenate(alone, axis=1), rtol=1e-4, atol=1e-6)


@pytest.mark.skipif(load() is None, reason="nothing was compiled")
def test_compiled_outputs_depend_on_neither_batch_nor_body():
    chosen = network(CONFIGS["softmax"])
    x = points(chosen, 45)
    whole = np.concatenate(answers(CompiledEvaluator(chosen, 45), x))
    alone = [np.concatenate(answers(CompiledEvaluator(chosen, 1), x[:, k : k + 1])) for k in range(45)]
    np.testing.assert_array_equal(np.concatenate(alone, axis=1), whole)


@BOTH
def test_maps_in_bytes_are_the_values_to_half_a_step(arithmetic):
    chosen = network(CONFIGS["one output"])
    evaluator = arithmetics[arithmetic].evaluator(chosen, 100)
    for values in answers(evaluator, points(chosen, 100)):
        kept = values.copy()
        maps, ranges = evaluator.quantize(values)
        low, high = ranges[:, :1], ranges[:, 1:]
        np.testing.assert_array_equal(low[:, 0], kept.min(axis=1))
        np.testing.assert_array_equal(high[:, 0], kept.max(axis=1))
        assert maps.dtype == np.uint8
        assert (np.abs(low + maps / 255 * (high - low) - kept) <= (high - low) / 255 * 0.501).all()


@BOTH
def test_a_run_is_evaluated_in_its_own_arithmetic(arithmetic):
    trainer = Trainer(RunConfig(), arithmetic=arithmetic)
    model = trainer.model()
    assert trainer.arithmetic == model.arithmetic.name == arithmetic
    inputs = trainer.data().inputs
    same = Model(model.config, model.network.w, means=model.means, arithmetic=arithmetic)
    np.testing.assert_array_equal(model.predict(inputs), same.predict(inputs))


@pytest.mark.skipif(len(bodies()) < 2, reason="there is one body")
def test_every_body_predicts_the_same(monkeypatch):
    trainer = Trainer(RunConfig())
    inputs, seen = trainer.data().inputs, set()
    for body in bodies():
        monkeypatch.setenv("DESCENT_KERNEL", body)
        seen.add(trainer.model().predict(inputs).tobytes())
    assert len(seen) == 1


def passes_of_both(activation, pair, *, bias=True, dropout=0.0):
    """The same float64 network, examples and masks in both arithmetics."""
    rng = np.random.default_rng(0)
    fixed = tuple(p.default for p in activation.parameters)
    hidden = [HiddenLayer(units, activation, fixed, share) for units, share in ((5, dropout), (4, 0.0), (3, dropout))]
    deep = Network(3, hidden, 2, pair, bias=bias, dtype=np.float64)
    deep.w[...] = rng.normal(0, 0.8, deep.w.shape) * (1 if bias else deep.is_weight)
    x = rng.normal(size=(4, 21))
    x[-1] = bias
    t = np.eye(2)[:, rng.integers(0, 2, 21)]
    masks = [(rng.random((layer.units, 21)) < 0.6) / 0.6 for layer in hidden if layer.dropout]
    return deep, [arithmetics[name].passes(deep, x, t, masks) for name in (PORTABLE, NUMPY)]


@pytest.mark.skipif(load() is None, reason="nothing was compiled")
@pytest.mark.parametrize("pair", pairs.values(), ids=lambda p: p.name)
@pytest.mark.parametrize("activation", [activations[name] for name in ACTIVATIONS], ids=lambda a: a.name)
def test_a_float64_pass_is_numpys_in_every_quantity(activation, pair):
    for bias, dropout in ((True, 0.0), (False, 0.0), (True, 0.4)):
        deep, (ours, theirs) = passes_of_both(activation, pair, bias=bias, dropout=dropout)
        found, expected = ours.values(), theirs.values()
        for name in ("inputs", "Z", "A", "dA", "dZ", "slope"):
            for a, b in zip(getattr(found, name), getattr(expected, name), strict=True):
                np.testing.assert_allclose(a, b, rtol=1e-11, atol=1e-13, err_msg=name)
        np.testing.assert_allclose(found.gradient, expected.gradient, rtol=1e-11, atol=1e-13)
        np.testing.assert_array_equal(ours.gradient(), found.gradient)
        np.testing.assert_allclose(ours.outputs(), theirs.outputs(), rtol=1e-12, atol=1e-14)
        weights = deep.w + np.random.default_rng(1).normal(0, 0.3, (7, deep.w.size))
        (losses, sides), (their_losses, their_sides) = (
            ours.losses(weights, sides=True),
            theirs.losses(weights, sides=True),
        )
        np.testing.assert_allclose(losses, their_losses, rtol=1e-12)
        assert len(sides) == (3 if activation.kinked else 0)
        for a, b in zip(sides, their_sides, strict=True):
            np.testing.assert_array_equal(a, b)
