"""The lock on the data folder: one server at a time writes to it.

It is the system's lock on an open file: it ends with the process, even a killed one, and workers do not inherit it.
"""

import os
import socket
import sys
from pathlib import Path
from typing import IO

if sys.platform == "win32":
    import msvcrt

    def _lock(file: IO[str]) -> None:
        # A byte past the text: other processes must be able to read which process holds the lock.
        os.lseek(file.fileno(), 1 << 20, os.SEEK_SET)
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        os.lseek(file.fileno(), 0, os.SEEK_SET)

    _TAKEN: tuple[type[OSError], ...] = (PermissionError,)
else:
    import fcntl

    def _lock(file: IO[str]) -> None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)

    _TAKEN = (BlockingIOError,)


class FolderInUse(Exception):
    """Another process holds the folder; the message names both."""


class FolderLock:
    """Held from its creation until `release`, or until the process ends. OSError where a folder cannot be locked."""

    def __init__(self, folder: Path) -> None:
        path = folder / "descent.lock"
        self._file = path.open("a+", encoding="utf-8")
        try:
            _lock(self._file)
        except _TAKEN:
            self._file.seek(0)
            holder = self._file.read().strip() or "another process"
            self._file.close()
            raise FolderInUse(f"The data folder {folder} is in use by another Descent server: {holder}.") from None
        except OSError:
            self._file.close()
            raise
        self._file.truncate(0)
        self._file.write(f"process {os.getpid()} on {socket.gethostname()}\n")
        self._file.flush()

    def release(self) -> None:
        self._file.close()
