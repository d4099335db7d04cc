"""The hot loop allocates nothing that grows with the batch or the network."""

import gc
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

POINTS = 1000
SMALL, WIDE, DEEP = (8, 2), (64, 2), (32, 8)
# NumPy turns booleans into numbers 8192 at a time: the only buffer in the loop, whatever the size.
CAST = 8192
SLACK = 4 * 1024
WINDOWS = 5


def peak(shape, batch_size, *, activation="tanh", dropout=0.0, sweep=None, dataset="blobs", network=None, **training):
    """Bytes that two whole epochs take at most beyond what is there, the run being warm."""
    units, depth = shape
    config = RunConfig.model_validate(
        {
            "dataset": {"name": dataset, "samples": POINTS, "train_fraction": 1.0},
            "network": {"hidden": [{"units": units, "activation": activation, "dropout": dropout}] * depth}
            | (network or {}),
            "training": {"batch_size": batch_size, "learning_rate": 1e-4} | training,
            "sweep": sweep,
        }
    )
    trainer = Trainer(config)
    trainer.advance(POINTS)
    gc.collect()
    tracemalloc.start()
    try:
        trainer.advance(POINTS)
        return min(window(trainer) for _ in range(WINDOWS))
    finally:
        tracemalloc.stop()
        assert trainer.halted is None


def window(trainer):
    """The peak of two epochs. Threads of other tests' servers may add to it, never take from it: the least counts."""
    tracemalloc.reset_peak()
    before = tracemalloc.get_traced_memory()[0]
    trainer.advance(POINTS)
    trainer.advance(POINTS)
    return tracemalloc.get_traced_memory()[1] - before


def assert_flat(**options):
    """More units, more layers and larger batches take no more memory a step; one array of theirs would show."""
    small = peak(SMALL, 100, **options)
    for shape, batch_size in ((WIDE, 100), (DEEP, 100), (WIDE, 500), (DEEP, 500)):
        one_layer = shape[0] * batch_size * 4  # bytes of one float32 array (units, batch)
        grown = peak(shape, batch_size, **options) - small
        assert grown < CAST + SLACK, (shape, batch_size, grown, one_layer)


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
    assert peak(WIDE, 500, activation=name) - peak(SMALL, 100, activation=name) < CAST + SLACK


@pytest.mark.parametrize("name", optimizers)
@pytest.mark.parametrize("regularizer", regularizers)
def test_every_optimizer_and_regularizer(name, regularizer):
    options = {"optimizer": name, "regularizer": {"name": regularizer, "rate": 0.01}}
    assert peak(DEEP, 500, **options) - peak(SMALL, 100, **options) < CAST + SLACK


@pytest.mark.parametrize("pair", pairs.values(), ids=lambda p: p.name)
def test_every_output_and_loss(pair):
    dataset = "blobs" if "classification" in pair.tasks else "plane"
    options = {"network": {"output": pair.output}, "loss": pair.loss, "dataset": dataset}
    assert peak(WIDE, 500, **options) - peak(SMALL, 100, **options) < CAST + SLACK


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
