"""Edits by hand: a weight or bias set to a value, a link cut or restored, named by layer, row and column."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from engine.config import WeightChange
from engine.network import Network
from engine.registry import Array
from engine.updates import Updates


def apply(change: WeightChange, network: Network, updates: Updates, index: Any) -> None:
    """Carry out ``change`` on the member at ``index`` (... for a single network).

    A cut link's weight is 0 and stays so until it is restored, at weight 0; what the optimizer remembers of an edited
    link is forgotten. ValueError names an index that does not exist or a cut link; nothing has changed then.
    """
    places = network.views_of(np.arange(network.w.shape[-1]))
    cuts = [_place(network, places, link.layer, link.row, link.column) for link in change.cut]
    restored = [_place(network, places, link.layer, link.row, link.column) for link in change.restore]
    edited = [_place(network, places, e.layer, e.bias if e.row is None else e.row, e.column) for e in change.edits]
    mask = np.ones(network.w.shape[-1], network.dtype) if updates.cut is None else updates.cut[index].copy()
    mask[restored], mask[cuts] = 1.0, 0.0
    if not mask[edited].all():
        raise ValueError("a cut link has no weight to edit: restore it first")
    if cuts or restored:
        if updates.cut is None:
            updates.cut = np.ones_like(network.w)
        updates.cut[index] = mask
    w = network.w[index]  # a view: one member's row, or the whole of a single network
    w[cuts] = 0.0
    w[edited] = [edit.value for edit in change.edits]
    updates.forget(index, [*cuts, *restored, *edited])


def _place(network: Network, places: Sequence[Array], layer: int, row: int | None, column: int | None) -> int:
    """The index in the flat parameters of a weight, or of a bias where ``column`` is None."""
    if layer >= len(places):
        raise ValueError(f"layer {layer} does not exist: choose one from 0 to {len(places) - 1}")
    rows, columns = places[layer].shape
    if row is None or row >= rows:
        raise ValueError(f"row {row} does not exist in layer {layer}: choose one from 0 to {rows - 1}")
    if column is None:
        if not network.bias:
            raise ValueError("this network has no biases: set network.bias to true")
        return int(places[layer][row, -1])
    if column >= columns - 1:
        raise ValueError(f"column {column} does not exist in layer {layer}: choose one from 0 to {columns - 2}")
    return int(places[layer][row, column])
