"""A disk that is full, a database that is locked: the reason is reported, nothing is lost, memory is bounded."""

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from app.runs.storage_backlog import MAX_UNSAVED_BYTES

FAST = {"dataset": {"samples": 10}, "network": {"hidden": []}, "training": {"pace": None, "batch_size": None}}


@pytest.fixture
def small_disk(tmp_path):
    """A file system of 16 MB."""
    if os.geteuid() != 0 or not shutil.which("mount"):
        pytest.skip("only root can mount a file system")
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", folder], check=False)
    if mounted.returncode:
        pytest.skip("no file system can be mounted here")
    yield folder
    subprocess.run(["umount", "--lazy", folder], check=True)


class Owner:
    """Who owns one run on a server."""

    def __init__(self, address, config):
        self.http = httpx.Client(base_url=address, timeout=60)
        run = self.http.post("/api/v1/runs", json={"config": config}).raise_for_status().json()
        self.path = f"/api/v1/runs/{run['id']}"
        self.headers = {"Authorization": f"Bearer {run['owner_token']}"}

    def call(self, method, path="", **body):
        return self.http.request(method, self.path + path, headers=self.headers, json=body or None)

    def until(self, fits):
        """Looks at the run until it is as it should be."""
        for _ in range(3000):
            run = self.call("GET").json()
            if fits(run):
                return run
        raise AssertionError(f"it never came to that: {run['state']}, epoch {run['epoch']}, {run['detail']}")


def fill(folder):
    """Leaves no room on a file system."""
    path = folder / "filling"
    with path.open("wb", buffering=0) as file:
        for size in (1 << 16, 1 << 12):
            try:
                while True:
                    file.write(bytes(size))
            except OSError:
                continue
    return path


def test_a_full_disk_is_reported_and_loses_nothing(serve, small_disk):
    server = serve(DESCENT_DATA_DIR=str(small_disk), DESCENT_MAX_EPOCHS="1000000")
    owner = Owner(server.address(), FAST)
    owner.call("PATCH", state="running").raise_for_status()
    filling = fill(small_disk)
    with closing(owner.http):
        held = owner.until(lambda run: run["detail"])
        assert "full" in held["detail"]
        assert held["state"] == "running"
        refused = owner.call("PATCH", training={"learning_rate": 0.5})
        assert (refused.status_code, refused.headers["content-type"]) == (503, "application/problem+json")
        assert "full" in refused.json()["detail"]
        assert "Traceback" not in refused.text
        assert owner.http.get("/readyz").status_code == 503
        assert owner.http.post("/api/v1/runs", json={}).status_code == 503
        # It trains no further: what waits to be stored stays within its bound.
        stopped = owner.until(lambda run: {owner.call("GET").json()["epoch"] for _ in range(40)} == {run["epoch"]})
        metrics = owner.call("GET", "/metrics?limit=1").json()
        assert metrics["epoch"] == [0]
        filling.unlink()
        going = owner.until(lambda run: run["epoch"] > stopped["epoch"])
        assert going["detail"] is None
        assert owner.http.get("/readyz").status_code == 200
        paused = owner.call("PATCH", state="paused").raise_for_status().json()
        assert paused["changes"][-1]["training"] == {"learning_rate": 0.5}
    assert server.stop() == 0
    server = serve(DESCENT_DATA_DIR=str(small_disk), DESCENT_MAX_EPOCHS="1000000")
    with httpx.Client(base_url=server.address(), timeout=60) as http:
        run = http.get(owner.path).json()
        assert (run["epoch"], run["batch"], run["changes"]) == (paused["epoch"], paused["batch"], paused["changes"])
        epochs, since = [], 0
        while since is not None:
            page = http.get(f"{owner.path}/metrics?since={since}").json()
            epochs += page["epoch"]
            since = page["next"]
    assert epochs == list(range(paused["epoch"] + 1))


def test_a_locked_database_is_waited_for(serve, tmp_path):
    folder = tmp_path / "kept"
    slow = FAST | {"training": {"pace": 1}}  # still running when it is looked at
    owner = Owner(serve(DESCENT_DATA_DIR=str(folder)).address(), slow)
    with closing(owner.http), sqlite3.connect(folder / "descent.sqlite", isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        refused = owner.call("PATCH", state="running")
        assert refused.status_code == 503
        assert "locked" in refused.json()["detail"]
        assert owner.call("GET").json()["state"] == "running"
        other.execute("ROLLBACK")
        assert owner.call("PATCH", state="paused").status_code == 200
        assert owner.http.get("/readyz").status_code == 200
    other.close()


def test_the_bound_is_what_the_documentation_says():
    text = (Path(__file__).parents[3] / "docs" / "architecture.md").read_text(encoding="utf-8")
    assert f"{MAX_UNSAVED_BYTES / 1e6:g} MB" in text
