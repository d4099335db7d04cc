"""Which points train, validate and test: stratified, random, in order, and by groups."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.config.dataset import DatasetConfig
from engine.data.split import shares, sizes_of, split
from engine.numbers.streams import PortableStream, Purpose


def split_of(points, classes=None, groups=None, **fields):
    dataset = DatasetConfig.model_validate({"name": "table", "table": "t", **fields})
    order, train, validation = split(dataset, PortableStream(0, Purpose.SPLIT), points, classes, groups)
    assert sorted(order.tolist()) == list(range(points))
    return order[:train], order[train : train + validation], order[train + validation :]


@pytest.mark.parametrize(
    ("train", "validation", "expected"), [(0.5, 0.0, (50, 0)), (0.7, 0.1, (70, 10)), (1.0, 0.0, (100, 0))]
)
def test_the_sets_have_their_shares(train, validation, expected):
    dataset = DatasetConfig(train_fraction=train, validation_fraction=validation)
    assert sizes_of(dataset, 100) == expected


def test_each_set_has_every_class_in_proportion():
    classes = np.repeat([0, 1, 2], [100, 40, 10])
    parts = split_of(150, classes, train_fraction=0.6, validation_fraction=0.2)
    counts = [np.bincount(classes[part], minlength=3).tolist() for part in parts]
    assert counts == [[60, 24, 6], [20, 8, 2], [20, 8, 2]]


def test_a_rare_class_is_in_training_first_then_in_the_test_set():
    classes = np.repeat([0, 1, 2], [40, 2, 1])
    train, _, test = split_of(43, classes, train_fraction=0.8)
    assert np.bincount(classes[train], minlength=3).tolist()[1:] == [1, 1]
    assert np.bincount(classes[test], minlength=3).tolist()[1:] == [1, 0]


@given(st.lists(st.integers(0, 30), min_size=1, max_size=10), st.floats(0, 1), st.integers(0, 2))
@settings(max_examples=50, deadline=None)
def test_shares_add_up_and_fit_their_classes(sizes, fraction, later):
    total = round(fraction * sum(sizes))
    found = shares(total, sizes, later)
    assert sum(found) == total
    assert all(0 <= count <= size for count, size in zip(found, sizes, strict=True))
    if total >= len(sizes):
        assert all(count for count, size in zip(found, sizes, strict=True) if size)


def test_random_points_do_not_look_at_classes():
    classes = np.repeat([0, 1], 50)
    plain = split_of(100, None, split="random")
    np.testing.assert_array_equal(split_of(100, classes, split="random")[0], plain[0])
    assert len(np.unique(plain[0] % 2)) == 2


def test_ordered_points_keep_their_order():
    train, validation, test = split_of(10, split="ordered", train_fraction=0.6, validation_fraction=0.2)
    assert (train.tolist(), validation.tolist(), test.tolist()) == ([0, 1, 2, 3, 4, 5], [6, 7], [8, 9])


@pytest.mark.parametrize("kind", ["random", "ordered"])
def test_a_group_is_never_divided(kind):
    groups = np.arange(60) // 6 % 10
    parts = split_of(60, groups=groups, split=kind, group="who", train_fraction=0.6, validation_fraction=0.2)
    found = [set(groups[part].tolist()) for part in parts]
    assert [len(part) for part in parts] == [36, 12, 12]
    assert sum(map(len, found)) == 10
    if kind == "ordered":
        assert found == [{0, 1, 2, 3, 4, 5}, {6, 7}, {8, 9}]


def test_two_groups_of_unlike_size_are_both_used():
    groups = np.array([0] * 9 + [1])
    train, _, test = split_of(10, groups=groups, group="who", train_fraction=0.5)
    assert {len(train), len(test)} == {1, 9}
