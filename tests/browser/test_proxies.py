"""The page in a real browser behind a real nginx: it plays, or says what the proxy keeps from the server."""

from typing import Any

import pytest

from tests.browser.visits import Visit
from tests.proxies import blocks, fitted, free_ports, without


@pytest.fixture(scope="module")
def proxied(nginx: Any, server: str) -> dict[str, str]:
    root, _, stripped, tls = blocks()
    kinds = {
        "TLS, unsaid": (without(tls, "X-Forwarded-Proto"), "https", ""),
        "stripped, unsaid": (stripped, "http", "/descent"),
        "Host rewritten": (without(root, "Host"), "http", ""),
    }
    ports = free_ports(len(kinds))
    nginx("\n".join(fitted(kind[0], port, server) for kind, port in zip(kinds.values(), ports, strict=True)))
    # A name and no address: Chromium sends Sec-Fetch-Site to an address of this machine over plain HTTP as well.
    hosts = {"TLS, unsaid": "localhost", "stripped, unsaid": "127.0.0.1", "Host rewritten": "class.example"}
    return {
        name: f"{scheme}://{hosts[name]}:{port}{path}"
        for (name, (_, scheme, path)), port in zip(kinds.items(), ports, strict=True)
    }


@pytest.mark.parametrize("name", ["TLS, unsaid", "stripped, unsaid"])
def test_the_page_plays_behind_an_unknown_proxy(browser: Any, proxied: Any, name: str) -> None:
    visit = Visit(browser, proxied[name], ignore_https_errors=True)
    page = visit.open()
    page.get_by_role("button", name="Play", exact=True).click()
    visit.wait_epoch(3)
    assert page.locator("body").get_attribute("data-connection") == "open"
    visit.context.close()
    assert visit.foreign == []


def test_the_docs_send_requests_below_the_root_path(browser: Any, proxied: Any) -> None:
    visit = Visit(browser, proxied["stripped, unsaid"])
    page = visit.page
    page.goto(f"{visit.url}/docs")
    page.locator("#operations-health-live summary, #operations-health-live .opblock-summary").first.click()
    page.get_by_role("button", name="Try it out").click()
    with page.expect_response(lambda answer: answer.url.endswith("/healthz")) as asked:
        page.get_by_role("button", name="Execute").click()
    assert asked.value.url == f"{visit.url}/healthz"
    assert asked.value.status == 200
    visit.context.close()
    assert visit.foreign == []


def test_a_page_whose_requests_are_refused_says_why(chromium: str, proxied: Any, browser: Any) -> None:
    address = proxied["Host rewritten"]
    started = browser.browser_type.launch(
        executable_path=chromium, args=["--no-sandbox", "--host-resolver-rules=MAP class.example 127.0.0.1"]
    )
    page = started.new_page()
    for fragment in ("", "#data=xor"):
        page.goto(f"{address}/{fragment}")
        page.reload()
        words = page.locator("#message")
        words.get_by_text("X-Forwarded-Proto").wait_for()
        assert address in words.inner_text()
        assert "link" not in words.inner_text()
    started.close()
