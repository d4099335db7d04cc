/** Layers over time: norms of gradients and weights, update ratios, dead and saturated units, histograms. */

import { Diary } from "../lib/diary.js";
import { axisFigure, counted, percent, scientific, short } from "../lib/format.js";
import { linear, logarithmic } from "../lib/scales.js";
import { extent } from "../lib/series.js";
import { palette } from "../palette.js";
import { drawChart, plotSpan } from "../views/chart.js";
import { make, write } from "../views/dom.js";
import { follower } from "../views/follow.js";
import { drawHistogram } from "../views/histogram.js";

const FIGURES = /** @type {const} */ ([
  ["gradient_norm", "Gradient", "length of dW and db together, by epoch"],
  ["weight_norm", "Weights", "length of W and b together, by epoch"],
  ["update_ratio", "Update", "length of the next step over that of the weights; 0.001 is a common aim"],
]);
const HISTOGRAMS = /** @type {const} */ ([
  ["weights", "Weights"],
  ["outputs", "Activations"],
  ["gradients", "Gradients"],
]);
const ROOM = 98;

/** @param {import("./inside.js").Page} page @returns {import("./inside.js").Section} */
export function layersSection({ store, session, scheduler }) {
  const { state } = store;
  const diary = new Diary(FIGURES.map(([name]) => name));
  /** @type {any} the newest answer */
  let newest = null;
  let of = "";
  /** @type {number | null} a layer pointed at here */
  let pointed = null;
  /** @type {number | null} the note under the hairline */
  let row = null;

  const charts = FIGURES.map(([name, title, words]) => {
    const canvas = make("canvas", { tabindex: "0", role: "img", "aria-label": `${title}: ${words}` });
    canvas.addEventListener("pointermove", (event) => {
      const { left, right } = plotSpan(canvas.clientWidth, ROOM);
      const { low, high } = span();
      pick(low + ((event.offsetX - left) / (right - left)) * (high - low));
    });
    for (const leave of ["pointerleave", "blur"]) canvas.addEventListener(leave, () => pick(null));
    canvas.addEventListener("keydown", (event) => {
      const by = { ArrowLeft: -1, ArrowRight: 1, Escape: 0 }[event.key];
      if (by === undefined || !diary.length) return;
      event.preventDefault();
      row = by ? Math.min(diary.length - 1, Math.max(0, (row ?? diary.length) + by)) : null;
      draw();
    });
    const box = make("section", { class: "chart" }, [
      make("h3", {}, [title, " ", make("span", { class: "sub" }, [words])]),
      canvas,
    ]);
    return { name, title, words, canvas, box };
  });
  const says = make("p", { class: "sub says" });
  const list = make("ul", { class: "layer-list" });
  const root = make("div", { class: "inside-layers" }, [
    make(
      "div",
      { class: "strands" },
      charts.map((chart) => chart.box),
    ),
    says,
    list,
  ]);
  /** @type {{words: HTMLElement, units: HTMLElement, canvases: HTMLCanvasElement[]}[]} */
  let rows = [];

  const poll = follower(store, 500, async () => {
    const run = state.run;
    const answer = await session.fetch("diagnostics");
    if (!answer || !run || run.id !== state.run?.id) return;
    if (of !== `${run.id} ${run.series}`) diary.clear();
    of = `${run.id} ${run.series}`;
    diary.add(moment(answer), answer.layers);
    newest = answer;
    const { epoch, batch, layers } = answer;
    store.set({ health: { run: run.id, series: run.series, epoch, batch, layers: layers.map(ill) } });
    redraw();
  });

  /** Epochs, and the part of one that is under way. @param {{epoch: number, batch: number}} at */
  function moment({ epoch, batch }) {
    const train = state.points?.split.filter((each) => each === "train").length ?? 0;
    const size = state.config.training.batch_size ?? train;
    return epoch + batch / Math.max(1, Math.ceil(train / Math.max(1, size)));
  }

  const span = () => linear(diary.times[0] ?? 0, Math.max((diary.times[0] ?? 0) + 20, diary.times.at(-1) ?? 0));

  /** @param {number | null} epoch */
  function pick(epoch) {
    row = null;
    if (epoch !== null && diary.length && epoch > diary.times[0] - 1) {
      const next = diary.times.findIndex((time) => time >= epoch);
      row = next < 0 ? diary.length - 1 : next;
      if (row > 0 && epoch - diary.times[row - 1] < diary.times[row] - epoch) row--;
    }
    redraw();
  }

  function draw() {
    if (!newest) return;
    const colours = palette(state.theme);
    const layers = newest.layers.length;
    const unit = state.hover?.kind === "unit" ? state.hover : state.selected?.kind === "unit" ? state.selected : null;
    const main = pointed ?? (unit ? unit.layer - 1 : 0);
    const order = [...Array(layers).keys()].filter((l) => l !== main).concat(main < layers ? [main] : []);
    const epochs = Float32Array.from(diary.times);
    for (const { name, title, words, canvas } of charts) {
      const lines = order.map((l) => ({
        values: diary.column(name, l),
        style: /** @type {"main" | "quiet"} */ (l === main ? "main" : "quiet"),
        name: layerName(l, layers),
        words: figure,
      }));
      const ends = lines.map((line) => extent(line.values, diary.length, 0)).filter((end) => end !== null);
      const high = Math.max(...ends.map((end) => end[1]), 1e-12);
      const low = Math.min(...ends.map((end) => end[0]), high / 3);
      drawChart(
        canvas,
        {
          epochs,
          count: diary.length,
          x: span(),
          y: logarithmic(low / 1.3, high * 1.3),
          figure: level,
          lines,
          gap: false,
          marks: state.marks,
          row: row === null ? null : Math.min(row, diary.length - 1),
          labels: ROOM,
        },
        colours,
      );
      const at = row === null ? diary.length - 1 : Math.min(row, diary.length - 1);
      const said = [...Array(layers).keys()].map((l) => `${layerName(l, layers)} ${figure(diary.column(name, l)[at])}`);
      canvas.setAttribute(
        "aria-label",
        `${title}, ${words}. At epoch ${short(diary.times[at], 6)}: ${said.join(", ")}`,
      );
    }
    write(says, place(newest));
    build(layers);
    newest.layers.forEach((/** @type {any} */ layer, /** @type {number} */ l) => {
      const { words, units, canvases } = rows[l];
      write(words, condition(layer));
      markUnits(units, layer);
      HISTOGRAMS.forEach(([name, title], i) => {
        drawHistogram(canvases[i], layer.histograms[name], colours);
        canvases[i].setAttribute("aria-label", described(title, layerName(l, layers), layer.histograms[name]));
      });
    });
  }

  /** @param {number} layers */
  function build(layers) {
    const key = newest.layers.map((/** @type {any} */ layer) => `${layer.units} ${layer.activation}`).join();
    if (list.dataset.key === key) return;
    list.dataset.key = key;
    pointed = null;
    rows = newest.layers.map(() => ({
      words: make("p", { class: "aside" }),
      units: make("p", { class: "unit-marks", "aria-hidden": "true" }),
      canvases: HISTOGRAMS.map(() => make("canvas", { role: "img" })),
    }));
    list.replaceChildren(
      ...rows.map(({ words, units, canvases }, l) => {
        const layer = newest.layers[l];
        const name = layerName(l, layers);
        const item = make("li", {}, [
          make("div", {}, [
            make("h3", {}, [
              name[0].toUpperCase() + name.slice(1),
              " ",
              make("span", { class: "sub" }, [`${titleOf(layer.activation)}, ${counted(layer.units, "unit")}`]),
            ]),
            units,
            words,
          ]),
          ...HISTOGRAMS.map(([, title], i) =>
            make("figure", {}, [make("figcaption", { class: "label" }, [title]), canvases[i]]),
          ),
        ]);
        item.addEventListener("pointerenter", () => point(l));
        item.addEventListener("pointerleave", () => point(null));
        return item;
      }),
    );
  }

  /** @param {string} name */
  const titleOf = (name) => state.catalog.activations.find((entry) => entry.name === name)?.title ?? name;

  /** @param {number | null} layer */
  function point(layer) {
    pointed = layer;
    redraw();
  }

  let open = false;
  const redraw = scheduler.task(() => open && draw(), 60);
  store.on(["theme", "layout", "hover", "selected", "marks"], () => open && redraw());
  return {
    root,
    show() {
      open = true;
      poll.again();
      poll.turn(true);
      redraw();
    },
    hide() {
      open = false;
      poll.turn(false);
    },
  };
}

