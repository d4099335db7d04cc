"""The page and what belongs to it."""

import json
import mimetypes
import re

import pytest


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
    addresses = re.findall(r'(?:src|href)="([^"]+)"', page) + re.findall(r"url: '([^']+)'", page)
    assert len(addresses) > 3
    for address in addresses:
        assert not address.startswith("/")  # a proxy may serve it under any path
        assert "://" not in address
        assert server.http.get(f"/{address}").status_code == 200
    assert "redoc" not in page
    assert server.http.get("/redoc").status_code == 404


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/static/main.js", "text/javascript"),
        ("/static/css/base.css", "text/css"),
        ("/static/icon.svg", "image/svg+xml"),
        ("/static-offline-docs/swagger-ui-bundle.js", "text/javascript"),
    ],
)
def test_a_file_has_the_same_type_on_every_machine(start_server, monkeypatch, path, kind):
    for ending in (".js", ".css", ".svg"):  # as the registry of some Windows machines has it
        monkeypatch.setitem(mimetypes.types_map, ending, "text/plain")
    assert start_server(workers=1).http.get(path).headers["content-type"].partition(";")[0] == kind
