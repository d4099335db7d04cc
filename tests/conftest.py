"""Fixtures of every test: the path of a Chromium, a real server on a free port, nginx."""

import importlib
import importlib.util
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from queue import Empty, Queue
from typing import Any

import pytest

# One thread, as in a worker: a product split over threads may differ in its last bits. Read when NumPy is imported.
for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"):
    os.environ.setdefault(name, "1")

ROOT = Path(__file__).parents[1]


def pytest_configure(config: pytest.Config) -> None:
    """Builds the compiled arithmetic from the sources as they are: in a checkout that no `make` has seen, too."""
    if not hasattr(config, "workerinput") and importlib.util.find_spec("build_kernel"):
        importlib.import_module("build_kernel").build_as_wanted()


ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+")


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of a Chromium, the one without windows first: it opens a page six times as fast. Without any, the test
    is skipped; under continuous integration it fails."""
    names = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    path = next(filter(None, map(shutil.which, names)), None)
    if path is None:
        missing = f"no browser found on the PATH (looked for {', '.join(names)})"
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(missing)
    return path


class Server:
    """A server process of its own on a free port, ended when the test that asked for it ends."""

    def __init__(self, command: list[str], data_dir: Path, cwd: Path, **environment: str) -> None:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("DESCENT_")}
        settings = {
            "DESCENT_PORT": "0",
            "DESCENT_DATA_DIR": str(data_dir),
            "DESCENT_WORKERS": "1",
            "PYTHONUNBUFFERED": "1",
        }
        self.process = subprocess.Popen(
            command,
            cwd=cwd,
            env=kept | settings | environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.last_lines: deque[str] = deque(maxlen=400)
        self._found: Queue[str] = Queue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.last_lines.append(line)
            if match := ADDRESS.search(line):
                self._found.put(match[0])
        self._found.put("")

    def address(self, seconds: float = 60) -> str:
        """The address it printed, once it did; waits at most so many seconds."""
        try:
            found = self._found.get(timeout=seconds)
        except Empty:
            found = ""
        assert found, "the server printed no address:\n" + "".join(self.last_lines)
        return found

    def stop(self, seconds: float = 20) -> int:
        """Asks it to end, as a container engine would, and returns its exit code."""
        self.process.terminate()
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return self.process.wait()
        finally:
            self._reader.join(seconds)
            if self.process.stdout is not None:
                self.process.stdout.close()


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[object]:
    """A function that starts a server, `serve(DESCENT_MAX_RUNS="1")`, and ends it after the test."""
    yield from _starting(tmp_path)


@pytest.fixture(scope="module")
def serve_all(tmp_path_factory: pytest.TempPathFactory) -> Iterator[object]:
    """The same for all tests of a module."""
    yield from _starting(tmp_path_factory.mktemp("servers"))


def _starting(directory: Path) -> Iterator[object]:
    started: list[Server] = []

    def start(command: list[str] | None = None, cwd: Path = ROOT, **environment: str) -> Server:
        command = command or [sys.executable, "-m", "app", "serve"]
        started.append(Server(command, directory / f"data-{len(started)}", cwd, **environment))
        return started[-1]

    yield start
    for server in started:
        server.stop()


NGINX = """
{user}
worker_processes 1;
pid {folder}/pid;
error_log {folder}/log;
events {{ worker_connections 128; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
{servers}
}}
"""


@pytest.fixture(scope="session")
def nginx(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A function that runs nginx with these server blocks, `{folder}` being its own, until the tests are over."""
    path = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")
    if path is None:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)("nginx was not found")
    running: list[int] = []

    def start(servers: str) -> None:
        folder = tmp_path_factory.mktemp("nginx")
        key, certificate = folder / "key.pem", folder / "certificate.pem"
        sign = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=localhost".split()
        subprocess.run([*sign, "-keyout", key, "-out", certificate], check=True, capture_output=True)
        user = "user root;" if os.getuid() == 0 else ""  # pytest's folders are closed to others
        text = NGINX.format(user=user, folder=folder, servers=servers.replace("{folder}", str(folder)))
        (folder / "nginx.conf").write_text(text)
        # It returns once it listens.
        command = [path, "-p", str(folder), "-e", str(folder / "log"), "-c", str(folder / "nginx.conf")]
        started = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
        assert started.returncode == 0, started.stderr
        running.append(int((folder / "pid").read_text()))

    yield start
    for pid in running:
        os.kill(pid, signal.SIGTERM)
