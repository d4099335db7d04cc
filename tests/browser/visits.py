"""A page in a fresh profile, with its errors and requests, and waiting for a condition without sleeping."""

from typing import Any

# Seconds until what does not come is given up; on a busy machine much comes late.
PATIENCE = 60

# What a page's own scripts may not do under its content security policy, the browser's debugger may:
# wait, frame by frame, for a condition.
WAIT = """([condition, argument, milliseconds]) => new Promise((resolve, reject) => {
  const holds = (0, eval)(condition);
  const end = performance.now() + milliseconds;
  const look = async () => {
    const value = await holds(argument);
    if (value) resolve(value);
    else if (performance.now() > end) reject(new Error(`Not true within ${milliseconds} ms: ${condition}`));
    else requestAnimationFrame(look);
  };
  look().catch(reject);
})"""

# What the page shows of the run's own metrics, to as many digits as it shows.
AGREES = """async ([id, what]) => {
  const run = await (await fetch(`api/v1/runs/${id}`)).json();
  const [metrics] = run.metrics;
  const figure = (id) => Number(document.getElementById(id).textContent);
  const close = (shown, measured) => Math.abs(shown - measured) <= 0.0006;
  return close(figure('test-loss'), metrics.test_loss) && close(figure('train-loss'), metrics.train_loss)
    && Math.abs(figure('test-accuracy') - 100 * metrics.test_accuracy) <= 0.06 && (!what || run[what]);
}"""


class Visit:
    """A page in a fresh profile, with the errors it logged and the other servers it asked."""

    def __init__(self, browser: Any, url: str, **context: Any) -> None:
        self.url = url
        self.context = browser.new_context(**({"viewport": {"width": 1440, "height": 900}} | context))
        self.context.set_default_timeout(1000 * PATIENCE)
        self.page = self.context.new_page()
        self.errors: list[str] = []
        self.foreign: list[str] = []
        self.page.on("console", lambda message: self.errors.append(message.text) if message.type == "error" else None)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("request", self._noted)

    def _noted(self, request: Any) -> None:
        if not request.url.startswith((self.url, self.url.replace("http", "ws"), "data:")):
            self.foreign.append(request.url)

    def open(self, fragment: str = "") -> Any:
        self.page.goto(f"{self.url}/{fragment}")
        self.page.locator("body[data-connection=open]").wait_for()
        self.wait("() => document.querySelector('#test-loss').textContent !== '–'")
        return self.page

    def leave(self) -> None:
        """Closes the page. Its runs end: one that went on training would slow all later tests."""
        for page in self.context.pages:
            page.close()
        runs = self.context.request.get(f"{self.url}/api/v1/runs").json()["runs"]
        for run in runs:
            if run["state"] == "running":
                self.context.request.delete(f"{self.url}/api/v1/runs/{run['id']}", headers={"Origin": self.url})
        self.context.close()

    def wait(self, condition: str, argument: Any = None, seconds: float = PATIENCE) -> Any:
        return self.page.evaluate(WAIT, [condition, argument, seconds * 1000])

    def resize(self, width: int, height: int) -> None:
        """Another size of the window, and the two frames in which the page follows it."""
        self.page.set_viewport_size({"width": width, "height": height})
        self.page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")

    def epoch(self) -> int:
        return int(self.page.locator("#epoch").inner_text().replace(",", ""))

    def wait_epoch(self, least: int, seconds: float = PATIENCE) -> None:
        self.wait(
            "(least) => Number(document.querySelector('#epoch').textContent.replaceAll(',', '')) >= least",
            least,
            seconds,
        )

    def run(self) -> dict[str, Any]:
        """The page's newest run, as the server describes it to its owner."""
        runs = self.page.evaluate("async () => (await (await fetch('api/v1/runs')).json()).runs")
        found: dict[str, Any] = self.page.evaluate(
            "async (id) => (await fetch(`api/v1/runs/${id}`)).json()", runs[0]["id"]
        )
        return found

    def pixels(self, canvas: str) -> str:
        drawn: str = self.page.evaluate("(id) => document.getElementById(id).toDataURL()", canvas)
        return drawn
