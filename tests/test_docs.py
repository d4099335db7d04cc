"""What the README and the changelog say is so."""

import contextlib
import io
import json
import os
import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest
from pydantic.fields import FieldInfo

from app.settings import Settings

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
SETTING = re.compile(r"\bDESCENT_[A-Z][A-Z_]*[A-Z]\b")

DEFAULTS_IN_WORDS = {"data_dir": "`~/.local/share/descent`", "workers": "one per core"}
MADE_UP_BY_TESTS = {"DESCENT_NONSENSE", "DESCENT_X"}
# Misspelt on purpose, or made by Kubernetes and Docker for a service of this name.
NO_SETTINGS = ("tests/app/test_settings.py", "app/environment.py")

# The brackets keep this file from holding what it looks for.
REGISTRIES = re.compile(r"pypi[.]org|pythonhoste[d]|registry[.]npmjs|deb[.]debian[.]org")
MACHINE_PATH = re.compile(r"(?<![\w.}/-])/(?:work|root|Users|home)/\w")


def code_blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", README, re.MULTILINE | re.DOTALL)


def tracked() -> list[Path]:
    if not (ROOT / ".git").exists():
        pytest.skip("not a git checkout")
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return [path for name in listed.split("\0") if name and (path := ROOT / name).is_file()]


def test_the_first_screen_is_the_picture_and_the_two_commands():
    first = README.split("\n## ")[0]
    assert "docs/pictures/page-light.png" in first
    assert "docs/pictures/page-dark.png" in first
    assert re.findall(r"^make \w+", first, re.MULTILINE) == ["make run", "make test"]


def test_every_make_command_that_is_named_exists():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z][a-z-]*):", makefile, re.MULTILINE))
    named = set(re.findall(r"(?:^|`)make ([a-z]+)", README, re.MULTILINE))
    assert {"run", "test", "check"} <= named <= targets


def test_everything_the_readme_points_at_exists():
    linked = re.findall(r"\]\(([^)]+)\)", README) + re.findall(r"(?:src|srcset)=\"([^\"]+)\"", README)
    missing = [link for link in linked if "://" not in link and not (ROOT / link.partition("#")[0]).exists()]
    assert missing == []


def row(name: str, field: FieldInfo) -> str:
    """A setting's line in the README's table."""
    default = DEFAULTS_IN_WORDS.get(name) or (
        f"`{str(field.default).lower()}`" if field.default not in ("", ()) else ""
    )
    return f"| `DESCENT_{name.upper()}` | {default} | {field.description} |"


def test_every_setting_is_in_the_table_as_it_is_in_the_code():
    written = re.findall(r"^\| `DESCENT_.*", README, re.MULTILINE)
    assert written == [row(name, field) for name, field in Settings.model_fields.items()]


def test_no_file_names_a_setting_that_does_not_exist():
    known = {f"DESCENT_{name.upper()}" for name in Settings.model_fields}
    unknown = {
        f"{path.relative_to(ROOT)}: {name}"
        for path in tracked()
        if path.suffix in {".md", ".py", ".js", ".html", ""}
        and path != Path(__file__)
        and path.relative_to(ROOT).as_posix() not in NO_SETTINGS
        for name in SETTING.findall(path.read_text(encoding="utf-8"))
        if name not in known and name not in MADE_UP_BY_TESTS
    }
    assert unknown == set()


def test_the_changelog_keeps_its_form():
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert text.startswith("# Changelog\n")
    versions = re.findall(r"^## (.*)$", text, re.MULTILINE)
    assert versions[0] == "[Unreleased]"
    assert all(re.fullmatch(r"\[\d+\.\d+\.\d+\] - \d{4}-\d{2}-\d{2}", version) for version in versions[1:])
    kinds = set(re.findall(r"^### (.*)$", text, re.MULTILINE))
    assert kinds <= {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert len(versions) == 1 or versions[1].startswith(f"[{project['version']}]")


def test_no_file_names_a_registry_or_a_path_of_one_machine():
    found = []
    for path in tracked():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        for number, line in enumerate(text.splitlines(), 1):
            if REGISTRIES.search(line) or MACHINE_PATH.search(line):
                found.append(f"{path.relative_to(ROOT)}:{number}: {line.strip()[:100]}")
    assert found == []


@pytest.mark.skipif(not shutil.which("curl") and os.environ.get("CI") != "true", reason="the commands need curl")
def test_the_curl_commands_do_what_they_say(serve):
    create, keep, use = (block for block in code_blocks("sh") if "curl" in block or "$RUN" in block)
    script = "\n".join([create, keep, use.replace("\ncurl", "\necho\ncurl"), "echo", 'echo "$ID"'])
    script = script.replace("localhost:8000", serve().address())
    said = subprocess.run(["sh", "-eu", "-c", script], capture_output=True, text=True, timeout=120, check=True).stdout
    created, predicted, changed, run_id = said.strip().splitlines()
    run = json.loads(created)
    assert run["state"] == "finished"
    assert run["owner_token"]
    assert run["metrics"][0]["test_accuracy"] > 0.95
    assert json.loads(predicted)["labels"] == [1, 0]
    assert json.loads(changed)["config"]["training"]["max_epochs"] == 400
    assert run_id == run["id"]


def outcome(example: str, names: dict[str, object]) -> str:
    """What a Python example prints."""
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        exec(compile(example, "README.md", "exec"), names)
    return said.getvalue()


def test_the_python_examples_do_what_they_say(serve):
    rest, stream, engine = code_blocks("python")
    host, names = serve().address().removeprefix("http://"), {}
    accuracy, labels = outcome(rest.replace("localhost:8000", host), names).splitlines()
    assert float(accuracy) > 0.95
    assert labels == "[1, 0]"
    told = [line.split() for line in outcome(stream.replace("localhost:8000", host), names).splitlines()]
    epochs = [int(epoch) for epoch, _ in told]
    assert epochs == sorted(set(epochs))
    assert 300 < epochs[0] <= epochs[-1] == 400
    assert all(0 < float(loss) < 1 for _, loss in told)
    accuracy, inner, outer = map(float, re.findall(r"\d\.\d+(?:e[-+]\d+)?", outcome(engine, {})))
    assert accuracy > 0.95
    assert inner > 0.5 > outer