/** @param {number} l from 0 @param {number} layers */
const layerName = (l, layers) => (l === layers - 1 ? "output" : `layer ${l + 1}`);

/** @param {number | null} value */
const figure = (value) => (value === null || !Number.isFinite(value) ? "none" : short(value, 2));

/** Very small and very large values only at powers of ten: others are too wide for the axis. @param {number} value */
function level(value) {
  const text = value < 1e5 ? axisFigure(value) : scientific(value).replace(/^1\.0 × /, "");
  return (value > 9e-4 && value < 1e5) || text.startsWith("10") ? text : "";
}

/** @param {{dead: number[], saturated: number[]}} layer */
const ill = ({ dead, saturated }) => ({ dead, saturated });

/** @param {{epoch: number, batch: number}} at */
const place = ({ epoch, batch }) => {
  const within = batch ? `, mini-batch ${batch}` : "";
  return `Measured over the whole training set at epoch ${epoch.toLocaleString("en")}${within}. Point at a layer to bring out its lines.`;
};

/** What ails a layer, its units by name. @param {any} layer */
function condition({ units, dead, saturated }) {
  const part = (/** @type {number[]} */ which, /** @type {string} */ word) =>
    which.length
      ? `${percent(which.length / units, 0)} % ${word}: ${which.length === 1 ? "unit" : "units"} ${which.map((unit) => unit + 1).join(", ")}.`
      : "";
  return [part(dead, "dead"), part(saturated, "saturated")].filter(Boolean).join(" ") || "None dead, none saturated.";
}

/** A small square for each unit, marked as the network marks it. @param {HTMLElement} box @param {any} layer */
function markUnits(box, { units, dead, saturated }) {
  while (box.children.length < units) box.append(make("i"));
  [...box.children].forEach((mark, unit) => {
    mark.className = dead.includes(unit) ? "dead-mark" : saturated.includes(unit) ? "saturated-mark" : "well-mark";
  });
}

/** @param {string} title @param {string} layer @param {{edges: (number | null)[], counts: number[]}} histogram */
function described(title, layer, { edges, counts }) {
  const most = counts.indexOf(Math.max(...counts));
  return `${title} of ${layer}, ${counts.reduce((sum, count) => sum + count, 0).toLocaleString("en")} values from ${figure(edges[0])} to ${figure(edges.at(-1) ?? null)}, most near ${figure(edges[most])}`;
}
