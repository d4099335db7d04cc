"""How soon the page shows itself: this checkout and another in turns, each visit with an empty cache.

    git worktree add /tmp/before bacfe37
    python -m benchmarks.first_paint /tmp/before [--rounds 15] [--latency 40]

Prints the first contentful paint, the time until the page has its stream, and the bytes of script and style as sent.
`--latency` delays every answer by so many milliseconds, as a network does.
"""

import argparse
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from statistics import median, quantiles
from typing import Any, NamedTuple

from playwright.sync_api import sync_playwright

from benchmarks.page_visits import chromium
from tests.browser.conftest import FLAGS
from tests.browser.visits import Visit
from tests.conftest import ROOT, Server

PAINT = "() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime"
CONNECTED = "() => document.body.dataset.connection === 'open' && performance.now()"


class Opened(NamedTuple):
    paint: float
    connected: float
    bytes: int
    requests: int


def opened(browser: Any, address: str, latency: float) -> Opened:
    """Opens the page once, in a profile of its own."""
    visit = Visit(browser, address)
    network = visit.context.new_cdp_session(visit.page)
    network.send("Network.enable")
    conditions = {"offline": False, "latency": latency, "downloadThroughput": -1, "uploadThroughput": -1}
    network.send("Network.emulateNetworkConditions", conditions)
    sizes: list[int] = []
    visit.page.on(
        "requestfinished",
        lambda request: (
            sizes.append(request.sizes()["responseBodySize"])
            if request.resource_type in ("script", "stylesheet")
            else None
        ),
    )
    visit.page.goto(address)
    connected = float(visit.wait(CONNECTED))
    paint = float(visit.wait(PAINT))
    visit.page.wait_for_load_state("networkidle")
    visit.context.close()
    return Opened(paint, connected, sum(sizes), len(sizes))


def told(values: list[float], unit: str) -> str:
    low, _, high = quantiles(values, n=4)
    return f"{median(values):,.0f} ({low:,.0f} to {high:,.0f}) {unit}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("before", type=Path, help="another checkout of the project")
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--latency", type=float, default=0)
    wanted = parser.parse_args()
    folders = {"before": wanted.before.resolve(), "now": ROOT}
    found: dict[str, list[Opened]] = {name: [] for name in folders}
    with sync_playwright() as playwright, ExitStack() as stack:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        stack.callback(browser.close)
        addresses = {}
        for name, folder in folders.items():
            data = stack.enter_context(tempfile.TemporaryDirectory())
            server = Server([sys.executable, "-m", "app", "serve"], Path(data), folder)
            stack.callback(server.stop)
            addresses[name] = server.address()
        for turn in range(wanted.rounds + 1):
            for name, address in addresses.items():
                one = opened(browser, address, wanted.latency)
                if turn:  # the first visit of each warms the server up
                    found[name].append(one)
    for name, visits in found.items():
        print(f"{name}: {visits[-1].bytes:,} bytes in {visits[-1].requests} requests")
        print(f"  first contentful paint {told([one.paint for one in visits], 'ms')}")
        print(f"  connected              {told([one.connected for one in visits], 'ms')}")
    for what in ("paint", "connected"):
        ratios = [getattr(now, what) / getattr(before, what) for before, now in zip(*found.values(), strict=True)]
        low, middle, high = quantiles(ratios, n=4)
        print(f"now over before, {what}: {middle:.2f} ({low:.2f} to {high:.2f})")


if __name__ == "__main__":
    main()
