"""The form of the findings: each is a script that stands alone. They are not run here: they install other software."""

import os
import re
import subprocess
from pathlib import Path

import pytest

FINDINGS = Path(__file__).parents[1] / "findings"
SCRIPTS = sorted(FINDINGS.glob("*.sh"))
README = (FINDINGS / "README.md").read_text(encoding="utf-8")
PINNED = re.compile(r"@?[A-Za-z][\w./-]*(==|@)\d+(\.\d+)+")


def test_the_list_names_every_script_and_no_other():
    listed = re.findall(r"^\| \[[^]]+\]\(([\w-]+\.sh)\) \|", README, re.MULTILINE)
    assert sorted(listed) == [script.name for script in SCRIPTS]
    assert len(listed) == len(set(listed))


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.stem)
def test_a_finding_stands_alone_and_says_what_it_shows(script):
    lines = script.read_text(encoding="utf-8").splitlines()
    assert lines[0] == "#!/usr/bin/env bash"
    assert os.access(script, os.X_OK)
    head = lines[1 : lines.index("set -eu")]
    assert all(line.startswith("#") for line in head)
    assert re.search(r"\d+\.\d+", head[0]), "the first line names the software with its version"
    assert any(line.startswith("# Seen: ") for line in head)
    assert "folder=$(mktemp -d)" in lines
    assert "trap 'rm -rf \"$folder\"' EXIT" in lines
    subprocess.run(["bash", "-n", str(script)], check=True)


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.stem)
def test_a_finding_pins_what_it_installs_and_can_fail(script):
    text = script.read_text(encoding="utf-8").replace("\\\n", " ")
    installs = re.findall(r"(?:pip\"?|npm) install (.*)", text)
    packages = [word for install in installs for word in install.split() if not word.startswith("-")]
    named = [word for word in packages if "$folder" not in word]
    assert named
    assert [word for word in named if not PINNED.fullmatch(word)] == []
    assert "changed" in text, "a message for the day on which the behaviour is another"
    assert not re.search(r"^\s*(?:import|from) (?:app|engine)\b", text, re.MULTILINE), "without Descent"
