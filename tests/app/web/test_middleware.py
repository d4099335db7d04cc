"""Every request passes the guards, and every answer wears its headers."""

import httpx
import pytest


def test_every_answer_keeps_the_page_to_itself(server):
    for path in ("/", "/healthz", "/api/v1/catalog", "/api/v1/nothing", "/static/main.js", "/docs"):
        headers = server.http.get(path).headers
        assert headers["x-content-type-options"] == "nosniff"
        policy = dict(part.split(" ", 1) for part in headers["content-security-policy"].split("; "))
        assert policy["default-src"] == "'self'"
        assert policy["frame-ancestors"] == "'none'"
        assert "unsafe" not in headers["content-security-policy"]
        assert policy["script-src"] == "'self'" or path == "/docs"


def test_embedding_is_opt_in(start_server):
    headers = start_server(allow_embedding=True, workers=1).http.get("/").headers
    assert "frame-ancestors *" in headers["content-security-policy"]
    assert "x-frame-options" not in headers


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "", "[::1"])
def test_another_host_is_misdirected(server, host):
    response = server.http.get("/api/v1/catalog", headers={"Host": host})
    assert response.status_code in (400, 421)


@pytest.mark.parametrize("host", ["192.168.1.20:8000", "10.0.0.7", "[2001:db8::7]:8000", "[::1]", "localhost:81"])
def test_every_address_is_answered_for(server, host):
    assert server.http.get("/", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_a_probe_is_answered_whatever_its_host(server, path):
    assert server.http.get(path, headers={"Host": "descent.pods.example"}).status_code == 200


def test_the_refusal_of_a_host_says_what_to_type(server):
    headers = {"Host": "class.example:8000", "Accept": "text/html,*/*;q=0.8"}
    page = server.http.get("/", headers=headers)
    assert page.status_code == 421
    assert page.headers["content-type"].startswith("text/html")
    problem = server.http.get("/", headers=headers | {"Accept": "*/*"})
    assert problem.headers["content-type"] == "application/problem+json"
    for words in (page.text, problem.json()["detail"]):
        assert "DESCENT_ALLOWED_HOSTS=class.example" in words
        assert server.address in words


def test_the_refusal_of_a_host_cannot_be_written_by_it(server):
    page = server.http.get("/", headers={"Host": "<b>x</b>.example", "Accept": "text/html"})
    assert page.status_code in (400, 421)
    assert "<b>" not in page.text


def test_more_hosts_are_a_setting(start_server):
    server = start_server(allowed_hosts=("http://Class.example:8000/",), workers=1)
    assert server.http.get("/", headers={"Host": "class.example:8000"}).status_code == 200
    assert server.http.get("/", headers={"Host": "other.example"}).status_code == 421


def test_a_malformed_host_is_refused_even_with_all_allowed(start_server):
    server = start_server(allowed_hosts=("*",), workers=1)
    assert server.http.get("/", headers={"Host": "any.example"}).status_code == 200
    for path in ("/", "/nothing"):
        assert server.http.get(path, headers={"Host": "[::1"}).status_code in (400, 421)


def chunks():
    for _ in range(200):
        yield b" " * 50_000


@pytest.mark.parametrize("content", [b" " * 10_000_000, chunks()], ids=["with its length", "in chunks"])
def test_ten_megabytes_are_refused_and_the_server_continues(server, content):
    headers = {"content-type": "application/json"}
    response = httpx.post(f"{server.address}/api/v1/runs", content=content, headers=headers)
    assert response.status_code == 413
    assert "DESCENT_MAX_BODY_BYTES" in response.json()["detail"]
    assert server.http.get("/healthz").status_code == 200


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", ""])
def test_a_body_that_is_not_json_is_refused(server, kind):
    response = server.http.post("/api/v1/runs", content=b"{}", headers={"content-type": kind})
    assert response.status_code == 415
    assert "application/json" in response.json()["detail"]


@pytest.mark.parametrize(
    ("method", "path", "status", "words"),
    [
        ("GET", "/api/v1/nothing", 404, "/docs"),
        ("PUT", "/api/v1/runs", 405, "GET, POST"),
        ("GET", "/static/nothing.js", 404, "/static/nothing.js"),
        ("GET", "/api/v1/runs/nothing", 404, "no run"),
    ],
)
def test_every_error_is_a_problem(server, method, path, status, words):
    response = server.http.request(method, path)
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    problem = response.json()
    assert problem["status"] == status
    assert {"type", "title", "detail"} <= problem.keys()
    assert words in problem["detail"]


def test_other_sites_may_call_only_if_listed(start_server, server):
    origin = {"Origin": "http://course.example"}
    assert "access-control-allow-origin" not in server.http.get("/api/v1/catalog", headers=origin).headers
    open_server = start_server(cors_origins=("http://course.example",), workers=1)
    headers = open_server.http.get("/api/v1/catalog", headers=origin).headers
    assert headers["access-control-allow-origin"] == "http://course.example"


def test_listing_all_origins_gives_none_the_cookie(start_server, new_run_on):
    server = start_server(cors_origins=("*",), workers=1)
    run = new_run_on(server)
    cookie = f"descent_owner_{server.app.state.runs.database.server_id}={run.created['owner_token']}"
    run.headers = {"Origin": "https://course.example"}
    with run.stream() as stream:
        assert stream.next()["role"] == "viewer"
    run.headers["Cookie"] = cookie
    assert run.refusal() == 403
