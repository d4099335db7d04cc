"""Scripts and styles reach the browser small, whole and revalidated."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

STATIC = Path(__file__).parents[2] / "static"
FILES = sorted(path.relative_to(STATIC).as_posix() for path in STATIC.rglob("*") if path.suffix in (".js", ".css"))


def test_every_script_is_smaller_and_still_a_module(server, tmp_path):
    node = shutil.which("node")
    for name in FILES:
        response = server.http.get(f"/static/{name}")
        assert response.status_code == 200
        assert len(response.content) <= (STATIC / name).stat().st_size
        if name.endswith(".js"):
            assert response.headers["content-type"].startswith("text/javascript")
            (tmp_path / f"{name.replace('/', '-')[:-3]}.mjs").write_bytes(response.content)
    if node is None:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)("no node found to parse the scripts with")
    modules = sorted(tmp_path.glob("*.mjs"))
    assert modules
    for module in modules:
        parsed = subprocess.run([node, "--check", str(module)], capture_output=True, text=True, check=False)
        assert parsed.returncode == 0, parsed.stderr


def nested_templates(text):
    """Lines at which a template literal begins within another."""
    found, within, i = [], [], 0
    while i < len(text):
        char = text[i]
        if within and within[-1] == "template":
            if char == "\\":
                i += 1
            elif char == "`":
                within.pop()
            elif text.startswith("${", i):
                within.append("code")
                i += 1
        elif text.startswith(("//", "/*"), i):
            i = (text.find("\n", i) if text[i + 1] == "/" else text.index("*/", i) + 1) % (len(text) + 1)
        elif char in "'\"":
            i += 1
            while text[i] != char:
                i += 2 if text[i] == "\\" else 1
        elif char == "`":
            found += [text.count("\n", 0, i) + 1] if "template" in within else []
            within.append("template")
        elif char == "{":
            within.append("code")
        elif char == "}" and within:
            within.pop()
        i += 1
    return found


def test_no_template_literal_stands_within_another():
    """The minifier would take the spaces of the inner one for spare ones."""
    assert nested_templates("`a ${b ? ` c ${d}` : ''}`") == [1]
    assert nested_templates("// `\n`a ${b}` + `c` + '`'") == []
    found = {name: nested_templates((STATIC / name).read_text()) for name in FILES if name.endswith(".js")}
    assert not {name: lines for name, lines in found.items() if lines}


def test_a_changed_file_is_delivered_anew(server, tmp_path):
    from app.web.static_files import DeliveredFiles

    style = tmp_path / "a.css"
    style.write_text("/* words */ a  {  color : red }\n")
    files = DeliveredFiles(tmp_path)
    first, etag = files._minified(str(style), 1.0, lambda text: text.upper())
    assert files._minified(str(style), 1.0, lambda text: "not asked again") == (first, etag)
    style.write_text("b { color: blue }")
    second, other = files._minified(str(style), 2.0, lambda text: text)
    assert (second, other != etag) == (b"b { color: blue }", True)


def test_what_does_not_exist_is_a_problem(server):
    assert server.http.get("/static/nothing.js").status_code == 404
    assert server.http.get("/static/../app/main.py").status_code == 404
