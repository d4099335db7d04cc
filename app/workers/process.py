"""A worker process: holds runs, gives each that wants to train a short turn, and carries out orders in between."""

import logging
import signal
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from multiprocessing.connection import Connection
from threading import Lock
from typing import TypeVar

from app.errors import DomainError, ErrorItem, Failed, rejected
from app.inspections.registry import INSPECTIONS
from app.protocol.orders import (
    Answer,
    Command,
    Failure,
    FrameOrder,
    Goal,
    Hold,
    Load,
    Query,
    RangeTest,
    Report,
    Stop,
    Unload,
    View,
    Withdraw,
)
from app.workers.background import Studies
from app.workers.readings import Reading, Readings
from app.workers.run import LiveRun
from app.workers.scheduler import Fair, Turn

log = logging.getLogger(__name__)

# All runs of a worker report together, so often.
REPORT_SECONDS = 0.04

# A worker at rest looks so often whether the next study can begin.
STUDY_SECONDS = 0.005

FRAME = "frame"

Asked = TypeVar("Asked", Load, Query, Command)


class Worker:
    """The loop. Fair: of the runs that are due, the one that has trained the least goes first."""

    def __init__(self, connection: Connection, slice_seconds: float, checkpoint_seconds: float) -> None:
        self._connection = connection
        # A round of the loop also hears and tells: with that, too, no order waits for more than a slice.
        self._slice = 0.9 * slice_seconds
        # A checkpoint travels and waits to be written within a fraction of the time two may lie apart.
        self._checkpoint = 0.7 * checkpoint_seconds
        self._turns: dict[str, Turn] = {}
        self._touched: set[Turn] = set()
        self._fair = Fair(self._slice)
        self._report_at = 0.0
        self._reports: list[Report] = []
        self._readings = Readings()
        self._studies = Studies(self._tell)
        self._sending = Lock()  # the thread of the studies sends too

    def run(self) -> None:
        """Works until it is told to stop or the server is gone."""
        rest: float | None = None
        with suppress(EOFError, OSError):
            while self._take_orders(rest):
                now = time.monotonic()
                due = [turn for turn in self._turns.values() if turn.live.training and turn.due <= now]
                if self._readings and (not due or self._readings.due):
                    self._readings.work(self._slice, beside_training=bool(due))
                elif due:
                    self._alone(self._fair.next(due), self._train)
                self._studies.go_on()
                while self._touched:
                    self._alone(self._touched.pop(), self._serve)
                if now >= self._report_at:
                    self._report_all(now)
                self._flush()
                rest = 0.0 if due or self._readings else self._rest(now)

    def _rest(self, now: float) -> float | None:
        """Seconds until something is due; None: until an order comes."""
        times = [turn.due for turn in self._turns.values() if turn.live.training]
        if any(turn.live.unreported for turn in self._turns.values()):
            times.append(self._report_at)
        if self._studies.waiting:
            times.append(now + STUDY_SECONDS)
        return max(0.0, min(times) - now) if times else None

    # ---- turns

    def _alone(self, turn: Turn, act: Callable[[Turn], None]) -> None:
        """Does something with a run; what goes wrong ends that run here, and no other."""
        try:
            act(turn)
        except OSError:
            raise
        except Exception as error:
            log.exception("the run %s cannot go on", turn.live.id)
            self._let_go(turn.live.id)
            self._send(Failure(turn.live.id, f"It could not go on: {error or type(error).__name__}."))

    def _train(self, turn: Turn) -> None:
        live, started = turn.live, time.monotonic()
        used = time.thread_time()
        end, now, total = started + self._slice, started, 0
        while live.training and now < end:
            batches, completed = live.train(end - now)
            now = time.monotonic()
            total += batches
            if completed and live.pace:
                turn.epoch_done(now)
            if live.steps:
                self._end_goals(turn, live.reached())
            if turn.due > now or not batches:
                break
        live.took(total, now - started)
        used = time.thread_time() - used
        turn.had += used
        self._readings.trained(used)
        self._touched.add(turn)

    def _serve(self, turn: Turn) -> None:
        """Whatever a run has to tell at once: that it does something else now; and the frames that it can show now."""
        live = turn.live
        for view in live.take_due_views():
            tell = partial(self._tell_frame, view)
            self._readings.put((live.id, FRAME), Reading(view, partial(live.frame, view), tell))
        while live.deferred and not live.replaying:
            self._command(turn, live.deferred.popleft())
        if live.state != turn.state_told:
            self._report(turn, complete=True)

    def _report_all(self, now: float) -> None:
        """What all runs have to tell: epochs, and now and then a checkpoint."""
        self._report_at = now + REPORT_SECONDS
        for turn in list(self._turns.values()):
            if turn.live.training and now - turn.saved >= turn.checkpoint_seconds:
                longer = max(2 * turn.checkpoint_seconds, self._checkpoint / 16)
                turn.checkpoint_seconds = min(longer, self._checkpoint)
                self._alone(turn, partial(self._report, complete=True))
            elif turn.live.unreported:
                self._alone(turn, partial(self._report, complete=False))

    def _report(self, turn: Turn, complete: bool) -> None:
        self._send(turn.live.progress(complete))
        turn.state_told = turn.live.state
        if complete:
            turn.saved = time.monotonic()

    def _end_goals(self, turn: Turn, goals: list[Goal]) -> None:
        """The steps that led to these goals are over: their checkpoint, then their answers."""
        if goals:
            self._report(turn, complete=True)
            for goal in goals:
                self._send(Answer(turn.live.id, goal.ticket))

    # ---- orders

    def _take_orders(self, seconds: float | None) -> bool:
        """Carries out what has come, at most so many seconds later. False: it is time to end."""
        while self._connection.poll(seconds):
            order = self._connection.recv()
            if isinstance(order, Stop):
                for turn in list(self._turns.values()):
                    self._alone(turn, partial(self._report, complete=True))
                self._flush()
                return False
            self._take(order)
            seconds = 0
        self._flush()
        return True

    def _take(self, order: Load | Unload | Hold | Command | Query | FrameOrder | Withdraw | RangeTest) -> None:
        if isinstance(order, Load):
            self._guard(order, self._load)
        elif isinstance(order, RangeTest):
            self._studies.put(order, None)
        elif isinstance(order, Unload):
            self._let_go(order.run)
        elif turn := self._turns.get(order.run):
            self._touched.add(turn)
            if isinstance(order, FrameOrder):
                turn.live.views[order.view] = order.after
            elif isinstance(order, Withdraw):
                turn.live.views.pop(order.view, None)
                self._readings.withdraw((order.run, FRAME), order.view)
            elif isinstance(order, Hold):
                turn.live.held = order.on
                turn.live.decide()
            elif isinstance(order, Query):
                self._guard(order, self._ask)
            elif turn.live.replaying:
                turn.live.deferred.append(order)
            else:
                self._command(turn, order)

    def _let_go(self, run: str) -> None:
        self._readings.forget(run)
        self._studies.forget(run)
        if gone := self._turns.pop(run, None):
            self._touched.discard(gone)

    def _load(self, order: Load) -> None:
        turn = Turn(LiveRun(order), time.monotonic(), self._checkpoint)
        self._turns[order.run] = turn
        self._report(turn, complete=True)
        self._send(Answer(order.run, order.ticket))

    def _ask(self, order: Query) -> None:
        """Puts a question in line; with one that asks the same and has not begun, it shares the answer."""
        trainer = self._turns[order.run].live.trainer
        inspection = INSPECTIONS[order.action]
        if inspection.background:
            self._studies.put(order, trainer)
            return
        key, what = (order.run, order.action), order.arguments
        if same := self._readings.same(key, what):
            same.tickets.append(order.ticket)
            return
        tickets = [order.ticket]

        def tell(value: bytes | None, error: Exception | None) -> None:
            for ticket in tickets:
                self._send(_answer_of(order.run, ticket, value, error))

        make = partial(inspection.answer, trainer, order.arguments)
        self._readings.put(key, Reading(what, make, tell, tickets))

    def _tell_frame(self, view: View, frame: Report | None, error: Exception | None) -> None:
        if frame:
            self._send(frame)
        else:
            log.error("the frame of %s could not be made", view, exc_info=error)

    def _tell(self, run: str, tickets: Sequence[int], value: bytes | None, error: Exception | None) -> None:
        """Sends what a study came to; called in its thread."""
        with suppress(OSError), self._sending:  # without a server this process, too, is soon gone
            self._connection.send([_answer_of(run, ticket, value, error) for ticket in tickets])

    def _command(self, turn: Turn, order: Command) -> None:
        def carry_out(order: Command) -> None:
            live = turn.live
            rested, pace = not live.training, live.pace
            if order.action == "step":
                live.step(order.ticket, **order.arguments)
                turn.state_told = None
            else:
                try:
                    ended = getattr(live, order.action)(**order.arguments)
                finally:
                    self._report(turn, complete=True)
                for ticket in [*ended, order.ticket]:
                    self._send(Answer(order.run, ticket))
            if rested or live.pace != pace:
                turn.due = time.monotonic()
            turn.asked = True
            self._readings.restart((order.run, FRAME))
            self._end_goals(turn, live.reached())

        self._guard(order, carry_out)

    def _guard(self, order: Asked, act: Callable[[Asked], None]) -> None:
        """Carries an order out; what goes wrong is the answer, and the worker goes on."""
        try:
            act(order)
        except OSError:
            raise
        except Exception as error:
            self._send(Answer(order.run, order.ticket, error=_domain_error(error)))

    def _send(self, report: Report) -> None:
        """Puts a report in line; what one round of the loop has to say goes out together."""
        self._reports.append(report)

    def _flush(self) -> None:
        if self._reports:
            reports, self._reports = self._reports, []
            with self._sending:
                self._connection.send(reports)


def _answer_of(run: str, ticket: int, value: bytes | None, error: Exception | None) -> Answer:
    return Answer(run, ticket, value, None if error is None else _domain_error(error))


def _domain_error(error: Exception) -> DomainError:
    if isinstance(error, DomainError):
        return error
    if isinstance(error, ValueError):
        return rejected([ErrorItem(loc=list(getattr(error, "loc", ())), message=str(error))])
    log.error("an order failed", exc_info=error)
    return Failed("The server could not do this; its log says why.")


def main(connection: Connection, slice_seconds: float, checkpoint_seconds: float, log_level: str) -> None:
    """The entry point of the process. It ends with its pipe; the server blocked the signals that end others, where the
    system can, and interrupts from the terminal are ignored on every system."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    logging.basicConfig(level=log_level.upper())
    Worker(connection, slice_seconds, checkpoint_seconds).run()
