"""Streams of random numbers: the raw output of SFC64 and the distributions derived from it, as in kernel/random.h.

NumPy guarantees the raw output of its bit generators across versions, but not the distributions (NEP 19).
"""

from __future__ import annotations

from enum import IntEnum
from math import prod
from typing import Any, Protocol

import numpy as np

from engine.nn.registry import Array
from engine.numbers import functions

Shape = int | tuple[int, ...]

# After so many draws each bit of a seed has reached every bit of the state (PractRand's own number for three words).
WARM_UP = 18
# Draws per block: filling the masks of dropout in every step should take little memory.
CHUNK = 1024


class Purpose(IntEnum):
    """The purpose of a stream. No two purposes share a stream, even if the seeds of data set and run are equal."""

    POINTS = 0
    NOISE = 1
    LABELS = 2
    SPLIT = 3
    WEIGHTS = 4
    ORDER = 5
    DROPOUT = 6
    AUGMENTATION = 7
    DIRECTIONS = 8


class Stream(Protocol):
    """One sequence of random numbers. ``state`` is plain values, and setting it continues from there."""

    state: Any

    def uniform(self, low: float, high: float, shape: Shape) -> Array:
        """Float64 numbers of [low, high)."""
        ...

    def normal(self, shape: Shape) -> Array:
        """Float64 numbers of mean 0 and variance 1."""
        ...

    def integers(self, low: int, high: int, shape: Shape) -> Array:
        """Whole numbers from low to high - 1, int64."""
        ...

    def permutation(self, n: int) -> Array:
        """0 to n - 1 in random order, int64."""
        ...

    def fill(self, out: Array) -> None:
        """Fill a float array with numbers of [0, 1), as dropout compares them with the share that it keeps."""
        ...


class PortableStream:
    """SFC64 (Chris Doty-Humphrey), seeded with the words seed, purpose, 0 and a counter of 1.

    ``state`` is the four 64-bit words a, b, c and counter of the kernel's ``Stream``.
    """

    def __init__(self, seed: int, purpose: Purpose) -> None:
        self._bits = np.random.SFC64(0)
        self.state = [seed, int(purpose), 0, 1]
        self._bits.random_raw(WARM_UP, output=False)

    @property
    def state(self) -> list[int]:
        words: list[int] = self._bits.state["state"]["state"].tolist()
        return words

    @state.setter
    def state(self, words: list[int]) -> None:
        state = np.array(words, np.uint64)
        self._bits.state = {"bit_generator": "SFC64", "state": {"state": state}, "has_uint32": 0, "uinteger": 0}

    def raw(self, count: int) -> Array:
        """The next ``count`` draws, uint64."""
        return self._bits.random_raw(count)

    def uniform(self, low: float, high: float, shape: Shape) -> Array:
        """low + (high - low) u, with the upper 53 bits of a draw as u."""
        return _unit(self.raw(_count(shape))).reshape(shape) * (high - low) + low

    def normal(self, shape: Shape) -> Array:
        """Box and Muller: two draws u, v give r cos(2 pi v) and r sin(2 pi v), r = sqrt(-2 ln(1 - u)).

        Of an odd count the last sine is left out.
        """
        count = _count(shape)
        u, v = _unit(self.raw(count + count % 2)).reshape(-1, 2).T
        radius = np.sqrt(-2.0 * functions.log(1.0 - u))
        sine, cosine = functions.sincos(2.0 * np.pi * v)
        return np.column_stack((radius * cosine, radius * sine)).reshape(-1)[:count].reshape(shape)

    def integers(self, low: int, high: int, shape: Shape) -> Array:
        """low plus the upper 32 bits of a draw times the number of choices, over 2^32."""
        draws = self.raw(_count(shape)) >> np.uint64(32)
        return (draws * np.uint64(high - low) >> np.uint64(32)).astype(np.int64).reshape(shape) + low

    def permutation(self, n: int) -> Array:
        """Fisher and Yates from the end: a draw for each place but the first, as in ``integers``."""
        choices = (self.raw(n - 1) >> np.uint64(32)) * np.arange(n, 1, -1).astype(np.uint64) >> np.uint64(32)
        order = list(range(n))
        for i, j in zip(range(n - 1, 0, -1), choices.tolist(), strict=True):
            order[i], order[j] = order[j], order[i]
        return np.array(order, np.int64)

    def fill(self, out: Array) -> None:
        """The upper 24 bits of a draw each, in whatever precision; ``out`` is contiguous."""
        flat = out.reshape(-1)
        for start in range(0, flat.size, CHUNK):
            part = flat[start : start + CHUNK]
            draws = self.raw(len(part))
            np.right_shift(draws, np.uint64(40), draws)
            part[...] = draws
        np.multiply(flat, 2.0**-24, flat)


def _count(shape: Shape) -> int:
    return shape if isinstance(shape, int) else prod(shape)


def _unit(draws: Array) -> Array:
    return (draws >> np.uint64(11)) * 2.0**-53
