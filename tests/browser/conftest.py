"""A real server and a real Chromium that looks at its page."""

import sys
from collections.abc import Iterator
from typing import Any

import pytest

from tests.browser.visits import Visit
from tests.conftest import ROOT, Server

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server that all tests share; each page has an owner of its own."""
    running = Server([sys.executable, "-m", "app", "serve"], tmp_path_factory.mktemp("descent"), ROOT)
    yield running.address()
    running.stop()


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Any]:
    playwright_api = pytest.importorskip("playwright.sync_api")
    with playwright_api.sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield started
        started.close()


@pytest.fixture
def visit(browser: Any, server: str) -> Iterator[Visit]:
    one = Visit(browser, server)
    yield one
    one.leave()
    assert one.errors == []
    assert one.foreign == []


@pytest.fixture
def visits(browser: Any, server: str) -> Iterator[Any]:
    """A function that opens pages with other contexts: `visits(color_scheme="dark")`."""
    opened: list[Visit] = []

    def make(**context: Any) -> Visit:
        opened.append(Visit(browser, server, **context))
        return opened[-1]

    yield make
    for one in opened:
        one.leave()
        assert one.foreign == []
