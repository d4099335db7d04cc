"""The points of a run: generated, the user's own or those of a table, some labels flipped, and split into sets."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.config import RunConfig
from engine.data.chosen import table_of
from engine.data.datasets import generate
from engine.data.preprocessing import Preprocessing
from engine.data.resolve import resolve
from engine.data.split import SETS, split
from engine.data.table_points import points_of
from engine.data.tables import Table
from engine.nn.losses import CLASSIFICATION, REGRESSION
from engine.nn.registry import Array
from engine.numbers.rules import PORTABLE, Rules
from engine.numbers.streams import Purpose, Stream


@dataclass(frozen=True)
class Data:
    """Points as trained on: ``inputs`` (N, d), ``targets`` (N,) class indices or (N, K) numbers, ``train`` ones first,
    then ``validation`` ones, then test points.

    ``classes`` is the number of classes, or of outputs where the task has none. ``preprocessing`` stands between these
    and the network's own numbers; None where they are the same.
    """

    inputs: Array
    targets: Array
    train: int
    task: str
    classes: int
    validation: int = 0
    preprocessing: Preprocessing | None = None

    @property
    def sets(self) -> dict[str, slice]:
        """The places of the points of each set, by its name: train, validation, test."""
        ends = self.train, self.train + self.validation, len(self.inputs)
        return {name: slice(start, end) for name, start, end in zip(SETS, (0, *ends), ends, strict=False)}

    @property
    def split(self) -> list[str]:
        """The set of every row: "train", "validation" or "test"."""
        return [name for name, part in self.sets.items() for _ in range(part.start, part.stop)]


def make_data(config: RunConfig, rules: Rules = PORTABLE, table: Table | None = None) -> Data:
    """The points a config describes by these rules, in the trainer's order; ``table`` is the one it names, if any."""
    config = resolve(config, table)
    c, entry, classes, groups = config.dataset, config.dataset.entry, None, None
    if config.columns is not None:
        points, targets, groups = points_of(c, config.columns, table_of(c, table))
        classes = targets if config.task == CLASSIFICATION else None
    elif entry is None:
        points, targets = np.array(c.inputs, np.float64), np.array(c.targets)
    else:
        variant = c.variant or (entry.variants[0] if entry.variants else "")
        points, targets = generate(
            entry,
            c.samples,
            c.noise,
            c.seed,
            classes=config.classes,
            variant=variant,
            formula=c.formula or "",
            rules=rules,
        )
    order, train, validation = split(c, rules.stream(c.seed, Purpose.SPLIT), len(points), classes, groups)
    preprocessing = None
    if config.columns is not None:
        known = points[order[:train]], targets[order[:train]] if config.task == REGRESSION else None
        preprocessing = Preprocessing.fitted(config.columns, c.scale or "none", rules, *known)
    unit = 1.0 if preprocessing is None or preprocessing.target_scale is None else preprocessing.target_scale
    labels = rules.stream(c.seed, Purpose.LABELS)
    targets = flip_labels(labels, targets, c.label_noise, config.task, config.classes, unit)
    return Data(points[order], targets[order], train, config.task, config.classes, validation, preprocessing)


def flip_labels(
    stream: Stream, targets: Array, share: float, task: str, classes: int, unit: float | Array = 1.0
) -> Array:
    """Targets with a ``share`` of the labels replaced by another class; numbers are moved by U(+-share) units."""
    if share <= 0:
        return targets
    if task == CLASSIFICATION:
        flipped = stream.uniform(0.0, 1.0, len(targets)) < share
        return np.where(flipped, (targets + stream.integers(1, classes, len(targets))) % classes, targets)
    if task == REGRESSION:
        return targets + stream.uniform(-share, share, targets.shape) * unit
    return np.where(stream.uniform(0.0, 1.0, targets.shape) < share, 1 - targets, targets)
