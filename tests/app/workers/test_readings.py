"""Readings take turns with training, and runs and kinds of questions with one another."""

import json
import threading
from collections import deque
from multiprocessing import Pipe

import pytest

from app.errors import Failed
from app.protocol.encoding import unpack
from app.protocol.orders import (
    EditWeights,
    Inspect,
    Load,
    MakeFrame,
    SetTraining,
    State,
    Stop,
    View,
    WithdrawFrame,
)
from app.protocol.reports import Answer, FrameReport
from app.workers.fair_queue import FairQueue
from app.workers.process import Worker
from app.workers.readings import Reading, Readings
from engine.inspection.slices import Slice

SLICE = 0.005
DEADLINE = 20


class Clock:
    """Time that passes only where it is advanced."""

    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


def question(clock, pieces, seconds, told, name):
    """A reading of so many pieces that take so long each."""

    def make():
        for _ in range(pieces):
            clock.now += seconds
            yield
        return name

    return Reading(name, make, lambda value, error: told.append(value))


def rounds(readings, clock, seconds, refill):
    """What a worker does whose run always wants to train: returns the time that training had."""
    trained, end = 0.0, clock.now + seconds
    while clock.now < end:
        refill()
        if readings.due:
            readings.work(SLICE, beside_training=True)
        else:
            clock.now += SLICE
            trained += SLICE
            readings.trained(SLICE)
    return trained


@pytest.mark.parametrize("piece", [0.0001, 0.003, 0.02])
def test_training_has_its_part_however_much_is_read(piece):
    clock, told, asking, seen = Clock(), [], set(), [0]
    readings = Readings(clock, clock)

    def refill():
        for run in {*range(20)} - asking:
            asking.add(run)
            readings.put((str(run), "boundary"), question(clock, 7, piece, told, run))
        asking.difference_update(told[seen[0] :])
        seen[0] = len(told)

    trained = rounds(readings, clock, 20, refill)
    assert trained >= 0.5 * clock.now
    assert {*told} == {*range(20)}


def test_many_queries_of_one_run_do_not_delay_another():
    clock, told = Clock(), []
    readings = Readings(clock, clock)
    for number in range(300):
        readings.put(("crowded", "frame"), question(clock, 4, 0.002, told, number))
    rounds(readings, clock, 1, lambda: None)
    readings.put(("neighbour", "frame"), question(clock, 4, 0.002, told, "neighbour"))
    before = len(told)
    rounds(readings, clock, 0.1, lambda: None)
    assert "neighbour" in told[before : before + 3]


def test_readings_owe_no_time_while_no_run_could_train():
    clock, told = Clock(), []
    readings = Readings(clock, clock)
    readings.put(("a", "boundary"), question(clock, 1000, 0.001, told, "a"))
    readings.work(2, beside_training=False)
    assert told == ["a"]
    readings.put(("a", "boundary"), question(clock, 1, 0.001, told, "b"))
    assert readings.due


def test_a_failed_reading_is_reported_and_the_next_continues():
    clock, told = Clock(), []
    readings = Readings(clock, clock)

    def broken():
        yield
        raise ValueError("no")

    readings.put(("a", "boundary"), Reading(0, broken, lambda value, error: told.append(error)))
    readings.put(("a", "boundary"), question(clock, 1, 0.001, told, "b"))
    readings.work(1, beside_training=False)
    assert (str(told[0]), told[1]) == ("no", "b")
    assert not readings


def test_only_queries_that_have_not_begun_are_shared():
    clock, told = Clock(), []
    readings = Readings(clock, clock)
    readings.put(("a", "frame"), question(clock, 3, 0.01, told, "first"))
    assert readings.same(("a", "frame"), "first")
    readings.work(0.005, beside_training=False)
    assert readings.same(("a", "frame"), "first") is None
    readings.restart(("a", "frame"))
    assert readings.same(("a", "frame"), "first")
    before = clock.now
    readings.work(1, beside_training=False)
    assert clock.now - before == pytest.approx(0.03)
    assert told == ["first"]


def test_an_empty_queue_gains_no_credit_and_keeps_its_debt():
    lines = FairQueue()
    lines.put(("a", ""), "a1")
    lines.put(("b", ""), "b1")
    assert lines.next() == (("a", ""), "a1")
    lines.charge(("a", ""), 3)
    lines.remove(("a", ""), "a1")
    lines.put(("a", ""), "a2")
    assert lines.next()[1] == "b1"
    lines.charge(("b", ""), 4)
    assert lines.next()[1] == "a2"
    lines.put(("c", ""), "c1")
    assert lines.next()[1] == "a2"


# ---- in a worker


@pytest.fixture
def worker():
    """A worker in a thread, with this end of its pipe."""
    ours, theirs = Pipe()
    thread = threading.Thread(target=Worker(theirs, SLICE, 1.0).run, daemon=True)
    thread.start()
    yield ours
    ours.send(Stop())
    while thread.is_alive():
        if ours.poll(0.05):
            ours.recv()
    ours.close()


