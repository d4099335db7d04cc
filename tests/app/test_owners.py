"""Who may steer: the owner alone, by bearer token or by the cookie of the server's own page."""

import sqlite3
from contextlib import closing

import httpx
import pytest

WRITES = [
    ("PATCH", "", {"state": "running"}),
    ("POST", "/step", {"epochs": 1}),
    ("POST", "/reset", {}),
    ("PATCH", "/weights", {"edits": []}),
    ("DELETE", "", None),
]


@pytest.mark.parametrize(("method", "path", "body"), WRITES)
def test_only_the_owner_steers(new_run, server, method, path, body):
    run, other = new_run(), new_run()
    for headers, status in (({}, 401), ({"Authorization": "Bearer nobody"}, 401), (other.headers, 403)):
        response = server.http.request(method, run.path + path, json=body, headers=headers)
        assert response.status_code == status
        assert response.json()["detail"]
    assert (run.get()["state"], run.get()["epoch"]) == ("paused", 0)


@pytest.mark.parametrize("path", ["", "/metrics", "/data", "/weights", "/boundary"])
def test_who_knows_the_id_may_read(new_run, server, path):
    assert server.http.get(new_run().path + path).status_code == 200


@pytest.fixture
def browser(server):
    """A client that opened the page and was given its cookie."""
    with httpx.Client(base_url=server.address, timeout=20) as client:
        cookie = client.get("/").headers["set-cookie"]
        assert {"HttpOnly", "SameSite=lax"} <= {part.strip() for part in cookie.split(";")}
        yield client


def test_the_page_owns_its_runs_by_cookie(browser, server):
    own = {"Origin": server.address}
    run = browser.post("/api/v1/runs", json={}, headers=own)
    assert run.status_code == 201
    assert "owner_token" not in run.json()
    path = run.headers["location"]
    assert browser.post(f"{path}/step", json={"epochs": 1}, headers=own).json()["epoch"] == 1
    assert [each["id"] for each in browser.get("/api/v1/runs").json()["runs"]] == [run.json()["id"]]


@pytest.mark.parametrize("origin", [None, "http://evil.example", "null"])
def test_another_sites_page_cannot_use_the_cookie(browser, server, origin):
    headers = {"Origin": origin} if origin else {}
    response = browser.post("/api/v1/runs", json={}, headers=headers)
    assert response.status_code == 403
    assert "Origin" in response.json()["detail"]


def test_the_cookie_is_kept_and_a_stale_one_replaced(browser):
    assert "set-cookie" not in browser.get("/").headers
    browser.cookies.set("descent_owner", "stale", domain="127.0.0.1")
    assert "set-cookie" in browser.get("/").headers


def test_tokens_are_stored_only_as_hashes(new_run, server):
    run = new_run()
    token = run.created["owner_token"]
    with closing(sqlite3.connect(server.settings.data_dir / "descent.sqlite")) as database:
        dump = "\n".join(database.iterdump())
    assert run.id in dump
    assert token not in dump
    assert token.encode().hex() not in dump.lower()
