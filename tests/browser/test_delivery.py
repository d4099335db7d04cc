"""What the browser receives: little, from the server's own origin, and as it was written."""

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


def test_no_request_leaves_the_origin(visit: Any) -> None:
    page = visit.open()
    page.get_by_role("button", name="Play", exact=True).click()
    for tab in page.get_by_role("tab").all():
        tab.click()
    visit.wait_epoch(5)
    assert visit.foreign == []
