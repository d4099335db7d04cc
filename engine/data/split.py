"""Which points train, which validate, and which are held out as test points."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from engine.config.dataset import DatasetConfig
from engine.nn.registry import Array
from engine.numbers.streams import Stream

TRAIN, VALIDATION, TEST = SETS = ("train", "validation", "test")


class Split(NamedTuple):
    """``order`` (N,) lists all points, the ``train`` training points first, then ``validation`` ones, then the rest."""

    order: Array
    train: int
    validation: int


def parts_of(dataset: DatasetConfig) -> int:
    """How many of the three sets a config asks for."""
    rest = 1.0 - dataset.train_fraction - dataset.validation_fraction
    return 1 + (dataset.validation_fraction > 0) + (rest > 1e-9)


def sizes_of(dataset: DatasetConfig, points: int) -> tuple[int, int]:
    """How many of so many points train and validate."""
    train = max(1, round(dataset.train_fraction * points))
    wanted = max(1, round(dataset.validation_fraction * points)) if dataset.validation_fraction > 0 else 0
    return train, min(wanted, points - train)


def split(
    dataset: DatasetConfig, stream: Stream, points: int, classes: Array | None = None, groups: Array | None = None
) -> Split:
    """Split ``points`` as the config says, in random order or in their own ("ordered").

    ``classes`` (N,): the class of each point, which a stratified split shares out alike. ``groups`` (N,): the group of
    each, whole numbers; a group is never divided.
    """
    train, validation = sizes_of(dataset, points)
    ordered = dataset.split == "ordered"
    if groups is not None:
        return _grouped(groups, None if ordered else stream, train, validation)
    order = np.arange(points) if ordered else stream.permutation(points)
    if dataset.split == "stratified" and classes is not None:
        order = _stratified(order, classes, train, validation)
    return Split(order, train, validation)


def _stratified(order: Array, classes: Array, train: int, validation: int) -> Array:
    """``order`` with the sets' points moved together, each class divided in the proportion of the sets."""
    counts = np.bincount(classes).tolist()
    rest = len(order) - train - validation
    trained = shares(train, counts, (validation > 0) + (rest > 0))
    left = [count - given for count, given in zip(counts, trained, strict=True)]
    validated = shares(validation, left, int(rest > 0))
    part = np.full(len(order), 2)
    for index, (first, second) in enumerate(zip(trained, validated, strict=True)):
        places = np.flatnonzero(classes[order] == index)
        part[places[: first + second]] = 1
        part[places[:first]] = 0
    return order[np.argsort(part, kind="stable")]


def shares(total: int, sizes: Sequence[int], later: int) -> list[int]:
    """``total`` places given to classes of these sizes, in proportion: at least one each where that can be, and
    ``later`` of each class left where it has so many more."""
    if not total:
        return [0] * len(sizes)
    exact = [size * total / sum(sizes) for size in sizes]
    most = [max(size - later, min(size, 1)) for size in sizes]
    least = [min(1, size) for size in most]
    given = [min(max(int(want), low), high) for want, low, high in zip(exact, least, most, strict=True)]
    classes = range(len(sizes))
    while sum(given) < total:
        free = [k for k in classes if given[k] < most[k]] or [k for k in classes if given[k] < sizes[k]]
        given[max(free, key=lambda k: exact[k] - given[k])] += 1
    while sum(given) > total:
        free = [k for k in classes if given[k] > least[k]] or [k for k in classes if given[k] > 0]
        given[max(free, key=lambda k: given[k] - exact[k])] -= 1
    return given


def _grouped(groups: Array, stream: Stream | None, train: int, validation: int) -> Split:
    """Whole groups, in random order or in that of their first points: each goes where most of its points would."""
    _, first_places, codes = np.unique(groups, return_index=True, return_inverse=True)
    count = len(first_places)
    sequence = np.argsort(first_places) if stream is None else stream.permutation(count)
    sizes = np.bincount(codes)[sequence]
    middles = np.add.accumulate(sizes) - sizes / 2
    part = np.where(middles < train, 0, np.where(middles < train + validation, 1, 2))
    part[0] = 0
    if train + validation < len(groups) and count > 1:
        part[-1] = 2
    place, part_of = np.empty(count, np.int64), np.empty(count, np.int64)
    place[sequence], part_of[sequence] = np.arange(count), part
    order = np.lexsort((place[codes], part_of[codes]))
    in_part = np.bincount(part_of[codes], minlength=3).tolist()
    return Split(order, in_part[0], in_part[1])
