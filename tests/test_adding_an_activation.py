"""docs/adding-an-activation.md, followed to the letter on a copy of the engine and its tests."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "adding-an-activation.md").read_text(encoding="utf-8")
ENTRY, TRIAL = re.findall(r"^```python\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
(COMMAND,) = re.findall(r"^```sh\n(.*?)\n```", PAGE, re.MULTILINE | re.DOTALL)


@pytest.fixture
def checkout(tmp_path):
    """A copy of the engine and its tests, with the page's entry listed where the page says so."""
    for part in ("engine", "tests/engine"):
        shutil.copytree(ROOT / part, tmp_path / part, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "tests/conftest.py"):
        shutil.copy(ROOT / name, tmp_path / name)
    (place,) = re.findall(r"Softsign is this one, `(engine/[\w/]+\.py)`", PAGE)
    (tmp_path / place).write_text(ENTRY, encoding="utf-8")
    (place,) = re.findall(r"`(engine/[\w/]+\.py)` lists the files", PAGE)
    (last,) = re.findall(r"end of the list, after `(\w+)`", PAGE)
    package = tmp_path / place
    listed = package.read_text(encoding="utf-8")
    assert listed.count(f"    {last},\n") == 2
    package.write_text(listed.replace(f"    {last},\n", f"    {last},\n    softsign,\n"), encoding="utf-8")
    return tmp_path


def run(command, cwd):
    # Away from this checkout: its packages must not stand in for the copies.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(
        [sys.executable, *command], cwd=cwd, env=environment, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
    return done.stdout


def test_the_example_activation_is_not_registered_already():
    assert "softsign" not in "".join(path.read_text(encoding="utf-8") for path in (ROOT / "engine").rglob("*.py"))


def test_the_new_name_is_valid_is_right_learns_and_shows(checkout):
    where = "import engine; print(engine.__file__)\n"
    assert run(["-c", where + TRIAL], checkout).startswith(str(checkout))


def test_the_sweeps_over_the_registry_cover_it(checkout):
    python, *command = COMMAND.split()
    assert python == "python"
    said = run([*command, "-p", "no:cacheprovider"], checkout)
    (passed,) = re.findall(r"(\d+) passed", said)
    assert int(passed) >= 5
    assert "failed" not in said


def test_every_field_that_the_page_names_exists():
    from engine.nn.activations import Activation

    named = set(re.findall(r"^\| `(\w+)`(?:, `(\w+)`)? \|", PAGE, re.MULTILINE))
    assert {name for pair in named for name in pair if name} <= set(Activation.__dataclass_fields__)


def test_the_rows_of_the_compiled_half_go_where_the_page_says():
    (place,) = re.findall(r"^- `(engine/[\w/]+\.\w+)`: a row in `activate`", PAGE, re.MULTILINE)
    assert (ROOT / place).read_text(encoding="utf-8").count("CASE(MISH, ") == 2
