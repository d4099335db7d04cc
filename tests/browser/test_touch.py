"""By touch alone: a finger lands on every control of a phone's page, and each does what it says."""

from typing import Any

import pytest

pytestmark = pytest.mark.browser

PHONE = {"viewport": {"width": 375, "height": 812}, "has_touch": True, "is_mobile": True}

# Controls whose middle, once scrolled to, belongs to something else.
COVERED = """() => [...document.querySelectorAll('button, select, input, textarea, a[href]')]
  .filter((e) => !e.disabled && !e.closest('[inert]') && e.checkVisibility({ visibilityProperty: true }))
  .flatMap((e) => {
    e.scrollIntoView({ block: 'center', inline: 'center' });
    const box = e.getBoundingClientRect();
    const hit = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
    const own = hit && (e.contains(hit) || [...(e.labels ?? [])].some((l) => l.contains(hit)));
    const name = e.id || e.ariaLabel || e.textContent;
    return own ? [] : [`${name}: ${hit?.outerHTML.slice(0, 80)}`];
  })"""

# Controls on which a finger has less than 24 px in either direction.
SMALL = """() => [...document.querySelectorAll('button, select, input')]
  .filter((e) => !e.disabled && e.checkVisibility({ visibilityProperty: true }) && !e.closest('.layers, .popover'))
  .flatMap((e) => {
    const after = (side) => parseFloat(getComputedStyle(e, '::after')[side]) || 0;
    const width = Math.max(e.offsetWidth, after('width'));
    const height = Math.max(e.offsetHeight, after('height'), ...[...(e.labels ?? [])].map((l) => l.offsetHeight));
    return width >= 24 && height >= 24 ? [] : [`${e.id || e.ariaLabel || e.textContent}: ${width} x ${height}`];
  })"""


@pytest.fixture
def phone(visits: Any) -> Any:
    return visits(**PHONE)


@pytest.mark.parametrize("fragment", ["", "#data=blobs&net=4-leaky_relu,2-elu&regularizer=l2&penalty=0.01"])
def test_a_finger_lands_on_every_control(phone: Any, fragment: str) -> None:
    page = phone.open(fragment)
    page.get_by_role("button", name="More settings").tap()
    page.get_by_label("Dropout, layer 1").wait_for()
    assert page.evaluate(COVERED) == []
    assert page.evaluate(SMALL) == []


def slide(page: Any, slider: Any, share: float) -> None:
    slider.scroll_into_view_if_needed()
    box = slider.bounding_box()
    page.touchscreen.tap(box["x"] + box["width"] * share, box["y"] + box["height"] / 2)


def test_every_slider_follows_a_finger(phone: Any) -> None:
    page = phone.open("#regularizer=l2&penalty=0.5")
    for name, key in {
        "Pace": "pace=",
        "Learning rate, slider": "rate=",
        "Batch size, slider": "batch=",
        "Penalty strength, slider": "penalty=",
        "Points": "points=",
        "Used for training": "train=",
        "Noise": "noise=",
        "Flipped labels": "flipped=",
        "Threshold": "threshold=",
    }.items():
        before = page.evaluate("() => location.hash")
        slide(page, page.get_by_role("slider", name=name, exact=name != "Threshold"), 0.3)
        phone.wait("([key, before]) => location.hash !== before && location.hash.includes(key)", [key, before])


def test_the_transport_and_the_header_answer_to_taps(phone: Any) -> None:
    page = phone.open()

    def tap(name: str) -> None:
        page.get_by_role("button", name=name, exact=True).tap()

    tap("+1 batch")
    phone.wait("() => document.querySelector('#time-live').textContent === 'live, batch 1'")
    tap("+1 epoch")
    phone.wait_epoch(1)
    tap("Play")
    phone.wait_epoch(5)
    tap("Pause")
    page.locator("body[data-state=paused]").wait_for()
    tap("Reset")
    phone.wait("() => document.querySelector('#epoch').textContent === '000,000'")
    tap("Undo")
    phone.wait_epoch(5)
    tap("Redo")
    phone.wait("() => document.querySelector('#epoch').textContent === '000,000'")
    tap("Another seed")
    phone.wait("() => location.hash.includes('seed=')")
    seed = page.get_by_label("Seed", exact=True)
    seed.tap()
    seed.fill("7")
    seed.press("Enter")
    phone.wait("() => location.hash === '#seed=7'")
    tap("What is this?")
    page.get_by_role("dialog").get_by_role("button", name="Close").tap()
    page.get_by_role("dialog").wait_for(state="hidden")
    tap("Dark appearance")
    assert page.evaluate("() => document.documentElement.dataset.theme") == "dark"
    for name in ("Copy link", "Copy run link"):
        tap(name)
        page.locator("#message").get_by_role("button", name="Close").tap()
        page.locator("#message").wait_for(state="hidden")


