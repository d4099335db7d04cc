"""Who may steer: the owner alone, by bearer token or by the cookie of the server's own page."""

import json
import sqlite3
from contextlib import closing

import httpx
import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

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
def test_anyone_with_the_id_may_read(new_run, server, path):
    assert server.http.get(new_run().path + path).status_code == 200


def test_a_run_is_read_with_the_callers_role(new_run, server):
    run, other = new_run(), new_run()
    assert run.get()["role"] == "owner"
    for headers in ({}, other.headers, {"Authorization": "Bearer nobody"}):
        assert server.http.get(run.path, headers=headers).json()["role"] == "viewer"


@pytest.fixture
def browser(server):
    """A client that opened the page and was given its cookie."""
    with httpx.Client(base_url=server.address, timeout=60) as client:
        cookie = client.get("/").headers["set-cookie"]
        assert {"HttpOnly", "SameSite=lax"} <= {part.strip() for part in cookie.split(";")}
        yield client


def stored(server):
    with closing(sqlite3.connect(server.settings.data_dir / "descent.sqlite")) as database:
        tables = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {name: database.execute(f"SELECT COUNT(*) FROM {name}").fetchone() for name in tables}


def test_owners_without_runs_are_not_stored(server):
    before = stored(server)
    tokens = {server.http.get("/").headers["set-cookie"].partition(";")[0].partition("=")[2] for _ in range(20)}
    assert len(tokens) == 20
    assert server.http.post("/api/v1/runs", json={"config": {"seed": "x"}}).status_code == 422
    assert stored(server) == before
    for token in tokens:  # each is one all the same
        answer = server.http.get("/api/v1/runs", headers={"Authorization": f"Bearer {token}"})
        assert answer.json() == {"runs": [], "next_cursor": None}


def test_a_token_that_the_server_did_not_give_is_refused(new_run, server, start_server, new_run_on):
    token = new_run().created["owner_token"]
    of_another = new_run_on(start_server(workers=1)).created["owner_token"]
    other = "B" if token[5] == "A" else "A"
    for forged in (token[:5] + other + token[6:], token[:-4] + "AAAA", token[:40], token + "AAAA", of_another, "ä"):
        headers = {"Authorization": f"Bearer {forged}".encode()}
        assert server.http.get("/api/v1/runs", headers=headers).status_code == 401


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
    assert "Origin" in response.json()["detail"] or origin in response.json()["detail"]


@pytest.mark.parametrize("site", ["cross-site", "same-site", "none"])
def test_sec_fetch_site_refuses_another_site(browser, site):
    headers = {"Origin": "https://evil.example", "Sec-Fetch-Site": site}
    assert browser.post("/api/v1/runs", json={}, headers=headers).status_code == 403


def test_sec_fetch_site_admits_the_own_page_behind_a_proxy(browser):
    headers = {"Origin": "https://class.example", "Sec-Fetch-Site": "same-origin"}
    assert browser.post("/api/v1/runs", json={}, headers=headers).status_code == 201


def test_a_proxy_that_hides_the_pages_origin_is_named(browser, server):
    response = browser.post("/api/v1/runs", json={}, headers={"Origin": "https://class.example"})
    assert response.status_code == 403
    for part in ("https://class.example", server.address, "X-Forwarded-Proto", "DESCENT_TRUSTED_PROXIES"):
        assert part in response.json()["detail"]


@pytest.mark.parametrize(
    ("headers", "opens"),
    [
        ({"Origin": "https://{host}"}, True),  # TLS ends before this server, which does not know it
        ({"Origin": "https://class.example", "Sec-Fetch-Site": "same-origin"}, True),
        ({"Origin": "https://class.example"}, False),
        ({"Origin": "https://class.example", "Sec-Fetch-Site": "cross-site"}, False),
        ({"Origin": "http://{host}1"}, False),
        ({"Origin": "null"}, False),
        ({}, False),
    ],
)
def test_a_stream_with_the_cookie_is_for_the_own_page(server, new_run, headers, opens):
    run = new_run()
    token = run.created["owner_token"]
    host = server.address.partition("://")[2]
    run.headers = {name: value.format(host=host) for name, value in headers.items()}
    run.headers["Cookie"] = f"descent_owner_{server.app.state.runs.database.server_id}={token}"
    if opens:
        with run.stream() as stream:
            assert stream.next()["role"] == "owner"
    else:
        assert run.refusal() == 403


