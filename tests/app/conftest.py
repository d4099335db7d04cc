"""A real server in a thread, a REST client, and a stream, for the tests of the server."""

import asyncio
import json
import multiprocessing
import socket
import threading
from collections.abc import Callable, Iterator
from http.cookiejar import CookieJar, DefaultCookiePolicy
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from websockets.exceptions import InvalidStatus
from websockets.sync.client import ClientConnection, connect

from app.main import create_app
from app.settings import Settings
from app.tables import reader
from app.workers import pool

# What never happens is given up after so long; what happens is never waited for longer than it takes.
DEADLINE = 60.0

# Most of a worker's start is its imports. Here workers are forked, where the system can, from a clean process that has
# them; the servers that tests start as processes spawn theirs, as they always do.
if "forkserver" in multiprocessing.get_all_start_methods():
    pool._spawn = multiprocessing.get_context("forkserver")
    pool._spawn.set_forkserver_preload(["app.workers.process", "app.tables.reader"])
    reader._spawn = pool._spawn


class RunningServer:
    """uvicorn with the application, on a free port, in a thread of this process."""

    def __init__(self, data_dir: Path, **settings: Any) -> None:
        self.settings = Settings(**{"data_dir": data_dir, "workers": 2, "log_level": "error"} | settings)
        self.app = create_app(self.settings)
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # connections inherit it
        self.address = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        config = uvicorn.Config(
            self.app, log_config=None, ws_per_message_deflate=False, ws_max_size=self.settings.max_message_bytes
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), daemon=True)
        self._thread.start()
        no_cookies = CookieJar(DefaultCookiePolicy(allowed_domains=[]))
        self.http = httpx.Client(base_url=self.address, timeout=DEADLINE, cookies=no_cookies)
        self.http.get("/healthz").raise_for_status()  # taken by the listening socket, answered once it serves

    async def _serve(self) -> None:
        self.loop = asyncio.get_running_loop()
        await self._server.serve([self._socket])

    def pids(self) -> list[int]:
        """The worker processes."""
        return [pid for pid in self.app.state.runs.pool.pids() if pid]

    def stop(self) -> None:
        self.http.close()
        self._server.should_exit = True
        self._thread.join(DEADLINE)
        assert not self._thread.is_alive()


class RunClient:
    """One run and its owner's token."""

    def __init__(self, server: RunningServer, document: dict[str, Any]) -> None:
        self.id: str = document["id"]
        self.created = document
        self.path = f"/api/v1/runs/{self.id}"
        self.headers = {"Authorization": f"Bearer {document['owner_token']}"}
        self._server = server

    def move_to(self, server: RunningServer) -> None:
        """The same run, on another server with the same data."""
        self._server = server

    def send(self, method: str, path: str, *, headers: dict[str, str] | None = None, **more: Any) -> httpx.Response:
        """A request as its owner, to any path."""
        return self._server.http.request(method, path, headers=self.headers | (headers or {}), **more)

    def call(self, method: str, path: str = "", body: Any = None, status: int = 200, **more: Any) -> Any:
        """A request below the run's path; the answer, whose status must be this."""
        response = self.send(method, self.path + path, json=body, **more)
        assert response.status_code == status, response.text
        return response.json() if response.content else None

    def get(self, path: str = "", **parameters: Any) -> Any:
        return self.call("GET", path, params=parameters)

    def step(self, **amount: int) -> Any:
        return self.call("POST", "/step", amount)

    def patch(self, **body: Any) -> Any:
        return self.call("PATCH", "", body)

    def stream(
        self, since: int = 0, owner: bool = True, subprotocol: str | None = "descent.v1.json", view: str = ""
    ) -> "Stream":
        url = f"{self._server.address.replace('http', 'ws', 1)}{self.path}/stream?since={since}{view}"
        return Stream(
            url,
            additional_headers=self.headers if owner else None,
            subprotocols=[subprotocol] if subprotocol else None,
            max_size=None,
            open_timeout=DEADLINE,
            compression=None,
        )

    def refusal(self) -> int:
        """The status with which its stream is refused: in the handshake, or to a browser in the first message."""
        try:
            with self.stream() as stream:
                message = stream.next()
        except InvalidStatus as refused:
            return refused.response.status_code
        assert message["type"] == "error"
        return int(message["status"])


class Stream:
    """A stream, open within its `with`: JSON messages, each waited for with a deadline."""

    def __init__(self, url: str, **arguments: Any) -> None:
        self._url = url
        self._arguments = arguments

    def __enter__(self) -> "Stream":
        self.socket: ClientConnection = connect(self._url, **self._arguments).__enter__()
        return self

    def __exit__(self, *error: Any) -> None:
        self.socket.__exit__(*error)

    def send(self, type_: str, **fields: Any) -> None:
        self.socket.send(json.dumps({"type": type_, **fields}))

    def next(self) -> dict[str, Any]:
        message: dict[str, Any] = json.loads(self.socket.recv(DEADLINE))
        return message

    def until(self, fits: Callable[[dict[str, Any]], bool]) -> list[dict[str, Any]]:
        """Messages up to and with the first that fits."""
        messages = [self.next()]
        while not fits(messages[-1]):
            messages.append(self.next())
        return messages

    def wait_for(self, type_: str, **fields: Any) -> dict[str, Any]:
        """The next message of this type and with these fields."""
        return self.until(lambda m: m["type"] == type_ and all(m[name] == value for name, value in fields.items()))[-1]


def create(server: RunningServer, config: Any = None, state: str = "paused", wait: float = 0) -> RunClient:
    body = {"config": config or {}, "state": state}
    response = server.http.post("/api/v1/runs", params={"wait": wait}, json=body, timeout=wait + DEADLINE)
    assert response.status_code == 201, response.text
    return RunClient(server, response.json())


@pytest.fixture(scope="session")
def servers() -> type[RunningServer]:
    """Servers in a thread of this process, for fixtures that need one of their own."""
    return RunningServer


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """One server for all tests that do not kill it."""
    running = RunningServer(tmp_path_factory.mktemp("server"))
    yield running
    running.stop()


@pytest.fixture
def start_server(tmp_path: Path) -> Iterator[Callable[..., RunningServer]]:
    """Starts servers of the test's own, on the same data unless told otherwise."""
    started: list[RunningServer] = []

    def start(**settings: Any) -> RunningServer:
        started.append(RunningServer(tmp_path, **settings))
        return started[-1]

    yield start
    for each in started:
        if each._thread.is_alive():
            each.stop()


@pytest.fixture
def new_run(server: RunningServer) -> Iterator[Callable[..., RunClient]]:
    """Makes runs on the shared server. They end with the test: one that went on training would slow all later tests."""
    made: list[RunClient] = []

    def make(config: Any = None, state: str = "paused", wait: float = 0) -> RunClient:
        made.append(create(server, config, state, wait))
        return made[-1]

    yield make
    for run in made:
        run.send("DELETE", run.path)


@pytest.fixture
def new_run_on() -> Callable[..., RunClient]:
    """Makes runs on a given server."""
    return create
