"""Scripts and styles reach the browser as they were written, compressed and revalidated."""

import gzip
import hashlib
import os
from pathlib import Path

import pytest

from app.web.static_files import CompressedFiles, accepts_gzip
from tests.loops import run

STATIC = Path(__file__).parents[3] / "static"
FILES = sorted(
    path.relative_to(STATIC).as_posix() for path in STATIC.rglob("*") if path.suffix in (".js", ".css", ".svg")
)
PLAIN, GZIP = {"Accept-Encoding": "identity"}, {"Accept-Encoding": "br, gzip"}


def raw(server, method, path, headers):
    """The answer and its body as it was sent."""
    with server.http.stream(method, path, headers=headers) as response:
        return response, b"".join(response.iter_raw())


def test_every_file_is_sent_as_written_with_gzip(server):
    for name in FILES:
        written = (STATIC / name).read_bytes()
        response, body = raw(server, "GET", f"/static/{name}", GZIP)
        assert (response.status_code, response.headers["content-encoding"]) == (200, "gzip")
        assert gzip.decompress(body) == written
        assert int(response.headers["content-length"]) == len(body) < len(written)


def test_a_client_without_gzip_gets_the_plain_file(server):
    response, body = raw(server, "GET", "/static/main.js", PLAIN)
    assert body == (STATIC / "main.js").read_bytes()
    assert "content-encoding" not in response.headers
    assert response.headers["vary"] == "Accept-Encoding"


@pytest.mark.parametrize("encoding", [PLAIN, GZIP])
@pytest.mark.parametrize("path", ["/static/main.js", "/static/css/base.css", "/static/icon.svg", "/"])
def test_head_has_the_headers_of_get_and_no_body(server, path, encoding):
    got, body = raw(server, "GET", path, encoding)
    head, nothing = raw(server, "HEAD", path, encoding)
    assert nothing == b""
    assert int(head.headers["content-length"]) == len(body)
    for name in ("content-type", "content-encoding", "vary", "etag", "cache-control"):
        assert head.headers.get(name) == got.headers.get(name)


def test_each_encoding_is_revalidated_by_its_own_etag(server):
    etags = {}
    for encoding in (PLAIN, GZIP):
        etag = raw(server, "GET", "/static/main.js", encoding)[0].headers["etag"]
        for known in (etag, f"W/{etag}", f'"other", {etag}', "*"):
            again, body = raw(server, "GET", "/static/main.js", encoding | {"If-None-Match": known})
            assert (again.status_code, body) == (304, b"")
            assert again.headers["etag"] == etag
            assert again.headers["vary"] == "Accept-Encoding"
        etags[str(encoding)] = etag
    assert len(set(etags.values())) == 2
    mixed = PLAIN | {"If-None-Match": etags[str(GZIP)]}
    assert raw(server, "GET", "/static/main.js", mixed)[0].status_code == 200


@pytest.mark.parametrize(
    ("header", "taken"),
    [
        ("", False),
        ("identity", False),
        ("gzip", True),
        ("GZIP;q=0.5, br", True),
        ("gzip;q=0", False),
        ("gzip; q=0.000, *", False),
        ("*", True),
        ("*;q=0", False),
        ("x-gzip-like", False),
    ],
)
def test_gzip_is_used_only_where_the_client_takes_it(header, taken):
    assert accepts_gzip(header) is taken


def test_answers_that_may_carry_tokens_are_not_compressed(server):
    run = server.http.post("/api/v1/runs", json={}, headers=GZIP)
    assert run.status_code == 201
    for response in (run, server.http.get("/api/v1/runs", headers=GZIP), server.http.get("/docs", headers=GZIP)):
        assert "content-encoding" not in response.headers


def test_the_page_is_compressed_and_holds_no_token(server):
    response, body = raw(server, "GET", "/", GZIP | {"Cookie": "probe=value-of-a-cookie"})
    text = gzip.decompress(body).decode()
    token = response.headers["set-cookie"].partition("=")[2].partition(";")[0]
    assert len(token) > 16
    assert token not in text
    assert "value-of-a-cookie" not in text


def test_a_changed_file_is_read_again(tmp_path):
    style = tmp_path / "a.css"
    files = CompressedFiles(tmp_path)
    scope = {"type": "http", "method": "GET", "headers": []}
    for changed, text in enumerate((b"a { color: red }", b"b { color: blue }")):
        style.write_bytes(text)
        os.utime(style, (changed, changed))
        response = run(files.get_response("a.css", scope))
        assert response.body == text
        assert response.headers["etag"] == f'"{hashlib.sha256(text).hexdigest()[:32]}"'


def test_an_unknown_address_is_answered_with_a_problem(server):
    assert server.http.get("/static/nothing.js").status_code == 404
    assert server.http.get("/static/../app/main.py").status_code == 404
