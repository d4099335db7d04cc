"""A column of a table: its name, kind and role, and its cells as one array."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from engine.nn.registry import Array

NUMBER, BINARY, CATEGORY, DATE, ID, TEXT = KINDS = ("number", "binary", "category", "date", "id", "text")
INPUT, TARGET, OMITTED = ROLES = ("input", "target", "omitted")
Cell = float | str | None


@dataclass(frozen=True, kw_only=True, eq=False)
class Column:
    """One column of N cells. Its cells are ``numbers`` (kind "number"), or ``codes`` into ``values`` (the other kinds).

    ``numbers``: float64 (N,), NaN where a cell is missing. ``codes``: int32 (N,), -1 where a cell is missing.
    ``values``: the different texts; of "binary" the negative one first, of a category as declared or sorted.
    """

    name: str
    kind: str
    role: str
    missing: int
    numbers: Array | None = None
    codes: Array | None = None
    values: Sequence[str] = ()

    @property
    def rows(self) -> int:
        """The number of cells, missing ones included."""
        return len(self.cells)

    @property
    def cells(self) -> Array:
        """The array that holds the cells: ``numbers`` or ``codes``."""
        cells = self.codes if self.numbers is None else self.numbers
        assert cells is not None
        return cells

    @cached_property
    def is_missing(self) -> Array:
        """bool (N,): which cells are missing."""
        missing: Array = np.isnan(self.cells) if self.numbers is not None else self.cells < 0
        return missing

    @cached_property
    def different(self) -> Array:
        """The different numbers or codes that occur, ascending, missing ones apart."""
        return np.unique(self.cells[~self.is_missing])

    @property
    def minimum(self) -> float | None:
        """The least number; None where there is none."""
        return None if self.numbers is None or self.missing == self.rows else float(np.nanmin(self.numbers))

    @property
    def maximum(self) -> float | None:
        """The greatest number; None where there is none."""
        return None if self.numbers is None or self.missing == self.rows else float(np.nanmax(self.numbers))

    @property
    def is_constant(self) -> bool:
        """Whether at most one value occurs, missing cells apart."""
        return self.minimum == self.maximum if self.numbers is not None else len(self.different) < 2

    def as_classes(self) -> tuple[Array, tuple[str, ...]]:
        """The cells as classes: int32 (N,) indices, -1 where missing, and the names of those that occur, in order."""
        if not len(self.different):
            return np.full(self.rows, -1, np.int32), ()
        indices = np.searchsorted(self.different, np.where(self.is_missing, self.different[0], self.cells))
        names = tuple(map(text_of, self.different.tolist()) if self.numbers is not None else self._occurring)
        return np.where(self.is_missing, -1, indices).astype(np.int32), names

    @property
    def _occurring(self) -> list[str]:
        return [self.values[code] for code in self.different.tolist()]

    def slice(self, start: int, stop: int) -> list[Cell]:
        """The cells from ``start`` to ``stop`` as JSON takes them: a number, a text, or None where missing."""
        if self.numbers is not None:
            return [None if cell != cell else cell for cell in self.numbers[start:stop].tolist()]
        assert self.codes is not None
        return [None if code < 0 else self.values[code] for code in self.codes[start:stop].tolist()]


def text_of(number: float) -> str:
    """A number as a name: 3 rather than 3.0."""
    return str(int(number)) if number.is_integer() and abs(number) < 1e15 else repr(number)
