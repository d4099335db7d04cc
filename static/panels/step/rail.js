/** The way from layer to layer, where they are shown one at a time: each layer's number, the present one marked, and its neighbours. */

import { drawing, make } from "../../ui/dom.js";

/** @param {(layer: number) => void} choose */
export function createRail(choose) {
  const numbers = make("div", { class: "segments", role: "group", "aria-label": "Layer" });
  const says = make("p", { class: "sub", role: "status" });
  let present = 0;
  let count = 0;

  const step = (/** @type {string} */ words, /** @type {string} */ glyph, /** @type {number} */ by) => {
    const button = make("button", { type: "button", class: `plain to ${glyph}`, "aria-label": words }, [
      drawing("i-down"),
    ]);
    button.addEventListener("click", () => choose(Math.min(count - 1, Math.max(0, present + by))));
    return button;
  };
  const before = step("The layer before", "before", -1);
  const after = step("The layer after", "after", 1);
  const element = make("div", { class: "rail-of", hidden: "" }, [
    make("h3", {}, ["Layer"]),
    before,
    numbers,
    after,
    says,
  ]);

  /** @param {number} wanted */
  function provide(wanted) {
    if (count === wanted) return;
    count = wanted;
    numbers.replaceChildren(
      ...Array.from({ length: count }, (_, layer) => {
        const button = make("button", { type: "button", class: "button", "aria-label": `Layer ${layer + 1}` }, [
          String(layer + 1),
        ]);
        button.addEventListener("click", () => choose(layer));
        return button;
      }),
    );
  }

  return {
    element,
    /** @param {number} layers how many there are @param {number} layer the one shown @param {string} words what it does */
    show(layers, layer, words) {
      provide(layers);
      present = layer;
      for (const [at, button] of [...numbers.children].entries())
        button.setAttribute("aria-pressed", String(at === layer));
      const [one, all] = [numbers.children[layer], numbers].map((each) => each.getBoundingClientRect());
      numbers.scrollLeft += one.left + one.width / 2 - (all.left + all.width / 2);
      before.disabled = layer === 0;
      after.disabled = layer === layers - 1;
      says.textContent = words;
      element.hidden = false;
    },
    hide() {
      element.hidden = true;
    },
  };
}
