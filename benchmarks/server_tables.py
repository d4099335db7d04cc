"""People's own tables: how soon a large one trains, and what reading the largest costs everybody else.

    python -m benchmarks.server_tables

A table of 10,000 rows and 60 columns from its upload to the first epoch of a run of it. Then, while another process
uploads files of the largest size, the waits of a neighbour who reads a run every 10 ms, and its epochs, over
those without uploads.
"""

from __future__ import annotations

import json
import multiprocessing
import random
import statistics
import time
from contextlib import closing
from multiprocessing.synchronize import Event

import httpx

from benchmarks.server_load import Run, Server

_spawn = multiprocessing.get_context("spawn")

ROWS, COLUMNS = 10_000, 60
LARGEST = 16_000_000
SECONDS = 15.0
PAUSE = 0.01

NEIGHBOUR = {"dataset": {"samples": 500}, "training": {"pace": None}}


def numbers(rows: int, columns: int, seed: int) -> bytes:
    """A table of numbers with a class that follows from them."""
    draw = random.Random(seed).gauss
    lines = [",".join([*(f"x{i}" for i in range(columns - 1)), "kind"])]
    for _ in range(rows):
        values = [draw(0, 1) for _ in range(columns - 1)]
        lines.append(",".join([*(f"{value:.4f}" for value in values), "ab"[sum(values[:5]) > 0]]))
    return "\n".join(lines).encode()


def texts(size: int) -> bytes:
    """A table of so many bytes whose cells are all different."""
    return b"name,kind\n" + b"".join(b"%x,%d\n" % (2**28 + i * 7919, i % 2) for i in range(size // 11))


def first_epoch(server: Server) -> None:
    file = numbers(ROWS, COLUMNS, seed=0)
    start = time.perf_counter()
    table = server.http.post("/api/v1/tables?name=large.csv", content=file).raise_for_status().json()
    read = time.perf_counter()
    config = {"dataset": {"name": "table", "table": table["id"]}, "training": {"pace": None}}
    run = Run(server, config)
    run.patch(state="running")
    while not run.epoch():
        pass
    end = time.perf_counter()
    run.patch(state="paused")
    print(
        f"{ROWS:,} x {COLUMNS}, {len(file) / 1e6:.1f} MB: read in {read - start:.2f} s, first epoch {end - start:.2f} s"
    )
    print(f"  its config: {len(json.dumps(config, separators=(',', ':')))} characters")


def uploads(address: str, files: list[bytes], stop: Event) -> None:
    """In a process of its own: uploads these files until ``stop`` is set."""
    with httpx.Client(base_url=address, timeout=600) as http:
        while not stop.is_set():
            for file in files:
                start = time.perf_counter()
                status = http.post("/api/v1/tables", content=file).status_code
                print(f"  an upload: {status} in {time.perf_counter() - start:.1f} s", flush=True)


def waits(neighbour: Run, seconds: float) -> tuple[list[float], float]:
    """Milliseconds that each request waited, and the epochs a second of the run meanwhile."""
    found = []
    begun, first = time.perf_counter(), neighbour.epoch()
    while time.perf_counter() - begun < seconds:
        start = time.perf_counter()
        neighbour.epoch()
        found.append(1000 * (time.perf_counter() - start))
        time.sleep(PAUSE)
    return found, (neighbour.epoch() - first) / (time.perf_counter() - begun)


def beside_uploads(server: Server) -> None:
    width = 7 * COLUMNS  # characters of a row, about
    files = [numbers(LARGEST // width, COLUMNS, seed=1)[:LARGEST], texts(LARGEST)[:LARGEST]]
    neighbour = Run(server, NEIGHBOUR)
    neighbour.patch(state="running")
    quiet, alone = waits(neighbour, SECONDS / 3)
    stop = _spawn.Event()
    process = _spawn.Process(target=uploads, args=(server.address, files, stop))
    process.start()
    busy, beside = waits(neighbour, SECONDS)
    stop.set()
    process.join()
    for name, found in (("without uploads", quiet), ("beside them", busy)):
        print(f"  a request {name}: median {statistics.median(found):.1f} ms, longest {max(found):.1f} ms")
    print(f"  epochs of the neighbour beside them, over those without: {beside / alone:.2f}")


def main() -> None:
    with closing(Server(1)) as server:
        server.http.post("/api/v1/tables", content=b"x,y\n1,2\n3,4\n").raise_for_status()  # starts the reading process
        first_epoch(server)
        beside_uploads(server)


if __name__ == "__main__":
    main()
