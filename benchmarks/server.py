"""Ratios and counts of the server: fairness, the cost of serving, viewers, and the latency of commands.

    python -m benchmarks.server [rounds]

Needs Linux, the test extra, two idle cores, and about two minutes for the three rounds that are the
default. Where others use them, look at the lines by processor time: they say the same of a machine that is idle.
"""

from __future__ import annotations

import os
import statistics
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

from benchmarks.server_load import Run, Server, bare_loops, measure, viewers

WORKERS = 2
RUNS = 40
SECONDS = 3.0
UNLIMITED = {"training": {"pace": None}}
COMMANDS = 300
FPS = 30
VIEWERS = 100


def main(rounds: int) -> None:
    """Print every figure: the median of the rounds, and the least and the most of them."""
    print(f"{WORKERS} workers, {rounds} rounds of {SECONDS:g} s a side, sides in turn; default network")
    print(f"load average at the start: {os.getloadavg()[0]:.1f}")
    with closing(Server(WORKERS)) as server:
        paced(server)
        unlimited(server, rounds)
        studied(server, rounds)
        watched(server, rounds)
        crowd(server)


def row(label: str, figure: str, target: str = "") -> None:
    """One line of the output."""
    print(f"  {label:58} {figure:30} {target}", flush=True)


def middle(values: list[float]) -> str:
    return f"{statistics.median(values):.3f} ({min(values):.3f} to {max(values):.3f})"


def paced(server: Server) -> None:
    """Each of many paced runs keeps its pace."""
    runs = [Run(server, {}) for _ in range(RUNS)]
    for run in runs:
        run.patch(state="running")
    time.sleep(1)
    kept = [speed / 30 for speed in measure(server, runs, 2 * SECONDS).speeds]
    print(f"\n{RUNS} runs at pace 30")
    row("share of the pace that the slowest keeps", f"{min(kept):.3f}", "at least 0.95")
    row("runs that keep 95 %", f"{sum(share >= 0.95 for share in kept)}", f"{RUNS}")
    for run in runs:
        run.delete()


def unlimited(server: Server, rounds: int) -> None:
    """Unpaced runs share the processors; serving costs little of them; commands are answered at once."""
    runs = [Run(server, UNLIMITED) for _ in range(RUNS)]
    jain, share, by_time, web = [], [], [], []
    with bare_loops(WORKERS, UNLIMITED) as bare:
        for _ in range(rounds):
            for line in bare:
                line.send(SECONDS)
            alone = [line.recv() for line in bare]
            for run in runs:
                run.patch(state="running")
            time.sleep(0.5)
            pace = measure(server, runs, SECONDS)
            for run in runs:
                run.patch(state="paused")
            jain.append(pace.total**2 / (len(runs) * sum(speed**2 for speed in pace.speeds)))
            share.append(pace.total / sum(clock for clock, _ in alone))
            per_second = pace.total / (pace.web + pace.workers)
            by_time.append(per_second / statistics.mean(processor for _, processor in alone))
            web.append(pace.web)
    print(f"\n{RUNS} runs without a pace")
    row("Jain's fairness index", middle(jain), "at least 0.95")
    row(f"their total over {WORKERS} bare engine loops", middle(share), "at least 0.85")
    row("the same by processor time, the web process counted", middle(by_time), "at least 0.85")
    row("the web process, as a share of one core", middle(web))
    clicks(runs)
    for run in runs:
        run.delete()


def clicks(runs: list[Run]) -> None:
    """Commands while every worker is saturated, each answered once it is stored."""
    for run in runs:
        run.patch(state="running")
    print(f"\ncommands answered while {RUNS} runs train, milliseconds")
    for name, command in {
        "pause": lambda run: run.patch(state="paused"),
        "step": lambda run: run.step(),
        "learning rate": lambda run: run.patch(training={"learning_rate": 0.02}),
    }.items():
        times = []
        for index in range(COMMANDS // 3):
            run = runs[index % len(runs)]
            began = time.monotonic()
            command(run)
            times.append((time.monotonic() - began) * 1e3)
            run.patch(state="running")
        cuts = statistics.quantiles(times, n=100)
        row(name, f"p50 {cuts[49]:.1f}, p99 {cuts[98]:.1f}")


def studied(server: Server, rounds: int) -> None:
    """What a landscape, measured in a thread, costs the run's speed and the latency of its commands."""
    shares, times = [], []
    run = Run(server, UNLIMITED)
    run.patch(state="running")
    for _ in range(rounds):
        alone = measure(server, [run], SECONDS)
        with ThreadPoolExecutor(1) as beside:
            over = threading.Event()
            studies = beside.submit(_study, run, over)
            seen = measure(server, [run], SECONDS)
            for _ in range(30):
                began = time.monotonic()
                run.patch(training={"learning_rate": 0.02})
                times.append((time.monotonic() - began) * 1e3)
            over.set()
            studies.result()
        shares.append((seen.total / seen.workers) / (alone.total / alone.workers))
    cuts = statistics.quantiles(times, n=100)
    print("\na run whose landscape is measured all the while")
    row("speed by processor time of its worker over before", middle(shares), "at least 0.8")
    row("a learning rate, milliseconds", f"p50 {cuts[49]:.1f}, p99 {cuts[98]:.1f}")
    run.delete()


def _study(run: Run, over: threading.Event) -> None:
    while not over.is_set():
        run.landscape()


def watched(server: Server, rounds: int) -> None:
    """What a viewer costs the run it watches."""
    run = Run(server, UNLIMITED)
    run.patch(state="running")
    shares, by_time, frames = [], [], []
    for _ in range(rounds):
        alone = measure(server, [run], SECONDS)
        with viewers(run.stream, 1, FPS) as line:
            line.send(SECONDS)
            seen = measure(server, [run], SECONDS)
            frames.append(line.recv()[0] / SECONDS)
        shares.append(seen.total / alone.total)
        by_time.append((seen.total / seen.workers) / (alone.total / alone.workers))
    print(f"\na run watched at {FPS} frames a second")
    row("speed over unwatched", middle(shares), "at least 0.80")
    row("the same by processor time of its worker", middle(by_time), "at least 0.80")
    row("frames a second shown", middle(frames), f"about {FPS}")
    run.delete()


def crowd(server: Server) -> None:
    """Many viewers of one run, and one that never reads."""
    run = Run(server, {})
    run.patch(state="running")
    before = server.memory()
    with viewers(run.stream, VIEWERS, 10, stalled=1) as line:
        line.send(2 * SECONDS)
        shown = [count / (2 * SECONDS) for count in line.recv()]
        grown = server.memory() - before
    print(f"\n{VIEWERS} viewers of one run at 10 frames a second, and one that never reads")
    row("frames a second, the least of them", f"{min(shown):.1f}", "about 10")
    row("frames a second, the median", f"{statistics.median(shown):.1f}")
    row("the web process grew by, MB a viewer", f"{grown / 1e6 / VIEWERS:.2f}")
    run.delete()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 3)
