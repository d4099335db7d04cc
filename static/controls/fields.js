/** Every labelled field of the settings row and the data column, bound to its path of the configuration. */

import { parse, sentenceCase, short, withUnit } from "../lib/format.js";
import { read, withValue } from "../lib/paths.js";
import { trainingCount } from "../state/batches.js";
import { allowed, datasetOf, describe, hasColumns, isGenerated, takesClasses } from "../state/derived.js";
import { byId, write } from "../ui/dom.js";
import { onDemand } from "../ui/on-demand.js";
import { fill, sliderScale } from "../ui/slider.js";
import { chosen, SHOWN, stopWords } from "./choices.js";

export function mountFields(/** @type {Store} */ store, /** @type {Session} */ session) {
  for (const element of document.querySelectorAll(".field[data-path]")) {
    const field = /** @type {HTMLElement} */ (element);
    if (field.classList.contains("select")) mountSelect(field, store, session);
    else if (!field.classList.contains("pace")) mountNumber(field, store, session);
  }
  const more = byId("more");
  const rest = byId("more-settings");
  const loadMore = onDemand(
    store,
    "The list of more settings",
    () => import("./more-settings.js"),
    ({ mountMoreSettings }) => mountMoreSettings(store, session),
  );
  more.addEventListener("click", async () => {
    const update = await loadMore();
    if (!update) return;
    rest.hidden = !rest.hidden;
    more.setAttribute("aria-expanded", String(!rest.hidden));
    update();
    store.set({ layout: store.state.layout + 1 });
  });
}

/** @param {HTMLElement} field @param {Store} store @param {Session} session */
function mountNumber(field, store, session) {
  const { state } = store;
  const path = field.dataset.path ?? "";
  const slider = /** @type {HTMLInputElement} */ (field.querySelector("input[type=range]"));
  const text = /** @type {HTMLInputElement | null} */ (field.querySelector("input[type=text]"));
  const output = field.querySelector("output");
  const low = Number(field.dataset.low);
  const kind = field.dataset.scale ?? "linear";
  const live = path.startsWith("training.");
  let typed = "";
  /** Number of training points of the newest run whose points are known: the largest batch, and the size without a limit. */
  let most = Number(field.dataset.high);

  const scale = () => sliderScale(kind, low, most, Number(field.dataset.step ?? 0));
  /** @param {number} value */
  const words = (value) => withUnit(value, field.dataset.unit);
  const current = () => {
    const value = /** @type {number | null | undefined} */ (read(state.config, path));
    if (path === "dataset.classes") return value ?? describe(state).classes;
    return value ?? (path === "training.batch_size" ? most : 0);
  };
  const commit = (/** @type {number} */ value) => {
    if (value !== current()) session.change(withValue(state.config, path, value));
    else update();
  };

  slider.addEventListener("input", () => {
    const value = scale().value(Number(slider.value));
    fill(slider);
    if (output) write(output, words(value));
    if (text) text.value = short(value);
    slider.setAttribute("aria-valuetext", words(value));
  });
  slider.addEventListener("change", () => {
    typed = "";
    commit(scale().value(Number(slider.value)));
  });
  text?.addEventListener("change", () => {
    const value = parse(text.value);
    typed = text.value;
    if (value === null) store.set({ refusal: { path, reason: `Enter a number, such as ${short(current())}.` } });
    else commit(value);
  });
  text?.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      store.set({ refusal: null });
      update();
    }
  });

  function update() {
    if (path === "training.batch_size") most = trainingCount(state.points) || most;
    const value = current();
    if (document.activeElement !== slider || !slider.matches(":active")) slider.value = String(scale().position(value));
    fill(slider);
    slider.setAttribute("aria-valuetext", words(value));
    if (output) write(output, words(value));
    const refused = state.refusal?.path === path;
    if (text && !(refused && typed)) text.value = short(value);
    if (text && refused && typed) text.value = typed;
    if (path === "dataset.samples" || path === "dataset.noise") field.hidden = !isGenerated(state);
    if (path === "dataset.classes") field.hidden = !takesClasses(datasetOf(state.catalog, state.config));
    if (path === "training.regularizer.rate") {
      const off = state.config.training.regularizer.name === "none";
      field.classList.toggle("off", off);
      if (text) text.disabled = off;
      slider.disabled = off;
    }
    if (path === "dataset.label_noise") field.hidden = describe(state).task === "regression" || hasColumns(state);
  }
  store.on(live ? ["config", "refusal", "points"] : ["config"], update);
  update();
}

/** @param {HTMLElement} field @param {Store} store @param {Session} session */
function mountSelect(field, store, session) {
  const { state } = store;
  const path = field.dataset.path ?? "";
  const choice = /** @type {HTMLSelectElement} */ (field.querySelector("select"));
  choice.addEventListener("change", () => choose(store, session, path, choice.value));

  function update() {
    const value = SHOWN[path]?.(state) ?? String(read(state.config, path));
    if (path === "training.loss") {
      const { task, output, loss } = describe(state);
      const { losses } = allowed(state.catalog, task, output);
      for (const option of choice.options) {
        option.hidden = option.value === "auto" || (losses.size > 0 && !losses.has(option.value));
        option.disabled = option.hidden;
      }
      choice.value = loss;
      return;
    }
    if (path === "dataset.variant") {
      const { variants = [] } = datasetOf(state.catalog, state.config) ?? {};
      field.hidden = !variants.length;
      choice.replaceChildren(...variants.map((name) => new Option(sentenceCase(name), name)));
      choice.value = state.config.dataset.variant ?? variants[0] ?? "";
      return;
    }
    // A value set by a link or a dialog is offered only while it is chosen.
    for (const option of choice.querySelectorAll("[data-brought]")) option.remove();
    if (![...choice.options].some((option) => option.value === value)) {
      const brought = new Option(stopWords(value), value);
      brought.dataset.brought = "";
      choice.add(brought);
    }
    choice.value = value;
  }
  store.on(["config", "refusal"], update);
  update();
}

/** @param {Store} store @param {Session} session @param {string} path @param {string} value */
export const choose = ({ state }, session, path, value) => session.change(chosen(state, path, value));
