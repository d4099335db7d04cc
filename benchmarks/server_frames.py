"""What a learner with the page open costs: processor time of the web process and of the workers.

    python -m benchmarks.server_frames [rounds] [folder of another checkout]

A run at pace 30 is watched as the page does, 30 frames a second acknowledged at once, and then not watched; the
difference, over the frames that came, is the time of one frame. Sides take turns: another checkout, whose own server
runs beside, is measured in the same rounds. Needs Linux, the test extra and about two minutes.
"""

from __future__ import annotations

import asyncio
import json
import os
import statistics
import sys
import time
from contextlib import AbstractContextManager, ExitStack, closing
from multiprocessing.connection import Connection
from pathlib import Path

from websockets.asyncio.client import connect

from benchmarks.server import middle, row
from benchmarks.server_load import Run, Server, answer_counts, helper

SECONDS = 5.0
VIEW = {
    "type": "view",
    "fps": 30,
    "resolution": 100,
    "include": ["boundary", "weights", "neurons"],
    "members": [0],
    "window": 2,
}


def main(rounds: int, other: Path | None) -> None:
    """Print every figure: the median of the rounds, and the least and the most of them."""
    print(f"1 worker, {rounds} rounds of {SECONDS:g} s a side, sides in turn; default network at pace 30")
    print(f"load average at the start: {os.getloadavg()[0]:.1f}")
    sides = {"this checkout": None} | ({"the other": other} if other else {})
    costs: dict[str, list[tuple[float, float, float, float]]] = {name: [] for name in sides}
    with ExitStack() as stack:
        servers = {name: stack.enter_context(closing(Server(1, folder))) for name, folder in sides.items()}
        runs = {name: Run(server, {}) for name, server in servers.items()}
        for _ in range(rounds):
            for name, server in servers.items():
                runs[name].patch(state="running")
                with learner(runs[name].stream) as frames:
                    watched = _used(server, frames)
                alone = _used(server)
                runs[name].patch(state="paused")
                costs[name].append((watched[0], watched[1], *_per_frame(watched, alone)))
    for name, rows in costs.items():
        web, workers, frame_web, frame_workers = (list(column) for column in zip(*rows, strict=True))
        print(f"\n{name}")
        row("web process, ms a second", middle(web))
        row("workers, ms a second", middle(workers))
        row("web process, ms a frame", middle(frame_web))
        row("workers, ms a frame", middle(frame_workers))
    if other:
        print("\nthis checkout over the other, medians")
        for index, label in enumerate(("web process", "workers", "web process, a frame", "workers, a frame")):
            here, there = (statistics.median(each[index] for each in rows) for rows in costs.values())
            row(label, f"{here / there:.2f}")
        here, there = (statistics.median(each[0] + each[1] for each in rows) for rows in costs.values())
        row("a learner with the page open, web and workers", f"{here / there:.2f}", "at most 0.4")


def _used(server: Server, frames: Connection | None = None) -> tuple[float, float, float]:
    """Milliseconds a second of the web process and of its workers, and frames a second."""
    began, used = time.monotonic(), server.processor_seconds()
    count = 0
    if frames:
        frames.send(SECONDS)
        (count,) = frames.recv()
    else:
        time.sleep(SECONDS)
    seconds = time.monotonic() - began
    web, workers = (
        (after - before) * 1e3 / seconds for before, after in zip(used, server.processor_seconds(), strict=True)
    )
    return web, workers, count / seconds


def _per_frame(watched: tuple[float, float, float], alone: tuple[float, float, float]) -> tuple[float, float]:
    return (watched[0] - alone[0]) / watched[2], (watched[1] - alone[1]) / watched[2]


def learner(address: str) -> AbstractContextManager[Connection]:
    """A process that watches a run as the page does. Sent seconds, it answers with the frames of that time."""
    return helper(_watching, address)


async def _watching(line: Connection, address: str) -> None:
    shown = [0]

    async def watch() -> None:
        async with connect(
            address,
            subprotocols=["descent.v1.safetensors"],  # type: ignore[list-item]
            compression=None,
            max_size=None,
        ) as socket:
            await socket.send(json.dumps(VIEW))
            await socket.send('{"type":"ack","seq":0}')
            async for message in socket:
                assert isinstance(message, bytes)
                header = json.loads(message[8 : 8 + int.from_bytes(message[:8], "little")])
                content = json.loads(header["__metadata__"]["message"])
                if content["type"] == "frame":
                    shown[0] += 1
                    await socket.send(f'{{"type":"ack","seq":{content["seq"]}}}')

    watching = asyncio.create_task(watch())
    while not shown[0]:
        await asyncio.sleep(0.05)
        if watching.done():
            watching.result()
    line.send("watching")
    await answer_counts(line, shown)


if __name__ == "__main__":
    main(
        int(sys.argv[1]) if len(sys.argv) > 1 else 5,
        Path(sys.argv[2]) if len(sys.argv) > 2 else None,
    )
