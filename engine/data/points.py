"""The points of a run: generated or the user's own, some labels flipped, shuffled, and split into training and test."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.config import RunConfig
from engine.data.datasets import generate
from engine.nn.losses import CLASSIFICATION, REGRESSION
from engine.nn.registry import Array
from engine.numbers.rules import PORTABLE, Rules
from engine.numbers.streams import Purpose, Stream


@dataclass(frozen=True)
class Data:
    """Points as trained on: ``inputs`` (N, d), ``targets`` (N,) class indices or (N, K) numbers, ``train`` ones first.

    ``classes`` is the number of classes, or of outputs where the task has none.
    """

    inputs: Array
    targets: Array
    train: int
    task: str
    classes: int

    @property
    def split(self) -> list[str]:
        """ "train" or "test" for every row."""
        return ["train"] * self.train + ["test"] * (len(self.inputs) - self.train)


def make_data(config: RunConfig, rules: Rules = PORTABLE) -> Data:
    """The points a config describes by these rules, in the trainer's order."""
    c, entry = config.dataset, config.dataset.entry
    if entry is None:
        points, targets = np.array(c.inputs, np.float64), np.array(c.targets)
    else:
        variant = c.variant or (entry.variants[0] if entry.variants else "")
        points, targets = generate(
            entry, c.samples, c.noise, c.seed, classes=config.classes, variant=variant, rules=rules
        )
    targets = flip_labels(rules.stream(c.seed, Purpose.LABELS), targets, c.label_noise, config.task, config.classes)
    order = rules.stream(c.seed, Purpose.SPLIT).permutation(len(points))
    train = max(1, round(c.train_fraction * len(points)))
    return Data(points[order], targets[order], train, config.task, config.classes)


def flip_labels(stream: Stream, targets: Array, share: float, task: str, classes: int) -> Array:
    """Targets with a ``share`` of the labels replaced by another class; numbers are moved by U(+-share) instead."""
    if share <= 0:
        return targets
    if task == CLASSIFICATION:
        flipped = stream.uniform(0.0, 1.0, len(targets)) < share
        return np.where(flipped, (targets + stream.integers(1, classes, len(targets))) % classes, targets)
    if task == REGRESSION:
        return targets + stream.uniform(-share, share, targets.shape)
    return np.where(stream.uniform(0.0, 1.0, targets.shape) < share, 1 - targets, targets)
