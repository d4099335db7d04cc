"""Time from a click on a tab to its panel: the default network, at rest, a page just opened.

    python -m benchmarks.panels [rounds]

From the click's own time to the last change of the panel's elements after it. The first opening of a panel in a page
brings its script, begun when the tab is pointed at; later ones find it there. Chromium, headless, drawn in software.
"""

import statistics
import sys
from typing import Any

from benchmarks.page_visits import visits

PANELS = ("inside", "step", "landscape", "lessons", "use")
HOVER_MS = 250
SETTLED_MS = 900

WATCH = """(name) => {
  const seen = { clicked: 0, last: 0 };
  window.seen = seen;
  new MutationObserver(() => { seen.last = performance.now(); }).observe(document.getElementById(`panel-${name}`), {
    subtree: true, childList: true, attributes: true, characterData: true });
  const tab = document.getElementById(`tab-${name}`);
  tab.addEventListener("click", (event) => { seen.clicked = event.timeStamp; }, { capture: true, once: true });
}"""


def opening(page: Any, name: str) -> float:
    """Milliseconds from the click to the last change."""
    page.locator("#tab-curves").hover()
    page.evaluate(WATCH, name)
    tab = page.locator(f"#tab-{name}")
    tab.hover()
    page.wait_for_timeout(HOVER_MS)
    tab.click()
    page.wait_for_timeout(SETTLED_MS)
    return float(page.evaluate("seen.last - seen.clicked"))


def told(times: list[float]) -> str:
    return f"{statistics.median(times):4.0f} ms ({min(times):.0f} to {max(times):.0f})"


def main(rounds: int) -> None:
    print(f"{'panel':10} {'first opening':24} later opening   (asked: within 100 ms)")
    with visits(1440, 900) as visit_page:
        for name in PANELS:
            first, later = [], []
            for _ in range(rounds):
                visit = visit_page()
                page = visit.open()
                first.append(opening(page, name))
                page.locator("#tab-curves").click()
                later.append(opening(page, name))
                visit.context.close()
            print(f"{name:10} {told(first):24} {told(later)}", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
