"""One network, or up to 16 members of a sweep, in the structures that a call of the kernel takes."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from typing import Any

import numpy as np

from engine.kernel.bindings import LANES, SETS, Done, Group, Kernel, Limits, Place, Row, Rows, Rule, Run, State, Stop
from engine.kernel.layout import Layout
from engine.nn.registry import Array, aligned

ROW = np.dtype(Row)


class KernelCall:
    """``members`` of a sweep a lane each, or one network alone (None), which brings its ``own`` w, g and slots.

    ``w``, ``g``, ``slots``: parameters (padded,) alone, (padded, 16) in lockstep. ``train``, ``rules``, ``stops``,
    ``states`` are structured arrays (members,) of the C structures' fields, ``sets`` (members, 3).
    """

    def __init__(self, kernel: Kernel, layout: Layout, members: int | None, own: Sequence[Array] = ()) -> None:
        self.count = 1 if members is None else members
        self._kernel, self._layout, self._alone = kernel, layout, members is None
        self._structure: Any = Run() if self._alone else Group()
        self.train = self._view("train", Rows)
        self.sets = self._view("sets", Rows, SETS)
        self.rules, self.stops, self.states = (
            self._view(name, kind) for name, kind in (("rule", Rule), ("stop", Stop), ("state", State))
        )
        arrays = [*own, *(self._parameters() for _ in range(4 - len(own)))]
        self.w, self.g, self.slots = arrays[0], arrays[1], arrays[2:]
        self.weight, self.free = self._parameters(), self._parameters()
        self._structure.net = ctypes.pointer(layout.net)
        (self.weight.T)[...] = layout.is_weight
        if not self._alone:
            self._structure.members = self.count
        self._done, self._work = Done(), np.empty(0, np.float32)

    def _parameters(self) -> Array:
        return aligned(self._layout.padded, *([] if self._alone else [LANES]))

    def _view(self, name: str, kind: Any, width: int = 0) -> Array:
        """A field of the structure, or the fields of all members, as an array."""
        shape = (self.count, width) if width else (self.count,)
        offset = getattr(type(self._structure), name).offset
        return np.ndarray(shape, np.dtype(kind), self._structure, offset)

    def aim(self, batch_size: int, cut: bool) -> None:
        """Point the structure at the arrays, which may have been replaced, and allocate buffers for these batches."""
        state, rule = self.states[0], self.rules[0]
        state["w"], state["g"] = self.w.ctypes.data, self.g.ctypes.data
        state["slot0"], state["slot1"] = (slot.ctypes.data for slot in self.slots)
        rule["weight"], rule["free"] = self.weight.ctypes.data, self.free.ctypes.data if cut else 0
        self._structure.batch_size = batch_size
        size = self._kernel.work_floats if self._alone else self._kernel.group_floats
        floats = size(self._layout.net, batch_size)
        if len(self._work) < floats:
            self._work = aligned(floats)
            self._structure.work = self._work.ctypes.data

    def run(self, batches: int, epochs: int, rates: Array, place: tuple[int, int, int]) -> tuple[int, Array]:
        """Train from a place (epoch, batch, examples used); ``rates`` (epochs, members). Mini-batches and rows."""
        rows = np.empty((epochs, self.count), ROW)
        self._structure.place = Place(*place)
        limits = Limits(batches, epochs, rates.ctypes.data)
        train = self._kernel.train if self._alone else self._kernel.train_group
        train(self._structure, limits, rows.ctypes.data, self._done)
        return self._done.batches, rows[: self._done.epochs]

    @property
    def place(self) -> tuple[int, int, int]:
        """Where it stands: epoch, batch, examples used."""
        place = self._structure.place
        return place.epoch, place.batch, place.used

    def measure(self) -> Array:
        """The figures of the present weights, (members,)."""
        rows = np.empty(self.count, ROW)
        measure = self._kernel.measure if self._alone else self._kernel.measure_group
        measure(self._structure, rows.ctypes.data)
        return rows
