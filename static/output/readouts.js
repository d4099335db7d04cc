/** The parts around the output map: its title, the three readouts, the threshold, the classes, the checks, the hairlines. */

import { outputScale, unitShown } from "../charts/colour-ranges.js";
import { fixed, loss, percent, short } from "../lib/format.js";
import { shareRight, tested, thresholdOf } from "../state/accuracy.js";
import { datasetOf, describe, lookOf, outputShown, scalesTarget } from "../state/derived.js";
import { answerName, className } from "../state/names.js";
import { predictedShown, shownFigure } from "../state/store.js";
import { byId, drawing, inputById, make, unitElement, write } from "../ui/dom.js";
import { unitName } from "../ui/names.js";
import { onDemand } from "../ui/on-demand.js";
import { tickWords, viewport } from "./viewport.js";

export function mountReadouts(/** @type {Store} */ store, /** @type {DrawScheduler} */ scheduler) {
  const { state } = store;
  const threshold = byId("threshold");
  const slider = inputById("threshold-slider");
  const loadOutputSelect = onDemand(
    store,
    "The choice of the output on the map",
    () => import("./output-select.js"),
    ({ mountOutputSelect }) => mountOutputSelect(store),
  );

  for (const box of /** @type {NodeListOf<HTMLInputElement>} */ (document.querySelectorAll("[data-show]"))) {
    const name = /** @type {keyof typeof state.show} */ (box.dataset.show);
    box.checked = state.show[name];
    box.addEventListener("change", () => store.set({ show: { ...state.show, [name]: box.checked } }));
    store.on(["show"], () => {
      box.checked = state.show[name] && !box.disabled;
    });
  }
  slider.addEventListener("input", () => store.set({ threshold: Number(slider.value) }));

  const figures = scheduler.task(() => {
    const empty = state.history.length === 0;
    const test = tested(state.points);
    for (const [id, name] of /** @type {const} */ ([
      ["test-loss", "test_loss"],
      ["train-loss", "train_loss"],
    ])) {
      const element = byId(id);
      const value = shownFigure(state, name);
      const none = name === "test_loss" && !test;
      element.classList.toggle("words", !empty && value === null);
      write(element, empty ? "–" : none ? "no test points" : loss(value));
    }
    const of = test ? "Test" : "Training";
    const fit = describe(state).task === "regression";
    const { value, threshold } = accuracy();
    const shown = fit ? shownFigure(state, test ? "test_r2" : "train_r2") : value;
    write(byId("accuracy-of"), `${of} ${fit ? "R²" : "accuracy"}`);
    write(byId("test-accuracy"), empty || shown === null ? "–" : fit ? fixed(shown, 3) : percent(shown));
    /** @type {HTMLElement} */ (document.querySelector(".accuracy .unit-sign")).hidden = fit;
    const error = shownFigure(state, test ? "test_error" : "train_error");
    byId("error").hidden = !fit || error === null;
    byId("error-unit").hidden = byId("error").hidden;
    write(byId("error-unit"), errorWords(state));
    write(byId("error-of"), `${of} error`);
    write(byId("test-error"), error === null ? "–" : short(error));
    const at = byId("accuracy-at");
    at.hidden = threshold === null;
    write(/** @type {Element} */ (at.querySelector(".value")), threshold?.toFixed(2) ?? "");
  }, 100);

  /** The share of points right: as measured, in the middle; at another threshold as counted from the server's labels. */
  function accuracy() {
    const part = tested(state.points) ? "test" : "train";
    const middle = thresholdOf(state) === 0.5;
    const predicted = middle ? null : predictedShown(state);
    return predicted?.labels && state.points
      ? { value: shareRight(state.points, predicted.labels, part), threshold: predicted.threshold }
      : { value: shownFigure(state, `${part}_accuracy`), threshold: middle ? null : 0.5 };
  }

  function structure() {
    const { task, output, classes, answers } = describe(state);
    const many = classes > 2;
    threshold.hidden = many;
    threshold.classList.toggle("fixed", output !== "sigmoid");
    threshold.querySelectorAll(".low, .high").forEach((end, k) => {
      /** @type {HTMLElement} */ (end).hidden = task === "regression";
      write(
        /** @type {Element} */ (end.querySelector(".said")),
        task === "multilabel" ? ["no", "yes"][k] : className(state, k),
      );
    });
    legend();
    axes();
    write(byId("threshold-value"), state.threshold.toFixed(2));
    slider.value = String(state.threshold);
    const list = byId("classes");
    list.hidden = !many;
    const names = Array.from({ length: classes }, (_, k) => className(state, k));
    if (many && list.dataset.names !== names.join()) {
      list.dataset.names = names.join();
      list.replaceChildren(
        ...names.map((name, k) => {
          const look = lookOf(k);
          return make("li", {}, [drawing(`i-${look.shape}`, `icon class-${look.colour}`), name]);
        }),
      );
    }
    const errors = /** @type {HTMLInputElement} */ (document.querySelector("[data-show=errors]"));
    const discrete = /** @type {HTMLInputElement} */ (document.querySelector("[data-show=discrete]"));
    errors.disabled = discrete.disabled = task === "regression";
    errors.checked = state.show.errors && !errors.disabled;
    discrete.checked = state.show.discrete && !discrete.disabled;
    title();
    hairlines();
    if (answers > 1) void loadOutputSelect();
  }

  /** The figures at the map's edges, and what is across and up where the data has names. */
  function axes() {
    const { across, up } = viewport(state, Math.min(state.answer, describe(state).answers - 1));
    ticks(".map .figures.x", tickWords(across), across.values.length > 0);
    ticks(".map .figures.y", tickWords(up).reverse(), up.values.length > 0);
    byId("axis-across").hidden = byId("axis-up").hidden = across.plain;
    write(byId("axis-across"), `${across.name} →`);
    write(byId("axis-up"), `↑ ${up.name}`);
  }

  /** @param {string} selector @param {string[]} words @param {boolean} named whether they are the values of a category */
  function ticks(selector, words, named) {
    const box = /** @type {HTMLElement} */ (document.querySelector(selector));
    box.classList.toggle("named", named);
    if (box.dataset.words === words.join()) return;
    box.dataset.words = words.join();
    box.replaceChildren(...words.map((word) => make("span", {}, [word])));
  }

  /** The legend of what the map shows: the output, or the output of the unit that it enlarges. */
  function legend() {
    const { answers } = describe(state);
    const half = unitShown(state)?.scale.half;
    const { low, high } = half
      ? { low: -half, high: half }
      : outputScale(state, answers > 1 ? (outputShown(state) ?? 0) : 0);
    threshold.classList.toggle("of-unit", half !== undefined);
    write(byId("scale-low"), short(low));
    write(byId("scale-high"), short(high));
  }

  function title() {
    const target = state.selected?.kind === "unit" ? state.selected : state.hover;
    const { task, output, classes, inputs } = describe(state);
    const last = state.config.network.hidden.length + 1;
    const alone = outputShown(state);
    const which =
      alone === null ? "" : ` ${task === "classification" ? className(state, alone) : answerName(state, task, alone)}`;
    const half = classes > 2 ? unitShown(state)?.scale.half : undefined;
    const span = half ? `, ${short(-half, 2)} to ${short(half, 2)}` : "";
    const words =
      target?.kind === "unit" && target.layer < last
        ? `output of ${unitName(target.layer, target.unit, last)}${span}`
        : task === "regression"
          ? `predicted${which || ` ${state.run?.targets?.[0] ?? (inputs === 1 ? "curve" : "value")}`}`
          : classes > 2 && !which
            ? "the most probable class"
            : output === "tanh"
              ? `the output: −1 is ${className(state, 0)}, 1 is ${className(state, 1)}`
              : `probability of${which || ` ${className(state, 1)}`}`;
    write(byId("output-words"), words);
    hairlines();
  }

  /** Two lines join the unit that the map enlarges to the map. */
  function hairlines() {
    const target = state.selected?.kind === "unit" ? state.selected : state.hover;
    const pointed = target?.kind === "unit" ? unitElement(document, target) : null;
    const outputs = document.querySelectorAll(".outputs .unit");
    const alone = pointed ?? outputs[outputShown(state) ?? -1];
    const unit = alone ?? outputs[0];
    const last = alone ?? outputs[outputs.length - 1];
    const [upper, lower] = [...document.querySelectorAll("#hairlines line")];
    if (!unit || !last || !upper || !lower) return;
    const stage = byId("stage").getBoundingClientRect();
    const from = unit.getBoundingClientRect();
    const to = byId("map-canvas").getBoundingClientRect();
    const x1 = from.right - stage.left + 3;
    const x2 = to.left - stage.left;
    const lines = /** @type {[Element, number, number][]} */ ([
      [upper, from.top - stage.top, to.top - stage.top],
      [lower, last.getBoundingClientRect().bottom - stage.top, to.bottom - stage.top],
    ]);
    for (const [line, y1, y2] of lines) {
      for (const [name, value] of Object.entries({ x1, y1, x2, y2 })) line.setAttribute(name, value.toFixed(1));
    }
  }

  function stale() {
    const note = byId("map-stale");
    const run = state.run;
    const words = state.past
      ? `epoch ${state.past.epoch.toLocaleString("en")}`
      : state.connection === "lost"
        ? `as of epoch ${state.frame?.epoch ?? 0}`
        : run?.state === "diverged"
          ? `epoch ${state.frame?.epoch ?? 0}, the last drawn`
          : "";
    note.hidden = !words;
    write(note, words);
  }

  store.on(["rows", "run", "past", "points", "predicted", "threshold", "config"], figures);
  store.on(["config", "run", "points", "threshold", "answer"], structure);
  store.on(["axes"], axes);
  store.on(["hover", "selected"], title);
  store.on(["hover", "selected", "frame", "past"], legend);
  store.on(["layout"], hairlines);
  store.on(["connection", "run", "frame", "past"], stale);
  structure();
}

/** What the error and the loss of a regression are measured in. @param {State} state */
function errorWords(state) {
  const targets = state.run?.targets ?? [];
  const unit = datasetOf(state.catalog, state.config)?.units?.[targets[0]];
  const scaled = scalesTarget(state) ? " The loss is that of the scaled target." : "";
  return `Error: root mean square, in ${unit ?? `the unit of ${targets.join(", ") || "the target"}`}.${scaled}`;
}
