"""The command `descent`: `descent serve` starts the server and prints its addresses."""

import argparse
import errno
import logging
import os
import signal
import socket
import sys
from collections.abc import Sequence

import uvicorn
from fastapi import FastAPI

from app.environment import PREFIX, SettingsError
from app.errors import StorageError
from app.health_command import health
from app.main import create_app
from app.settings import Settings
from app.storage.database import Database
from app.web.addresses import addresses, in_container, note
from engine import kernel

GRACE_SECONDS = 3

# uvicorn logs this as an error for every stream that was refused with an HTTP answer.
_REFUSED = "ASGI callable returned without completing handshake."
# And this, with a traceback, for every client that sends invalid UTF-8; the close code informs the client.
_NOT_TEXT = "Invalid UTF-8 sequence received from client."

# At the level debug, every header of a WebSocket's opening is logged; these carry owners' tokens.
_SECRET_HEADERS = {"authorization", "cookie", "sec-websocket-protocol"}


def _loggable(record: logging.LogRecord) -> bool:
    """Whether a line of uvicorn or websockets is logged."""
    names = record.args[:1] if isinstance(record.args, tuple) else ()
    header = record.msg == "< %s: %s" and str(*names).lower() in _SECRET_HEADERS
    return record.msg not in (_REFUSED, _NOT_TEXT) and not header


class Server(uvicorn.Server):
    """Prints its addresses once it listens, and closes its streams before uvicorn closes the connections."""

    def __init__(self, config: uvicorn.Config, app: FastAPI, settings: Settings) -> None:
        super().__init__(config)
        self._app = app
        self._settings = settings

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            first, *others = addresses(*self.servers[0].sockets[0].getsockname()[:2])
            note(self._settings.data_dir, first)
            print(f"Descent is running at {first}", flush=True)
            if others:
                origin = "From the container's network" if in_container() else "From other machines"
                print(f"{origin}: {', '.join(others)}", flush=True)
            print(f"New runs train in {kernel.status(self._settings.kernel)}", flush=True)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        await self._app.state.runs.close_streams()
        await super().shutdown(sockets)


def _listen(host: str, port: int) -> socket.socket:
    """A socket bound to the address; SystemExit says why that is impossible."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (OSError, UnicodeError):
        raise SystemExit(
            f"descent: cannot listen on {host}: it is neither an address nor a name that this machine can resolve. "
            "Give one of this machine's addresses with --host or DESCENT_HOST; 0.0.0.0 takes all of them."
        ) from None
    # A name such as localhost may have IPv4 and IPv6 addresses; IPv4 addresses are easier to type.
    family, *_, address = min(found, key=lambda each: each[0] != socket.AF_INET)
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    # Connections inherit it. Without it an answer's body waits 40 ms until the client acknowledges the header.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    if family == socket.AF_INET6 and socket.has_dualstack_ipv6():
        listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
    try:
        listener.bind(address)
    except OSError as error:
        listener.close()
        change = (
            "That address is not one of this machine's; choose one with --host or DESCENT_HOST."
            if error.errno == errno.EADDRNOTAVAIL
            else "Choose another with --port or DESCENT_PORT, or end what uses it."
        )
        reason = os.strerror(error.errno or 0)
        raise SystemExit(f"descent: cannot listen on {host} port {port}: {reason}. {change}") from None
    return listener


def _arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="descent", description="A neural network playground.")
    commands = parser.add_subparsers(dest="command")
    serve = commands.add_parser("serve", help="start the server (the default)")
    commands.add_parser("health", help="ask the server that uses DESCENT_DATA_DIR whether it answers")
    for each in (parser, serve):
        each.add_argument("--host", help="address to listen on (DESCENT_HOST, 127.0.0.1)", default=argparse.SUPPRESS)
        each.add_argument("--port", help="port to listen on (DESCENT_PORT, 8000)", default=argparse.SUPPRESS)
    return parser.parse_args(arguments)


def main(arguments: Sequence[str] | None = None) -> int:
    """Serves until a signal ends it. Returns the exit code: 0, 1 when it cannot start, 2 for wrong settings. `health`
    returns 0 where a server answers, else 1."""
    given = _arguments(arguments)
    if given.command == "health":
        return health()
    environment = dict(os.environ)
    for name in ("host", "port"):
        if hasattr(given, name):
            environment[PREFIX + name.upper()] = getattr(given, name)
    try:
        settings = Settings.from_environment(environment)
        kernel.status(settings.kernel)
    except (SettingsError, kernel.KernelError) as error:
        print(f"descent: {error}", file=sys.stderr)
        return 2
    logging.basicConfig(level=settings.log_level.upper(), format="%(levelname)s %(name)s: %(message)s")
    logging.getLogger("uvicorn.error").addFilter(_loggable)
    listener = _listen(settings.host, settings.port)
    try:
        database = Database(settings.data_dir)
    except StorageError as error:
        listener.close()
        print(f"descent: {error}", file=sys.stderr)
        return 1
    # uvicorn handles the signal first and raises it again once everything is saved.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    app = create_app(settings, database)
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        ws_max_size=settings.max_message_bytes,
        ws_per_message_deflate=False,
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=list(settings.trusted_proxies),
        timeout_graceful_shutdown=GRACE_SECONDS,
        server_header=False,
    )
    server = Server(config, app, settings)
    try:
        server.run(sockets=[listener])  # on uvloop, where it is installed
    except KeyboardInterrupt:
        return 0
    return 0 if server.started else 1
