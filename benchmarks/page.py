"""What the page costs: the times between its frames while the largest network it offers trains at pace 30.

Starts a server of its own, opens the page in Chromium (headless, drawn in software) and reads requestAnimationFrame:

    python -m benchmarks.page [--seconds 20] [--size 1440x900]

Prints the distribution, and what one redraw of 5,000 epochs of curves costs.
"""

import argparse
from itertools import pairwise
from typing import Any

from benchmarks.page_visits import visits
from tests.browser.visits import Visit

LARGEST = (
    "#data=spiral&features=x1,x2,x1^2,x2^2,x1*x2,sin(x1),sin(x2)&net="
    + ",".join(["16-tanh"] * 8)
    + "&rate=0.01&pace=30"
)
FRAMES = """([seconds]) => new Promise((resolve) => {
  const gaps = [];
  const end = performance.now() + seconds * 1000;
  let before = 0;
  const look = (now) => {
    if (before) gaps.push(now - before);
    before = now;
    if (now < end) requestAnimationFrame(look); else resolve(gaps);
  };
  requestAnimationFrame(look);
})"""
EDGES = [0, 10, 17.5, 25, 34, 50, 100, float("inf")]


def quantile(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, round(share * (len(ordered) - 1)))]


def told(name: str, gaps: list[float]) -> str:
    median, most, rare = (quantile(gaps, share) for share in (0.5, 0.95, 0.99))
    spread = f"median {median:.1f} ms, 95th percentile {most:.1f} ms, 99th {rare:.1f} ms, longest {max(gaps):.1f} ms"
    lines = [f"{name}: {len(gaps)} frames, {spread}"]
    for low, high in pairwise(EDGES):
        share = sum(low <= gap < high for gap in gaps) / len(gaps)
        lines.append(f"  {low:>5g} to {high:<5g} ms {share:6.1%} {'#' * round(60 * share)}")
    return "\n".join(lines)


def training(page: Any, visit: Visit, seconds: float) -> list[float]:
    page.get_by_role("button", name="Play", exact=True).click()
    visit.wait_epoch(30, seconds=60)
    gaps: list[float] = page.evaluate(FRAMES, [seconds])
    print(f"epochs a second: {(visit.epoch() - 30) / seconds:.1f} at least")
    page.get_by_role("button", name="Pause", exact=True).click()
    return gaps


def curves(page: Any, visit: Visit) -> list[float]:
    """The gaps around redraws of 5,000 epochs: the switch of the scale redraws all."""
    visit.wait_epoch(5000, seconds=120)
    gaps: list[float] = []
    for _ in range(20):
        page.locator("[data-show=log]").evaluate("(box) => box.click()")
        gaps += page.evaluate(FRAMES, [0.2])
    return gaps


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--size", default="1440x900")
    wanted = parser.parse_args()
    width, height = map(int, wanted.size.split("x"))
    with visits(width, height) as visit_page:
        visit = visit_page()
        print(told("8 layers of 16 units, pace 30", training(visit.open(LARGEST), visit, wanted.seconds)))
        long = visit_page()
        page = long.open("#points=100&pace=max&epochs=5000")
        page.get_by_role("button", name="Play", exact=True).click()
        page.locator("body[data-state=finished]").wait_for(timeout=120_000)
        print(told("5,000 epochs of curves, redrawn five times a second", curves(page, long)))


if __name__ == "__main__":
    main()
