"""A body of garbage is refused at once, whatever it is made of: nobody waits for it, and it takes little memory."""

import os
import re
from pathlib import Path

import httpx
import pytest

pytestmark = pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="reads time and memory from /proc")

SIZE = 3_900_000
# What refusing one may take of the server's processor time, and of its memory: it parses 50 MB a second and more.
MAX_SECONDS = 1.0
MAX_BYTES = 250_000_000

RUN, RATE, STEP = ("POST", "/runs"), ("POST", "/lr-range-test"), ("POST", "/runs/{id}/step")
CHANGE, PREDICT, EDIT = ("PATCH", "/runs/{id}"), ("POST", "/runs/{id}/predict"), ("PATCH", "/runs/{id}/weights")
OWN = '{"config": {"dataset": {"name": "custom", %s}}}'


def filled(template, value):
    """As many of a value as fit, with commas, in place of the star."""
    head, tail = template.split("*")
    return head + ",".join([value] * ((SIZE - len(head) - len(tail)) // (len(value) + 1))) + tail


def names(template):
    """As many different fields as fit."""
    head, tail = template.split("*")
    return head + ",".join(f'"k{i}":1' for i in range((SIZE - len(head) - len(tail)) // 12)) + tail


GARBAGE = {
    "text as inputs": (RUN, filled(OWN % '"targets": [0, 1], "inputs": [[*]]', '"a"')),
    "text as targets": (RUN, filled(OWN % '"inputs": [[0], [1]], "targets": [*]', '"a"')),
    "numbers for rows": (RATE, filled(OWN % '"targets": [0, 1], "inputs": [*]', "0.5")),
    "targets too many": (RUN, filled(OWN % '"inputs": [[0], [1]], "targets": [*]', "0")),
    "null as vectors": (RUN, filled(OWN % '"task": "regression", "inputs": [[0], [1]], "targets": [[*], [1]]', "null")),
    "empty lists": (RUN, filled(OWN % '"targets": [0, 1], "inputs": [*]', "[]")),
    "nested lists": (PREDICT, filled('{"inputs": [*]}', "[[[[1]]]]")),
    "true as numbers": (PREDICT, filled('{"inputs": [[*]]}', "true")),
    "objects as links": (EDIT, filled('{"cut": [*]}', "{}")),
    "wrong values": (EDIT, filled('{"edits": [*]}', '{"layer":0,"bias":0,"value":"a"}')),
    "many layers": (RUN, filled('{"config": {"network": {"hidden": [*]}}}', "{}")),
    "many members": (RUN, filled('{"config": {"sweep": {"parameter": "seed", "values": [*]}}}', "1")),
    "many features": (RUN, filled('{"config": {"features": [*]}}', '"x1"')),
    "long whole numbers": (RUN, filled(OWN % '"inputs": [[0], [1]], "targets": [*]', "7" * 4_000)),
    "unknown fields": (STEP, names("{*}")),
    "unknown fields of a layer": (RUN, names('{"config": {"network": {"hidden": [{*}]}}}')),
    "unknown fields of an optimizer": (RUN, names('{"config": {"training": {"optimizer": {"name": "adam", *}}}}')),
    "the same field": (CHANGE, filled("{*}", '"state":1')),
    "nested too deeply": (RUN, "[" * SIZE),
    "a long name": (RUN, '{"config": {"dataset": {"name": "%s"}}}' % ("a" * SIZE)),
    "a long field": (RUN, '{"%s": 1}' % ("a" * SIZE)),
}


@pytest.fixture(scope="module")
def target(serve_all):
    """A server of its own process, and a run on it."""
    server = serve_all()
    with httpx.Client(base_url=f"{server.address()}/api/v1", timeout=60) as http:
        run = http.post("/runs", json={}).raise_for_status().json()
        headers = {"Authorization": f"Bearer {run['owner_token']}", "Content-Type": "application/json"}
        yield server.process.pid, http, run["id"], headers


def seconds(pid):
    """The processor time that a process has had."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def peak(pid):
    """The most memory it has had since it was last asked."""
    (kilobytes,) = re.findall(r"^VmHWM:\s+(\d+)", Path(f"/proc/{pid}/status").read_text(), re.MULTILINE)
    Path(f"/proc/{pid}/clear_refs").write_text("5")
    return 1000 * int(kilobytes)


@pytest.mark.parametrize("kind", GARBAGE)
def test_a_body_of_garbage_is_refused_at_once(target, kind):
    pid, http, run, headers = target
    (method, path), body = GARBAGE[kind]
    peak(pid)
    before, used = peak(pid), seconds(pid)
    answer = http.request(method, path.format(id=run), content=body, headers=headers)
    assert seconds(pid) - used < MAX_SECONDS
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