def until(line, fits):
    """Reports up to the first that fits, and those that came with it."""
    reports = []
    while not any(map(fits, reports)):
        assert line.poll(DEADLINE)
        reports += line.recv()
    return reports


def load(config):
    return Load(run="run", ticket=1, config=json.dumps(config), max_epochs=100_000, max_changes=100)


def inspect(ticket, inspection, arguments):
    return Inspect(run="run", ticket=ticket, inspection=inspection, arguments=arguments)


def views(count):
    return [View(10, 10, ("boundary", "weights"), tuple(range(number + 1))) for number in range(count)]


class Given:
    """A pipe's end for a worker in this thread: each list of orders is there when it looks, and Stop once it rests."""

    def __init__(self, *batches):
        self.batches = [deque(batch) for batch in batches]
        self.reports = []

    def poll(self, seconds):
        if not self.batches:
            self.batches = [deque([Stop()])] if seconds is None else []
        elif not self.batches[0]:
            del self.batches[0]
            return False
        return bool(self.batches)

    def recv(self):
        return self.batches[0].popleft()

    def send(self, reports):
        self.reports += reports


def test_views_that_were_abandoned_are_not_rendered():
    *abandoned, last = views(300)
    waiting = [MakeFrame("run", seq, view, -1) for seq, view in enumerate(abandoned[:150])]
    orders = [WithdrawFrame("run", view) for view in abandoned[:150]]
    for seq, view in enumerate(abandoned[150:], 150):
        orders += [MakeFrame("run", seq, view, -1), WithdrawFrame("run", view)]
    given = Given([load({}), *waiting], [*orders, MakeFrame("run", 1000, last, -1)])
    Worker(given, SLICE, 1.0).run()
    assert [report.seq for report in given.reports if isinstance(report, FrameReport)] == [1000]


def test_a_pause_overtakes_readers_and_equal_questions_share(worker):
    asked = {"member": 0, "recorded": None, "resolution": 100, "plane": Slice()}
    config = {"network": {"hidden": [{"units": 128}] * 4}, "training": {"pace": None}}
    worker.send(load(config))
    worker.send(SetTraining(run="run", ticket=2, state=State.RUNNING))
    worker.send(inspect(9, "boundary", asked | {"plane": Slice((1, 0))}))
    for number in range(20):
        worker.send(inspect(10 + number, "boundary", asked))
    worker.send(SetTraining(run="run", ticket=3, state=State.PAUSED))
    answers = [
        report
        for report in until(worker, lambda report: isinstance(report, Answer) and report.ticket == 10)
        if isinstance(report, Answer)
    ]
    tickets = [answer.ticket for answer in answers]
    assert tickets.index(3) < min(tickets.index(ticket) for ticket in tickets if ticket >= 9)
    shared = [answer for answer in answers if 10 <= answer.ticket < 30]
    assert [answer.ticket for answer in shared] == list(range(10, 30))
    assert len({id(answer.value) for answer in shared}) == 1


def test_a_frame_begun_before_an_edit_shows_the_edit(worker):
    worker.send(load({"network": {"hidden": [{"units": 200}] * 6}}))
    until(worker, lambda report: isinstance(report, Answer))
    worker.send(MakeFrame("run", 1, View(200, 10, ("boundary", "weights"), None), -1))
    worker.send(inspect(2, "data", {"start": 0, "count": 1}))
    until(worker, lambda report: isinstance(report, Answer))  # the frame has begun by now: it waited first
    edit = {"edits": [{"layer": 6, "row": 0, "column": 0, "value": 77.0}]}
    worker.send(EditWeights(run="run", ticket=3, change=edit))
    reports = until(worker, lambda report: isinstance(report, FrameReport))
    order = [type(report) for report in reports if isinstance(report, Answer | FrameReport)]
    (frame,) = (report for report in reports if isinstance(report, FrameReport))
    assert order == [Answer, FrameReport]
    assert unpack(frame.payload)[1]["weights.6"][0, 0, 0] == 77.0


def test_a_frame_that_raises_does_not_end_the_worker(worker, monkeypatch, caplog):
    def broken(*arguments, **more):
        raise ZeroDivisionError

    monkeypatch.setattr("engine.inspection.maps.frame_pieces", broken)
    worker.send(load({}))
    for seq in (1, 2):
        worker.send(MakeFrame("run", seq, View(10, 10, ("boundary",), None), -1))
        (report,) = (r for r in until(worker, lambda r: isinstance(r, FrameReport)) if isinstance(r, FrameReport))
        assert (report.seq, type(report.error)) == (seq, Failed)
    worker.send(inspect(2, "data", {"start": 0, "count": 1}))
    until(worker, lambda report: isinstance(report, Answer) and report.value)
    assert len([record for record in caplog.records if record.exc_info]) == 1
