"""What one viewer is sent next."""

import json
from types import SimpleNamespace

import numpy as np
import pytest

from app.api import send_queue
from app.api.send_queue import MAX_ROWS, SendQueue
from app.errors import Failed
from app.protocol.messages import Subprotocol, ViewMessage
from app.protocol.metrics import Rows, width
from app.protocol.reports import FrameReport
from app.runs.frames import Frames
from engine.config import RunConfig
from tests.loops import run


@pytest.fixture
def clock(monkeypatch):
    """A clock that stands still until it is moved."""
    clock = SimpleNamespace(now=100.0)
    monkeypatch.setattr(send_queue, "time", SimpleNamespace(monotonic=lambda: clock.now))
    return clock


class Viewer:
    """A queue for a run without epochs, and the frames that it orders."""

    def __init__(self):
        self.orders = []
        self.frames = Frames("run", self.orders.append, lambda order: None)
        self.history = SimpleNamespace(last=-1)
        self.session = SimpleNamespace(
            series=0,
            version=0,
            member_count=1,
            config=RunConfig(),
            frames=self.frames,
            recorder=SimpleNamespace(history=self.history, rows=self.rows),
        )
        self.queue = SendQueue(self.session, Subprotocol.JSON, SimpleNamespace(set=lambda: None))

    async def rows(self, first, last, limit):
        count = min(limit, last + 1 - first)
        return Rows(np.arange(first, first + count), 1, bytes(count * width(1)), to=first + count - 1)

    def sent(self):
        """The next message."""
        text = run(self.queue.next_payload())
        return text and json.loads(text)

    def report(self, payload="", error=None):
        """The worker's answer to the last order."""
        self.frames.handle(FrameReport("run", self.orders[-1].seq, 0, payload, error))


def test_a_failed_frame_is_reported_once_per_view(clock):
    viewer = Viewer()
    seen = []
    for view in (ViewMessage(), ViewMessage(resolution=10)):
        viewer.queue.set_view(view)
        for _ in range(3):
            clock.now += 2
            assert viewer.sent() is None
            viewer.report(error=Failed("It broke."))
            seen.append(viewer.sent())
    assert [each and (each["type"], each["status"]) for each in seen] == [("error", 500), None, None] * 2
    assert len(viewer.orders) == 6
    clock.now += 2
    assert viewer.sent() is None
    viewer.report('{"type":"frame"}')
    assert viewer.sent() == {"type": "frame"}


def test_a_failed_frame_is_not_requested_again_at_once(clock):
    viewer = Viewer()
    viewer.queue.set_view(ViewMessage(fps=60))
    clock.now += 1
    viewer.sent()
    viewer.report(error=Failed("It broke."))
    viewer.sent()
    clock.now += 0.5
    assert viewer.sent() is None
    assert len(viewer.orders) == 1
    assert viewer.queue.seconds_to_next_frame() == pytest.approx(0.5)


def test_an_abandoned_frame_is_sent_to_no_viewer(clock):
    viewer = Viewer()
    viewer.queue.set_view(ViewMessage())
    clock.now += 1
    viewer.sent()
    late = viewer.orders[-1].seq
    viewer.queue.set_view(ViewMessage(resolution=10))
    clock.now += 1
    viewer.sent()
    viewer.frames.handle(FrameReport("run", late, 0, "late"))
    assert viewer.sent() is None
    viewer.report('{"type":"frame"}')
    assert viewer.sent() == {"type": "frame"}


def test_a_state_comes_after_all_epochs_before_it(monkeypatch):
    monkeypatch.setattr(send_queue, "state_message", lambda session: {"type": "state", "epoch": session.epoch})
    viewer = Viewer()
    viewer.queue.start(0)
    viewer.history.last = viewer.session.epoch = MAX_ROWS + 4
    viewer.session.version += 1
    first, second, state = (viewer.sent() for _ in range(3))
    assert [(each["from"], each["to"]) for each in (first, second)] == [(0, MAX_ROWS - 1), (MAX_ROWS, MAX_ROWS + 4)]
    assert state == {"type": "state", "epoch": MAX_ROWS + 4}
    assert viewer.sent() is None
