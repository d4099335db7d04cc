"""The process that reads files: apart from the server and the workers, bounded in time and memory, of low priority.

A file that takes too long, or more memory than may be, ends its process and nothing else.
"""

import asyncio
import logging
import math
import multiprocessing
import os
import signal
import sys
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from threading import Lock

from app.errors import DomainError, InvalidArgument, LimitReached, Unavailable
from app.tables.reading import ReadTable, read_file

try:
    import resource
except ImportError:  # Windows has no such limits
    resource = None  # type: ignore[assignment]

log = logging.getLogger(__name__)

# Files that may wait for the one that is being read.
MAX_WAITING = 8

# Training comes first where the processor is short: a process that is this nice gets a third of another's share.
NICENESS = 5

# The limit is on processor time, where the system has such limits: on a busy machine a file may take longer.
OUT_OF_TIME = getattr(signal, "SIGXCPU", 0)
PATIENCE = 10 if OUT_OF_TIME else 1

SHUTTING_DOWN = "The server is shutting down; send the file again once it is back."

_spawn = multiprocessing.get_context("spawn")


class TableReader:
    """Reads one file after another, in a process that is started for the first and kept until `rest` is called."""

    def __init__(self, seconds: float, memory: int, log_level: str) -> None:
        self._seconds, self._memory, self._log_level = seconds, memory, log_level
        self._thread = ThreadPoolExecutor(1, "table-reader")  # it starts the process and waits for it
        self._process: BaseProcess | None = None
        self._pipe: Connection | None = None
        self._waiting = 0
        self._stopping = False
        self._lock = Lock()

    async def read(self, content: bytes, overrides: Mapping[str, str]) -> ReadTable:
        """The table in these bytes; InvalidArgument where there is none, LimitReached where too many files wait."""
        if self._stopping:
            raise Unavailable(SHUTTING_DOWN)
        if self._waiting > MAX_WAITING:
            raise LimitReached("Many files wait to be read already; send this one again in some seconds.", 5)
        with self._lock:
            self._waiting += 1
        reading = self._thread.submit(self._read, content, overrides)
        reading.add_done_callback(self._done)  # a client that leaves does not end what has begun
        return await asyncio.wrap_future(reading)

    def _done(self, _: object) -> None:
        with self._lock:
            self._waiting -= 1

    async def rest(self) -> None:
        """Ends the process if it has nothing to do; the next file starts another."""
        if not self._waiting and not self._stopping:
            await asyncio.get_running_loop().run_in_executor(self._thread, self._end)

    async def stop(self) -> None:
        """Ends the process, whatever it does; those who wait for it get Unavailable."""
        self._stopping = True
        if process := self._process:
            process.kill()
        await asyncio.to_thread(self._thread.shutdown)
        self._end()

    # ---- in the thread

    def _read(self, content: bytes, overrides: Mapping[str, str]) -> ReadTable:
        process, pipe = self._connected()
        if self._stopping:
            raise Unavailable(SHUTTING_DOWN)
        answer: ReadTable | DomainError | None = None
        try:
            pipe.send((self._seconds, content, overrides))
            if in_time := pipe.poll(self._seconds * PATIENCE):
                answer = pipe.recv()
        except (OSError, EOFError):
            process.join(1)  # its end closed the pipe
            in_time = process.exitcode != -OUT_OF_TIME
        if answer is None:
            self._end()
            answer = _ended(in_time, self._seconds)
        if isinstance(answer, DomainError):
            raise answer
        return answer

    def _connected(self) -> tuple[BaseProcess, Connection]:
        """The process and its pipe; one that has ended is started again."""
        if self._process and not self._process.is_alive():
            self._end()
        if self._process is None or self._pipe is None:
            self._pipe, theirs = _spawn.Pipe()
            arguments = (theirs, self._memory, self._log_level)
            self._process = _spawn.Process(target=main, args=arguments, name="descent-tables", daemon=True)
            self._process.start()
            theirs.close()
        return self._process, self._pipe

    def _end(self) -> None:
        process, pipe, self._process, self._pipe = self._process, self._pipe, None, None
        if pipe:
            pipe.close()
        if process:
            process.kill()
            process.join()


def _ended(in_time: bool, seconds: float) -> DomainError:
    """Why a file has no answer."""
    if in_time:
        return Unavailable("The process that read this file ended; if it does so again, send a smaller one.")
    return InvalidArgument(
        f"Reading this file took over {seconds:g} seconds of processor time, the limit here (DESCENT_TABLE_SECONDS); "
        "send fewer rows or columns."
    )


def main(pipe: Connection, memory: int, log_level: str) -> None:
    """The entry point of the process; it ends with its pipe."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    logging.basicConfig(level=log_level.upper())
    if hasattr(os, "nice"):
        os.nice(NICENESS)
    if resource and sys.platform == "linux":  # others take the limit and do not keep to it
        resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
    with suppress(EOFError, OSError):
        while True:
            seconds, *file = pipe.recv()
            if resource:
                until = math.ceil(time.process_time() + seconds)
                resource.setrlimit(resource.RLIMIT_CPU, (until, resource.getrlimit(resource.RLIMIT_CPU)[1]))
            pipe.send(_answer(*file))


def _answer(content: bytes, overrides: Mapping[str, str]) -> ReadTable | DomainError:
    try:
        return read_file(content, overrides)
    except DomainError as error:
        return error
    except MemoryError:
        return InvalidArgument(
            "Reading this file takes more memory than DESCENT_MAX_TABLE_MEMORY allows here; send fewer rows or columns."
        )
    except Exception:
        log.exception("a file could not be read")
        return InvalidArgument("This file could not be read; the server's log says why. Send it in another format.")
