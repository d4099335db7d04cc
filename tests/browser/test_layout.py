"""What stands where: messages move nothing, hidden parts leave no holes, words fit, data keep their colours."""

from typing import Any

import pytest

pytestmark = pytest.mark.browser

PHONE = {"viewport": {"width": 375, "height": 812}, "has_touch": True, "is_mobile": True}
COLOURED = """(id) => {
  const canvas = document.getElementById(id);
  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  let coloured = 0;
  for (let i = 0; i < data.length; i += 4) {
    const channels = data.slice(i, i + 3);
    if (data[i + 3] > 0) coloured += Math.max(...channels) - Math.min(...channels) > 40;
  }
  return coloured;
}"""
# Between the frames of the units and where the canvases draw them.
APART = """async () => {
  const { measure } = await import('/static/network/geometry.js');
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  const canvas = document.getElementById('maps');
  const { data, width } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  const frame = canvas.getBoundingClientRect();
  const scale = canvas.width / canvas.clientWidth;
  return [...document.querySelectorAll('.unit')].filter((unit) => unit.checkVisibility()).filter((unit) => {
    const box = unit.getBoundingClientRect();
    const at = (x, y) =>
      data[(Math.round((y - frame.top) * scale) * width + Math.round((x - frame.left) * scale)) * 4 + 3];
    const inside = at(box.left + 5, box.top + 5) && at(box.right - 5, box.bottom - 5);
    return !inside || at(box.left - 3, box.top + 9) || at(box.left + 9, box.top - 3);
  }).length;
}"""


def trained(visit: Any) -> Any:
    page = visit.page
    page.get_by_role("button", name="+1 epoch").click()
    visit.wait_epoch(1)
    return page


def test_quick_clicks_on_one_place_all_count(visit: Any) -> None:
    visit.open()
    page = trained(visit)
    box = page.get_by_role("button", name="One unit more in layer 1").bounding_box()
    for _ in range(4):
        page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        page.locator("#message").wait_for()
    visit.wait("() => document.querySelector('.hidden-layer output').textContent === '8'")
    assert page.get_by_role("button", name="One unit more in layer 1").bounding_box()["y"] == box["y"]


@pytest.mark.parametrize("scrolled", [0, 1])
def test_a_message_is_in_view_on_a_phone_wherever_one_is(visits: Any, scrolled: int) -> None:
    visit = visits(**PHONE)
    visit.open()
    page = trained(visit)
    page.evaluate("(share) => scrollTo(0, share * document.documentElement.scrollHeight)", scrolled)
    page.evaluate("() => document.querySelector('[aria-label=\"One unit more in layer 1\"]').click()")
    message = page.locator("#message")
    message.wait_for()
    box = message.bounding_box()
    transport = page.locator(".transport").bounding_box()
    assert box["y"] >= 0
    assert box["y"] + box["height"] <= transport["y"] + 1
    message.get_by_role("button", name="Bring it back").click()
    message.wait_for(state="hidden")


def test_a_message_avoids_the_pointer_and_the_focus(visit: Any) -> None:
    visit.open()
    page = trained(visit)
    page.mouse.move(700, 880)
    page.evaluate("() => document.querySelector('[aria-label=\"One unit more in layer 1\"]').click()")
    page.locator("#message").wait_for()
    box = page.locator("#message").bounding_box()
    assert not box["y"] <= 880 < box["y"] + box["height"]


def test_the_page_can_be_scrolled_clear_of_a_message(visit: Any) -> None:
    visit.open()
    page = trained(visit)
    page.get_by_role("button", name="One unit more in layer 1").click()
    page.locator("#message").wait_for()
    visit.wait(
        """() => { scrollTo(0, document.documentElement.scrollHeight);
             const last = document.getElementById('panel-curves').getBoundingClientRect().bottom;
             return last <= document.getElementById('message').getBoundingClientRect().top; }"""
    )


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_forced_colours_leave_maps_links_and_points_their_own(visits: Any, scheme: str) -> None:
    visit = visits(forced_colors="active", color_scheme=scheme)
    page = visit.open("#data=blobs&classes=5")
    for canvas, least in {"maps": 2000, "links": 200, "map-canvas": 2000}.items():
        visit.wait(f"(id) => ({COLOURED})(id) > {least}", canvas)
    pressed = "(selector) => getComputedStyle(document.querySelector(selector)).backgroundColor"
    page.get_by_role("tab", name="Step through").click()
    page.locator(".step .button[aria-pressed=true]").first.wait_for()
    assert page.evaluate(pressed, ".step .button[aria-pressed=true]") != page.evaluate(
        pressed, ".step .button[aria-pressed=false]"
    )


