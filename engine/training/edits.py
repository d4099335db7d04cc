"""Edits by hand: a weight or bias set to a value, a link cut or restored, named by layer, row and column."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from engine.config import WeightChange
from engine.config.changes import LinkRef, WeightEdit
from engine.errors import InvalidArgument
from engine.nn.network import Network
from engine.nn.registry import Array
from engine.training.update_rule import UpdateRule

Loc = tuple[str | int, ...]


def apply(change: WeightChange, network: Network, update_rule: UpdateRule, index: Any) -> None:
    """Carry out ``change`` on the member at ``index`` (... for a single network).

    A cut link's weight is 0 and stays so until it is restored, at weight 0; the optimizer's state for an edited link is
    cleared. InvalidArgument names an index that does not exist or a cut link; nothing has changed then.
    """
    places = network.views_of(np.arange(network.w.shape[-1]))
    cuts, restored, edited = (
        [_place(network, places, link, (name, index)) for index, link in enumerate(getattr(change, name))]
        for name in ("cut", "restore", "edits")
    )
    mask = np.ones(network.w.shape[-1], network.dtype) if update_rule.cut is None else update_rule.cut[index].copy()
    mask[restored], mask[cuts] = 1.0, 0.0
    if not mask[edited].all():
        index = mask[edited].tolist().index(0.0)
        raise InvalidArgument("a cut link has no weight to edit: restore it first", "edits", index)
    if cuts or restored:
        if update_rule.cut is None:
            update_rule.cut = np.ones_like(network.w)
        update_rule.cut[index] = mask
    w = network.w[index]  # a view: one member's row, or the whole of a single network
    w[cuts] = 0.0
    w[edited] = [edit.value for edit in change.edits]
    update_rule.clear_state(index, [*cuts, *restored, *edited])


def _place(network: Network, places: Sequence[Array], link: WeightEdit | LinkRef, loc: Loc) -> int:
    """The index in the flat parameters of a weight or a bias; ``loc`` is where the change names it."""
    layer = link.layer
    if layer >= len(places):
        raise InvalidArgument(f"layer {layer} does not exist: choose one from 0 to {len(places) - 1}", *loc, "layer")
    rows, columns = places[layer].shape
    field = "bias" if link.row is None else "row"
    row = getattr(link, field)
    if row >= rows:
        message = f"{field} {row} does not exist in layer {layer}: choose one from 0 to {rows - 1}"
        raise InvalidArgument(message, *loc, field)
    if link.column is None:
        if not network.bias:
            raise InvalidArgument("this network has no biases: set network.bias to true", *loc, field)
        return int(places[layer][row, -1])
    if link.column >= columns - 1:
        message = f"column {link.column} does not exist in layer {layer}: choose one from 0 to {columns - 2}"
        raise InvalidArgument(message, *loc, "column")
    return int(places[layer][row, link.column])
