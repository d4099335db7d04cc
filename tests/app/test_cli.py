"""The command: one clear line when it listens, clear words when it cannot, and a clean end."""

import contextlib
import os
import select
import signal
import socket
import sqlite3
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

ROOT = Path(__file__).parents[2]


def descent(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """The command, for cases in which it ends by itself."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("DESCENT_")}
    return subprocess.run(
        [sys.executable, "-m", "app", *arguments],
        cwd=ROOT,
        env=kept | environment,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


def test_help_says_what_there_is():
    answer = descent("serve", "--help")
    assert answer.returncode == 0
    assert "--port" in answer.stdout


@pytest.mark.parametrize("variable", ["DESCENT_PORT", "DESCENT_WORKERS"])
def test_a_wrong_setting_is_named(variable):
    answer = descent(**{variable: "many"})
    assert answer.returncode == 2
    assert f"{variable}='many'" in answer.stderr
    assert "Traceback" not in answer.stderr


def test_a_port_in_use_is_said(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        answer = descent("serve", "--port", str(port), DESCENT_DATA_DIR=str(tmp_path))
    assert answer.returncode == 1
    assert str(port) in answer.stderr
    assert "DESCENT_PORT" in answer.stderr
    assert "Traceback" not in answer.stderr


@pytest.mark.parametrize("content", [b"this is not a database, however long one looks at it" * 100, None])
def test_a_database_that_cannot_be_used_is_said(tmp_path, content):
    path = tmp_path / "data"
    if content is None:
        path.write_text("a file where a folder should be")
    else:
        path.mkdir()
        (path / "descent.sqlite").write_bytes(content)
    answer = descent(DESCENT_DATA_DIR=str(path), DESCENT_PORT="0")
    assert answer.returncode == 1
    assert "DESCENT_DATA_DIR" in answer.stderr
    assert "Traceback" not in answer.stderr


def test_a_database_of_another_version_is_said_in_one_line(tmp_path):
    with contextlib.closing(sqlite3.connect(tmp_path / "descent.sqlite")) as database:
        database.execute("PRAGMA user_version = 1")
    answer = descent(DESCENT_DATA_DIR=str(tmp_path), DESCENT_PORT="0")
    assert answer.returncode == 1
    assert answer.stderr.count("\n") == 1
    assert "another version of Descent" in answer.stderr
    assert "DESCENT_DATA_DIR" in answer.stderr


def children(pid: int) -> list[int]:
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == pid and fields[0] != "Z":
            found.append(int(path.parent.name))
    return found


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks for processes in /proc")
def test_sigterm_ends_it_cleanly(serve):
    server = serve()
    address = server.address()
    body = {"config": {"training": {"pace": None}}, "state": "running"}
    run = httpx.post(f"{address}/api/v1/runs", json=body).json()
    workers = [os.pidfd_open(pid) for pid in children(server.process.pid)]
    assert workers
    url = f"{address.replace('http', 'ws')}/api/v1/runs/{run['id']}/stream"
    with connect(url, compression=None, max_size=None) as stream:
        stream.recv(20)
        server.process.send_signal(signal.SIGTERM)
        while '"bye"' not in str(stream.recv(20)):
            pass
        with pytest.raises(ConnectionClosed) as closed:
            stream.recv(20)
        assert closed.value.rcvd.code == 1001
    assert server.process.wait(20) == 0
    for worker in workers:
        assert select.select([worker], [], [], 20)[0], "a process outlived the server"
        os.close(worker)


def test_a_killed_server_loses_nothing(serve, tmp_path):
    folder = {"DESCENT_DATA_DIR": str(tmp_path / "kept")}
    config = {"dataset": {"samples": 100}, "training": {"max_epochs": 500, "pace": None}}
    server = serve(**folder)
    address = server.address()
    body = {"config": config, "state": "running"}
    expected = httpx.post(f"{address}/api/v1/runs?wait=20", json=body, timeout=30).json()
    metrics = httpx.get(f"{address}/api/v1/runs/{expected['id']}/metrics").json()
    config["training"]["pace"] = 300
    run = httpx.post(f"{address}/api/v1/runs", json={"config": config}).json()
    headers = {"Authorization": f"Bearer {run['owner_token']}"}
    path = f"/api/v1/runs/{run['id']}"
    httpx.post(f"{address}{path}/step", json={"epochs": 200}, headers=headers, timeout=30)
    httpx.patch(f"{address}{path}", json={"state": "running"}, headers=headers)
    server.process.kill()
    server.process.wait()
    address = serve(**folder).address()
    with connect(f"{address.replace('http', 'ws')}{path}/stream", compression=None, max_size=None) as stream:
        while '"type":"state","state":"finished"' not in str(stream.recv(20)):
            pass
    assert httpx.get(f"{address}{path}/metrics").json() == metrics


def test_a_refused_stream_is_told_to_its_viewer_and_is_no_error_in_the_log(serve):
    server = serve()
    with pytest.raises(InvalidStatus) as refused:
        connect(f"{server.address().replace('http', 'ws')}/api/v1/runs/none/stream")
    assert refused.value.response.status_code == 404
    assert server.stop() == 0
    assert [line for line in server.last_lines if "ERROR" in line] == []


def test_no_token_of_a_stream_is_logged(serve):
    server = serve(DESCENT_LOG_LEVEL="debug")
    address = server.address()
    run = httpx.post(f"{address}/api/v1/runs", json={}).json()
    token, url = run["owner_token"], f"{address.replace('http', 'ws')}/api/v1/runs/{run['id']}/stream"
    for secret in (
        {"subprotocols": ["descent.v1.json", f"descent.token.{token}"]},
        {"additional_headers": {"Authorization": f"Bearer {token}"}},
        {"additional_headers": {"Cookie": f"descent_owner={token}", "Origin": address}},
    ):
        with connect(url, **secret) as stream:
            assert token not in str(stream.response.headers)
            stream.recv(20)
    server.stop()
    lines = "".join(server.last_lines)
    assert "websocket" in lines.lower(), "this level logs the openings of streams"
    assert token not in lines
