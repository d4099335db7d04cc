"""What refusing an invalid body of nearly the largest size costs the web process.

    python -m benchmarks.server_bodies [rounds]

For each kind of garbage of the tests, the processor time of the web process as a multiple of what `json.loads` takes
for a list of numbers of the same size. Needs Linux and a minute for the three rounds that are the default.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from contextlib import closing

from benchmarks.server_load import Run, Server
from tests.app.web.garbage import GARBAGE, SIZE, filled

NUMBERS = filled("[*]", "0.5").encode()


def parsing() -> float:
    """Processor seconds of parsing a list of numbers."""
    start = time.process_time()
    json.loads(NUMBERS)
    return time.process_time() - start


def main(rounds: int) -> None:
    print(f"{rounds} rounds; bodies of {SIZE / 1e6:.1f} MB; multiples of json.loads, median (least to most)")
    with closing(Server(1)) as server:
        run = Run(server, {})
        for kind, ((method, path), body) in GARBAGE.items():
            ratios = []
            for _ in range(rounds):
                base = parsing()
                before, _ = server.processor_seconds()
                assert run.send(method, path, body) in (400, 422)
                ratios.append((server.processor_seconds()[0] - before) / base)
            print(f"  {kind:30} {statistics.median(ratios):5.1f} ({min(ratios):.1f} to {max(ratios):.1f})", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 3)
