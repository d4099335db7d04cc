"""The process that reads files: apart from the server and the workers, bounded in time and memory, of low priority.

A file that takes too long, or more memory than may be, ends its process and nothing else.
"""

import asyncio
import logging
import multiprocessing
import os
import signal
import sys
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from multiprocessing.connection import Connection
from threading import Lock

from app.errors import DomainError, InvalidArgument, LimitReached, Unavailable
from app.tables.reading import ReadTable, read_file

log = logging.getLogger(__name__)

# Files that may wait for the one that is being read.
MAX_WAITING = 8

# Training comes first where the processor is short: a process that is this nice gets a third of another's share.
NICENESS = 5

_spawn = multiprocessing.get_context("spawn")


class TableReader:
    """Reads one file after another, in a process that is started for the first and kept until `rest` is called."""

    def __init__(self, seconds: float, memory: int, log_level: str) -> None:
        self._seconds, self._memory, self._log_level = seconds, memory, log_level
        self._thread = ThreadPoolExecutor(1, "table-reader")  # it starts the process and waits for it
        self._process: multiprocessing.process.BaseProcess | None = None
        self._pipe: Connection | None = None
        self._waiting = 0
        self._lock = Lock()

    async def read(self, content: bytes, name: str, overrides: Mapping[str, str]) -> ReadTable:
        """The table in these bytes; InvalidArgument where there is none, LimitReached where too many files wait."""
        if self._waiting > MAX_WAITING:
            raise LimitReached("Many files wait to be read already; send this one again in some seconds.", 5)
        with self._lock:
            self._waiting += 1
        reading = self._thread.submit(self._read, content, name, overrides)
        reading.add_done_callback(self._done)  # a client that leaves does not end what has begun
        return await asyncio.wrap_future(reading)

    def _done(self, _: object) -> None:
        with self._lock:
            self._waiting -= 1

    async def rest(self) -> None:
        """Ends the process if it has nothing to do; the next file starts another."""
        if not self._waiting:
            await asyncio.get_running_loop().run_in_executor(self._thread, self._end)

    async def stop(self) -> None:
        """Ends the process, whatever it does."""
        if self._process:
            self._process.kill()
        await self.rest()
        self._thread.shutdown()

    # ---- in the thread

    def _read(self, content: bytes, name: str, overrides: Mapping[str, str]) -> ReadTable:
        if self._pipe is None:
            self._start()
        assert self._pipe
        try:
            self._pipe.send((content, name, overrides))
            answer = self._pipe.recv() if self._pipe.poll(self._seconds) else None
        except (OSError, EOFError):
            self._end()
            raise Unavailable(
                "The process that read this file ended; if it does so again, send a smaller one."
            ) from None
        if answer is None:
            self._end()
            raise InvalidArgument(
                f"Reading this file took over {self._seconds:g} seconds, the limit here (DESCENT_TABLE_SECONDS); "
                "send fewer rows or columns."
            )
        if isinstance(answer, DomainError):
            raise answer
        read: ReadTable = answer
        return read

    def _start(self) -> None:
        self._pipe, theirs = _spawn.Pipe()
        self._process = _spawn.Process(
            target=main, args=(theirs, self._memory, self._log_level), name="descent-tables", daemon=True
        )
        self._process.start()
        theirs.close()

    def _end(self) -> None:
        process, pipe, self._process, self._pipe = self._process, self._pipe, None, None
        if pipe:
            pipe.close()
        if process:
            process.kill()
            process.join()


def main(pipe: Connection, memory: int, log_level: str) -> None:
    """The entry point of the process; it ends with its pipe."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    logging.basicConfig(level=log_level.upper())
    if hasattr(os, "nice"):
        os.nice(NICENESS)
    _limit_memory(memory)
    with suppress(EOFError, OSError):
        while True:
            pipe.send(_answer(*pipe.recv()))


def _answer(content: bytes, name: str, overrides: Mapping[str, str]) -> ReadTable | DomainError:
    try:
        return read_file(content, name, overrides)
    except DomainError as error:
        return error
    except MemoryError:
        return InvalidArgument(
            "Reading this file takes more memory than DESCENT_MAX_TABLE_MEMORY allows here; send fewer rows or columns."
        )
    except Exception:
        log.exception("a file could not be read")
        return InvalidArgument("This file could not be read; the server's log says why. Send it in another format.")


def _limit_memory(size: int) -> None:
    """Lets this process have so many bytes of data; only Linux keeps to it."""
    if sys.platform != "linux":
        return
    import resource

    resource.setrlimit(resource.RLIMIT_DATA, (size, size))
