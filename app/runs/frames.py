"""The frames of one run: ordered when somebody can show them, made once a distinct view, handed to all who wait."""

from collections.abc import Callable

from app.protocol import encoding
from app.protocol.orders import MakeFrame, View, WithdrawFrame
from app.protocol.reports import FrameReport


class Frame:
    """One frame, ready to be sent."""

    def __init__(self, seq: int, report: FrameReport) -> None:
        self.seq = seq
        message = {
            "type": "frame",
            "seq": seq,
            "epoch": report.epoch,
            "batch": report.batch,
            "members": list(report.members),
        }
        if report.text is None:
            self.payload: str | bytes = encoding.pack(message, report.arrays)
        else:
            self.payload = encoding.joined(encoding.json_text(message, {}), report.text)


Taker = Callable[[Frame], None]


class _Source:
    """One view: its newest frame, and who waits for the next."""

    def __init__(self) -> None:
        self.users = 0
        self.frame: Frame | None = None
        self.version = -1
        self.ordered = False
        self.takers: set[Taker] = set()


class Frames:
    """All views of one run that are being looked at."""

    def __init__(self, run: str, order: Callable[[MakeFrame], None], withdraw: Callable[[WithdrawFrame], None]) -> None:
        self._run = run
        self._order = order
        self._withdraw = withdraw
        self._seq = 0
        self._sources: dict[View, _Source] = {}

    def open(self, view: View) -> None:
        self._sources.setdefault(view, _Source()).users += 1

    def close(self, view: View, taker: Taker) -> None:
        source = self._sources[view]
        source.users -= 1
        source.takers.discard(taker)
        if not source.users:
            del self._sources[view]
            if source.ordered:
                self._withdraw(WithdrawFrame(self._run, view))

    def want(self, view: View, seen: int, taker: Taker) -> None:
        """Hands over the next frame newer than `seen`: at once if there is one, else when there is."""
        source = self._sources[view]
        if source.frame is not None and source.frame.seq > seen:
            taker(source.frame)
            return
        source.takers.add(taker)
        if not source.ordered:
            source.ordered = True
            self._order(MakeFrame(self._run, view, source.version))

    def handle(self, report: FrameReport) -> None:
        source = self._sources.get(report.view)
        if source is None or not source.ordered:
            return
        self._seq += 1
        source.ordered = False
        source.version = report.version
        source.frame = Frame(self._seq, report)
        takers, source.takers = source.takers, set()
        for taker in takers:
            taker(source.frame)

    @property
    def waiting(self) -> bool:
        """Whether a frame is ordered and not there yet."""
        return any(source.ordered for source in self._sources.values())

    def repeat(self) -> None:
        """Orders again what was ordered of a worker that died. In the next one, versions count from the start."""
        for view, source in self._sources.items():
            source.version = -1
            if source.ordered:
                self._order(MakeFrame(self._run, view, -1))
