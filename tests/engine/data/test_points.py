"""The points of a run: shuffled, split, with labels flipped; and data of the user's own."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.config import RunConfig
from engine.data.datasets import datasets
from engine.data.points import make_data
from engine.nn.losses import CLASSIFICATION, MULTILABEL, REGRESSION
from engine.training.trainer import Trainer


def data(**dataset):
    return make_data(RunConfig.model_validate({"dataset": dataset}))


def as_set(points, targets):
    return {(*point, target) for point, target in zip(points.tolist(), targets.tolist(), strict=True)}


@pytest.mark.parametrize("name", datasets)
@pytest.mark.parametrize(("fraction", "train"), [(0.5, 50), (0.8, 80), (1.0, 100), (0.001, 1)])
def test_the_split_has_the_share_and_keeps_the_points(name, fraction, train):
    whole, split = data(name=name, samples=100), data(name=name, samples=100, train_fraction=fraction)
    assert split.train == train
    assert split.split == ["train"] * train + ["test"] * (100 - train)
    np.testing.assert_array_equal(whole.inputs, split.inputs)  # one shuffle: more training points are more of the same


def test_the_shuffle_mixes_the_classes():
    targets = data(name="circle", samples=500).targets
    assert 0.35 < targets[:250].mean() < 0.65
    assert 0.2 < targets[:50].mean() < 0.8


@pytest.mark.parametrize("share", [0.1, 0.5])
@pytest.mark.parametrize("name", [d.name for d in datasets.values() if d.task == CLASSIFICATION])
def test_label_noise_flips_the_share_and_leaves_the_points(name, share):
    clean, noisy = data(name=name, samples=2000), data(name=name, samples=2000, label_noise=share)
    np.testing.assert_array_equal(clean.inputs, noisy.inputs)
    flipped = clean.targets != noisy.targets
    assert abs(flipped.mean() - share) < 5 * np.sqrt(share * (1 - share) / 2000)
    assert set(np.unique(noisy.targets)) == set(range(clean.classes))


def test_a_flipped_label_is_any_other_class():
    clean, noisy = (data(name="blobs", classes=5, samples=5000, label_noise=share) for share in (0.0, 0.5))
    moved = ((noisy.targets - clean.targets) % 5)[clean.targets != noisy.targets]
    np.testing.assert_allclose(np.bincount(moved, minlength=5)[1:] / len(moved), 0.25, atol=0.03)


def test_more_label_noise_flips_more_of_the_same():
    clean, some, more = (data(name="xor", samples=1000, label_noise=share) for share in (0.0, 0.1, 0.3))
    assert set(np.flatnonzero(clean.targets != some.targets)) < set(np.flatnonzero(clean.targets != more.targets))


def test_label_noise_moves_numbers():
    clean, noisy = data(name="plane", samples=2000), data(name="plane", samples=2000, label_noise=0.3)
    shift = noisy.targets - clean.targets
    assert 0.29 < np.abs(shift).max() <= 0.3
    assert abs(shift.mean()) < 0.02


def test_label_noise_flips_single_labels_of_many():
    rng = np.random.default_rng(0)
    own = {"name": "custom", "inputs": rng.normal(size=(800, 2)).tolist(), "task": MULTILABEL}
    own["targets"] = rng.integers(0, 2, (800, 3)).astype(float).tolist()
    clean, noisy = data(**own), data(**own, label_noise=0.2)
    assert set(np.unique(noisy.targets)) == {0, 1}
    assert abs((clean.targets != noisy.targets).mean() - 0.2) < 0.05


def test_noise_and_label_noise_are_two_things():
    plain = data(name="circle", samples=300)
    moved, flipped = data(name="circle", samples=300, noise=0.3), data(name="circle", samples=300, label_noise=0.3)
    np.testing.assert_array_equal(plain.targets, moved.targets)
    assert not np.array_equal(plain.inputs, moved.inputs)
    np.testing.assert_array_equal(plain.inputs, flipped.inputs)
    assert not np.array_equal(plain.targets, flipped.targets)


@settings(max_examples=40, deadline=None)
@given(
    n=st.integers(2, 12),
    inputs=st.integers(1, 9),
    outputs=st.integers(1, 4),
    task=st.sampled_from([CLASSIFICATION, REGRESSION, MULTILABEL]),
    fraction=st.sampled_from([0.3, 0.5, 1.0]),
    seed=st.integers(0, 2**32),
)
def test_own_data_of_any_size_and_task(n, inputs, outputs, task, fraction, seed):
    rng = np.random.default_rng(seed)
    points = rng.uniform(-50, 50, (n, inputs))
    targets = {
        CLASSIFICATION: lambda: rng.integers(0, outputs + 1, n).tolist(),
        REGRESSION: lambda: rng.normal(size=(n, outputs) if outputs > 1 else n).tolist(),
        MULTILABEL: lambda: rng.integers(0, 2, (n, outputs)).tolist(),
    }[task]()
    own = {"name": "custom", "inputs": points.tolist(), "targets": targets, "task": task, "train_fraction": fraction}
    trainer = Trainer(RunConfig.model_validate({"dataset": own, "training": {"learning_rate": 1e-3}}))
    got = trainer.data()
    assert got.task == task
    if task == CLASSIFICATION:
        assert as_set(got.inputs, got.targets) == as_set(points, np.array(targets))
    order = [int(np.flatnonzero((points == row).all(axis=1))[0]) for row in got.inputs]
    np.testing.assert_array_equal(got.targets, np.array(targets)[order])
    assert trainer.advance(100)
    model = trainer.model()
    predicted = model.predict(points)
    assert predicted.shape == (n, trainer.config.output_units)
    labels = model.labels(predicted)
    if task == REGRESSION:
        assert labels is None
        assert trainer.metrics.train_accuracy == (None,)
    else:
        assert np.shape(labels) == np.shape(targets)
        assert 0 <= trainer.metrics.train_accuracy[0] <= 1
    assert (trainer.metrics.test_loss[0] is None) == (got.train == n)
