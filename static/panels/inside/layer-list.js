/** The layers one below the other: dead and saturated units, and histograms of weights, activations and gradients. */

import { drawHistogram } from "../../charts/histogram.js";
import { palette } from "../../charts/palette.js";
import { counted, percent, sentenceCase, short } from "../../lib/format.js";
import { setAriaLabel } from "../../ui/aria-label.js";
import { make, write } from "../../ui/dom.js";
import { layerName } from "./names.js";

/** @import {Health, Histogram, Shape} from "./types.js" */

const HISTOGRAMS = /** @type {const} */ ([
  ["weights", "Weights"],
  ["outputs", "Activations"],
  ["gradients", "Gradients"],
]);

/** @param {Store} store @param {(layer: number | null) => void} point called with the layer that is pointed at */
export function layerListView({ state }, point) {
  const root = make("ul", { class: "layer-list" });
  /** @type {{words: HTMLElement, units: HTMLElement, canvases: HTMLCanvasElement[]}[]} */
  let rows = [];

  /** One row per layer, before anything is measured. @param {Shape[]} shapes */
  function build(shapes) {
    const key = shapes.map(({ units, activation }) => `${units} ${activation}`).join();
    if (root.dataset.key === key) return;
    root.dataset.key = key;
    point(null);
    rows = shapes.map(({ units }) => ({
      words: make("p", { class: "aside" }),
      units: make(
        "p",
        { class: "unit-marks", "aria-hidden": "true" },
        Array.from({ length: units }, () => make("i")),
      ),
      canvases: HISTOGRAMS.map(() => make("canvas", { role: "img", "aria-label": "Not measured yet" })),
    }));
    root.replaceChildren(
      ...rows.map(({ words, units, canvases }, l) => {
        const { activation, units: count } = shapes[l];
        const name = layerName(l, shapes.length);
        const item = make("li", {}, [
          make("div", {}, [
            make("h3", {}, [
              sentenceCase(name),
              " ",
              make("span", { class: "sub" }, [`${titleOf(activation)}, ${counted(count, "unit")}`]),
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

  function draw(/** @type {Health[]} */ layers) {
    const colours = palette(state.theme);
    layers.forEach((layer, l) => {
      const { words, units, canvases } = rows[l];
      write(words, condition(layer));
      markUnits(units, layer);
      HISTOGRAMS.forEach(([name, title], i) => {
        drawHistogram(canvases[i], layer.histograms[name], colours);
        setAriaLabel(canvases[i], described(title, layerName(l, layers.length), layer.histograms[name]));
      });
    });
  }

  return { root, build, draw };
}

/** The dead and saturated units of a layer in words. @param {Health} layer */
function condition({ units, dead, saturated }) {
  const part = (/** @type {number[]} */ which, /** @type {string} */ word) =>
    which.length
      ? `${percent(which.length / units, 0)} % ${word}: ${which.length === 1 ? "unit" : "units"} ${which.map((unit) => unit + 1).join(", ")}.`
      : "";
  return [part(dead, "dead"), part(saturated, "saturated")].filter(Boolean).join(" ") || "None dead, none saturated.";
}

/** Every unit's small square, marked as the network marks the unit. @param {HTMLElement} box @param {Health} layer */
function markUnits(box, { dead, saturated }) {
  [...box.children].forEach((mark, unit) => {
    mark.className = dead.includes(unit) ? "dead-mark" : saturated.includes(unit) ? "saturated-mark" : "";
  });
}

/** @param {string} title @param {string} layer @param {Histogram} histogram */
function described(title, layer, { edges, counts }) {
  const values = counts.reduce((sum, count) => sum + count, 0).toLocaleString("en");
  const most = counts.indexOf(Math.max(...counts));
  return `${title} of ${layer}, ${values} values from ${figure(edges[0])} to ${figure(edges.at(-1) ?? null)}, most near ${figure(edges[most])}`;
}

const figure = (/** @type {number | null} */ value) => (value === null ? "not a number" : short(value, 2));
