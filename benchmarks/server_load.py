"""The load of the server's benchmarks: a server process, plain engine loops beside it, and viewers in a process of
their own."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import httpx
from websockets.asyncio.client import connect

from engine.config import RunConfig
from engine.training.trainer import Trainer

_spawn = multiprocessing.get_context("spawn")


class Server:
    """`descent serve` on a free port of this machine, with its data in a temporary folder; of this checkout, or of the
    one in another folder."""

    def __init__(self, workers: int, checkout: Path | None = None) -> None:
        self._data = tempfile.TemporaryDirectory()
        settings = {"DESCENT_PORT": "0", "DESCENT_DATA_DIR": self._data.name, "DESCENT_WORKERS": str(workers)}
        settings["DESCENT_MAX_EPOCHS"] = str(10**9)  # no run ends while it is measured
        command = [sys.executable, "-m", "app", "serve"]
        self.process = subprocess.Popen(
            command, env=os.environ | settings, stdout=subprocess.PIPE, text=True, cwd=checkout
        )
        assert self.process.stdout is not None
        found = re.search(r"http://\S+", self.process.stdout.readline())
        assert found, "the server did not start"
        self.address = found[0]
        self.http = httpx.Client(base_url=self.address, timeout=30)

    def close(self) -> None:
        self.http.close()
        self.process.terminate()
        self.process.wait(30)
        self._data.cleanup()

    def memory(self) -> int:
        """Resident bytes of the web process."""
        pages = Path(f"/proc/{self.process.pid}/statm").read_text().split()[1]
        return int(pages) * os.sysconf("SC_PAGE_SIZE")

    def processor_seconds(self) -> tuple[float, float]:
        """Processor seconds used by the web process, and by its workers."""
        web = workers = 0.0
        for path in Path("/proc").glob("[0-9]*/stat"):
            fields = path.read_text().rpartition(")")[2].split()
            used = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
            web += used * (int(path.parent.name) == self.process.pid)
            workers += used * (int(fields[1]) == self.process.pid)
        return web, workers


class Run:
    """A run of the benchmark's own."""

    def __init__(self, server: Server, config: dict[str, Any]) -> None:
        self._http = server.http
        document = self._http.post("/api/v1/runs", json={"config": config}).raise_for_status().json()
        self.path = f"/api/v1/runs/{document['id']}"
        self.stream = f"{server.address.replace('http', 'ws', 1)}{self.path}/stream"
        self._headers = {"Authorization": f"Bearer {document['owner_token']}"}

    def epoch(self) -> int:
        return int(self._http.get(self.path).raise_for_status().json()["epoch"])

    def patch(self, **body: Any) -> None:
        self._http.patch(self.path, json=body, headers=self._headers).raise_for_status()

    def step(self) -> None:
        self._http.post(f"{self.path}/step", json={"batches": 1}, headers=self._headers).raise_for_status()

    def landscape(self) -> None:
        self._http.get(f"{self.path}/landscape?resolution=101&directions=random").raise_for_status()

    def send(self, method: str, address: str, body: str) -> int:
        """Sends a body as the run's owner and returns the status; ``{id}`` in the address stands for the run."""
        headers = self._headers | {"Content-Type": "application/json"}
        run = self.path.rpartition("/")[2]
        return self._http.request(method, f"/api/v1{address}".format(id=run), content=body, headers=headers).status_code

    def delete(self) -> None:
        self._http.delete(self.path, headers=self._headers).raise_for_status()


@dataclass(frozen=True)
class Pace:
    """Epochs a second of each run; processor seconds a second of the web process and of the workers."""

    speeds: list[float]
    web: float
    workers: float

    @property
    def total(self) -> float:
        return sum(self.speeds)


def measure(server: Server, runs: list[Run], seconds: float) -> Pace:
    """Measures runs for about this many seconds."""
    start, used = time.monotonic(), server.processor_seconds()
    before = [(time.monotonic(), run.epoch()) for run in runs]
    time.sleep(seconds)
    after = [(time.monotonic(), run.epoch()) for run in runs]
    web, workers = (
        (late - early) / (time.monotonic() - start)
        for early, late in zip(used, server.processor_seconds(), strict=True)
    )
    return Pace([(e - e0) / (t - t0) for (t0, e0), (t, e) in zip(before, after, strict=True)], web, workers)


