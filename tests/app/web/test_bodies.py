"""A body of garbage is refused with a short answer, whatever it is made of, and takes little memory."""

import re
from pathlib import Path

import httpx
import pytest

from tests.app.web.garbage import GARBAGE

pytestmark = pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="reads memory from /proc")

# What refusing one may take of the server's memory. What it takes of its time: benchmarks/server_bodies.py.
MAX_BYTES = 250_000_000


@pytest.fixture(scope="module")
def target(serve_all):
    """A server of its own process, and a run on it."""
    server = serve_all()
    with httpx.Client(base_url=f"{server.address()}/api/v1", timeout=60) as http:
        run = http.post("/runs", json={}).raise_for_status().json()
        headers = {"Authorization": f"Bearer {run['owner_token']}", "Content-Type": "application/json"}
        yield server.process.pid, http, run["id"], headers


def peak(pid):
    """The most memory it has had since it was last asked."""
    (kilobytes,) = re.findall(r"^VmHWM:\s+(\d+)", Path(f"/proc/{pid}/status").read_text(), re.MULTILINE)
    Path(f"/proc/{pid}/clear_refs").write_text("5")
    return 1000 * int(kilobytes)


@pytest.mark.parametrize("kind", GARBAGE)
def test_a_body_of_garbage_is_refused_in_little_memory(target, kind):
    pid, http, run, headers = target
    (method, path), body = GARBAGE[kind]
    peak(pid)
    before = peak(pid)
    answer = http.request(method, path.format(id=run), content=body, headers=headers)
    assert peak(pid) - before < MAX_BYTES
    assert answer.status_code in (400, 422), answer.text[:500]
    assert len(answer.content) < 10_000
    assert answer.json()["detail"]


def test_large_bodies_within_the_limits_are_taken(target):
    _, http, run, headers = target
    answer = http.post(f"/runs/{run}/predict", json={"inputs": [[0.25, 0.5]] * 10_000}).raise_for_status()
    assert len(answer.json()["outputs"]) == 10_000
    edits = [{"layer": 0, "bias": 0, "value": 0.5}] * 20_000
    assert http.patch(f"/runs/{run}/weights", json={"edits": edits}, headers=headers).status_code == 200


@pytest.mark.parametrize(
    ("content", "status", "says"),
    [
        (b'{"epochs": 1', 422, "not JSON"),
        (b'{"epochs": 0, "epochs": 1}', 200, ""),
        (b'{"\\ud800": 1}', 422, "UTF-8"),
        (b'{"epochs": "\xff"}', 400, "not UTF-8"),
        (b'{"epochs": NaN}', 422, "whole number"),
        (b'{"epochs": ' + b"9" * 9_000 + b"}", 400, "thousands of digits"),
        (b'{"epochs": ' + b"9" * 900 + b"}", 422, "at most"),
        (b'{"epochs": ' + b"[" * 9_000, 400, "nested"),
        (b'{"epochs": 1}'.decode().encode("utf-16"), 200, ""),
    ],
)
def test_json_is_read_as_the_standard_library_reads_it(target, content, status, says):
    _, http, run, headers = target
    answer = http.post(f"/runs/{run}/step", content=content, headers=headers)
    assert answer.status_code == status, answer.text[:500]
    assert says in answer.text