@pytest.mark.parametrize("hidden", ["features", "units", "data,layers,settings"])
def test_hidden_parts_leave_no_gap(visit: Any, hidden: str) -> None:
    page = visit.open(f"#hide={hidden}")
    assert page.evaluate("() => document.adoptedStyleSheets.length") == 1
    visit.wait(f"async () => (await ({APART})()) === 0")
    if hidden.startswith("data"):
        page.locator(".data").wait_for(state="hidden")
        visit.wait("() => document.querySelector('.network').getBoundingClientRect().left < 40")


def test_a_copied_link_hides_what_was_chosen_to_be_hidden(visit: Any) -> None:
    page = visit.open("#hide=reset&panel=use")
    visit.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Link", exact=True).click()
    page.locator(".hiding label", has_text="seed").locator("input").check(force=True)
    page.get_by_role("button", name="Copy link", exact=True).click()
    page.locator("#message").get_by_text("copied").wait_for()
    assert "hide=reset,seed" in page.evaluate("() => navigator.clipboard.readText()")
    assert page.locator("#seed").is_visible()


CUT = """() => {
  const pen = document.createElement('canvas').getContext('2d');
  const cut = [];
  for (const select of document.querySelectorAll('.settings select')) {
    const style = getComputedStyle(select);
    pen.font = `${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
    const room = select.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
    for (const option of select.options)
      if (!option.hidden && pen.measureText(option.text).width > room + 1) cut.push(option.text);
  }
  for (const label of document.querySelectorAll('.settings label'))
    if (label.scrollWidth > label.clientWidth) cut.push(label.textContent.trim());
  return cut;
}"""


def test_no_words_of_the_settings_are_cut(visit: Any) -> None:
    page = visit.open("#data=plane")
    for width in (1440, 1280, 1024, 768, 375):
        visit.resize(width, 900)
        assert page.evaluate(CUT) == [], width
        assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth"), width


# The names of activations that are cut, and the headings that lie on each other or outside the network.
CROWDED = """() => {
  const frame = document.getElementById('net').getBoundingClientRect();
  const boxes = [...document.querySelectorAll('.layer-head')].map((head) => [...head.children])
    .map((parts) => parts.map((part) => part.getBoundingClientRect()))
    .map((parts) => [Math.min(...parts.map((box) => box.left)), Math.max(...parts.map((box) => box.right))]);
  const pen = document.createElement('canvas').getContext('2d');
  const cut = [...document.querySelectorAll('.act select')].filter((select) => {
    const style = getComputedStyle(select);
    pen.font = `${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
    pen.letterSpacing = style.letterSpacing;
    const room = select.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
    return pen.measureText(select.selectedOptions[0].text).width > room + 1;
  });
  const crossed = boxes.filter(([left, right], i) =>
    left < frame.left - 1 || right > frame.right + 1 || (i && left < boxes[i - 1][1]));
  return cut.map((select) => select.value).concat(crossed.map(String));
}"""


def test_the_headings_of_deep_networks_fit(visit: Any) -> None:
    page = visit.page
    for layers in (4, 5, 8):
        page.goto("about:blank")
        visit.open("#net=" + ",".join(["16-leaky_relu"] * layers))
        for width in (1440, 1280, 1024, 768):
            visit.resize(width, 900)
            assert page.evaluate(CROWDED) == [], (layers, width)
            assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth"), (layers, width)


def test_a_laptop_has_the_panels_in_sight(visit: Any) -> None:
    page = visit.open()
    for width in (1280, 1340):
        visit.resize(width, 800)
        tabs = page.locator(".tabs").bounding_box()
        assert tabs["y"] + tabs["height"] < 730, width


def test_a_phone_has_more_settings_named(visits: Any) -> None:
    page = visits(**PHONE).open()
    more = page.locator("#more").bounding_box()
    assert more["width"] > 300


