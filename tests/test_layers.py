"""Imports run one way: each part stands on those below it, in the engine, the server and the page alike."""

import re
from itertools import chain
from pathlib import Path

import pytest

from tests.test_imports import ROOT, circle, graph

# From the bottom up. A module belongs to the longest name that fits; modules of one row may import each other.
ENGINE = (
    ("errors", "pieces"),
    ("nn.registry",),
    ("numbers",),
    ("kernel",),
    # What can be chosen, as registries.
    (
        "nn",
        "data.features",
        "data.formula",
        "data.datasets",
        "data.sets",
        "data.tables",
        "training.optimizers",
        "training.schedules",
    ),
    ("config",),
    ("nn.model", "data", "training"),
    ("inspection", "export"),
    ("catalog",),
)
APP = (
    ("errors",),
    ("environment", "hosts", "root_path"),
    ("settings",),
    ("protocol", "course"),
    ("storage", "inspections", "tables"),
    ("web", "workers"),
    ("runs",),
    ("api",),
    ("main", "health_command", "jupyter"),
    ("cli",),
    ("__main__",),
)
PAGE = (
    ("lib",),
    ("state", "api"),
    ("ui",),
    ("config",),
    ("charts",),
    ("url", "run"),
    ("network",),
    ("output",),
    ("controls", "panels/*"),
    ("panels",),
    ("main",),
)
# What may not be imported though it lies below.
NEVER = {
    "course": ("errors", "settings", "protocol"),
    "workers": ("web",),
    "protocol": ("settings",),
    **dict.fromkeys(("network", "output", "controls", "panels", "panels/*", "charts"), ("api",)),
}

SPECIFIER = re.compile(
    r"""^(?:import|export)\b[^;'"]*?["'](\.{1,2}/[^"']+)["']|\bimport\(["'](\.{1,2}/[^"']+)["']\)""", re.M
)
COMMENT = re.compile(r"/\*.*?\*/|^\s*//[^\n]*", re.S | re.M)


def python_parts(package):
    """Each import of one part of a package by another: (module, part, imported module, imported part)."""
    layers = {"engine": ENGINE, "app": APP}[package]
    for name, used in graph(package).items():
        for other in used:
            if other.startswith(f"{package}.") and name != package:
                yield name, part_of(name, package, layers), other, part_of(other, package, layers)


def part_of(name, package, layers):
    inside = name.removeprefix(f"{package}.")
    fitting = [part for part in chain(*layers) if f"{inside}.".startswith(f"{part}.")]
    return max(fitting, key=len, default=inside)


def page_modules():
    return {
        path.relative_to(ROOT / "static"): path.read_text(encoding="utf-8") for path in (ROOT / "static").rglob("*.js")
    }


def page_imports():
    """The modules of the page that each imports, comments apart, whether at once or later."""
    found = {}
    for path, text in page_modules().items():
        specifiers = (first or second for first, second in SPECIFIER.findall(COMMENT.sub("", text)))
        found[path] = {
            (ROOT / "static" / path.parent / each).resolve().relative_to(ROOT / "static") for each in specifiers
        }
    return found


def room_of(path):
    match path.parts:
        case (_,):
            return "main"
        case ("panels", _, *_) if len(path.parts) > 2:
            return "panels/*"
        case (room, *_):
            return room


def page_parts():
    for path, used in page_imports().items():
        for other in used:
            yield path, room_of(path), other, room_of(other)


def upward(parts, layers):
    """The imports that lead up, or where they are never to lead."""
    level = {part: number for number, row in enumerate(layers) for part in row}
    for name, part, other, used in parts:
        assert {part, used} <= level.keys(), f"{name} or {other} belongs to no part: add it to the table"
        if level[used] > level[part] or used in NEVER.get(part, ()):
            yield f"{name} ({part}) imports {other} ({used})"


@pytest.mark.parametrize(
    ("parts", "layers"),
    [(lambda: python_parts("engine"), ENGINE), (lambda: python_parts("app"), APP), (page_parts, PAGE)],
    ids=["engine", "app", "page"],
)
def test_imports_lead_down(parts, layers):
    found = list(parts())
    assert len(found) > 20
    assert list(upward(found, layers)) == []


def test_the_course_imports_the_engine_only():
    own = {name: used for name, used in graph("app").items() if name.startswith("app.course")}
    assert own
    assert [
        other for used in own.values() for other in used if other.startswith("app.") and "app.course" not in other
    ] == []


def test_only_what_is_opened_is_imported_late():
    dynamic = re.compile(r"""\bimport\(["'](?:[^"']*/)?([\w-]+)\.js["']\)""")
    late = {name for text in page_modules().values() for name in dynamic.findall(COMMENT.sub("", text))}
    panels = {"inside", "step", "landscape", "lessons", "use", "network-rail"}
    dialogs = {"runs-dialog", "table-dialog", "more-settings", "weight-popover"}
    data = {"data-source", "formula-field", "digit-pad", "pictures", "slice-controls", "output-select"}
    modes = {"hidden-controls", "fork", "tf-playground", "polling"}
    assert late == panels | dialogs | data | modes


def test_the_page_has_no_circle():
    imported = {str(path): set(map(str, used)) for path, used in page_imports().items()}
    assert circle(imported) == []


def test_an_import_that_leads_up_is_found():
    parts = [("engine.a", "config", "engine.b", "training"), ("static/x", "network", "static/y", "api")]
    assert len(list(upward(parts[:1], ENGINE))) == 1
    assert len(list(upward(parts[1:], PAGE))) == 1
    assert part_of("engine.nn.model", "engine", ENGINE) == "nn.model"
    assert part_of("engine.nn.losses", "engine", ENGINE) == "nn"
    assert room_of(Path("panels/step/step.js")) == "panels/*"


def documented(heading):
    """The parts in a table of docs/architecture.md, row by row from the bottom up."""
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (`[^|]+) \|", text.split(f"\n### {heading}\n")[1].split("\n#")[0], re.M)
    return [set(re.findall(r"`([^`]+)`", row)) for row in reversed(rows)]


@pytest.mark.parametrize(("heading", "layers"), [("engine", ENGINE), ("app", APP), ("static", PAGE)])
def test_the_architecture_has_these_layers(heading, layers):
    assert documented(heading) == [set(row) for row in layers]


def test_one_module_of_the_page_owns_the_address():
    users = {str(path) for path, text in page_modules().items() if "location.hash" in COMMENT.sub("", text)}
    assert users == {"url/history.js"}
