"""A registry maps names that users choose to entries, each the complete description of one choice."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from engine.errors import shown

Array = NDArray[Any]
"""A NumPy array; the docstring that takes it gives its shape."""


def aligned(*shape: int, dtype: Any = np.float32) -> Array:
    """Zeros at an address that is a multiple of 64, and room behind them: whole vectors can be read and written."""
    item, size = np.dtype(dtype).itemsize, math.prod(shape)
    array = np.zeros(size + 128 // item, dtype)
    start = (-array.ctypes.data % 64) // item
    return array[start : start + size].reshape(shape)


def constant(value: float) -> dict[int, Array]:
    """``value`` by the item size of a dtype, as NumPy takes it fastest: a Python float doubles the cost of a call."""
    return {np.dtype(dtype).itemsize: np.array(value, dtype) for dtype in (np.float32, np.float64)}


ONE, HALF = constant(1.0), constant(0.5)


@dataclass(frozen=True)
class Parameter:
    """A number that an entry can be given.

    ``minimum`` and ``maximum`` are inclusive; ``above`` and ``below`` are exclusive bounds.
    """

    name: str
    default: float
    title: str
    minimum: float | None = None
    maximum: float | None = None
    above: float | None = None
    below: float | None = None


class Entry(Protocol):
    """What every registry entry has."""

    @property
    def name(self) -> str: ...

    @property
    def title(self) -> str: ...


EntryT = TypeVar("EntryT", bound=Entry)


class UnknownNameError(KeyError):
    """A name that no entry has; the message lists those that exist."""

    def __str__(self) -> str:
        return str(self.args[0])


class Registry(Mapping[str, EntryT]):
    """The entries of one kind, in the order in which they were added."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self._entries: dict[str, EntryT] = {}

    def add(self, entry: EntryT) -> EntryT:
        """Register ``entry`` under its name and return it; ValueError if the name is taken."""
        if entry.name in self._entries:
            raise ValueError(f"{self.kind} {entry.name!r} is registered already")
        self._entries[entry.name] = entry
        return entry

    @property
    def choices(self) -> str:
        """The valid names in one phrase, as an error message needs them."""
        return ", ".join(self._entries)

    def __getitem__(self, name: str) -> EntryT:
        try:
            return self._entries[name]
        except KeyError:
            raise UnknownNameError(f"unknown {self.kind} {shown(name)}: choose one of {self.choices}") from None

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)
