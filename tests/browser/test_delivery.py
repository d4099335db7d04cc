"""What the browser receives: little, from the server's own origin, and as it was written."""

import re
from typing import Any

import pytest

pytestmark = pytest.mark.browser


def test_script_and_style_at_rest_stay_under_125_kb(visit: Any) -> None:
    """As transferred: the bodies as they were sent, with gzip."""
    sizes: dict[str, int] = {}

    def count(request: Any) -> None:
        if request.resource_type in ("script", "stylesheet"):
            sizes[request.url] = request.sizes()["responseBodySize"]

    visit.page.on("requestfinished", count)
    page = visit.open()
    page.wait_for_load_state("networkidle")
    assert len(sizes) > 20
    assert 0 < sum(sizes.values()) < 125_000, sorted(sizes.items(), key=lambda item: -item[1])[:10]


def test_only_an_opened_part_loads_more(visit: Any) -> None:
    """What the network, the map, the curves and training need is there at rest; a panel comes whole when pointed at."""
    loaded: list[str] = []
    visit.page.on(
        "request",
        lambda request: loaded.append(request.url) if request.resource_type in ("script", "stylesheet") else None,
    )
    page = visit.open("#net=4-leaky_relu,2-tanh")
    page.wait_for_load_state("networkidle")
    assert not re.search(r"panels/(?!tabs|curves/)|dialog|more-settings|tf-playground|polling", " ".join(loaded))
    loaded.clear()
    page.get_by_role("button", name="Play", exact=True).click()
    visit.wait_epoch(2)
    page.get_by_role("button", name="Pause", exact=True).click()
    page.get_by_role("button", name="Layer 1, unit 2").click()
    page.locator("#popover").wait_for()
    assert {url.rsplit("/", 1)[1] for url in loaded} == {"weight-popover.js", "training-gradient.js"}
    loaded.clear()
    for canvas in ("#map-canvas", "#chart-loss"):
        page.locator(canvas).hover()
    page.locator("#time-slider").fill("0")
    page.locator("#to-live").click()
    page.locator("#tip").wait_for(state="hidden")
    assert loaded == []
    page.get_by_role("tab", name="Step through").hover()
    visit.wait("() => document.querySelector('#panel-step').childElementCount > 0")
    page.wait_for_load_state("networkidle")
    assert "panel-step.css" in " ".join(loaded)
    loaded.clear()
    page.get_by_role("tab", name="Step through").click()
    page.locator(".sheet").wait_for()
    assert [url for url in loaded if "network-rail" not in url] == []


def test_a_part_that_fails_to_load_is_named_and_can_be_retried(visit: Any) -> None:
    page = visit.open()
    page.route("**/runs-dialog.js", lambda route: route.abort())
    page.get_by_role("button", name="Your runs").click()
    page.locator("#message").get_by_text("could not be loaded").wait_for()
    page.unroute("**/runs-dialog.js")
    page.get_by_role("button", name="Your runs").click()
    page.get_by_role("heading", name="Your runs").wait_for()
    visit.errors.clear()  # the browser's word on the request that was refused


def test_no_request_leaves_the_origin(visit: Any) -> None:
    page = visit.open()
    page.get_by_role("button", name="Play", exact=True).click()
    for tab in page.get_by_role("tab").all():
        tab.click()
    visit.wait_epoch(5)
    assert visit.foreign == []
