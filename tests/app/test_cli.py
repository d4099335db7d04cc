"""The command: one clear line when it listens, clear words when it cannot, and a clean end."""

import contextlib
import json
import os
import re
import select
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path

import httpx
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from app import cli
from app.web.addresses import addresses, in_container

ROOT = Path(__file__).parents[2]


def run(command: list[str], **environment: str) -> subprocess.CompletedProcess[str]:
    """A command that ends by itself, with these settings and no others."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("DESCENT_")}
    return subprocess.run(
        command, cwd=ROOT, env=kept | environment, capture_output=True, text=True, timeout=60, check=False
    )


def descent(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """The command, for cases in which it ends by itself."""
    return run([sys.executable, "-m", "app", *arguments], **environment)


@pytest.fixture
def refusal(monkeypatch, capsys):
    """A function that starts the server in this process, where it cannot start: the exit code, and what is said."""
    for name in [name for name in os.environ if name.startswith("DESCENT_")]:
        monkeypatch.delenv(name)

    def start(*arguments: str, **environment: str) -> tuple[int, str]:
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        try:
            code = cli.main(["serve", *arguments])
        except SystemExit as end:  # as the interpreter does with words for a code
            return 1, f"{end.code}\n"
        return code, capsys.readouterr().err

    return start


def test_help_says_what_there_is():
    answer = descent("serve", "--help")
    assert answer.returncode == 0
    assert "--port" in answer.stdout


@pytest.mark.parametrize("variable", ["DESCENT_PORT", "DESCENT_WORKERS"])
def test_a_wrong_setting_is_named(refusal, variable):
    code, said = refusal(**{variable: "many"})
    assert code == 2
    assert f"{variable}='many'" in said


def test_a_port_in_use_is_reported(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        answer = descent("serve", "--port", str(port), DESCENT_DATA_DIR=str(tmp_path))
    assert answer.returncode == 1
    assert str(port) in answer.stderr
    assert "DESCENT_PORT" in answer.stderr
    assert "Traceback" not in answer.stderr


@pytest.mark.parametrize(
    ("host", "hint"), [("no-such-host.invalid", "resolve"), ("http://0.0.0.0", "resolve"), ("192.0.2.1", "machine's")]
)
def test_an_unusable_host_is_reported_in_one_line(refusal, tmp_path, host, hint):
    code, said = refusal("--host", host, DESCENT_PORT="0", DESCENT_DATA_DIR=str(tmp_path))
    assert code == 1
    assert said.count("\n") == 1
    assert all(part in said for part in (host, hint, "DESCENT_HOST"))


def test_an_unwritable_folder_is_reported_with_the_user():
    """As another user where the tests run as root, who may write everywhere."""
    code = (
        "import os, encodings.idna, app.cli; os.getuid() or os.setuid(65534); raise SystemExit(app.cli.main(['serve']))"
    )
    with tempfile.TemporaryDirectory() as closed:
        folder = Path(closed)
        folder.chmod(0o555)
        answer = run([sys.executable, "-c", code], DESCENT_DATA_DIR=closed, DESCENT_PORT="0")
        folder.chmod(0o755)
    assert answer.returncode == 1
    assert answer.stderr.count("\n") == 1
    assert re.search(rf"id \d+ may not write in {closed}", answer.stderr)


def test_bound_to_all_it_prints_addresses_others_can_open(serve):
    server = serve(DESCENT_HOST="0.0.0.0")
    own = server.address()
    port = own.rpartition(":")[2]
    assert "0.0.0.0" not in "".join(server.last_lines)
    assert httpx.get(f"{own}/healthz").status_code == 200
    for address in addresses("0.0.0.0", int(port)):
        assert httpx.get(address, timeout=60).status_code == 200


@pytest.mark.parametrize("mark", [".dockerenv", "run/.containerenv"])
def test_a_container_is_known_by_its_marks(tmp_path, monkeypatch, mark):
    monkeypatch.delenv("KUBERNETES_SERVICE_HOST", raising=False)
    assert not in_container(tmp_path)
    (tmp_path / mark).parent.mkdir(exist_ok=True)
    (tmp_path / mark).touch()
    assert in_container(tmp_path)
    (tmp_path / mark).unlink()
    monkeypatch.setenv("KUBERNETES_SERVICE_HOST", "10.0.0.1")
    assert in_container(tmp_path)


def test_health_asks_at_the_port_in_use(serve, tmp_path):
    folder = {"DESCENT_DATA_DIR": str(tmp_path), "DESCENT_PORT": "tcp://10.0.0.1:80"}
    server = serve([sys.executable, "-m", "app", "serve", "--port", "0"], **folder)
    server.address()
    assert descent("health", **folder).returncode == 0
    server.stop()
    nowhere = descent("health", DESCENT_DATA_DIR=str(tmp_path / "none"))
    for refused in (descent("health", **folder), nowhere):
        assert refused.returncode == 1
        assert "Traceback" not in refused.stderr


def test_health_imports_neither_the_server_nor_numpy():
    code = "import sys, app.__main__; sys.argv[1:] = ['health']; app.__main__.main(); print(*sys.modules)"
    loaded = run([sys.executable, "-c", code], DESCENT_DATA_DIR="/nowhere").stdout.split()
    assert "app.health_command" in loaded
    assert not {"numpy", "fastapi", "pydantic", "uvicorn"} & set(loaded)


@pytest.mark.parametrize("content", [b"this is not a database, however long one looks at it" * 100, None])
def test_an_unusable_database_is_reported(refusal, tmp_path, content):
    path = tmp_path / "data"
    if content is None:
        path.write_text("a file where a folder should be")
    else:
        path.mkdir()
        (path / "descent.sqlite").write_bytes(content)
    code, said = refusal(DESCENT_DATA_DIR=str(path), DESCENT_PORT="0")
    assert code == 1
    assert "DESCENT_DATA_DIR" in said


def test_a_database_of_another_version_is_reported_in_one_line(tmp_path):
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
        stream.recv(60)
        server.process.send_signal(signal.SIGTERM)
        while '"bye"' not in str(stream.recv(60)):
            pass
        with pytest.raises(ConnectionClosed) as closed:
            stream.recv(60)
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
    expected = httpx.post(f"{address}/api/v1/runs?wait=20", json=body, timeout=60).json()
    metrics = httpx.get(f"{address}/api/v1/runs/{expected['id']}/metrics").json()
    config["training"]["pace"] = 300
    run = httpx.post(f"{address}/api/v1/runs", json={"config": config}).json()
    headers = {"Authorization": f"Bearer {run['owner_token']}"}
    path = f"/api/v1/runs/{run['id']}"
    httpx.post(f"{address}{path}/step", json={"epochs": 200}, headers=headers, timeout=60)
    httpx.patch(f"{address}{path}", json={"state": "running"}, headers=headers)
    server.process.kill()
    server.process.wait()
    address = serve(**folder).address()
    with connect(f"{address.replace('http', 'ws')}{path}/stream", compression=None, max_size=None) as stream:
        said = {}
        while (said.get("run") or said).get("state") != "finished":  # hello may tell it already
            said = json.loads(stream.recv(60))
    assert httpx.get(f"{address}{path}/metrics").json() == metrics


def test_a_refused_stream_logs_no_error(serve):
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
            stream.recv(60)
    server.stop()
    lines = "".join(server.last_lines)
    assert "websocket" in lines.lower(), "this level logs the openings of streams"
    assert token not in lines


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks for processes in /proc")
@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_to_the_process_group_loses_nothing(serve, tmp_path, sent):
    folder = {"DESCENT_DATA_DIR": str(tmp_path / "kept"), "DESCENT_WORKERS": "2"}
    server = serve(**folder)
    address = server.address()
    body = {"config": {"training": {"pace": None}}, "state": "running"}
    run = httpx.post(f"{address}/api/v1/runs", json=body, timeout=60).json()
    path = f"/api/v1/runs/{run['id']}"
    everybody = [server.process.pid, *children(server.process.pid)]
    with connect(f"{address.replace('http', 'ws')}{path}/stream", compression=None, max_size=None) as stream:
        while '"type":"metrics"' not in str(stream.recv(60)):
            pass
        for pid in everybody[1:]:  # to the workers first: whatever it does to them, it does before the server ends
            os.kill(pid, sent)
        assert httpx.get(f"{address}{path}/weights", timeout=60).status_code == 200
        os.kill(everybody[0], sent)
        messages = []
        with contextlib.suppress(ConnectionClosed):
            while True:
                messages.append(str(stream.recv(60)))
    assert not any('"recovering"' in message for message in messages)
    assert server.process.wait(20) == 0
    assert not [line for line in server.last_lines if "died" in line]
