"""The tabs under the network: loaded when opened, by mouse, keyboard and link."""

import re
from pathlib import Path
from typing import Any

import pytest

from engine.export import formats

pytestmark = pytest.mark.browser

TABS = ["Curves", "Inside", "Step through", "Landscape", "Lessons", "Use this"]


def test_a_panel_comes_with_its_first_opening(visit: Any) -> None:
    asked: list[str] = []
    visit.page.on("request", lambda request: asked.append(request.url))
    page = visit.open()
    assert page.get_by_role("tab").all_inner_texts() == TABS
    shown = re.compile(r"/panels/(?:tabs\.js|network-rail\.js|curves/)")
    assert [url for url in asked if "/panels/" in url and not shown.search(url)] == []
    for tab in TABS[1:]:
        page.get_by_role("tab", name=tab).click()
        visit.wait("() => document.querySelector('[role=tabpanel]:not([hidden])').childElementCount > 0")
    assert visit.page.locator("#message").is_hidden()


def test_tabs_answer_to_arrow_keys(visit: Any) -> None:
    page = visit.open()
    page.get_by_role("tab", name="Curves").focus()
    for key, tab in (
        ("ArrowRight", "Inside"),
        ("End", "Use this"),
        ("ArrowRight", "Curves"),
        ("ArrowLeft", "Use this"),
    ):
        page.keyboard.press(key)
        assert page.get_by_role("tab", selected=True).inner_text() == tab
        assert page.evaluate("() => document.activeElement.textContent") == tab


def test_a_deep_link_gives_the_panel_the_page(visit: Any) -> None:
    page = visit.open("#panel=use&net=6-relu,3-tanh")
    assert page.locator("#stage").is_hidden()
    rail = page.locator("#rail")
    assert re.search(r"Circle, 2–6–3–1\s+relu, tanh, sigmoid output, cross-entropy, SGD at 0.03", rail.inner_text())
    assert 60 <= rail.bounding_box()["height"] <= 66
    page.get_by_role("button", name="Show the network").click()
    page.locator("#stage").wait_for()
    page.get_by_role("button", name="Enlarge").click()
    page.locator("#stage").wait_for(state="hidden")


def test_use_this_says_the_run_as_a_request_that_works(visit: Any) -> None:
    page = visit.open("#data=xor&net=3-relu&epochs=7&pace=max")
    page.get_by_role("tab", name="Use this").click()
    page.get_by_role("button", name="JSON", exact=True).click()
    run = page.evaluate(
        """async () => {
          const config = JSON.parse(document.querySelector('.use code').textContent);
          const body = JSON.stringify({ config, state: 'running' });
          const headers = { 'content-type': 'application/json' };
          return (await fetch('api/v1/runs?wait=20', { method: 'POST', headers, body })).json();
        }"""
    )
    assert (run["state"], run["epoch"]) == ("finished", 7)
    assert run["config"]["network"]["hidden"] == [{"units": 3, "activation": "relu", "dropout": 0.0}]
    page.get_by_role("button", name="curl", exact=True).click()
    assert page.locator(".use code").inner_text().startswith("curl 'http://127.0.0.1")
    links = page.get_by_role("region", name="Download").get_by_role("link")
    assert links.count() == len(formats)
    with page.expect_download() as download:
        links.first.click()
    content = Path(download.value.path()).read_bytes()
    assert download.value.suggested_filename == "run.safetensors"
    assert b'"0.weight"' in content
