/** Chooses a layer, where layers are shown one at a time: by number, or the one before or after. */

import { drawing, make } from "../../ui/dom.js";

export function createLayerPicker(/** @type {(layer: number) => void} */ choose) {
  const numbers = make("div", { class: "segments", role: "group", "aria-label": "Layer" });
  const status = make("p", { class: "sub", role: "status" });
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
    status,
  ]);

  function setCount(/** @type {number} */ wanted) {
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
      setCount(layers);
      present = layer;
      for (const [at, button] of [...numbers.children].entries())
        button.setAttribute("aria-pressed", String(at === layer));
      const [one, all] = [numbers.children[layer], numbers].map((each) => each.getBoundingClientRect());
      numbers.scrollLeft += one.left + one.width / 2 - (all.left + all.width / 2);
      before.disabled = layer === 0;
      after.disabled = layer === layers - 1;
      status.textContent = words;
      element.hidden = false;
    },
    hide() {
      element.hidden = true;
    },
  };
}
