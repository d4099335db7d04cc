"""The command `descent`: `descent serve` starts the server and says where it listens."""

import argparse
import asyncio
import logging
import os
import signal
import socket
import sys
from collections.abc import Sequence

import uvicorn
from fastapi import FastAPI

from app.main import create_app
from app.settings import PREFIX, Settings, SettingsError
from app.store import Store, StoreError

GRACE_SECONDS = 3

# uvicorn says so of every stream that was refused with an answer of its own, as if that were the application's fault.
_REFUSED = "ASGI callable returned without completing handshake."

# At the level debug, every header of a WebSocket's opening is logged; these carry owners' tokens.
_SECRET_HEADERS = {"authorization", "cookie", "sec-websocket-protocol"}


def _loggable(record: logging.LogRecord) -> bool:
    """Whether a line of uvicorn and websockets may stand in the log."""
    names = record.args[:1] if isinstance(record.args, tuple) else ()
    header = record.msg == "< %s: %s" and str(*names).lower() in _SECRET_HEADERS
    return record.msg != _REFUSED and not header


class Server(uvicorn.Server):
    """Says where it listens once it does, and bids its viewers farewell before it closes their connections."""

    def __init__(self, config: uvicorn.Config, app: FastAPI) -> None:
        super().__init__(config)
        self._app = app

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            host, port = self.servers[0].sockets[0].getsockname()[:2]
            name = f"[{host}]" if ":" in host else host
            print(f"Descent is running at http://{name}:{port}", flush=True)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        await self._app.state.runs.farewell()
        await super().shutdown(sockets)


def _listen(host: str, port: int) -> socket.socket:
    """A socket bound to the address; SystemExit says what is in the way."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    # Connections inherit it. Without it an answer's body waits 40 ms for the client to acknowledge its head.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise SystemExit(
            f"descent: cannot listen on {host} port {port}: {os.strerror(error.errno or 0)}. "
            "Choose another with --port or DESCENT_PORT, or end what uses it."
        ) from None
    return listener


def _arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="descent", description="A neural network playground.")
    commands = parser.add_subparsers(dest="command")
    serve = commands.add_parser("serve", help="start the server (the default)")
    for each in (parser, serve):
        each.add_argument("--host", help="address to listen on (DESCENT_HOST, 127.0.0.1)", default=argparse.SUPPRESS)
        each.add_argument("--port", help="port to listen on (DESCENT_PORT, 8000)", default=argparse.SUPPRESS)
    return parser.parse_args(arguments)


def main(arguments: Sequence[str] | None = None) -> int:
    """Serves until it is told to end. Returns the exit code: 0, 1 when it cannot start, 2 for wrong settings."""
    given = _arguments(arguments)
    environment = dict(os.environ)
    for name in ("host", "port"):
        if hasattr(given, name):
            environment[PREFIX + name.upper()] = getattr(given, name)
    try:
        settings = Settings.from_environment(environment)
    except SettingsError as error:
        print(f"descent: {error}", file=sys.stderr)
        return 2
    logging.basicConfig(level=settings.log_level.upper(), format="%(levelname)s %(name)s: %(message)s")
    logging.getLogger("uvicorn.error").addFilter(_loggable)
    listener = _listen(settings.host, settings.port)
    try:
        store = Store(settings.data_dir)
    except StoreError as error:
        print(f"descent: {error}", file=sys.stderr)
        return 1
    # uvicorn hears the signal first; it hands it on once everything is saved.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    app = create_app(settings, store)
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
    server = Server(config, app)
    try:
        asyncio.run(server.serve(sockets=[listener]))
    except KeyboardInterrupt:
        return 0
    return 0 if server.started else 1
