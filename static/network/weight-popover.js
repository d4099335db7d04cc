/** The popover of a link, a bias or a unit: its value, and controls to change, cut and restore it. */

import { fixed, parse, precise, scientific, sentenceCase } from "../lib/format.js";
import { createTrainingGradient } from "../run/training-gradient.js";
import { describe } from "../state/derived.js";
import { shown } from "../state/store.js";
import { byId, drawing, make, unitElement, write } from "../ui/dom.js";
import { inputNodes, unitName } from "../ui/names.js";
import { pointOn } from "./geometry.js";

/** @param {Store} store @param {Session} session @param {() => Geometry | null} geometry */
export function mountWeightPopover(store, session, geometry) {
  const { state } = store;
  const net = byId("net");
  const popover = byId("popover");
  /** @type {Target | null} */
  let open = null;
  const slope = createTrainingGradient(store, session, () => {
    if (!popover.hidden && !state.past) live();
  });
  /** @param {string} name of a tensor of layers @param {number} layer @param {number} row @param {number} column @returns {number | null} */
  function figureAt(name, layer, row, column) {
    const tensor = shown(state)?.tensors[`${name}.${layer}`];
    return tensor?.data[row * (tensor.shape[2] ?? 1) + column] ?? null;
  }
  /** @param {number} layer @param {number} row @param {number} column */
  const isCut = (layer, row, column) => state.masks[layer]?.[row]?.[column] === false;

  /** The name of the unit a weight comes from. @param {number} layer @param {number} column */
  function source(layer, column) {
    if (layer > 0) return [unitName(layer, column, -1)];
    return inputNodes(state, describe(state).features[column] ?? "");
  }

  /**
   * A field for one number of the model; Enter or leaving it sends the edit.
   * @param {number | null} value @param {string} label @param {WeightPlace} where
   */
  function editor(value, label, where) {
    const input = make("input", { type: "text", inputmode: "decimal", autocomplete: "off", "aria-label": label });
    input.defaultValue = value === null ? "" : fixed(value, 3);
    const before = input.value;
    input.addEventListener("change", () => {
      const wanted = parse(input.value);
      popover.classList.toggle("refused", wanted === null);
      if (wanted === null)
        store.set({ refusal: { path: null, reason: `Enter a number for ${label}: “${input.value}” is not one.` } });
      else if (input.value !== before) session.edit({ edits: [{ ...where, value: wanted }] });
    });
    return input;
  }

  /** @param {number} layer @param {number} row @param {number} column @param {string} [words] */
  function cutButton(layer, row, column, words) {
    const cut = isCut(layer, row, column);
    const label = cut ? "Restore" : "Cut";
    const button = make(
      "button",
      { class: "button", type: "button", ...(words ? { "aria-label": `${label} ${words}` } : {}) },
      [drawing("i-cut"), ...(words && !cut ? [] : [label])],
    );
    button.addEventListener("click", () => session.edit({ [cut ? "restore" : "cut"]: [{ layer, row, column }] }));
    return button;
  }

  const sizeOf = (/** @type {number} */ layer) => describe(state).sizes[layer] ?? 1;

  /** The gradient over the whole training set, written again as it changes. @param {number} layer @param {number} row @param {number} [column] without it, that of the bias */
  function gradient(layer, row, column) {
    const place = [layer, row, ...(column === undefined ? [] : [column])].join();
    const figure = make("span", { "data-gradient": place }, ["–"]);
    return make("div", { class: "row sub" }, [make("span", {}, ["gradient, training set"]), figure]);
  }

  /** Opens the sum that makes a link's gradient. @param {{layer: number, row: number, column: number}} link */
  function whyButton({ layer, row, column }) {
    const button = make(
      "button",
      { class: "button", type: "button", title: "Step through the sum of its gradient over the training set" },
      ["Why?"],
    );
    button.addEventListener("click", () => {
      store.set({ selected: null, why: { layer, row, column }, panel: "step", folded: true });
      byId("tab-step").focus();
    });
    return button;
  }

  /** @param {{layer: number, row: number, column: number}} link @param {boolean} pinned */
  function linkContent({ layer, row, column }, pinned) {
    const value = figureAt("weights", layer, row, column);
    const title = make("span", {}, ["weight from ", ...source(layer, column)]);
    const owner = state.role === "owner" && !state.past;
    const figure =
      pinned && owner
        ? editor(value, "weight", { layer, row, column })
        : make(
            "span",
            { class: "figure", "data-tensor": `weights.${layer}`, "data-index": String(row * sizeOf(layer) + column) },
            [fixed(value)],
          );
    const rows = [make("div", { class: "row" }, [title, figure])];
    if (!state.past) rows.push(gradient(layer, row, column));
    if (isCut(layer, row, column)) rows.push(make("p", { class: "sub" }, ["cut: it stays 0 while training"]));
    if (pinned && owner)
      rows.push(make("div", { class: "row" }, [cutButton(layer, row, column), whyButton({ layer, row, column })]));
    else if (owner) rows.push(make("p", { class: "sub" }, ["click to change or cut"]));
    return rows;
  }

  /** @param {{layer: number, unit: number}} at */
  function biasContent({ layer, unit }) {
    const { sizes } = describe(state);
    const figure = make("span", {
      class: "figure",
      "data-tensor": `biases.${layer - 1}`,
      "data-index": String(unit),
    });
    const rows = [
      make("div", { class: "row" }, [make("b", {}, [sentenceCase(unitName(layer, unit, sizes.length - 1))])]),
      make("div", { class: "row" }, [make("span", {}, ["bias"]), figure]),
    ];
    if (!state.past) rows.push(gradient(layer - 1, unit));
    if (state.role === "owner" && !state.past) rows.push(make("p", { class: "sub" }, ["click to change"]));
    return rows;
  }

  /** @param {{layer: number, unit: number}} at */
  function unitContent({ layer, unit }) {
    const l = layer - 1;
    const { sizes } = describe(state);
    const owner = state.role === "owner" && !state.past;
    const bias = shown(state)?.tensors[`biases.${l}`]?.data[unit] ?? null;
    const rows = [
      make("div", { class: "row" }, [make("b", {}, [sentenceCase(unitName(layer, unit, sizes.length - 1))])]),
    ];
    const show = (/** @type {number | null} */ value, /** @type {string} */ label, /** @type {WeightPlace} */ where) =>
      owner ? editor(value, label, where) : make("span", {}, [fixed(value)]);
    if (state.config.network.bias)
      rows.push(
        make("div", { class: "row" }, [make("span", {}, ["bias"]), show(bias, "bias", { layer: l, bias: unit })]),
      );
    if (state.config.network.bias && !state.past) rows.push(gradient(l, unit));
    const list = make("div", { class: "incoming" });
    for (let column = 0; column < (sizes[l] ?? 0); column++) {
      const name = make("span", {}, l > 0 ? [`unit ${column + 1}`] : source(l, column));
      const label = `weight from ${name.textContent}`;
      list.append(
        make("div", { class: "row" }, [
          name,
          show(figureAt("weights", l, unit, column), label, { layer: l, row: unit, column }),
          ...(owner ? [cutButton(l, unit, column, label)] : []),
        ]),
      );
    }
    rows.push(list);
    return rows;
  }

  function place(/** @type {Target} */ target) {
    const places = geometry();
    if (!places) return;
    let x = 0;
    let y = 0;
    if (target.kind === "link") {
      const from = places.layers[target.layer]?.[target.column];
      const to = places.layers[target.layer + 1]?.[target.row];
      if (!from || !to) return;
      ({ x, y } = pointOn(from, to, places.vertical, 0.5));
      y += 14;
    } else {
      const box = places.layers[target.layer]?.[target.unit];
      if (!box) return;
      x = box.x + box.size / 2;
      y = box.y + box.size + 10;
    }
    const { offsetWidth: width, offsetHeight: height } = popover;
    if (y + height > places.height + 30) y = Math.max(0, y - height - (target.kind === "link" ? 28 : 58));
    popover.style.left = `${Math.max(0, Math.min(places.width - width, x - width / 2))}px`;
    popover.style.top = `${y}px`;
  }

  const pointed = () => state.selected ?? (state.hover?.kind === "unit" ? null : state.hover);

  function update() {
    const target = pointed();
    const pinned = state.selected !== null;
    popover.hidden = target === null || shown(state) === null;
    for (const each of net.querySelectorAll(".unit.selected")) each.classList.remove("selected");
    if (!target) {
      open = null;
      return;
    }
    const hadFocus = popover.contains(document.activeElement);
    popover.classList.remove("refused");
    popover.setAttribute("aria-label", { unit: "Unit", bias: "Bias", link: "Link" }[target.kind]);
    popover.replaceChildren(
      ...(target.kind === "link"
        ? linkContent(target, pinned)
        : target.kind === "bias"
          ? biasContent(target)
          : unitContent(target)),
    );
    popover.classList.toggle("pinned", pinned);
    live();
    place(target);
    if (target.kind === "unit") unitElement(net, target)?.classList.add("selected");
    if (pinned && (open !== target || hadFocus)) popover.querySelector("input")?.focus({ preventScroll: true });
    open = target;
  }
  function live() {
    void slope.update();
    for (const figure of /** @type {NodeListOf<HTMLElement>} */ (popover.querySelectorAll("[data-gradient]"))) {
      const [layer, row, column] = (figure.dataset.gradient ?? "").split(",").map(Number);
      const value = slope.at(layer, row, column);
      write(figure, value === null ? "–" : precise(value));
    }
    for (const figure of /** @type {NodeListOf<HTMLElement>} */ (popover.querySelectorAll("[data-tensor]"))) {
      const value = shown(state)?.tensors[figure.dataset.tensor ?? ""]?.data[Number(figure.dataset.index)];
      if (value !== undefined)
        write(figure, value !== 0 && Math.abs(value) < 0.001 ? scientific(value) : fixed(value, 4));
    }
  }
  /** Whether a figure is being typed, which would be lost if its field were made again. */
  function typing() {
    const field = document.activeElement;
    return field instanceof HTMLInputElement && popover.contains(field) && field.value !== field.defaultValue;
  }
  store.on(["hover", "selected", "past"], update);
  store.on(["masks"], () => (typing() ? live() : update()));
  store.on(["frame"], () => {
    if (!pointed()) return;
    // Figures follow the training, but not in a field that is being edited. A target picked before the first frame opens with it.
    if (popover.hidden || (state.selected && !popover.contains(document.activeElement))) update();
    else live();
  });
  update();
}
