"""A run in a worker's memory: goals, replays, and checkpoints that go on bit for bit."""

import numpy as np
import pytest

from app.errors import InvalidArgument
from app.protocol.changes import standing_cuts
from app.protocol.encoding import unpack
from app.protocol.orders import EditWeights, Load, MakeFrame, SetTraining, State, TakeStep, View
from app.workers.commands import apply
from app.workers.epoch_buffer import row_bytes
from app.workers.pending_steps import MAX_STEPS_KNOWN
from app.workers.run import LiveRun
from engine.config import RunConfig
from engine.pieces import result_of


def live(config=None, checkpoint=None, recorded=0, max_epochs=1000):
    order = Load(
        run="r",
        ticket=1,
        config=RunConfig.model_validate(config or {}).as_json,
        max_epochs=max_epochs,
        max_changes=100,
        checkpoint=checkpoint,
        recorded=recorded,
    )
    return LiveRun(order)


def change(run, training):
    apply(run, SetTraining(training=training))


def play(run):
    apply(run, SetTraining(state=State.RUNNING))


def train(run, until=lambda run: False):
    """Trains in slices of any length until it rests or this is so; returns every row reported."""
    report = run.progress(complete=False)
    rows = report.rows
    lengths = np.random.default_rng(0)
    while run.training and not until(run):
        run.train(lengths.uniform())
        run.take_reached_goals()
        rows += run.progress(complete=False).rows
    return rows


def test_slices_do_not_change_what_is_learnt():
    whole, sliced = (live({"training": {"max_epochs": 30}}) for _ in range(2))
    play(whole)
    play(sliced)
    first = whole.progress(complete=False).rows
    while whole.training:
        rows = whole.trainer.train(10**6, whole._epochs.next_kept(whole.trainer.epoch))
        whole._epochs.add(whole.trainer, rows.tobytes())
        whole.refresh_schedule()
    assert train(sliced) == first + whole.progress(complete=False).rows


@pytest.mark.parametrize("batches", [0, 1, 24])
def test_a_checkpoint_continues_bit_for_bit(batches):
    run = live()
    apply(run, TakeStep(ticket=1, epochs=4))
    train(run)
    if batches:
        apply(run, TakeStep(ticket=2, batches=batches))
        train(run)
    checkpoint = run.progress(complete=True).checkpoint
    again = live(None, checkpoint)
    for each in (run, again):
        apply(each, TakeStep(ticket=3, to_epoch=12))
    assert train(again) == train(run)
    assert again.trainer.parameters.tobytes() == run.trainer.parameters.tobytes()


def test_a_replay_repeats_what_was_recorded_without_pace():
    run = live({"training": {"pace": 1}})
    play(run)
    checkpoint = run.progress(complete=True).checkpoint
    rows = train(run, lambda run: run.trainer.epoch == 9)
    again = live(run.trainer.config, checkpoint, recorded=9)
    assert (again.state, again.pace) == (State.RECOVERING, None)
    assert train(again, lambda run: not run.replaying) == rows
    assert (again.state, again.pace) == (State.RUNNING, 1)


def test_only_what_is_new_is_in_a_checkpoint():
    run = live()
    first = run.progress(complete=True).checkpoint
    assert first.settings is None
    assert first.changes == (0, [])
    second = run.progress(complete=True).checkpoint
    assert second.settings is None
    assert second.changes is None
    change(run, {"learning_rate": 0.2})
    third = run.progress(complete=True).checkpoint
    assert third.settings == {"training": run.trainer.config.training.model_dump(mode="json"), "seed": 0}
    assert third.settings["training"]["learning_rate"] == 0.2
    assert third.changes == (0, [{"epoch": 0, "batch": 0, "training": {"learning_rate": 0.2}}])
    apply(run, TakeStep(ticket=1, batches=2))
    train(run)
    change(run, {"learning_rate": 0.3})
    change(run, {"pace": None})
    fourth = run.progress(complete=True).checkpoint
    assert fourth.changes == (1, [{"epoch": 0, "batch": 2, "training": {"learning_rate": 0.3, "pace": None}}])


def test_a_divergence_within_an_epoch_reports_its_losses():
    run = live(
        {
            "dataset": {"name": "bumps"},
            "network": {"hidden": [{"units": 8, "activation": "relu"}], "output": "linear"},
            "training": {"learning_rate": 1},
        }
    )
    play(run)
    run.train(1)
    report = run.progress(complete=False)
    assert (report.state, report.epoch) == (State.DIVERGED, 0)
    assert report.batch > 0
    assert not run.training
    assert report.latest == row_bytes(run.trainer.measured()) != report.rows


def test_steps_line_up_and_a_pause_ends_them():
    run = live()
    apply(run, TakeStep(ticket=1, epochs=2))
    apply(run, TakeStep(ticket=2, batches=30))
    assert [(goal.epoch, goal.batch) for goal in run.steps.goals] == [(2, 0), (3, 5)]
    assert run.state is State.RUNNING
    assert apply(run, SetTraining(state=State.PAUSED)) == [1, 2]
    assert run.state is State.PAUSED


def test_keys_of_steps_are_known_for_a_while():
    run = live()
    for index in range(MAX_STEPS_KNOWN + 1):
        apply(run, TakeStep(ticket=index, batches=1, key=str(index)))
    train(run)
    place = run.position
    apply(run, TakeStep(ticket=99, batches=1, key="1"))
    assert run.take_reached_goals()[0].ticket == 99
    assert run.position == place
    with pytest.raises(InvalidArgument, match="another step"):
        apply(run, TakeStep(ticket=99, batches=2, key="1"))
    apply(run, TakeStep(ticket=99, batches=1, key="0"))
    assert run.take_reached_goals() == []


def test_frames_are_due_when_something_changed():
    run = live()

    def wanted(seq, after):
        order = MakeFrame("r", seq, View(10, 10, ("boundary",), None), after)
        run.wanted_frames[order.view] = order
        return order

    first = wanted(1, -1)
    assert run.take_due_frames() == [first]
    frame = result_of(run.frame(first))
    message, arrays = unpack(frame.payload)
    assert (frame.seq, message["seq"], message["epoch"]) == (1, 1, 0)
    assert arrays["boundary"].shape == (1, 1, 10, 10)
    second = wanted(2, frame.version)
    assert run.take_due_frames() == []
    change(run, {"learning_rate": 1})
    assert run.take_due_frames() == []
    apply(run, EditWeights(change={"edits": [{"layer": 0, "row": 0, "column": 0, "value": 1}]}))
    assert run.take_due_frames() == [second]
    assert run.take_due_frames() == []


def test_a_reset_leaves_the_cuts_that_stand():
    a, b = ({"layer": 0, "row": 0, "column": column} for column in (0, 1))
    changes = [
        {"epoch": 3, "batch": 0, "cut": [a, b]},
        {"epoch": 4, "batch": 1, "training": {"learning_rate": 1}},
        {"epoch": 5, "batch": 0, "restore": [a]},
        {"epoch": 6, "batch": 0, "member": 1, "edits": [a | {"value": 1}]},
    ]
    assert standing_cuts(changes) == [{"epoch": 0, "batch": 0, "member": 0, "cut": [b]}]
