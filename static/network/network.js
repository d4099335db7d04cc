/** The network's columns: headings, choosers and the units as buttons; the canvases beneath draw what they hold. */

import { nameOf, parametersOf } from "../config/activation.js";
import { counted } from "../lib/format.js";
import { same, withValue } from "../lib/paths.js";
import { allowed, describe, pictureSide } from "../state/derived.js";
import { answerName, className } from "../state/names.js";
import { byId, make, write } from "../ui/dom.js";
import { createParameters } from "./activation-parameters.js";
import { chooser, column, placeFeatures } from "./columns.js";
import { rovingFocus } from "./roving-focus.js";

const MOST_LAYERS = 8;
const MOST_UNITS = 16;

/** @param {Store} store @param {Session} session @param {() => void} placed called after the columns changed their places */
export function mountNetwork(store, session, placed) {
  const { state } = store;
  const layers = byId("layers");
  const net = byId("net");
  const inputs = /** @type {HTMLElement} */ (layers.querySelector(".inputs"));
  /** @type {unknown} */
  let built = null;
  let most = 1;
  const placeParameters = createParameters(store, session);

  /** Units shrink until the longest layer fits: in height, or in width where layers are rows. */
  function sizeUnits() {
    const across = getComputedStyle(layers).flexDirection === "column";
    const pitch = across
      ? Math.min(44, Math.floor((net.clientWidth + 6) / most))
      : most <= 8
        ? 45
        : Math.max(24, Math.floor(368 / most));
    const unit = Math.round(pitch * 0.845);
    net.style.setProperty("--unit", `${unit}px`);
    net.style.setProperty("--gap", `${pitch - unit}px`);
  }

  /** @param {HiddenConfig[]} hidden */
  const setHidden = (hidden) => session.change(withValue(state.config, "network.hidden", hidden));
  byId("fewer-layers").addEventListener("click", () => setHidden(state.config.network.hidden.slice(0, -1)));
  byId("more-layers").addEventListener("click", () => {
    const hidden = state.config.network.hidden;
    const last = hidden.at(-1) ?? { units: 4, activation: "tanh", dropout: 0 };
    setHidden([...hidden, { ...last, units: Math.max(2, last.units) }]);
  });

  layers.addEventListener("click", (event) => {
    const tile = /** @type {HTMLElement} */ (event.target).closest(".feature");
    if (tile instanceof HTMLElement) toggle(tile.dataset.feature ?? "");
  });

  function toggle(/** @type {string} */ name) {
    if (state.role === "viewer") return;
    const { features, inputs: count } = describe(state);
    const order = offered(state, count, features);
    const next = features.includes(name)
      ? features.filter((each) => each !== name)
      : order.filter((each) => features.includes(each) || each === name);
    if (!next.length) {
      store.set({ notice: "At least one input must stay switched on." });
      return;
    }
    session.change(withValue(state.config, "features", next));
  }

  function hiddenColumn(/** @type {number} */ index) {
    const layer = state.config.network.hidden[index];
    const choice = make("select", { "aria-label": `Activation of hidden layer ${index + 1}` });
    // Without what stands in brackets, such as "SiLU (swish)": a column of eight is narrow.
    for (const entry of state.catalog.activations)
      choice.add(new Option(entry.title.replace(/ \(.+\)$/, ""), entry.name));
    choice.value = nameOf(layer.activation);
    choice.addEventListener("change", () => {
      setHidden(
        state.config.network.hidden.map((each, i) => (i === index ? { ...each, activation: choice.value } : each)),
      );
    });
    const resize = (/** @type {number} */ by) => {
      const units = layer.units + by;
      setHidden(state.config.network.hidden.map((each, i) => (i === index ? { ...each, units } : each)));
    };
    const fewer = make(
      "button",
      {
        class: "plain small",
        type: "button",
        "aria-label": `One unit fewer in layer ${index + 1}`,
        "data-keep": `fewer-${index}`,
      },
      ["−"],
    );
    const more = make(
      "button",
      {
        class: "plain small",
        type: "button",
        "aria-label": `One unit more in layer ${index + 1}`,
        "data-keep": `more-${index}`,
      },
      ["+"],
    );
    choice.dataset.keep = `activation-${index}`;
    fewer.disabled = layer.units <= 1;
    more.disabled = layer.units >= MOST_UNITS;
    fewer.addEventListener("click", () => resize(-1));
    more.addEventListener("click", () => resize(1));
    const count = make("output", {}, [String(layer.units)]);
    return column(
      "hidden-layer",
      chooser(nameOf(layer.activation), choice),
      make("div", { class: "stepper" }, [fewer, count, make("span", { class: "label" }, ["units"]), more]),
      layer.units,
      index + 1,
    );
  }

  function outputColumn() {
    const { task, output, outputs } = describe(state);
    const choice = make("select", { "aria-label": "Activation of the output", "data-keep": "output" });
    const known = allowed(state.catalog, task).outputs;
    for (const entry of state.catalog.outputs) {
      if (!known.size || known.has(entry.name)) choice.add(new Option(entry.title, entry.name));
    }
    choice.value = output;
    choice.addEventListener("change", () => {
      const next = withValue(state.config, "network.output", choice.value);
      const { losses } = allowed(state.catalog, task, choice.value);
      const { loss } = next.training;
      const fits = loss === "auto" || losses.has(loss);
      session.change(fits ? next : withValue(next, "training.loss", [...losses][0] ?? "auto"));
    });
    return column(
      "outputs",
      chooser(output, choice),
      make("span", { class: "sub" }, [outputs === 1 ? "output" : `${outputs} outputs`]),
      outputs,
      state.config.network.hidden.length + 1,
      (unit) => (task === "classification" ? className(state, unit) : answerName(state, task, unit)),
    );
  }

  function build() {
    const { inputs: count, features, outputs, sizes, task, classes, output } = describe(state);
    const hidden = state.config.network.hidden;
    const { columns, classes: names } = state.run ?? {};
    const key = { hidden, outputs, features, count, output, task, classes, columns, names };
    if (same(key, built)) return;
    built = key;
    const kept =
      document.activeElement instanceof HTMLElement && layers.contains(document.activeElement)
        ? document.activeElement.dataset.keep
        : null;
    placeFeatures(state, inputs, offered(state, count, features), features);
    while (layers.lastElementChild !== inputs) layers.lastElementChild?.remove();
    layers.append(...hidden.map((_, i) => hiddenColumn(i)), outputColumn());
    const parameters = hidden.some(({ activation }) => parametersOf(state.catalog, activation).length);
    net.classList.toggle("with-parameters", parameters);
    placeParameters([...layers.querySelectorAll(".hidden-layer .layer-head")]);
    write(byId("input-count"), `${features.length} of ${offered(state, count, features).length}`);
    write(byId("layer-count"), String(hidden.length));
    /** @type {HTMLButtonElement} */ (byId("fewer-layers")).disabled = hidden.length === 0;
    /** @type {HTMLButtonElement} */ (byId("more-layers")).disabled = hidden.length >= MOST_LAYERS;
    most = Math.max(...sizes.slice(1), pictureSide(state) || offered(state, count, features).length);
    sizeUnits();
    net.classList.toggle("dense", hidden.length > 5);
    net.classList.toggle("tight", hidden.length > 3);
    if (kept) /** @type {HTMLElement | null} */ (layers.querySelector(`[data-keep="${kept}"]`))?.focus();
    placed();
  }

  /** Counts of inputs, layers and weights; after a change they stay until the server has sent the new ones. */
  function updateCaption() {
    const { run, config } = state;
    if (run && run.config !== config) return;
    const { features, parameters } = describe(state);
    const free = parameters === null ? [] : [counted(parameters, "weight and bias", "weights and biases")];
    const parts = [counted(features.length, "input"), counted(config.network.hidden.length, "hidden layer"), ...free];
    write(byId("network-words"), parts.join(", "));
  }

  const onFocus = rovingFocus(layers, store);
  for (const type of ["focusin", "focusout", "keydown"]) layers.addEventListener(type, onFocus);
  store.on(["config", "run"], build);
  store.on(["config", "run"], updateCaption);
  window.addEventListener("resize", sizeUnits);
  build();
  updateCaption();
}

/**
 * The inputs that the page offers for data of this many dimensions; of a table all that it gives a network.
 * @param {State} state @param {number} count @param {string[]} features that are chosen
 */
function offered(state, count, features) {
  const given = state.run?.columns?.flatMap((column) => column.features).length;
  if (given) return Array.from({ length: Math.max(given, features.length) }, (_, i) => `x${i + 1}`);
  if (count === 2) return state.catalog.features.map((entry) => entry.name);
  if (count === 1) return state.catalog.features.map((entry) => entry.name).filter((name) => !name.includes("x2"));
  return Array.from({ length: count }, (_, i) => `x${i + 1}`);
}
