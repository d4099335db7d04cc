"""A worker process: trains its runs in turn, in short slices, and carries out orders in between."""

import logging
import os
import signal
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any

from app.errors import Failed
from app.inspections.registry import INSPECTIONS
from app.protocol import orders
from app.protocol.reports import Failure, FrameReport
from app.workers.background import BackgroundTasks
from app.workers.channel import Channel, Pipe
from app.workers.commands import COMMANDS, apply
from app.workers.outbox import Outbox
from app.workers.readings import Reading, Readings
from app.workers.run import LiveRun
from app.workers.scheduler import FairScheduler, Slot
from app.workers.tables import KnownTables

log = logging.getLogger(__name__)

# All runs of a worker report together, this often.
REPORT_SECONDS = 0.04

# How often a worker at rest checks whether the next background task can begin.
BACKGROUND_SECONDS = 0.005

# What is left of a slice is not used when it is less than one part in so many: too short for a call of the engine.
LEAST = 8

FRAME = "frame"
FRAME_FAILED = "A frame of this view could not be made; the server's log says why. Metrics and states still come."


class Worker:
    """The loop. Of the runs that are due, the one that has used the least processor time trains next."""

    def __init__(self, connection: Pipe, slice_seconds: float, checkpoint_seconds: float) -> None:
        self._connection = connection
        # Less than a slice: with the time to receive and report, no order then waits for more than one.
        self._slice = 0.9 * slice_seconds
        # Less than the interval: the rest is for sending and writing a checkpoint.
        self._checkpoint = 0.7 * checkpoint_seconds
        self._slots: dict[str, Slot] = {}
        self._touched: set[Slot] = set()
        self._scheduler = FairScheduler(self._slice)
        self._report_at = 0.0
        self._outbox = Outbox(connection)
        self._readings = Readings()
        self._background = BackgroundTasks(self._outbox)
        self._tables = KnownTables()
        self._methods: dict[type, Callable[[Any], None]] = {
            orders.Load: self._load,
            orders.Unload: self._unload,
            orders.ForgetTable: self._tables.forget,
            orders.RunRangeTest: self._background.add_range_test,
        }
        self._methods_of_a_slot: dict[type, Callable[[Slot, Any], None]] = {
            orders.Suspend: self._suspend,
            orders.MakeFrame: self._make_frame,
            orders.WithdrawFrame: self._withdraw_frame,
            orders.Inspect: self._inspect,
            **dict.fromkeys(COMMANDS, self._command),
        }

    def run(self) -> None:
        """Works until `Stop` comes or the server is gone."""
        rest: float | None = None
        with suppress(EOFError, OSError):
            while self._take_orders(rest):
                now = time.monotonic()
                self._background.beside_training = self._work(now, now + self._slice)
                self._background.begin_next()
                if now >= self._report_at:
                    self._report_all(now)
                self._outbox.flush()
                rest = self._rest(time.monotonic())

    def _work(self, now: float, end: float) -> bool:
        """Trains and computes readings in turns until `end`, so that a paced run's epoch and its frame are one message.
        Returns whether a run could have trained all the time."""
        busy = True
        while True:
            due = [slot for slot in self._slots.values() if slot.may_train(now)]
            busy = busy and bool(due)
            if self._readings and (not due or self._readings.due):
                self._readings.work(end - now, beside_training=bool(due))
            elif due:
                self._guard(self._scheduler.next(due), partial(self._train, end=end))
            idle = not due and not self._readings
            while self._touched:
                self._guard(self._touched.pop(), self._serve)
            now = time.monotonic()
            if idle or now >= end - self._slice / LEAST:
                return busy

    def _rest(self, now: float) -> float | None:
        """Seconds until something is due; None: until an order comes."""
        if self._readings:
            return 0.0
        times = [slot.due for slot in self._slots.values() if slot.live.training]
        if any(slot.live.has_unreported_epochs for slot in self._slots.values()):
            times.append(self._report_at)
        if self._background.waiting:
            times.append(now + BACKGROUND_SECONDS)
        return max(0.0, min(times) - now) if times else None

    # ---- training and reports

    def _guard(self, slot: Slot, act: Callable[[Slot], None]) -> None:
        """Calls a function with a run; an error ends that run in this worker, and no other."""
        try:
            act(slot)
        except OSError:
            raise
        except Exception as error:
            log.exception("the run %s cannot go on", slot.live.id)
            self._forget(slot.live.id)
            self._outbox.add(Failure(slot.live.id, f"It could not go on: {error or type(error).__name__}."))

    def _train(self, slot: Slot, end: float) -> None:
        live, now = slot.live, time.monotonic()
        began = used = time.thread_time()
        while live.training and now < end - self._slice / LEAST:
            work, completed = live.train((end - now) / self._slice)
            now, before, used = time.monotonic(), used, time.thread_time()
            live.call_size.record(work, (used - before) / self._slice)
            if completed and live.pace:
                slot.epoch_done(now)
            if live.steps:
                self._end_goals(slot, live.take_reached_goals())
            if slot.due > now or not work:
                break
        slot.cpu_seconds += used - began
        self._readings.trained(used - began)
        self._touched.add(slot)

    def _serve(self, slot: Slot) -> None:
        """Begins the frames that the run can show now, and reports a new state at once."""
        live = slot.live
        for order in live.take_due_frames():
            done = partial(self._frame_done, slot, order)
            self._readings.put((live.id, FRAME), Reading(order.view, partial(live.frame, order), done))
        while live.deferred and not live.replaying:
            command = live.deferred.popleft()
            self._answer_errors(command, partial(self._command, slot))
        if live.state != slot.reported_state:
            self._report(slot, complete=True)

    def _report_all(self, now: float) -> None:
        """Reports new epochs of all runs, and checkpoints of those whose time has come."""
        self._report_at = now + REPORT_SECONDS
        for slot in list(self._slots.values()):
            if slot.live.training and now - slot.saved_at >= slot.checkpoint_seconds:
                longer = max(2 * slot.checkpoint_seconds, self._checkpoint / 16)
                slot.checkpoint_seconds = min(longer, self._checkpoint)
                self._guard(slot, partial(self._report, complete=True))
            elif slot.live.has_unreported_epochs:
                self._guard(slot, partial(self._report, complete=False))

    def _report(self, slot: Slot, complete: bool) -> None:
        self._outbox.add(slot.live.progress(complete))
        slot.reported_state = slot.live.state
        if complete:
            slot.saved_at = time.monotonic()

    def _end_goals(self, slot: Slot, goals: list[orders.Goal]) -> None:
        """The steps that led to these goals are over: reports their checkpoint, then answers them."""
        if goals:
            self._report(slot, complete=True)
            self._outbox.answer(slot.live.id, [goal.ticket for goal in goals])

    # ---- orders

    def _take_orders(self, seconds: float | None) -> bool:
        """Carries out the orders that come within these seconds, and all that wait then. False when the process must
        end."""
        while self._connection.poll(seconds):
            order = self._connection.recv()
            if isinstance(order, orders.Stop):
                for slot in list(self._slots.values()):
                    self._guard(slot, partial(self._report, complete=True))
                self._outbox.flush()
                return False
            self._answer_errors(order, self._take)
            seconds = 0
        self._outbox.flush()
        return True

    def _answer_errors(self, order: orders.Order, act: Callable[[Any], None]) -> None:
        """Carries an order out; an error is its answer, and the worker goes on."""
        try:
            act(order)
        except OSError:
            raise
        except Exception as error:
            if not isinstance(order, orders.Request):
                raise
            self._outbox.answer(order.run, [order.ticket], error=error)

    def _take(self, order: Any) -> None:
        if method := self._methods.get(type(order)):
            method(order)
        elif slot := self._slots.get(order.run):
            self._touched.add(slot)
            self._methods_of_a_slot[type(order)](slot, order)

    def _load(self, order: orders.Load) -> None:
        slot = Slot(LiveRun(order, self._tables.of(order)), time.monotonic(), self._checkpoint)
        self._slots[order.run] = slot
        self._report(slot, complete=True)
        self._outbox.answer(order.run, [order.ticket])

    def _unload(self, order: orders.Unload) -> None:
        self._forget(order.run)

    def _forget(self, run: str) -> None:
        self._readings.forget(run)
        self._background.forget(run)
        if slot := self._slots.pop(run, None):
            self._touched.discard(slot)

    def _suspend(self, slot: Slot, order: orders.Suspend) -> None:
        slot.live.suspended = order.on
        slot.live.refresh_schedule()

    def _command(self, slot: Slot, order: orders.Command) -> None:
        live = slot.live
        if live.replaying:
            live.deferred.append(order)
            return
        rested, pace = not live.training, live.pace
        try:
            ended = apply(live, order)
        finally:
            self._report(slot, complete=True)
        # A step is answered when it is over.
        self._outbox.answer(order.run, ended if isinstance(order, orders.TakeStep) else [*ended, order.ticket])
        if rested or live.pace != pace:
            slot.due = time.monotonic()
        slot.boosted = True
        self._readings.restart((order.run, FRAME))
        self._end_goals(slot, live.take_reached_goals())

    # ---- what readers ask for

    def _make_frame(self, slot: Slot, order: orders.MakeFrame) -> None:
        slot.live.wanted_frames[order.view] = order

    def _withdraw_frame(self, slot: Slot, order: orders.WithdrawFrame) -> None:
        slot.live.wanted_frames.pop(order.view, None)
        self._readings.withdraw((order.run, FRAME), order.view)

    def _frame_done(
        self, slot: Slot, order: orders.MakeFrame, frame: FrameReport | None, error: Exception | None
    ) -> None:
        live = slot.live
        if live.pace and live.has_unreported_epochs:
            self._report(slot, complete=False)
        if error:
            if not live.frame_failed:  # it may fail each time it is ordered
                log.error("a frame of the run %s could not be made: %s", live.id, order.view, exc_info=error)
            live.frame_failed = True
            frame = FrameReport(live.id, order.seq, live.version, error=Failed(FRAME_FAILED))
        assert frame
        self._outbox.add(frame)

    def _inspect(self, slot: Slot, order: orders.Inspect) -> None:
        """Queues an inspection; one that asks the same as another that has not begun shares its answer."""
        trainer = slot.live.trainer
        inspection = INSPECTIONS[order.inspection]
        if inspection.background:
            self._background.add(order, trainer)
            return
        key = order.run, order.inspection
        if same := self._readings.same(key, order.arguments):
            same.tickets.append(order.ticket)
            return
        tickets = [order.ticket]
        compute = partial(inspection.answer, trainer, order.arguments)
        answer = partial(self._outbox.answer, order.run, tickets)
        self._readings.put(key, Reading(order.arguments, compute, answer, tickets))


def main(
    end: socket.socket | Pipe, slice_seconds: float, checkpoint_seconds: float, log_level: str, kernel: str
) -> None:
    """The entry point of the process. It ends when its pipe closes. The server blocks the signals that would end it,
    where the system allows that; interrupts from the terminal are ignored on every system."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    logging.basicConfig(level=log_level.upper())
    os.environ["DESCENT_KERNEL"] = kernel  # the engine reads it
    pipe = Channel(end) if isinstance(end, socket.socket) else end
    Worker(pipe, slice_seconds, checkpoint_seconds).run()
