"""Sums in the one order of the compiled arithmetic: 16 lanes, blocks of 16 in sequence, then the lanes as a tree."""

from __future__ import annotations

import numpy as np

from engine.nn.registry import Array

LANES = 16


def total(rows: Array) -> Array:
    """The sum (d,) of rows (N, d): row k in lane k modulo 16; then lanes 8, 4, 2 and 1 apart."""
    blocks = np.zeros((-(-len(rows) // LANES) * LANES, rows.shape[1]))
    blocks[: len(rows)] = rows
    # accumulate, since reduce may add in an order of its own
    lanes = np.add.accumulate(blocks.reshape(-1, LANES, rows.shape[1]), axis=0)[-1]
    while len(lanes) > 1:
        half = len(lanes) // 2
        lanes = lanes[:half] + lanes[half:]
    return lanes[0] + 0.0  # type: ignore[no-any-return]  # never -0


def mean(rows: Array) -> Array:
    """The mean (d,) of rows (N, d)."""
    return total(rows) / len(rows)


def dot(a: Array, b: Array) -> float:
    """The sum of the products of two arrays (P,)."""
    return float(total((a * b)[:, None])[0])


def norms(rows: Array) -> Array:
    """The length (N,) of each row of (N, d)."""
    return np.sqrt(total(np.square(rows).T))