def test_pointing_at_a_unit_keeps_points_and_shows_its_scale(visit: Any) -> None:
    page = visit.open("#net=4-relu")
    # The points of class 1 are bluer than any ground.
    points = """() => {
      const canvas = document.getElementById('map-canvas');
      const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
      let count = 0;
      for (let i = 0; i < data.length; i += 4) count += data[i] < 40 && data[i + 2] > 170;
      return count;
    }"""
    visit.wait(f"() => ({points})() > 100")
    page.get_by_role("button", name="Layer 1, unit 2").hover()
    visit.wait("() => document.querySelector('#output-words').textContent.includes('unit 2')")
    visit.wait(f"() => ({points})() > 100")
    low, high = page.locator("#scale-low").inner_text(), page.locator("#scale-high").inner_text()
    assert low.replace("−", "-") == f"-{high}"
    page.mouse.move(5, 5)
    visit.wait("() => document.querySelector('#scale-low').textContent === '0'")


def test_discretize_ends_with_classification(visit: Any) -> None:
    page = visit.open("#data=plane&discrete=on")
    box = page.locator("[data-show=discrete]")
    assert box.is_disabled()
    assert not box.is_checked()
    shades = """() => {
      const canvas = document.getElementById('map-canvas');
      const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, 4);
      const pixels = Array.from({ length: data.length / 4 }, (_, i) => data.slice(4 * i, 4 * i + 3).join());
      return new Set(pixels).size;
    }"""
    visit.wait(f"() => ({shades})() > 20")


def test_leaving_the_dining_hall_restores_the_settings(visit: Any) -> None:
    page = visit.open("#net=5-relu,3-tanh&rate=0.02")
    before = visit.run()["config"]
    tile = page.evaluate(
        """() => JSON.parse(document.getElementById('boot').textContent)
                 .catalog.datasets.find((entry) => entry.suggests?.network).name"""
    )
    for name in (tile, "circle"):
        page.locator(f"#datasets input[value={name}]").check(force=True)
        visit.wait("(name) => location.hash.includes('data=') === (name !== 'circle')", name)
    after = visit.run()["config"]
    assert after["network"] == before["network"]
    assert after["training"]["learning_rate"] == before["training"]["learning_rate"]


def test_small_tiles_carry_no_words_wider_than_they_are(visit: Any) -> None:
    page = visit.open("#net=16-relu,16-relu&init=zeros&pace=max")
    page.get_by_role("button", name="Play", exact=True).click()
    page.locator(".unit.dead").first.wait_for(state="attached")
    page.get_by_role("button", name="Pause", exact=True).click()
    wide = page.locator(".unit.dead").evaluate_all(
        "(units) => units.filter((u) => u.scrollWidth > u.clientWidth).length"
    )
    assert wide == 0


def test_an_input_beyond_the_plane_shows_how_its_values_lie(visit: Any) -> None:
    rows = ";".join(f"{i % 7}_{i % 5}_{i % 3}" for i in range(30))
    targets = "_".join(str(i % 2) for i in range(30))
    visit.open(f"#data=custom&task=classification&rows={rows}&targets={targets}")
    visit.wait(
        """() => {
          const tile = document.querySelector('[data-feature=x3]').getBoundingClientRect();
          const canvas = document.getElementById('maps');
          const frame = canvas.getBoundingClientRect();
          const scale = canvas.width / canvas.clientWidth;
          const pen = canvas.getContext('2d');
          const box = [tile.left - frame.left, tile.top - frame.top, tile.width, tile.height].map((v) => v * scale);
          const { data } = pen.getImageData(...box);
          return new Set(Array.from({ length: data.length / 4 }, (_, i) => data[4 * i])).size > 1;
        }"""
    )


def test_step_through_of_the_whole_set_is_not_clipped(visit: Any) -> None:
    page = visit.open("#panel=step")
    page.get_by_role("button", name="Whole training set").click()
    page.get_by_text("of 250 examples are listed").wait_for()
    visit.wait("() => { const s = document.querySelector('.sheet'); return s && s.scrollWidth <= s.clientWidth; }")


def test_the_bars_of_an_opened_sum_are_not_clipped(visit: Any) -> None:
    """The bars take what room the figures leave: cut at the right, they would lack their positive half."""
    page = visit.open("#panel=step")
    page.locator(".ledger .terms .bar").first.wait_for()
    for width in (1440, 1280, 1240, 768, 375):
        page.set_viewport_size({"width": width, "height": 900})
        visit.wait(
            "() => [...document.querySelectorAll('.ledger .terms')].every((t) => t.scrollWidth <= t.clientWidth)"
        )


def test_a_matrix_that_shows_a_part_says_which(visit: Any) -> None:
    page = visit.open("#panel=step&net=16-tanh,16-tanh")
    page.locator(".sheet .matrix .label").get_by_text("of 16").first.wait_for()
