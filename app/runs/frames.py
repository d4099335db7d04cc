"""The frames of one run: ordered when a viewer can show them, made once for each view, passed to all its viewers."""

from collections.abc import Callable
from dataclasses import dataclass

from app.errors import DomainError
from app.protocol.orders import MakeFrame, View, WithdrawFrame
from app.protocol.reports import FrameReport


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame as it is sent, or the error for which it could not be made."""

    seq: int
    payload: str | bytes
    error: DomainError | None


Taker = Callable[[Frame], None]


class _Source:
    """One view: its newest frame, and the viewers that wait for the next."""

    def __init__(self) -> None:
        self.users = 0
        self.frame: Frame | None = None
        self.version = -1
        self.ordered: int | None = None
        self.takers: set[Taker] = set()


class Frames:
    """All views of one run that are being watched."""

    def __init__(self, run: str, order: Callable[[MakeFrame], None], withdraw: Callable[[WithdrawFrame], None]) -> None:
        self._run = run
        self._order = order
        self._withdraw = withdraw
        self._seq = 0
        self._sources: dict[View, _Source] = {}
        self._ordered: dict[int, _Source] = {}

    def open(self, view: View) -> None:
        self._sources.setdefault(view, _Source()).users += 1

    def close(self, view: View, taker: Taker) -> None:
        source = self._sources[view]
        source.users -= 1
        source.takers.discard(taker)
        if not source.users:
            del self._sources[view]
            if source.ordered is not None:
                del self._ordered[source.ordered]
                self._withdraw(WithdrawFrame(self._run, view))

    def want(self, view: View, seen: int, taker: Taker) -> None:
        """Passes the next frame newer than `seen` to the taker: at once if there is one, else when there is."""
        source = self._sources[view]
        if source.frame is not None and source.frame.seq > seen:
            taker(source.frame)
            return
        source.takers.add(taker)
        if source.ordered is None:
            self._order_next(view, source)

    def _order_next(self, view: View, source: _Source) -> None:
        self._seq += 1
        source.ordered = self._seq
        self._ordered[self._seq] = source
        self._order(MakeFrame(self._run, self._seq, view, source.version))

    def handle(self, report: FrameReport) -> None:
        source = self._ordered.pop(report.seq, None)
        if source is None:
            return
        source.ordered = None
        source.version = report.version
        frame = Frame(report.seq, report.payload, report.error)
        source.frame = None if report.error else frame
        takers, source.takers = source.takers, set()
        for taker in takers:
            taker(frame)

    @property
    def waiting(self) -> bool:
        """Whether a frame is ordered and not there yet."""
        return bool(self._ordered)

    def repeat(self) -> None:
        """Repeats the orders to a worker that died. In the next worker, versions begin at 0 again."""
        self._ordered = {}
        for view, source in self._sources.items():
            source.version = -1
            if source.ordered is not None:
                self._order_next(view, source)
