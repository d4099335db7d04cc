"""A filter between browser and server, as a school's or a proxy's may be: it passes all but one header."""

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

CHUNK = 65536


@contextlib.contextmanager
def filtered(address: str, header: bytes) -> Iterator[str]:
    """The address of a filter before the server at `address`, which renames one header, asked or answered.

    Without `Set-Cookie` no cookie is kept; without `Upgrade` no WebSocket opens.
    """
    upstream = (urlsplit(address).hostname or "", urlsplit(address).port or 80)
    listener = socket.create_server(("127.0.0.1", 0))
    hidden = b"\r\nX" + header[1:] + b":"

    def renamed(data: bytes) -> bytes:
        for name in (header, header.lower()):
            data = data.replace(b"\r\n" + name + b":", hidden)
        return data

    def carry(source: socket.socket, target: socket.socket, change: Callable[[bytes], bytes]) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(CHUNK):
                target.sendall(change(data))
        for end in (source, target):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def join(client: socket.socket) -> None:
        with client, socket.create_connection(upstream) as server:
            back = threading.Thread(target=carry, args=(server, client, renamed), daemon=True)
            back.start()
            carry(client, server, renamed)
            back.join()

    def serve() -> None:
        with contextlib.suppress(OSError):
            while True:
                threading.Thread(target=join, args=(listener.accept()[0],), daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
