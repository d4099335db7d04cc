"""The texts of one column: which are missing, and what the rest are as numbers or as different values."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import compress
from types import EllipsisType

import numpy as np

from engine.data.tables.cells import is_number_like
from engine.data.tables.missing import MISSING, MISSING_AMONG_NUMBERS
from engine.data.tables.numbers import numbers_of
from engine.data.tables.table import Dialect
from engine.nn.registry import Array


@dataclass(frozen=True, kw_only=True)
class ColumnTexts:
    """A column of N texts. ``present``: those that are not missing. ``named``: whether the file names the column.

    ``filled``: bool (N,), which are present, or ... where all are. ``written_missing``: texts that stand for missing.
    """

    name: str
    named: bool
    dialect: Dialect
    present: list[str]
    filled: Array | EllipsisType = ...
    written_missing: Counter[str]

    @classmethod
    def of(cls, texts: list[str], *, name: str, named: bool, dialect: Dialect) -> ColumnTexts:
        """The column of these texts. More of them count as missing where the rest are numbers."""
        whole = cls(name=name, named=named, dialect=dialect, present=texts, written_missing=Counter())
        # Most columns of numbers miss nothing: they are known without a look at single cells.
        if whole.numbers is not None:
            return whole
        usual = whole._without(MISSING)
        if usual.numbers is not None:
            return usual
        further = _missing_among_numbers(set(usual.present))
        return whole._without(MISSING | further) if further else usual

    def _without(self, markers: frozenset[str]) -> ColumnTexts:
        filled = [text not in markers for text in self.present]
        if all(filled):
            return self
        mask = np.array(filled)
        missing = (self.present[i] for i in np.flatnonzero(~mask).tolist())
        return ColumnTexts(
            name=self.name,
            named=self.named,
            dialect=self.dialect,
            present=list(compress(self.present, filled)),
            filled=mask,
            written_missing=Counter(text for text in missing if text),
        )

    @cached_property
    def numbers(self) -> Array | None:
        """The present cells as plain numbers, or None where some are not."""
        return numbers_of(self.present, self.dialect.decimal)

    @cached_property
    def different(self) -> int:
        """How many different ones there are: fewer steps for numbers than for texts."""
        return len(self.values if self.numbers is None else np.unique(self.numbers))

    @cached_property
    def values(self) -> tuple[str, ...]:
        """The different texts, sorted without regard to case first."""
        return tuple(sorted(sorted(set(self.present)), key=str.casefold))


def _missing_among_numbers(different: Iterable[str]) -> frozenset[str]:
    """The texts that stand for missing numbers, where all others among these may be numbers."""
    found = set()
    for text in different:
        if not is_number_like(text):
            if text.lower() not in MISSING_AMONG_NUMBERS:
                return frozenset()
            found.add(text)
    return frozenset(found)
