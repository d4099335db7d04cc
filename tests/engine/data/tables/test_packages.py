"""Tables of packages that carry their data: rows, names, kinds, roles and numbers are as recorded and looked at."""

import json

import pytest

from tests.engine.data.tables.packages import RECORDED, TABLES, described, files

EXPECTED = json.loads(RECORDED.read_text(encoding="utf-8"))


@pytest.mark.parametrize("package", TABLES)
def test_every_table_is_read_as_recorded(package):
    found = files(package)
    if not found:
        pytest.skip(f"{package} is not installed: see packages.py")
    compared = 0
    for name, path in found.items():
        now = described(path.read_bytes())
        if name in EXPECTED and EXPECTED[name]["file"] == now["file"]:
            assert now == EXPECTED[name], name
            compared += 1
    assert compared, "other versions of the package: record again"


def test_what_is_recorded_names_every_package_and_gives_reasons():
    assert {name.partition("/")[0] for name in EXPECTED} == set(TABLES)
    assert sum("refused" not in each for each in EXPECTED.values()) > 85
    assert all(len(each["refused"]) > 30 for each in EXPECTED.values() if "refused" in each)
