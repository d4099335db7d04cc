"""Edits by hand: one weight and no other, and an index that does not exist is named before anything changes."""

import numpy as np
import pytest

from engine.config import RunConfig, WeightChange
from engine.training.optimizers import optimizers
from engine.training.trainer import Trainer


def trained(epochs=2, **tree):
    trainer = Trainer(RunConfig.model_validate(tree))
    for _ in range(epochs):
        trainer.advance(1000)
    return trainer


def edit(trainer, **change):
    trainer.edit(WeightChange.model_validate(change))


def test_an_edit_sets_one_number():
    trainer = trained()
    before = trainer.parameters
    edit(trainer, edits=[{"layer": 1, "row": 1, "column": 3, "value": 0.25}, {"layer": 0, "bias": 2, "value": -1.5}])
    layers = trainer.model().layers()
    assert layers[1].W[1, 3] == 0.25
    assert layers[0].b[2] == -1.5
    assert (before != trainer.parameters).sum() == 2


def test_a_later_edit_of_the_same_weight_wins():
    trainer = trained()
    link = {"layer": 0, "row": 0, "column": 0}
    edit(trainer, edits=[link | {"value": 1.0}, link | {"value": 2.0}])
    assert trainer.model().layers()[0].W[0, 0] == 2.0


def test_an_empty_change_changes_nothing():
    trainer = trained()
    before, metrics = trainer.parameters, trainer.metrics
    edit(trainer)
    np.testing.assert_array_equal(trainer.parameters, before)
    assert trainer.metrics == metrics
    assert trainer.model().layers()[0].mask is None


@pytest.mark.parametrize("optimizer", optimizers)
def test_an_edit_clears_the_optimizers_state_of_the_weight(optimizer):
    trainer = trained(training={"optimizer": optimizer})
    edit(trainer, edits=[{"layer": 0, "row": 0, "column": 0, "value": 0.0}])
    for slot in trainer.update_rule.slots:
        assert slot[0] == 0
        assert np.count_nonzero(slot[1:]) > 20


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (
            {"edits": [{"layer": 3, "row": 0, "column": 0, "value": 1}]},
            "layer 3 does not exist: choose one from 0 to 2",
        ),
        (
            {"edits": [{"layer": 1, "row": 2, "column": 0, "value": 1}]},
            "row 2 does not exist in layer 1: choose one from 0 to 1",
        ),
        (
            {"edits": [{"layer": 1, "row": 0, "column": 4, "value": 1}]},
            "column 4 does not exist in layer 1: choose one from 0 to 3",
        ),
        ({"edits": [{"layer": 1, "bias": 2, "value": 1}]}, "bias 2 does not exist in layer 1"),
        ({"cut": [{"layer": 0, "row": 0, "column": 2}]}, "column 2 does not exist in layer 0: choose one from 0 to 1"),
        ({"restore": [{"layer": 9, "row": 0, "column": 0}]}, "layer 9 does not exist"),
        ({"member": 1}, "member 1 does not exist: use 0 to 0"),
    ],
)
def test_an_index_out_of_range_is_named_and_nothing_has_changed(change, says):
    trainer = trained(training={"optimizer": "adam"})
    parameters, slots = trainer.parameters, [slot.copy() for slot in trainer.update_rule.slots]
    good = {"layer": 0, "row": 0, "column": 0}
    change = {"edits": [good | {"value": 9.0}, *change.get("edits", [])]} | {
        k: v for k, v in change.items() if k != "edits"
    }
    change["cut"] = [{"layer": 1, "row": 0, "column": 0}, *change.get("cut", [])]
    with pytest.raises(ValueError, match=says):
        edit(trainer, **change)
    np.testing.assert_array_equal(trainer.parameters, parameters)
    for slot, before in zip(trainer.update_rule.slots, slots, strict=True):
        np.testing.assert_array_equal(slot, before)
    assert trainer.model().layers()[0].mask is None


def test_a_cut_link_cannot_be_edited_until_it_is_restored():
    trainer = trained()
    link = {"layer": 0, "row": 0, "column": 0}
    with pytest.raises(ValueError, match="restore it first"):
        edit(trainer, cut=[link], edits=[link | {"value": 1.0}])
    assert trainer.model().layers()[0].W[0, 0] != 0
    edit(trainer, cut=[link])
    with pytest.raises(ValueError, match="restore it first"):
        edit(trainer, edits=[link | {"value": 1.0}])
    assert trainer.model().layers()[0].W[0, 0] == 0
    edit(trainer, restore=[link], edits=[link | {"value": 1.0}])
    layer = trainer.model().layers()[0]
    assert layer.W[0, 0] == 1
    assert layer.mask is None or layer.mask.all()


def test_restoring_a_link_that_was_never_cut_leaves_its_weight():
    trainer = trained()
    before = trainer.parameters
    edit(trainer, restore=[{"layer": 0, "row": 0, "column": 0}])
    np.testing.assert_array_equal(trainer.parameters, before)


def test_without_biases_there_is_none_to_edit():
    with pytest.raises(ValueError, match=r"no biases: set network\.bias to true"):
        edit(trained(network={"bias": False}), edits=[{"layer": 0, "bias": 0, "value": 1.0}])


def test_an_edit_touches_its_member_only():
    trainer = trained(sweep={"parameter": "seed", "values": [1, 2, 3]})
    before = trainer.parameters
    edit(trainer, member=1, edits=[{"layer": 0, "bias": 0, "value": 7.0}])
    changed = trainer.parameters != before
    assert changed[1].sum() == 1
    assert not changed[[0, 2]].any()
