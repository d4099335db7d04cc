"""What the packages import: no circle, nothing undeclared, and the engine nothing but NumPy and pydantic."""

import ast
import sys
import tomllib
from graphlib import CycleError, TopologicalSorter
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[1]

# What the engine may use beside the standard library, and below which of its modules.
ENGINE_PARTS = {"numpy": "engine", "pydantic": "engine.config", "pydantic_core": "engine.config"}
ENGINE_PARTS["pyarrow"] = "engine.data.tables.formats.parquet"  # of an extra, imported where it is used

# The engine has no clock, no I/O, no processes and one source of randomness, the seeded Generators.
ENGINE_NEVER = frozenset(
    """asyncio concurrent datetime http io logging multiprocessing os pathlib random shutil socket sqlite3 subprocess
    tempfile threading time urllib""".split()
)

# Parts of a declared dependency that are imported under their own name.
COMES_WITH = {"starlette": "fastapi", "pydantic_core": "pydantic"}


def modules(package: str, root: Path = ROOT) -> dict[str, Path]:
    """The modules of a package by dotted name; a package's own name stands for its __init__."""
    names = {}
    for path in sorted((root / package).rglob("*.py")):
        parts = path.relative_to(root).with_suffix("").parts
        names[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return names


def imports(name: str, path: Path, known: dict[str, Path]) -> set[str]:
    """The dotted names that a module imports, wherever in it the import stands."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"), str(path))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            origin = node.module or ""
            if node.level:
                package = name if path.name == "__init__.py" else name.rpartition(".")[0]
                base = package.split(".")[: len(package.split(".")) - node.level + 1]
                origin = ".".join([*base, *filter(None, [node.module])])
            for alias in node.names:
                inner = f"{origin}.{alias.name}"
                found.add(inner if inner in known else origin)
    return found - {name}


def graph(package: str, root: Path = ROOT) -> dict[str, set[str]]:
    known = modules(package, root)
    return {name: imports(name, path, known) for name, path in known.items()}


def circle(imported: dict[str, set[str]]) -> list[str]:
    """One circle among these modules, empty when there is none."""
    try:
        TopologicalSorter({name: used & imported.keys() for name, used in imported.items()}).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def top(name: str) -> str:
    return name.partition(".")[0]


ENGINE_EXCEPTIONS = {
    # Finds the compiled library beside itself, as the environment says: the engine's only look at either.
    "engine.kernel.library": {"os", "pathlib"},
    # zipfile takes bytes in memory as a file.
    "engine.data.tables.archive": {"io"},
    "engine.export.archive": {"io"},
    # Reads the tables that come with the package, beside it.
    "engine.data.sets.registry": {"pathlib"},
}


@pytest.mark.parametrize("package", ["engine", "app"])
def test_no_circle(package):
    imported = graph(package)
    assert imported, f"{package}/ holds no module"
    assert circle(imported) == []


def test_engine_stands_on_numpy_alone():
    wrong = []
    for name, all_used in graph("engine").items():
        for used in map(top, all_used):
            never = ENGINE_NEVER - ENGINE_EXCEPTIONS.get(name, set())
            standard = used in sys.stdlib_module_names and used not in never
            place = ENGINE_PARTS.get(used)
            part = place is not None and f"{name}.".startswith(f"{place}.")
            if not (used == "engine" or standard or part):
                wrong.append(f"{name} imports {used}")
    assert wrong == []


def test_every_part_that_is_imported_is_declared():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"].values()
    declared = {Requirement(line).name.lower() for line in sum(extras, project["dependencies"])}
    distributions = packages_distributions()
    missing = set()
    for package in ("engine", "app"):
        for name, all_used in graph(package).items():
            for used in map(top, all_used):
                if used in sys.stdlib_module_names or used in {"engine", "app"}:
                    continue
                owners = {owner.lower().replace("_", "-") for owner in distributions.get(used, [used])}
                if not declared & (owners | {COMES_WITH.get(used, used)}):
                    missing.add(f"{name} imports {used}")
    assert missing == set()


def test_the_walk_sees_every_way_to_import(tmp_path):
    package = tmp_path / "engine"
    (package / "inner").mkdir(parents=True)
    (package / "__init__.py").write_text("from .a import x\n")
    (package / "a.py").write_text("def f():\n    import engine.b\n    from . import c\n")
    (package / "b.py").write_text("from engine import a\n")
    (package / "c.py").write_text("import numpy as np\n")
    (package / "inner" / "__init__.py").write_text("from ..a import x\nfrom .d import y\n")
    (package / "inner" / "d.py").write_text("from .. import b\n")
    imported = graph("engine", tmp_path)
    assert imported == {
        "engine": {"engine.a"},
        "engine.a": {"engine.b", "engine.c"},
        "engine.b": {"engine.a"},
        "engine.c": {"numpy"},
        "engine.inner": {"engine.a", "engine.inner.d"},
        "engine.inner.d": {"engine.b"},
    }
    assert set(circle(imported)) == {"engine.a", "engine.b"}
