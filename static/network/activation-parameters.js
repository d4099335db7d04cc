/** The parameters of a layer's activation, such as leaky ReLU's slope, as number fields in the layer's heading. */

import { parametersOf, withParameter } from "../config/activation.js";
import { parse, short } from "../lib/format.js";
import { withValue } from "../lib/paths.js";
import { make } from "../ui/dom.js";

/** @param {Store} store @param {Session} session @returns {(heads: Element[]) => void} puts the fields into the headings of the hidden layers */
export function createParameters(store, session) {
  const { state } = store;
  /** A refused value stays in its field. */
  let typed = { path: "", text: "" };
  /** @type {(() => void)[]} what writes each field again */
  let shows = [];
  store.on(["refusal"], () => {
    for (const show of shows) show();
  });

  /** @param {number} layer @param {ReturnType<typeof parametersOf>[number]} parameter */
  function field(layer, { name, title, value }) {
    const at = `network.hidden.${layer}.activation`;
    const path = `${at}.${name}`;
    const input = make("input", {
      class: "value",
      type: "text",
      inputmode: "decimal",
      autocomplete: "off",
      "aria-label": `${title ?? name}, hidden layer ${layer + 1}`,
      "data-keep": `${name}-${layer}`,
    });
    const show = () => {
      input.value = state.refusal?.path === path && typed.path === path ? typed.text : short(value);
    };
    input.addEventListener("change", () => {
      const wanted = parse(input.value);
      typed = { path, text: input.value };
      if (wanted === null) store.set({ refusal: { path, reason: `Enter a number, such as ${short(value)}.` } });
      else
        void session.change(
          withValue(state.config, at, withParameter(state.config.network.hidden[layer].activation, name, wanted)),
        );
    });
    input.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      typed = { path: "", text: "" };
      store.set({ refusal: null });
      show();
    });
    shows.push(show);
    show();
    const restarts = make("span", { class: "restarts", title: "Changing this restarts the network" }, ["↻"]);
    return make("div", { class: "field number parameter", "data-path": path, title: title ?? name }, [
      make("span", { class: "label", "aria-hidden": "true" }, [`${name} `, restarts]),
      input,
      make("p", { class: "refusal", hidden: "" }),
    ]);
  }

  return (heads) => {
    shows = [];
    heads.forEach((head, layer) => {
      const { activation } = state.config.network.hidden[layer] ?? {};
      for (const each of head.querySelectorAll(".parameter")) each.remove();
      if (activation !== undefined)
        head.append(...parametersOf(state.catalog, activation).map((parameter) => field(layer, parameter)));
    });
  };
}