def test_data_and_network_answer_to_taps(phone: Any) -> None:
    page = phone.open()
    for data in ("xor", "gauss", "spiral", "moons", "rings", "checkerboard", "blobs", "spirals", "plane", "bumps"):
        page.locator(f".tile:has([value={data}])").tap()
        phone.wait("(data) => location.hash.includes(`data=${data}`)", data)
    page.locator(".tile:has([value=circle])").tap()
    phone.wait("() => !location.hash.includes('data=')")
    page.get_by_role("button", name="New points").tap()
    phone.wait("() => location.hash.includes('dataseed=1')")
    for name in ("x1^2", "x2^2", "x1*x2", "sin(x1)", "sin(x2)", "x1", "x2"):
        page.get_by_role("button", name=f"Input {name}", exact=True).tap()
    phone.wait("() => decodeURIComponent(location.hash).includes('features=x1^2,x2^2,x1*x2,sin(x1),sin(x2)')")
    for name, layers in (("One hidden layer more", 3), ("One hidden layer fewer", 2)):
        page.get_by_role("button", name=name).tap()
        phone.wait("(count) => document.querySelectorAll('.hidden-layer').length === count", layers)
    for name, units in (("One unit more in layer 2", 3), ("One unit fewer in layer 2", 2)):
        page.get_by_role("button", name=name).tap()
        phone.wait(
            "(count) => document.querySelectorAll('.hidden-layer')[1].querySelectorAll('.unit').length === count", units
        )
    page.get_by_role("button", name="Your own…").tap()
    page.get_by_label("or paste a table").fill("len,wid,kind\n1.5,2,a\n2.5,1,b\n3.5,1,a")
    page.locator("dialog.table .understood").wait_for()
    page.get_by_role("button", name="Train on these").tap()
    phone.wait("() => location.hash.includes('data=table')")


def test_links_biases_map_curves_and_time_answer_to_taps(phone: Any) -> None:
    page = phone.open("#epochs=40&pace=max")
    page.get_by_role("button", name="Play", exact=True).tap()
    page.locator("body[data-state=finished]").wait_for()
    page.locator("#net").scroll_into_view_if_needed()
    popover = page.locator("#popover")
    # Half way, the curve of a link is half way between its units.
    middle = page.evaluate(
        """() => {
          const box = (layer, unit) =>
            document.querySelector(`[data-layer="${layer}"][data-unit="${unit}"]`).getBoundingClientRect();
          const [from, to] = [box(1, 2), box(2, 1)];
          return [(from.x + to.x + from.width) / 2, (from.bottom + to.top) / 2];
        }"""
    )
    page.touchscreen.tap(*middle)
    popover.get_by_role("button", name="Cut").tap()
    popover.get_by_role("button", name="Restore").tap()
    popover.get_by_role("button", name="Cut").wait_for()
    unit = page.get_by_role("button", name="Layer 1, unit 2").bounding_box()
    page.touchscreen.tap(unit["x"] + 1, unit["y"] + unit["height"] - 1)
    popover.get_by_label("bias", exact=True).wait_for()
    page.locator("#map-canvas").tap()
    page.locator("#tip").wait_for()
    for name in ("Test points", "Discretize", "Ring errors"):
        page.get_by_role("checkbox", name=name).tap(force=True)
    phone.wait("() => ['test=on', 'discrete=on', 'errors=on'].every((part) => location.hash.includes(part))")
    slide(page, page.get_by_role("slider", name="Epoch shown"), 0.4)
    page.locator("#map-stale").wait_for()
    page.get_by_role("button", name="back to live").tap()
    page.locator("#map-stale").wait_for(state="hidden")
    for name in ("Log scale", "Smooth"):
        page.get_by_role("checkbox", name=name).tap(force=True)
    phone.wait("() => location.hash.includes('log=off') && location.hash.includes('smooth=on')")
    before = phone.pixels("chart-loss")
    page.locator("#chart-loss").tap()
    phone.wait("(before) => document.getElementById('chart-loss').toDataURL() !== before", before)
    with page.expect_download():
        page.get_by_role("button", name="CSV").tap()


def test_tabs_scroll_the_chosen_one_into_view(phone: Any) -> None:
    page = phone.open("#panel=use")
    tab = page.get_by_role("tab", name="Use this")
    box = tab.bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 375
    assert "gradient" in page.locator("#tabs").evaluate("(list) => getComputedStyle(list).maskImage")
    page.get_by_role("button", name="Show the network").tap()
    page.get_by_role("button", name="Enlarge").tap()
    page.get_by_role("button", name="Show the network").wait_for()
    for name in ("Lessons", "Landscape", "Step through", "Inside", "Curves"):
        page.get_by_role("tab", name=name).tap()
        page.locator(f"[role=tab][aria-selected=true]:text-is('{name}')").wait_for()
