"""The page's scripts are plain JavaScript, checked by types: few of their lines may do nothing but spell those."""

import re
from pathlib import Path

STATIC = Path(__file__).parents[1] / "static"
COMMENT = re.compile(r"^[ \t]*/\*\*(?:(?!\*/).)*\*/[ \t]*$", re.S | re.M)
TAG = re.compile(r"@(typedef|property|param|returns|type|import|template|callback)\b")


def spelled(text: str) -> int:
    """Lines that are only tags with types, or go on with one."""
    count = 0
    for comment in COMMENT.findall(text):
        within = False
        for line in comment.splitlines():
            words = line.strip().removeprefix("/**").removesuffix("*/").strip("* ")
            within = bool(TAG.match(words)) or (within and bool(words))
            count += within
    return count


def test_lines_that_spell_types_are_counted():
    assert spelled("/** @import {Run} from './run.js' */\n/** What a run is. @param {Run} run */") == 1
    assert spelled("/**\n * What it draws.\n * @param {Run} run\n *   and more of it\n * @returns {string}\n */") == 3
    assert spelled("const far = (/** @type {number} */ x) => x > 2;\n  /** @type {any} */ (far).name = 1;") == 0


def test_at_most_one_line_in_twenty_spells_types():
    texts = [path.read_text(encoding="utf-8") for path in STATIC.rglob("*.js")]
    assert len(texts) > 100
    lines = sum(len(text.splitlines()) for text in texts)
    assert sum(map(spelled, texts)) / lines <= 0.05
