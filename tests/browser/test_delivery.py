"""What the browser receives: little, from the server's own origin, and as it was written."""

import re
from typing import Any

import pytest

from tests.conftest import ROOT

pytestmark = pytest.mark.browser


def test_script_and_style_of_the_page_at_rest_stay_under_150_kb(visit: Any) -> None:
    sizes: dict[str, int] = {}

    def count(response: Any) -> None:
        if response.request.resource_type in ("script", "stylesheet"):
            sizes[response.url] = len(response.body())

    visit.page.on("response", count)
    page = visit.open()
    page.wait_for_load_state("networkidle")
    assert len(sizes) > 20
    assert sum(sizes.values()) < 150_000, sorted(sizes.items(), key=lambda item: -item[1])[:10]


def test_no_request_leaves_the_origin(visit: Any) -> None:
    page = visit.open()
    page.get_by_role("button", name="Play", exact=True).click()
    for tab in page.get_by_role("tab").all():
        tab.click()
    visit.wait_epoch(5)
    assert visit.foreign == []


def test_no_text_of_a_template_stands_inside_another() -> None:
    """Delivery takes out white space, and the minifier does not see where an inner template's text begins."""
    nested = re.compile(r"\$\{[^}`]*`[^`]*\s[^`]*`")
    found = [
        str(path.relative_to(ROOT))
        for path in (ROOT / "static").rglob("*.js")
        if nested.search(path.read_text("utf-8"))
    ]
    assert found == []
