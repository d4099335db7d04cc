"""Messages between the server and a worker over a socket: pickled, each behind its length.

The server's end belongs to the event loop, so that no thread has to hand messages over. The worker's end blocks.
"""

import pickle
import select
import socket
from collections.abc import Iterator
from typing import Any, Protocol

# The length of a message in bytes, as 8 bytes.
_HEADER = 8

# Bytes that are read at once.
_CHUNK = 1 << 18


def encode(message: Any) -> bytes:
    """A message as it is sent."""
    data = pickle.dumps(message, pickle.HIGHEST_PROTOCOL)
    return len(data).to_bytes(_HEADER, "little") + data


class Decoder:
    """Finds the messages in what is received."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes) -> None:
        self._buffer += data

    @property
    def _size(self) -> int:
        """Bytes of the next message and its header."""
        return _HEADER + int.from_bytes(self._buffer[:_HEADER], "little")

    @property
    def ready(self) -> bool:
        """Whether a whole message is there."""
        return len(self._buffer) >= _HEADER and len(self._buffer) >= self._size

    def take(self) -> Any:
        """Removes the next message and returns it."""
        size = self._size
        data = bytes(self._buffer[_HEADER:size])
        del self._buffer[:size]
        return pickle.loads(data)

    def messages(self) -> Iterator[Any]:
        """Removes and returns all whole messages."""
        while self.ready:
            yield self.take()


class Pipe(Protocol):
    """The worker's end, or one of multiprocessing's connections."""

    def poll(self, timeout: float | None = 0.0) -> bool:
        """Whether there is something to receive, within so many seconds; None: waits until there is."""

    def recv(self) -> Any:
        """The next message; EOFError once the other end is closed."""

    def send(self, obj: Any) -> None:
        """Sends a message; blocks while the other end does not read."""


class Channel:
    """The worker's end of the socket."""

    def __init__(self, end: socket.socket) -> None:
        end.setblocking(True)
        self._socket = end
        self._decoder = Decoder()

    def poll(self, timeout: float | None = 0.0) -> bool:
        return self._decoder.ready or bool(select.select([self._socket], (), (), timeout)[0])

    def recv(self) -> Any:
        while not self._decoder.ready:
            data = self._socket.recv(_CHUNK)
            if not data:
                raise EOFError
            self._decoder.feed(data)
        return self._decoder.take()

    def send(self, obj: Any) -> None:
        self._socket.sendall(encode(obj))
