"""One server at a time on a data folder."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from app.storage.folder_lock import FolderInUse, FolderLock

ROOT = Path(__file__).parents[3]


def test_a_folder_is_held_until_it_is_released(tmp_path):
    lock = FolderLock(tmp_path)
    with pytest.raises(FolderInUse) as refused:
        FolderLock(tmp_path)
    assert str(tmp_path) in str(refused.value)
    assert str(os.getpid()) in str(refused.value)
    lock.release()
    FolderLock(tmp_path).release()


def test_a_second_server_refuses_the_folder_of_the_first(serve, tmp_path):
    folder = str(tmp_path / "kept")
    first = serve(DESCENT_DATA_DIR=folder)
    address = first.address()
    environment = os.environ | {"DESCENT_DATA_DIR": folder, "DESCENT_PORT": "0"}
    second = subprocess.run(
        [sys.executable, "-m", "app"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert second.returncode == 1
    assert folder in second.stderr
    assert str(first.process.pid) in second.stderr
    assert second.stderr.count("\n") == 1
    assert httpx.post(f"{address}/api/v1/runs", json={}).status_code == 201


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="stops workers found in /proc")
def test_a_killed_server_frees_the_folder_at_once(serve, tmp_path):
    folder = str(tmp_path / "kept")
    first = serve(DESCENT_DATA_DIR=folder)
    first.address()
    children = Path(f"/proc/{first.process.pid}/task").glob("*/children")
    workers = [int(pid) for path in children for pid in path.read_text().split()]
    for pid in workers:
        os.kill(pid, signal.SIGSTOP)  # it cannot end with its server
    try:
        first.process.kill()
        first.process.wait()
        assert serve(DESCENT_DATA_DIR=folder).address()
    finally:
        for pid in workers:
            os.kill(pid, signal.SIGKILL)
