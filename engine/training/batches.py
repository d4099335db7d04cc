"""Mini-batches: shuffled again in every epoch, non-overlapping, the last short one used.

Order, dropout and augmentation have streams of their own. Members that share a seed share one order and one copy of the
batches.
"""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from typing import Any, NamedTuple

import numpy as np

from engine.data.features import Feature, transform
from engine.nn.network import Network, Pass
from engine.nn.registry import Array
from engine.numbers.rules import Rules
from engine.numbers.streams import Purpose

PURPOSES = (Purpose.ORDER, Purpose.DROPOUT, Purpose.AUGMENTATION)


class Batch(NamedTuple):
    """One mini-batch: inputs (..., n + 1, m), the same transposed, targets (..., K, m), 1/m, and its buffers."""

    x: Array
    x_T: Array
    t: Array
    scale: float
    buffers: Pass


class Batches:
    """The training set in shuffled order, cut into mini-batches.

    ``x`` (n + 1, N) holds features and the row of ones, ``t`` (K, N) the encoded targets, ``raw`` (d, N) the inputs
    before the features. ``offset`` counts the examples of the epoch under way that have been used.
    """

    def __init__(
        self,
        rules: Rules,
        network: Network,
        x: Array,
        t: Array,
        raw: Array,
        chosen: Sequence[Feature],
        seeds: Sequence[int],
        augmentation: float,
    ) -> None:
        self.rules = rules
        self.network, self.x, self.t, self.raw, self.chosen = network, x, t, raw, chosen
        self.augmentation = augmentation
        self.streams = [{purpose: rules.stream(seed, purpose) for purpose in PURPOSES} for seed in seeds]
        self.size = x.shape[1]
        count = len(self.streams)
        self.order = np.zeros((count, self.size), np.int64)
        # Inputs both ways, one example a row and one a column: a product with a transposed matrix takes twice the time.
        self._x_rows = np.ascontiguousarray(x.T)
        self.moved = np.repeat(self._x_rows[None], count, axis=0)
        self._columns_x = np.zeros((count, *x.shape), x.dtype)
        self._columns_t = np.zeros((count, *t.shape), t.dtype)
        self._passes: dict[int, Pass] = {}
        self._raw_moved = np.zeros_like(raw)
        self.offset = 0
        self._split_at: tuple[int, int] | None = None
        self.batches: list[Batch] = []

    def split(self, batch_size: int | None) -> None:
        """Split what is left of this epoch into batches of ``batch_size`` (None: the whole set)."""
        size = self.size if batch_size is None else min(batch_size, self.size)
        if self._split_at == (self.offset, size):
            return  # as in the epoch before: the same views, of examples in a new order
        self._split_at = self.offset, size
        starts = range(self.offset, self.size, size)
        widths = {min(size, self.size - start) for start in starts} | {min(size, self.size)}
        self._passes = {w: self._passes.get(w) or Pass(self.network, w, training=True) for w in sorted(widths)}
        self.batches = [self._batch(start, min(start + size, self.size)) for start in starts]

    def _batch(self, start: int, stop: int) -> Batch:
        # Members of one seed, or a single network, read one shared 2-D batch.
        at: Any = 0 if len(self.streams) == 1 else slice(None)
        return Batch(
            self._columns_x[at, :, start:stop],
            self.moved[at, start:stop],
            self._columns_t[at, :, start:stop],
            1.0 / (stop - start),
            self._passes[stop - start],
        )

    def shuffle(self) -> None:
        """Start an epoch: a new order for each seed, and the examples gathered in it."""
        self.offset = 0
        for stream, order in zip(self.streams, self.order, strict=True):
            order[:] = stream[Purpose.ORDER].permutation(self.size)
        if self.augmentation > 0:
            self.augment()
        self.gather()

    def gather(self) -> None:
        """Copy the examples into the present order; augmented inputs are in it already."""
        for index, order in enumerate(self.order):
            if self.augmentation == 0:
                self._x_rows.take(order, 0, self.moved[index], "clip")
            self.t.take(order, 1, self._columns_t[index], "clip")
        np.copyto(self._columns_x, self.moved.swapaxes(-1, -2))

    def augment(self) -> None:
        """Draw the epoch's inputs; ``gather`` must follow."""
        for index in range(len(self.streams)):
            self._augment(index)

    def _augment(self, index: int) -> None:
        """Move every input by U(+-augmentation) and compute the features of that."""
        stream = self.streams[index][Purpose.AUGMENTATION]
        np.copyto(self._raw_moved, self.raw[:, self.order[index]])
        self._raw_moved += stream.uniform(-self.augmentation, self.augmentation, self._raw_moved.shape)
        transform(self.rules, self.chosen, self._raw_moved, self.moved[index].T)

    def draw_dropout(self, buffers: Pass) -> None:
        """Draw the next dropout masks for a batch about to be trained on."""
        for dropout in buffers.dropouts:
            dropout.draw([stream[Purpose.DROPOUT] for stream in self.streams])

    def upcoming(self, member: int) -> tuple[Array, Array, list[Array]]:
        """The mini-batch a member trains on next: positions (m,), inputs (n + 1, m), and its dropout masks to come.

        Nothing is drawn from the run's own streams.
        """
        own = member if len(self.streams) > 1 else 0
        width = min(self._split_at[1] if self._split_at else self.size, self.size - self.offset)
        at = slice(self.offset, self.offset + width)
        streams = [deepcopy(stream[Purpose.DROPOUT]) for stream in self.streams]
        masks = []
        for dropout in self._passes[width].dropouts:
            dropout.draw(streams)
            masks.append((dropout.mask if dropout.mask.ndim == 2 else dropout.mask[member]).copy())
        return self.order[own, at].copy(), self._columns_x[own, :, at].copy(), masks

    def state(self) -> tuple[dict[str, Array], dict[str, Any]]:
        """Arrays and plain values from which ``restore`` continues bit for bit."""
        states = [[stream.state for stream in streams.values()] for streams in self.streams]
        arrays = {"order": self.order.copy()}
        if self.augmentation > 0:
            arrays["moved"] = self.moved.copy()
        return arrays, {"offset": self.offset, "generators": states}

    def restore(self, arrays: dict[str, Array], meta: dict[str, Any]) -> None:
        """Continue from a ``state``; ``split`` must follow."""
        self.offset = meta["offset"]
        for streams, states in zip(self.streams, meta["generators"], strict=True):
            # Earlier versions stored the stream of the weights as well, before the others.
            for stream, state in zip(streams.values(), states[-len(streams) :], strict=True):
                stream.state = state
        np.copyto(self.order, arrays["order"])
        if "moved" in arrays:
            np.copyto(self.moved, arrays["moved"])
        self.gather()
