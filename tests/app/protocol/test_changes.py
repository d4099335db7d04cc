"""The list of live changes: what may be merged is, and replayed it leaves the run as it was left, bit for bit."""

import random

import numpy as np
import pytest

from app.protocol.changes import ENDING, merged, place_of, standing_cuts
from engine.config import RunConfig, TrainingChange, WeightChange
from engine.training.trainer import Trainer

CONFIG = {
    "dataset": {"samples": 30},
    "network": {"hidden": [{"units": 2, "activation": "tanh"}]},
    "training": {"optimizer": {"name": "adam"}, "batch_size": 5, "regularizer": {"name": "l2", "rate": 0.1}},
    "sweep": {"parameter": "seed", "values": [1, 2]},
}
LINKS = [{"layer": 0, "row": row, "column": column} for row in range(2) for column in range(2)]
SMALL = {"dataset": {"samples": 20}, "network": {"hidden": []}}


def training(rng):
    choices = {
        "learning_rate": rng.choice([0.01, 0.1]),
        "batch_size": rng.choice([3, 5, None]),
        "regularizer": {"rate": rng.choice([0, 0.5])},
        "pace": rng.choice([10, None]),
        "max_epochs": rng.choice([1, 2, None]),
        "stop": rng.choice([{"train_loss": 100.0}, {"train_loss": None}, {"patience": 3}]),
    }
    return {"training": {name: choices[name] for name in rng.sample(sorted(choices), rng.randint(1, 2))}}


def weights(rng, trainer):
    """A change of weights that the engine takes: it edits no link that is cut."""
    member = rng.randrange(2)
    change = {"member": member}
    for name in rng.sample(["cut", "restore", "edits"], rng.randint(1, 2)):
        change[name] = rng.sample(LINKS, rng.randint(1, 2))
    masks = [layer.mask for layer in trainer.model(member).layers()]
    restored = change.get("restore", [])
    cut = change.get("cut", [])

    def whole(link):
        free = masks[link["layer"]] is None or masks[link["layer"]][link["row"], link["column"]]
        return (free or link in restored) and link not in cut

    if "edits" in change:
        edits = [{**link, "value": rng.random()} for link in change["edits"] if whole(link)]
        change["edits"] = [*edits, {"layer": 1, "bias": 0, "value": rng.random()}]
    return change


def apply(trainer, change):
    if "training" in change:
        trainer.change(TrainingChange.model_validate(change["training"]))
    if change.keys() & {"edits", "cut", "restore"}:
        named = {name: change[name] for name in ("member", "edits", "cut", "restore") if name in change}
        trainer.edit(WeightChange.model_validate(named))


def train_to(trainer, epoch, batch):
    while (trainer.epoch, trainer.batch) < (epoch, batch) and not trainer.halted:
        trainer.advance(1)


def same(one, other):
    a, b = one.state(), other.state()
    assert a["meta"] == b["meta"]
    assert a["arrays"].keys() == b["arrays"].keys()
    for name, array in a["arrays"].items():
        np.testing.assert_array_equal(array, b["arrays"][name], err_msg=name)


@pytest.mark.parametrize("seed", range(60))
def test_the_merged_list_replayed_leaves_the_same_state(seed):
    rng = random.Random(seed)
    config = RunConfig.model_validate(CONFIG)
    trainer, changes = Trainer(config), []
    for _ in range(rng.randint(2, 12)):
        if rng.random() < 0.25:
            trainer.advance(2)
        change = training(rng) if rng.random() < 0.5 else weights(rng, trainer)
        apply(trainer, change)
        change = {"epoch": trainer.epoch, "batch": trainer.batch, **change}
        index = place_of(changes, change)
        if index is None:
            changes.append(change)
        else:
            changes[index] = merged(changes[index], change)
    again = Trainer(config)
    for change in changes:
        train_to(again, change["epoch"], change["batch"])
        apply(again, change)
    train_to(again, trainer.epoch, trainer.batch)
    same(again, trainer)
    for each in (trainer, again):
        each.advance(3)
    same(again, trainer)
    cut = {(c["member"], *link.values()) for c in standing_cuts(changes) for link in c["cut"]}
    masks = {(member, 0): trainer.model(member).layers()[0].mask for member in range(2)}
    found = {
        (member, layer, int(row), int(column))
        for (member, layer), mask in masks.items()
        if mask is not None
        for row, column in np.argwhere(~mask.astype(bool))
    }
    assert cut == found


def test_changes_at_one_place_are_merged():
    rng, changes = random.Random(1), []
    trainer = Trainer(RunConfig.model_validate(CONFIG))
    for _ in range(300):
        change = training(rng) if rng.random() < 0.5 else weights(rng, trainer)
        if ENDING & change.get("training", {}).keys():
            continue
        apply(trainer, change)
        change = {"epoch": 0, "batch": 0, **change}
        index = place_of(changes, change)
        if index is None:
            changes.append(change)
        else:
            changes[index] = merged(changes[index], change)
    assert len(changes) == trainer.member_count


def test_a_dragged_slider_is_one_change(new_run):
    run = new_run(SMALL)
    for index in range(1, 8):
        run.patch(training={"learning_rate": index / 10})
    link = {"layer": 0, "row": 0, "column": 1}
    run.call("PATCH", "/weights", {"edits": [link | {"value": 1}]})
    run.call("PATCH", "/weights", {"edits": [link | {"value": 2}]})
    told = run.get()
    change = {"epoch": 0, "batch": 0, "training": {"learning_rate": 0.7}, "edits": [link | {"value": 2}]}
    assert (told["changes"], told["changes_count"]) == ([change], 1)


def test_the_run_carries_the_newest_changes_and_lists_all(start_server, new_run_on):
    server = start_server(workers=1, max_changes=53)
    run = new_run_on(server, SMALL)
    with run.stream() as stream:
        stream.next()
        for index in range(53):
            run.step(batches=1)
            told = run.patch(training={"learning_rate": (index + 1) / 100})
        state = stream.wait_for("state", changes_count=53)
    assert state["changes"] == told["changes"]
    assert told["changes_count"] == 53
    everything = run.get("/changes")
    rates = [change["training"]["learning_rate"] for change in everything["changes"]]
    assert rates == [(index + 1) / 100 for index in range(53)]
    assert everything["changes_count"] == 53
    assert told["changes"] == everything["changes"][-50:]
    assert run.get("/changes", since=51)["changes"] == everything["changes"][51:]
    assert run.get("/changes", since=99)["changes"] == []
    # One more does not fit; one at the same place does, and so does what is no change of the list.
    assert run.patch(training={"learning_rate": 3})["changes_count"] == 53
    run.step(batches=1)
    for path, body in (
        ("", {"training": {"learning_rate": 4}}),
        ("/weights", {"cut": [{"layer": 0, "row": 0, "column": 0}]}),
    ):
        refused = run.call("PATCH", path, body, status=422)
        assert "DESCENT_MAX_CHANGES" in refused["detail"]
    assert run.get()["config"]["training"]["learning_rate"] == 3
    assert run.get("/weights")["layers"][0]["mask"] is None
    assert run.patch(state="paused")["state"] == "paused"
    everything = run.get("/changes")
    server.stop()
    server = start_server(workers=1, max_changes=53)
    run.move_to(server)
    assert run.get("/changes") == everything
    run.call("POST", "/reset", {})
    assert run.patch(training={"learning_rate": 4})["changes_count"] == 1
