"""Long work in short pieces: a generator that yields between them, so that its caller can do something else."""

from __future__ import annotations

from collections.abc import Generator
from itertools import pairwise
from typing import TypeVar

T = TypeVar("T")

Pieces = Generator[None, None, T]
"""Yields nothing, between pieces of a few milliseconds; returns the result."""

# Multiplications of one piece, some milliseconds of one core, and examples: more would leave the processor's cache.
PIECE_MULTIPLICATIONS = 10_000_000
MAX_WIDTH = 10_000
MIN_WIDTH = 64

# The cost of a unit's activation and its bookkeeping, in multiplications.
MULTIPLICATIONS_PER_UNIT = 60


def result_of(pieces: Pieces[T]) -> T:
    """The result, without a pause."""
    while True:
        try:
            next(pieces)
        except StopIteration as end:
            result: T = end.value
            return result


def width_of(sizes: tuple[int, ...]) -> int:
    """How many examples a network of these layer sizes takes in one piece."""
    return min(MAX_WIDTH, max(MIN_WIDTH, PIECE_MULTIPLICATIONS // multiply_adds(sizes)))


def multiply_adds(sizes: tuple[int, ...]) -> int:
    """Multiply-adds of one example's forward pass; an activation counts as ``MULTIPLICATIONS_PER_UNIT``."""
    weights = sum((before + 1) * after for before, after in pairwise(sizes))
    return weights + MULTIPLICATIONS_PER_UNIT * sum(sizes)


def spans(count: int, width: int) -> list[slice]:
    """``count`` examples as spans of one length, at most ``width``; the last may overlap the one before."""
    if count == 0:
        return []
    pieces = -(-count // width)
    length = -(-count // pieces)
    return [slice(start, start + length) for start in (min(i * length, count - length) for i in range(pieces))]
