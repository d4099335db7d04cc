"""The reports of a worker on their way to the server."""

import logging
from collections.abc import Iterable
from threading import Lock

from app.errors import DomainError, ErrorItem, Failed, rejected
from app.protocol.reports import Answer, Report
from app.workers.channel import Pipe

log = logging.getLogger(__name__)


class Outbox:
    """Collects reports; those of one round of the worker's loop go out together. OSError: the server is gone."""

    def __init__(self, connection: Pipe) -> None:
        self._connection = connection
        self._reports: list[Report] = []
        self._lock = Lock()  # background tasks answer from their own thread

    def add(self, report: Report) -> None:
        """Adds a report, which `flush` sends."""
        self._reports.append(report)

    def answer(
        self, run: str, tickets: Iterable[int], value: bytes | None = None, error: Exception | None = None
    ) -> None:
        """Adds the answers to requests that share one."""
        self._reports += _answers(run, tickets, value, error)

    def flush(self) -> None:
        if self._reports:
            reports, self._reports = self._reports, []
            self._send(reports)

    def answer_now(self, run: str, tickets: Iterable[int], value: bytes | None, error: Exception | None) -> None:
        """Sends the answers to requests that share one; may be called in any thread."""
        self._send(_answers(run, tickets, value, error))

    def _send(self, reports: list[Report]) -> None:
        with self._lock:
            self._connection.send(reports)


def _answers(run: str, tickets: Iterable[int], value: bytes | None, error: Exception | None) -> list[Report]:
    reason = None if error is None else _domain_error(error)
    return [Answer(run, ticket, value, reason) for ticket in tickets]


def _domain_error(error: Exception) -> DomainError:
    if isinstance(error, DomainError):
        return error
    if isinstance(error, ValueError):
        return rejected([ErrorItem(loc=list(getattr(error, "loc", ())), message=str(error))])
    log.error("a request failed", exc_info=error)
    return Failed("The server could not do this; its log says why.")
