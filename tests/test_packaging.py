"""The wheel carries everything the page needs, and serves it where there is no checkout."""

import os
import re
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path
from urllib.parse import urljoin

import httpx
import pytest

from engine.kernel import bodies
from engine.kernel.library import NAMES

ROOT = Path(__file__).parents[1]
LIBRARIES = {f"engine/kernel/{name}" for name in NAMES}
LINK = re.compile(r"""(?:src|href)=["']([^"'#]+)["']""")


def build(source: Path, out: Path, *targets: str, kernel: str = "") -> None:
    chosen = [part for target in targets for part in ("--target", target)]
    command = [sys.executable, "-m", "hatchling", "build", "--directory", str(out), *chosen]
    environment = os.environ | {"DESCENT_KERNEL": kernel}
    subprocess.run(command, cwd=source, env=environment, check=True, capture_output=True, text=True)


def names(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return {name for name in archive.namelist() if ".dist-info/" not in name}


def in_the_checkout(*folders: str) -> set[str]:
    """The files of these folders of the checkout, as their paths within it."""
    return {
        path.relative_to(ROOT).as_posix()
        for folder in folders
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts and path.suffix != ".stamp"
    }


@pytest.fixture(scope="module")
def built(tmp_path_factory) -> Path:
    out = tmp_path_factory.mktemp("dist")
    build(ROOT, out, "sdist", "wheel")
    return out


@pytest.fixture(scope="module")
def wheel(built) -> Path:
    (path,) = built.glob("*.whl")
    return path


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory) -> Path:
    """A folder that holds the wheel's contents and its command, and nothing of the checkout."""
    target = tmp_path_factory.mktemp("installed")
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
    subprocess.run([*pip, "--no-deps", "--no-index", "--target", str(target), str(wheel)], check=True)
    return target


def test_the_wheel_carries_both_packages_and_the_page(wheel):
    code = in_the_checkout("app", "engine")
    page = {f"app/{name}" for name in in_the_checkout("static", "templates")}
    assert names(wheel) == code | page


def test_a_wheel_built_from_the_sdist_is_the_same(built, wheel, tmp_path):
    (sdist,) = built.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        archive.extractall(tmp_path, filter="data")
    (source,) = tmp_path.iterdir()
    build(source, tmp_path / "out", "wheel", kernel="off")
    (again,) = (tmp_path / "out").glob("*.whl")
    assert again.name.endswith("-py3-none-any.whl")
    assert names(again) == names(wheel) - LIBRARIES


def test_a_wheel_with_a_library_has_a_platform_tag_only(wheel):
    carried = names(wheel) & LIBRARIES
    assert len(carried) == bool(bodies())
    assert wheel.name.endswith("-py3-none-any.whl") == (not carried)


def test_an_installed_wheel_serves_the_page_and_trains(installed, serve, tmp_path):
    where = subprocess.run(
        [sys.executable, "-c", "import app, engine; print(app.__file__, engine.__file__)"],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(installed)},
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split()
    assert all(Path(path).is_relative_to(installed) for path in where), where

    address = serve([str(installed / "bin" / "descent"), "serve"], cwd=tmp_path, PYTHONPATH=str(installed)).address()
    page = httpx.get(address, timeout=60).raise_for_status()
    links = {urljoin(address, link) for link in LINK.findall(page.text)}
    own = {link for link in links if link.startswith(f"{address}/static/")}
    assert {Path(httpx.URL(link).path).suffix for link in own} >= {".js", ".css"}
    for link in own:
        assert httpx.get(link).raise_for_status().content, link
    body = {"config": {"training": {"max_epochs": 5, "pace": None}}, "state": "running"}
    run = httpx.post(f"{address}/api/v1/runs?wait=30", json=body, timeout=60).raise_for_status().json()
    assert (run["state"], run["epoch"]) == ("finished", 5)
