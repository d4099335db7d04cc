"""The page and what belongs to it."""

import json
import re


def test_the_page_is_readable_before_any_script(server):
    response = server.http.get("/")
    assert response.status_code == 200
    assert response.headers["content-type"].startswith("text/html")
    assert "<script>" not in response.text
    boot = re.search(r'<script type="application/json"[^>]*>(.*?)</script>', response.text, re.DOTALL)
    assert boot
    assert json.loads(boot[1])
    assert server.http.head("/").status_code == 200


def test_static_files_are_revalidated(server):
    first = server.http.get("/static/main.js")
    assert first.headers["cache-control"] == "no-cache"
    again = server.http.get("/static/main.js", headers={"If-None-Match": first.headers["etag"]})
    assert again.status_code == 304


def test_the_documentation_needs_nothing_from_outside(server):
    page = server.http.get("/docs").text
    for address in re.findall(r'(?:src|href)="([^"]+)"', page):
        assert address.startswith("/")
        assert server.http.get(address).status_code == 200
    assert "redoc" not in page
    assert server.http.get("/redoc").status_code == 404
