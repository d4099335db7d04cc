/** The elements that the network's columns are built from: input tiles, headings, units. */

import { pictureSide } from "../state/derived.js";
import { columnOf } from "../state/names.js";
import { drawing, make } from "../ui/dom.js";
import { inputNodes } from "../ui/names.js";

/** @param {State} state @param {HTMLElement} column @param {string[]} names @param {string[]} chosen */
export function placeFeatures(state, column, names, chosen) {
  const stack = /** @type {HTMLElement} */ (column.querySelector(".stack"));
  const side = pictureSide(state);
  stack.classList.toggle("picture", side > 0);
  stack.style.setProperty("--side", String(side));
  for (const name of names) {
    if (stack.querySelector(`[data-feature="${CSS.escape(name)}"]`)) continue;
    const button = make("button", {
      class: "unit feature",
      type: "button",
      tabindex: "-1",
      "data-feature": name,
    });
    stack.append(make("div", { class: "input" }, [make("span", { class: "name", "aria-hidden": "true" }), button]));
  }
  for (const button of /** @type {NodeListOf<HTMLButtonElement>} */ (stack.querySelectorAll(".feature"))) {
    const name = button.dataset.feature ?? "";
    const shown = names.includes(name);
    button.hidden = !shown;
    /** @type {HTMLElement} */ (button.parentElement).hidden = !shown;
    button.setAttribute("aria-pressed", String(chosen.includes(name)));
    const title = columnOf(state, name) ?? name;
    const label = /** @type {HTMLElement} */ (button.previousElementSibling);
    if (label.dataset.title === title) continue;
    label.dataset.title = label.title = title;
    label.replaceChildren(...inputNodes(state, name));
    label.classList.toggle("column", title !== name);
    button.setAttribute("aria-label", `Input ${title}`);
  }
}

export function chooser(/** @type {string} */ name, /** @type {HTMLSelectElement} */ choice) {
  return make("div", { class: "act" }, [drawing(`a-${name}`, "curve"), choice, drawing("i-down")]);
}

/**
 * @param {string} kind @param {HTMLElement} head @param {HTMLElement} under @param {number} units
 * @param {number} layer counted from 1
 * @param {(unit: number) => string} [nameOf] what an output is for, where there are several
 */
export function column(kind, head, under, units, layer, nameOf = (unit) => `class ${unit}`) {
  const stack = make("div", { class: "stack" });
  for (let unit = 0; unit < units; unit++) {
    const name =
      kind === "outputs" ? (units === 1 ? "Output" : `Output for ${nameOf(unit)}`) : `Layer ${layer}, unit ${unit + 1}`;
    stack.append(
      make("button", {
        class: "unit",
        type: "button",
        tabindex: "-1",
        "aria-label": name,
        "data-layer": String(layer),
        "data-unit": String(unit),
      }),
    );
  }
  return make("div", { class: `layer ${kind}` }, [
    make("div", { class: "layer-head" }, [head, under]),
    stack,
    make("div", { class: "layer-foot" }),
  ]);
}
