"""What readers of one run cost a neighbour on the same worker: its speed over before, and how soon a pause is answered.

    python -m benchmarks.server_readers [rounds]

Needs Linux, the test extra, two idle cores, and about two minutes for the three rounds that are the
default. Where others use them, look at the lines by processor time.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import multiprocessing
import os
import statistics
import sys
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import closing, contextmanager
from typing import Any

import httpx
from websockets.asyncio.client import connect

from benchmarks.server import UNLIMITED, middle, row
from benchmarks.server_load import Run, Server, measure

SECONDS = 3.0
PAUSES = 34
POLLERS = 20
VIEWS = 300

_spawn = multiprocessing.get_context("spawn")


def main(rounds: int) -> None:
    """Print every figure: the median of the rounds, and the least and the most of them."""
    print(f"1 worker, {rounds} rounds of {SECONDS:g} s a side, sides in turn; default network, unlimited pace")
    print(f"load average at the start: {os.getloadavg()[0]:.1f}")
    with closing(Server(1)) as server:
        watched, neighbour = Run(server, {}), Run(server, UNLIMITED)
        neighbour.patch(state="running")
        for name, burden, address in (
            ("nobody reads", idle, ""),
            (f"{POLLERS} clients poll boundary?resolution=200", poll, f"{server.address}{watched.path}"),
            (f"one socket asks for {VIEWS} views, over and over", look, watched.stream),
            ("one client sends 3.9 MB of garbage, over and over", garbage, f"{server.address}/api/v1/runs"),
        ):
            beside(server, neighbour, rounds, name, burden, address)


def beside(
    server: Server, run: Run, rounds: int, name: str, burden: Callable[[str], Coroutine[Any, Any, None]], address: str
) -> None:
    """The figures of a run under one kind of load."""
    by_clock, by_time, pauses = [], [], []
    for _ in range(rounds):
        alone = measure(server, [run], SECONDS)
        with process(burden, address):
            seen = measure(server, [run], SECONDS)
            for _ in range(PAUSES):
                began = time.monotonic()
                run.patch(state="paused")
                pauses.append((time.monotonic() - began) * 1e3)
                run.patch(state="running")
        by_clock.append(seen.total / alone.total)
        by_time.append((seen.total / seen.workers) / (alone.total / alone.workers))
    cuts = statistics.quantiles(pauses, n=100)
    print(f"\n{name}")
    row("its neighbour's speed over before", middle(by_clock), "at least 0.5")
    row("the same by processor time of the worker", middle(by_time), "at least 0.5")
    row("a pause of the neighbour, milliseconds", f"p50 {cuts[49]:.1f}, p99 {cuts[98]:.1f}", "p99 at most 100")


@contextmanager
def process(burden: Callable[[str], Coroutine[Any, Any, None]], address: str) -> Iterator[None]:
    """A process that repeats this until it is ended."""
    beside = _spawn.Process(target=_run, args=(burden, address), daemon=True)
    beside.start()
    time.sleep(1.5)  # it starts, and connects
    try:
        yield
    finally:
        beside.terminate()
        beside.join()


def _run(burden: Callable[[str], Coroutine[Any, Any, None]], address: str) -> None:
    asyncio.run(burden(address))


async def idle(_: str) -> None:
    await asyncio.Event().wait()


async def poll(address: str) -> None:
    async with httpx.AsyncClient(timeout=60) as client:

        async def one() -> None:
            while True:
                await client.get(f"{address}/boundary?resolution=200")

        await asyncio.gather(*(one() for _ in range(POLLERS)))


async def look(address: str) -> None:
    parts = ("boundary", "weights", "neurons", "gradients")
    includes = [each for size in (1, 2, 3, 4) for each in itertools.combinations(parts, size)]
    views = [
        {"type": "view", "fps": 60, "resolution": fine, "unit_resolution": units, "include": include}
        for fine, units, include in itertools.product((10, 25, 50, 100, 200), (200, 100, 50, 25), includes)
    ][:VIEWS]
    async with connect(address, max_size=None) as socket:
        hearing = asyncio.create_task(_hear(socket))
        for view in itertools.cycle(views):
            await socket.send(json.dumps(view))
            await asyncio.sleep(0.001)
        await hearing


async def _hear(socket: Any) -> None:
    async for _ in socket:
        pass


async def garbage(address: str) -> None:
    dataset = {"name": "custom", "inputs": [["x", "y"]] * 320_000, "targets": [], "task": "classification"}
    body = json.dumps({"config": {"dataset": dataset}})
    async with httpx.AsyncClient(timeout=60) as client:
        while True:
            await client.post(address, content=body, headers={"Content-Type": "application/json"})


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 3)
