"""The page's modules that need no browser, tested by Node's own runner; the page itself needs no Node."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

HERE = Path(__file__).parent


def test_the_modules_of_the_page():
    node = shutil.which("node")
    if node is None:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)("node was not found on the PATH")
    files = sorted(map(str, (HERE / "js").glob("*.test.js")))
    assert files
    run = subprocess.run([node, "--test", *files], cwd=HERE.parent, capture_output=True, text=True, timeout=100)
    assert run.returncode == 0, run.stdout + run.stderr
