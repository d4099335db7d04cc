"""A panel's own style sheet, loaded when the panel is first opened, changes nothing outside of the panel."""

import re

import pytest

from tests.conftest import ROOT

STATIC = ROOT / "static"
PANELS = re.findall(r'style: "panel-(\w+)\.css"', (STATIC / "panels" / "tabs.js").read_text(encoding="utf-8"))


def first_classes(sheet):
    """The class that each selector of a sheet begins with; selectors within parentheses do not count."""
    rules = re.findall(r"([^{}]+)\{", re.sub(r"/\*.*?\*/", "", sheet, flags=re.DOTALL))
    selectors = [re.sub(r"\([^()]*\)", "", rule) for rule in rules if not rule.strip().startswith("@")]
    return {name for each in ",".join(selectors).split(",") for name in re.findall(r"^\s*\.([\w-]+)", each)}


@pytest.mark.parametrize("panel", PANELS)
def test_a_panels_selectors_begin_with_classes_of_its_own(panel):
    own = first_classes((STATIC / "css" / f"panel-{panel}.css").read_text(encoding="utf-8"))
    assert panel in own
    others = [path for path in STATIC.rglob("*.js") if path.parent != STATIC / "panels" / panel]
    text = "\n".join(path.read_text(encoding="utf-8") for path in [*others, *(ROOT / "templates").iterdir()])
    used = {
        name for names in re.findall(r"class[=:]\s*[\"'`]([^\"'`]*)", text) for name in re.findall(r"[\w-]+", names)
    }
    assert own & used - {panel} == set()
