"""Where cookies are blocked, and where no WebSocket passes: the page owns its runs, trains and watches all the same."""

import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.browser.filters import filtered
from tests.browser.visits import Visit

pytestmark = pytest.mark.browser

# The runs that the server lists for a page without cookies.
LISTED = """async () => (await (await fetch('api/v1/runs', {
  headers: {authorization: `Bearer ${history.state.token}`}})).json()).runs.map((run) => run.id)"""


def test_without_cookies_the_page_owns_its_run_by_token(browser: Any, server: str) -> None:
    with filtered(server, b"Set-Cookie") as address:
        visit = Visit(browser, address)
        page = visit.open()
        page.get_by_role("button", name="+1 epoch").click()
        visit.wait_epoch(1)
        first = page.evaluate(LISTED)
        assert len(first) == 1
        page.reload()
        visit.wait_epoch(1)
        page.get_by_role("button", name="+1 epoch").click()
        visit.wait_epoch(2)
        assert page.evaluate(LISTED) == first
        assert visit.context.cookies() == []
        assert visit.errors == []
        visit.context.close()


@pytest.fixture
def site(tmp_path: Path) -> Iterator[tuple[Path, str]]:
    """Another site: its folder and its address."""
    handler = partial(SimpleHTTPRequestHandler, directory=str(tmp_path))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as other:
        threading.Thread(target=other.serve_forever, daemon=True).start()
        yield tmp_path, f"http://localhost:{other.server_port}"
        other.shutdown()


def test_in_a_foreign_frame_play_makes_the_run(browser: Any, serve: Any, site: tuple[Path, str]) -> None:
    folder, elsewhere = site
    address = serve(DESCENT_ALLOW_EMBEDDING="true").address()
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    made: list[str] = []
    context.on("request", lambda request: made.append(request.method) if request.url.endswith("/runs") else None)
    page = context.new_page()
    (folder / "article.html").write_text(
        f'<iframe src="{address}/#data=xor" style="width: 1400px; height: 860px"></iframe>'
    )
    page.goto(f"{elsewhere}/article.html")
    frame = page.frame_locator("iframe")
    play = frame.get_by_role("button", name="Play", exact=True)
    frame.locator("body[data-connection=none]").wait_for()
    assert made == []
    play.click()
    frame.locator("body[data-connection=open][data-state=running]").wait_for()
    frame.get_by_role("button", name="Pause", exact=True).click()
    frame.locator("body[data-state=paused]").wait_for()
    assert made == ["POST"]
    assert context.cookies(address) == []
    context.close()


def test_a_page_with_a_refused_stream_says_why_and_polls(browser: Any, serve: Any) -> None:
    address = serve(DESCENT_MAX_VIEWERS="1").address()
    first = Visit(browser, address)
    first.open()
    second = Visit(browser, address)
    second.page.goto(f"{address}/#run={first.run()['id']}")
    second.page.locator("body[data-connection=polling]").wait_for()
    second.page.locator("#message").get_by_text("DESCENT_MAX_VIEWERS").wait_for()
    assert "proxy" not in second.page.locator("#message").inner_text()
    first.context.close()
    second.context.close()


def test_without_websockets_the_page_says_so_and_polls(browser: Any, server: str) -> None:
    with filtered(server, b"Upgrade") as address:
        visit = Visit(browser, address)
        page = visit.page
        page.goto(f"{address}/")
        page.locator("body[data-connection=polling]").wait_for()
        page.locator("#message").get_by_text("WebSocket").wait_for()
        assert "dropped" not in page.locator("#message").inner_text()
        page.get_by_role("button", name="Play", exact=True).click()
        before = visit.pixels("map-canvas")
        visit.wait_epoch(20)
        visit.wait("(before) => document.getElementById('map-canvas').toDataURL() !== before", before)
        page.get_by_role("button", name="Pause", exact=True).click()
        page.locator("body[data-state=paused]").wait_for()
        run = visit.run()
        visit.wait_epoch(run["epoch"])
        page.locator("#chart-loss").focus()
        page.keyboard.press("Home")
        visit.wait("() => document.querySelector('#chart-says').textContent.startsWith('Epoch 0: test loss 0.')")
        for _ in range(min(3, run["epoch"])):
            page.keyboard.press("ArrowRight")
            assert "–" not in page.locator("#chart-says").inner_text(), "no epoch is left out"
        visit.context.close()
