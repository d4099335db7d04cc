"""A server and a Chromium for the benchmarks of the page."""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.browser.conftest import FLAGS
from tests.browser.visits import Visit
from tests.conftest import ROOT, Server


def chromium() -> str | None:
    """The path of a Chromium, the one without windows first."""
    return next(filter(None, map(shutil.which, ("chromium-headless-shell", "chromium", "google-chrome"))), None)


@contextmanager
def visits(width: int, height: int) -> Iterator[Callable[[], Visit]]:
    """A function that makes a page in a context of its own, so many pixels wide and high; drawn in software."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        server = Server([sys.executable, "-m", "app", "serve"], Path(folder), ROOT)
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        try:
            address = server.address()
            yield lambda: Visit(browser, address, viewport={"width": width, "height": height})
        finally:
            browser.close()
            server.stop()