def owned(client, server):
    """The ids of the runs that this client's cookie owns."""
    return {each["id"] for each in client.get(f"{server.address}/api/v1/runs").json()["runs"]}


def test_two_servers_on_one_host_leave_each_other_their_cookies(server, start_server):
    servers = [server, start_server(workers=1)]
    with httpx.Client(timeout=60) as client:
        made = []
        for server in servers * 2:  # the second round comes back to each
            client.get(server.address)
            headers = {"Origin": server.address}
            made.append(client.post(f"{server.address}/api/v1/runs", json={}, headers=headers).json()["id"])
        assert owned(client, servers[0]) == {made[0], made[2]}
        assert owned(client, servers[1]) == {made[1], made[3]}


def test_the_cookie_of_the_old_name_is_read_and_replaced(new_run, server):
    run = new_run()
    with httpx.Client(base_url=server.address, timeout=60) as client:
        client.cookies.set("descent_owner", run.created["owner_token"], domain="127.0.0.1")
        assert owned(client, server) == {run.id}
        client.get("/")
        assert set(client.cookies) == {f"descent_owner_{server.app.state.runs.database.server_id}"}
        assert owned(client, server) == {run.id}


def test_the_old_cookie_of_another_server_is_left_to_it(server):
    with httpx.Client(base_url=server.address, timeout=60) as client:
        client.cookies.set("descent_owner", "anothers", domain="127.0.0.1", path="/")
        client.get("/")
        assert client.cookies["descent_owner"] == "anothers"
        assert len(client.cookies) == 2
        assert client.post("/api/v1/runs", json={}, headers={"Origin": server.address}).status_code == 201


def test_the_cookie_is_kept_and_a_stale_one_replaced(browser, server):
    assert "set-cookie" not in browser.get("/").headers
    name = f"descent_owner_{server.app.state.runs.database.server_id}"
    browser.cookies.set(name, "stale", domain="127.0.0.1", path="/")
    assert browser.get("/api/v1/runs").status_code == 401
    browser.get("/")
    assert browser.cookies[name] != "stale"
    assert browser.get("/api/v1/runs").status_code == 200


def test_tokens_are_stored_only_as_hashes(new_run, server):
    run = new_run()
    token = run.created["owner_token"]
    with closing(sqlite3.connect(server.settings.data_dir / "descent.sqlite")) as database:
        dump = "\n".join(database.iterdump())
    assert run.id in dump
    assert token not in dump
    assert token.encode().hex() not in dump.lower()


def test_a_token_subprotocol_authenticates_and_is_not_echoed(new_run, server):
    run, other = new_run(), new_run()
    url = f"{server.address.replace('http', 'ws')}{run.path}/stream"
    for document, role in ((run.created, "owner"), (other.created, "viewer")):
        names = [f"descent.token.{document['owner_token']}", "descent.v1.json"]
        with connect(url, subprotocols=names) as stream:
            assert stream.subprotocol == "descent.v1.json"
            assert json.loads(stream.recv(60))["role"] == role
    with connect(url, additional_headers={"Sec-WebSocket-Protocol": names[0]}) as stream:
        assert stream.subprotocol is None
        assert json.loads(stream.recv(60))["type"] == "hello"


def test_an_unknown_token_subprotocol_is_refused(new_run, server):
    url = f"{server.address.replace('http', 'ws')}{new_run().path}/stream"
    for names, status in ((["descent.token.nobody", "descent.v1.json"], 401), (["descent.token.nobody", "other"], 401)):
        with pytest.raises(InvalidStatus) as refused:
            connect(url, subprotocols=names).__enter__()
        assert refused.value.response.status_code == status
        assert b"nobody" not in refused.value.response.body.lower().replace(b"nobody has", b"")
