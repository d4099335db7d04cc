"""The server goes away and comes back: the page says so, waits, and goes on by itself."""

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.browser.visits import Visit

pytestmark = pytest.mark.browser


def test_reconnects_and_catches_up_after_a_kill(browser: Any, serve: Any, tmp_path: Path) -> None:
    first = serve(DESCENT_DATA_DIR=str(tmp_path / "kept"))
    address = first.address()
    visit = Visit(browser, address)
    page = visit.open()
    page.get_by_role("button", name="Play", exact=True).click()
    visit.wait_epoch(20)
    first.process.kill()
    page.locator("body[data-connection=lost]").wait_for()
    page.locator("#message").get_by_text("The connection dropped").wait_for()
    page.locator("#state").get_by_text("Reconnecting").wait_for()
    for name in ("Pause", "+1 batch", "+1 epoch", "Reset", "Another seed"):
        assert page.get_by_role("button", name=name, exact=True).is_disabled(), name
    page.evaluate("() => { window.loadedOnce = true; }")
    second = serve(DESCENT_DATA_DIR=str(tmp_path / "kept"), DESCENT_PORT=str(urlsplit(address).port))
    second.address()
    page.get_by_role("button", name="Try now").click()
    page.locator("body[data-connection=open]").wait_for()
    page.locator("#message").wait_for(state="hidden")
    visit.wait_epoch(40)
    assert page.evaluate("() => window.loadedOnce") is True
    assert page.locator("#play").is_enabled()
    visit.context.close()