# ---- beside the server


@contextmanager
def bare_loops(count: int, config: dict[str, Any]) -> Iterator[list[Connection]]:
    """Processes that train a network each and nothing else; sent seconds, each answers with its epochs a second, by the
    clock and by its processor time."""
    with ExitStack() as stack:
        lines = []
        for _ in range(count):
            ours, theirs = _spawn.Pipe()
            process = _spawn.Process(target=_train_bare, args=(theirs, config), daemon=True)
            process.start()
            stack.callback(process.join)
            stack.callback(ours.close)
            theirs.close()
            lines.append(ours)
        yield lines


def _train_bare(line: Connection, config: dict[str, Any]) -> None:
    trainer = Trainer(RunConfig.model_validate(config))
    while True:
        try:
            seconds = line.recv()
        except EOFError:
            return
        began, used, before = time.monotonic(), time.process_time(), trainer.epoch
        while time.monotonic() - began < seconds:
            trainer.advance(trainer.batches_per_epoch)
        epochs = trainer.epoch - before
        line.send((epochs / (time.monotonic() - began), epochs / (time.process_time() - used)))


@contextmanager
def helper(target: Callable[..., Coroutine[Any, Any, None]], *arguments: Any) -> Iterator[Connection]:
    """A process that awaits ``target(connection, *arguments)``, and the other end of its connection: once `target` has
    sent that it is ready, until the end is closed."""
    ours, theirs = _spawn.Pipe()
    process = _spawn.Process(target=_run, args=(target, theirs, *arguments), daemon=True)
    process.start()
    theirs.close()
    try:
        ours.recv()
        yield ours
    finally:
        ours.close()
        process.join()


def _run(target: Callable[..., Coroutine[Any, Any, None]], *arguments: Any) -> None:
    asyncio.run(target(*arguments))


async def answer_counts(line: Connection, counts: list[int]) -> None:
    """For each number of seconds that comes, answers how much each count has grown in that time; returns when the
    other end is closed."""
    while True:
        try:
            seconds = await asyncio.to_thread(line.recv)
        except EOFError:
            return
        before = list(counts)
        await asyncio.sleep(seconds)
        line.send([after - early for early, after in zip(before, counts, strict=True)])


def viewers(address: str, count: int, fps: float, stalled: int = 0) -> AbstractContextManager[Connection]:
    """A process with so many viewers of a run, and some that never read. Sent seconds, it answers with the frames that
    each viewer was shown in that time."""
    return helper(_watching, address, count, fps, stalled)


async def _watching(line: Connection, address: str, count: int, fps: float, stalled: int) -> None:
    shown = [0] * count
    view = f'{{"type": "view", "fps": {fps}}}'

    async def watch(index: int) -> None:
        async with connect(
            address,
            subprotocols=["descent.v1.safetensors"],  # type: ignore[list-item]
            compression=None,
            max_size=None,
        ) as socket:
            await socket.send(view)
            async for message in socket:
                shown[index] += b'\\"type\\":\\"frame\\"' in bytes(message[:400])  # type: ignore[arg-type]

    async def stall() -> None:
        _, writer = await asyncio.open_connection(*_place(address), limit=1)
        path = address[address.index("/api") :]
        head = f"GET {path} HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        writer.write(f"{head}Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {'A' * 22}==\r\n\r\n".encode())
        data = view.encode()
        writer.write(bytes([0x81, 0x80 | len(data)]) + bytes(4) + data)
        writer.transport.pause_reading()  # type: ignore[attr-defined]
        await asyncio.Event().wait()

    tasks = [asyncio.create_task(watch(index)) for index in range(count)]
    tasks += [asyncio.create_task(stall()) for _ in range(stalled)]
    while not all(shown):
        await asyncio.sleep(0.05)
        for task in tasks:
            if task.done():
                task.result()
    line.send("watching")
    await answer_counts(line, shown)


def _place(address: str) -> tuple[str, int]:
    host, _, port = address.split("/")[2].rpartition(":")
    return host, int(port)
