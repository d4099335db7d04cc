"""Two directions through the weights, and where a path stands on them, with every sum in a written order."""

from __future__ import annotations

import numpy as np

from engine.nn.network import Network
from engine.nn.registry import Array
from engine.numbers import sums
from engine.numbers.streams import PortableStream, Purpose
from engine.pieces import Pieces

SQUARINGS = 40
"""A power of 2^40 leaves the largest component alone, however close the next one is."""
SMALLEST = 1e-13
"""Share of the largest variance that is not yet rounding."""
PRODUCTS = 500
"""Outer products of one piece."""


def principal(moved: Array, mask: Array) -> Pieces[Array]:
    """The two unit directions (2, P) along which ``moved`` (T, P) vary most, completed at right angles.

    Parameters at which ``mask`` (P,) is 0 stay as they are; with fewer than two free ones the rest is 0.
    """
    moved = moved * mask
    basis = np.zeros((2, moved.shape[1]))
    products = yield from _products(moved)
    largest, stream = 0.0, PortableStream(0, Purpose.DIRECTIONS)
    for index in range(2):
        share = yield from _leading(products)
        variance = sums.dot(share, _times(products, share))
        largest = max(largest, variance)
        if variance > max(SMALLEST * largest, 1e-24):
            products = products - variance * np.multiply.outer(share, share)
            direction = _sum_of_rows(share[:, None] * moved)
        else:
            direction = stream.normal(moved.shape[1]) * mask
        for _ in range(2 * index):  # once more, for what rounding left
            direction = direction - sums.dot(basis[0], direction) * basis[0]
        length = float(sums.norms(direction[None])[0])
        basis[index] = direction / length if length > 1e-12 else 0.0
    return basis


def filter_normalised(network: Network, mask: Array, seed: int) -> Array:
    """Two random directions (2, P): per unit d * |w| / |d|, biases and learned slopes 0, and where ``mask`` is 0."""
    drawn = PortableStream(seed, Purpose.DIRECTIONS).normal((2, network.w.size))
    basis = drawn * network.is_weight * mask
    for direction in basis:
        for d, W in zip(network.views_of(direction), network.W, strict=True):
            d *= (sums.norms(W[:, :-1]) / (sums.norms(d) + 1e-10))[:, None]
    return basis


def coordinates(moved: Array, basis: Array) -> Array:
    """Where the rows of ``moved`` (T, P) stand on ``basis`` (2, P), by least squares: (T, 2), the shortest of many."""
    a, b, c = sums.dot(basis[0], basis[0]), sums.dot(basis[0], basis[1]), sums.dot(basis[1], basis[1])
    along = np.stack([sums.total((moved * direction).T) for direction in basis])
    determinant = a * c - b * b
    if determinant > 1e-12 * a * c:
        inverse = np.array([[c, -b], [-b, a]]) / determinant
    else:
        inverse = np.array([[a, b], [b, c]]) / ((a + c) * (a + c) or 1.0)
    return np.stack([row[0] * along[0] + row[1] * along[1] for row in inverse], axis=1)


def explained(moved: Array, shown: Array) -> float | None:
    """The share of the squares of ``moved`` that ``shown`` has; None where nothing moved."""
    total = _squares(moved)
    return None if total == 0.0 else 1.0 - _squares(moved - shown) / total


def _squares(rows: Array) -> float:
    return float(sums.norms(sums.norms(rows)[None])[0]) ** 2


def _products(rows: Array) -> Pieces[Array]:
    """The products (T, T) of all pairs of rows (T, P), each summed over the columns by index."""
    result = np.zeros((len(rows), len(rows)))
    for index, column in enumerate(rows.T):
        result += np.multiply.outer(column, column)
        if index % PRODUCTS == PRODUCTS - 1:
            yield
    return result


def _leading(products: Array) -> Pieces[Array]:
    """The unit vector (T,) of the largest eigenvalue: the longest column of a high power of the matrix."""
    for _ in range(SQUARINGS):
        products = yield from _products(products / (np.abs(products).max() or 1.0))
    column: Array = products[int(np.argmax(np.diagonal(products)))]
    length = float(sums.norms(column[None])[0])
    return column / (length or 1.0)


def _times(matrix: Array, vector: Array) -> Array:
    """The product (T,) of a symmetric matrix and a vector."""
    return _sum_of_rows(matrix * vector[:, None])


def _sum_of_rows(rows: Array) -> Array:
    """By index."""
    result = np.zeros(rows.shape[1])
    for row in rows:
        result += row
    return result
