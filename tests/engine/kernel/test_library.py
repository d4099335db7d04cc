"""The compiled library is built, loaded, checked and chosen, or refused with the reason."""

import ctypes
import re
import shutil
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest

from engine.kernel import NUMPY, PORTABLE, KernelError, bindings, bodies, library, load, status
from engine.kernel.self_test import EXPECTED, self_test

ROOT = Path(__file__).parents[3]
needs_library = pytest.mark.skipif(not bodies(), reason="there is no C compiler")


@pytest.fixture(autouse=True)
def fresh():
    """What was loaded is forgotten, before and after."""
    caches = library._library, library._body, library._chosen
    for cache in caches:
        cache.cache_clear()
    yield
    for cache in caches:
        cache.cache_clear()


def reason():
    told = status()
    assert (told.name, told.body, load()) == (NUMPY, None, None)
    return told.reason


@needs_library
@pytest.mark.parametrize("body", bodies())
def test_each_body_of_this_processor_passes_the_self_test(monkeypatch, body):
    assert self_test(load(body)) == EXPECTED
    monkeypatch.setenv("DESCENT_KERNEL", body)
    assert (load().body, status()[:2]) == (body, (PORTABLE, body))


@needs_library
def test_the_widest_body_is_chosen(monkeypatch):
    monkeypatch.setenv("DESCENT_KERNEL", "")
    assert load().body == bodies()[-1]


def test_off_is_numpy(monkeypatch):
    monkeypatch.setenv("DESCENT_KERNEL", "off")
    assert "off" in reason()


def test_a_setting_that_is_none_is_refused(monkeypatch):
    monkeypatch.setenv("DESCENT_KERNEL", "fast")
    with pytest.raises(KernelError, match="fast is not one of off, require, base"):
        status()


@pytest.mark.parametrize(
    ("where", "change", "said"),
    [
        ("FOLDER", Path("nowhere"), "not built"),
        ("INTERFACE", -1, "another version"),
        ("EXPECTED", "0" * 64, "self-test"),
        ("bodies", lambda: (), "cannot run the body"),
    ],
)
@needs_library
def test_an_unusable_library_is_an_error_where_required(monkeypatch, where, change, said):
    monkeypatch.setattr(library, where, change)
    monkeypatch.setenv("DESCENT_KERNEL", "")
    assert said in reason()
    monkeypatch.setenv("DESCENT_KERNEL", "require")
    with pytest.raises(KernelError, match=said):
        load()


def test_a_file_that_is_no_library_is_refused(monkeypatch, tmp_path):
    (tmp_path / library.NAMES[0]).write_text("not a library")
    monkeypatch.setattr(library, "FOLDER", tmp_path)
    monkeypatch.setenv("DESCENT_KERNEL", "")
    assert "cannot be loaded" in reason()


HEADER = (ROOT / "engine" / "kernel" / "kernel.h").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("names", "prefix"),
    [(bindings.ACTIVATIONS, ""), (bindings.OUTPUTS, "OUT_"), (bindings.LOSSES, ""), (bindings.OPTIMIZERS, "")],
)
def test_names_are_in_the_order_of_the_header(names, prefix):
    enums = [re.findall(r"\w+", body) for body in re.findall(r"enum \{([^}]*)\}", HEADER)]
    assert [prefix + name.upper() for name in names] in enums


def test_the_interface_is_that_of_the_header():
    assert re.findall(r"#define (INTERFACE|LANES|MAX_LAYERS|SETS) (\d+)", HEADER) == [
        ("INTERFACE", str(bindings.INTERFACE)),
        ("LANES", str(bindings.LANES)),
        ("MAX_LAYERS", str(bindings.MAX_LAYERS)),
        ("SETS", str(bindings.SETS)),
    ]


# ---- the build


def builds(folder, *arguments, **environment):
    """What the build says in a copy of its script and of the small part of the sources that compiles at once."""
    (folder / "engine" / "kernel").mkdir(parents=True, exist_ok=True)
    for name in ("build_kernel.py", "engine/kernel/library.c", "engine/kernel/kernel.h"):
        shutil.copy(ROOT / name, folder / name)
    command = [sys.executable, "-S", "build_kernel.py", *arguments]  # -S: as if nothing were installed
    run = partial(subprocess.run, capture_output=True, text=True, check=False, timeout=100)
    return run(command, cwd=folder, env=environment)


@needs_library
def test_it_builds_once_and_again_when_a_flag_changes(tmp_path):
    kernel, path = tmp_path / "engine" / "kernel", {"PATH": "/usr/bin:/bin"}
    assert builds(tmp_path, **path).returncode == 0
    (built,) = [kernel / name for name in library.NAMES if (kernel / name).exists()]
    assert ctypes.CDLL(str(built)).kernel_interface() == bindings.INTERFACE
    first = built.stat().st_mtime_ns
    builds(tmp_path, **path)
    assert built.stat().st_mtime_ns == first
    builds(tmp_path, **path, CFLAGS="-DOTHER")
    assert built.stat().st_mtime_ns != first
    assert not list(kernel.glob(".build*"))


@pytest.mark.parametrize(
    ("compiler", "said"), [({"PATH": "/nowhere"}, "no C compiler"), ({"CC": "/nowhere/cc"}, "/nowhere/cc")]
)
def test_without_a_compiler_numpy_trains_unless_required(tmp_path, compiler, said):
    stale = tmp_path / "engine" / "kernel" / "libkernel.so"
    stale.parent.mkdir(parents=True)
    stale.write_text("of older sources")
    done = builds(tmp_path, **compiler)
    assert done.returncode == 0
    assert said in done.stderr
    assert "NumPy" in done.stderr
    assert not stale.exists()
    done = builds(tmp_path, **compiler, DESCENT_KERNEL="require")
    assert done.returncode != 0
    assert said in done.stderr
    assert builds(tmp_path, **compiler, DESCENT_KERNEL="off").stderr == ""


def test_user_flags_come_before_those_that_fix_the_results(monkeypatch, tmp_path):
    build_kernel = pytest.importorskip("build_kernel")
    monkeypatch.setenv("CFLAGS", "-Ofast -ffast-math -ffp-contract=fast")
    for command in build_kernel.commands(["cc"], None, tmp_path):
        last = command.index("-ffp-contract=fast")
        assert all(command.index(flag) > last for flag in build_kernel.FLAGS)
