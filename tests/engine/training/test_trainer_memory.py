"""The hot loop allocates nothing that grows with the batch or the network."""

import tracemalloc
from dataclasses import replace

import numpy as np
import pytest

from engine.config import RunConfig
from engine.nn.activations import activations
from engine.nn.losses import pairs
from engine.nn.regularizers import regularizers
from engine.training.optimizers import optimizers
from engine.training.trainer import Trainer

POINTS = 250
# (units, layers) and batch size. Both dimensions of LARGE exceed those of SMALL: one array of either kind would show.
SMALL, LARGE = ((8, 2), 50), ((64, 4), 200)
# NumPy turns booleans into numbers 8192 at a time: the only buffer in the loop, whatever the size.
CAST = 8192
SLACK = 4 * 1024
WINDOWS = 5


def peaks(size, *, activation="tanh", dropout=0.0, sweep=None, dataset="blobs", network=None, **training):
    """Bytes that two epochs of a warm run take at most beyond what is there, measured again and again."""
    (units, depth), batch_size = size
    config = RunConfig.model_validate(
        {
            "dataset": {"name": dataset, "samples": POINTS, "train_fraction": 1.0},
            "network": {"hidden": [{"units": units, "activation": activation, "dropout": dropout}] * depth}
            | (network or {}),
            "training": {"batch_size": batch_size, "learning_rate": 1e-4} | training,
            "sweep": sweep,
        }
    )
    trainer = Trainer(config, arithmetic="numpy")  # the kernel allocates nothing
    trainer.advance(POINTS)
    tracemalloc.start()
    try:
        trainer.advance(POINTS)
        for _ in range(WINDOWS):
            yield window(trainer)
    finally:
        tracemalloc.stop()
        assert trainer.halted is None


def window(trainer):
    """The peak of two epochs."""
    tracemalloc.reset_peak()
    before = tracemalloc.get_traced_memory()[0]
    trainer.advance(POINTS)
    trainer.advance(POINTS)
    return tracemalloc.get_traced_memory()[1] - before


def assert_flat(**options):
    """More units, more layers and a larger batch take no more memory a step.

    Threads of other tests' servers may add to a peak, never take from it: one window within the bound proves it.
    """
    bound = min(peaks(SMALL, **options)) + CAST + SLACK
    measured = []
    for peak in peaks(LARGE, **options):
        measured.append(peak)
        if peak < bound:
            break
    assert measured[-1] < bound, (measured, bound)


VARIANTS = {
    "plain": {},
    "dropout": {"dropout": 0.3},
    "clipped": {"clip_norm": 0.1},
    "augmented": {"augmentation": 0.1},
    "no biases": {"network": {"bias": False}},
    "a schedule": {"schedule": "exponential", "optimizer": "adamw", "regularizer": {"name": "l1", "rate": 0.01}},
    "a sweep": {"sweep": {"parameter": "training.learning_rate", "values": [1e-4, 2e-4]}, "optimizer": "adam"},
    "a sweep of seeds": {
        "sweep": {"parameter": "seed", "values": [1, 2]},
        "dropout": 0.2,
        "clip_norm": 1.0,
        "regularizer": {"name": "l2", "rate": 0.01},
    },
}


@pytest.mark.parametrize("variant", VARIANTS)
def test_a_step_takes_no_more_for_a_larger_network_or_batch(variant):
    assert_flat(**VARIANTS[variant])


@pytest.mark.parametrize("name", activations)
def test_every_activation(name):
    assert_flat(activation=name)


@pytest.mark.parametrize("name", optimizers)
@pytest.mark.parametrize("regularizer", regularizers)
def test_every_optimizer_and_regularizer(name, regularizer):
    assert_flat(optimizer=name, regularizer={"name": regularizer, "rate": 0.01})


@pytest.mark.parametrize("pair", pairs.values(), ids=lambda p: p.name)
def test_every_output_and_loss(pair):
    dataset = "blobs" if "classification" in pair.tasks else "plane"
    assert_flat(network={"output": pair.output}, loss=pair.loss, dataset=dataset)


def tanh_with_a_copy(z, a, s):
    a[...] = np.tanh(z)


def derivative_with_a_copy(z, a, d, s):
    d[...] = 1.0 - a * a


@pytest.mark.parametrize("change", [{"forward": tanh_with_a_copy}, {"derivative": derivative_with_a_copy}], ids=list)
def test_one_array_too_many_is_seen(change, monkeypatch):
    """What the tests above are worth: a single temporary in one activation fails them."""
    monkeypatch.setitem(activations._entries, "tanh", replace(activations["tanh"], **change))
    with pytest.raises(AssertionError):
        assert_flat()


def test_an_optimizers_temporary_is_seen(monkeypatch):
    def update(w, g, s, slots, rate):
        w -= rate * g

    monkeypatch.setitem(optimizers._entries, "sgd", replace(optimizers["sgd"], update=update))
    with pytest.raises(AssertionError):
        assert_flat()
