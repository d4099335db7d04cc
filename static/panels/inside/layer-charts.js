/** Three charts by epoch with a line per layer: norm of the gradient, norm of the weights, update over weights. */

import { attachCursor } from "../../charts/chart-cursor.js";
import { drawChart } from "../../charts/line-chart.js";
import { palette } from "../../charts/palette.js";
import { axisFigure, scientific, short } from "../../lib/format.js";
import { linear, logarithmic } from "../../lib/scales.js";
import { extent } from "../../lib/series.js";
import { setAriaLabel } from "../../ui/aria-label.js";
import { make } from "../../ui/dom.js";
import { layerName } from "./names.js";

/** @import {SampledSeries} from "../../lib/sampled-series.js" */

export const FIGURES = /** @type {const} */ ([
  ["gradient_norm", "Gradient", "length of dW and db together, by epoch"],
  ["weight_norm", "Weights", "length of W and b together, by epoch"],
  ["update_ratio", "Update", "next step over weights; 0.001 is common"],
]);
const ROOM = 98;
const LEAST_SPAN = 20;

/** @param {Store} store @param {SampledSeries} series @param {() => void} redraw */
export function layerChartsView({ state }, series, redraw) {
  /** @type {number | null} the row under the hairline */
  let row = null;

  const charts = FIGURES.map(([name, title, words]) => {
    const canvas = make("canvas", { tabindex: "0", role: "img", "aria-label": `${title}: ${words}` });
    attachCursor(canvas, {
      labels: ROOM,
      count: () => series.length,
      row: () => row,
      rowAt,
      pick: (next) => {
        row = next;
        redraw();
      },
    });
    const box = make("section", { class: "chart" }, [
      make("h3", {}, [title, " ", make("span", { class: "sub" }, [words])]),
      canvas,
    ]);
    return { name, title, words, canvas, box };
  });

  /** The epochs on the axis: all measured, at least a few. */
  function span() {
    const first = series.times[0] ?? 0;
    return linear(first, Math.max(first + LEAST_SPAN, series.times.at(-1) ?? 0));
  }

  /** The row nearest to a place on the chart; null before the first. @param {number} share of its width */
  function rowAt(share) {
    const { low, high } = span();
    const epoch = low + share * (high - low);
    if (epoch <= series.times[0] - 1) return null;
    const next = series.times.findIndex((time) => time >= epoch);
    if (next < 0) return series.length - 1;
    return next > 0 && epoch - series.times[next - 1] < series.times[next] - epoch ? next - 1 : next;
  }

  /** @param {number} layers @param {number} main the one whose lines stand out */
  function draw(layers, main) {
    const colours = palette(state.theme);
    const all = Array.from({ length: layers }, (_, l) => l);
    const order = [...all.filter((l) => l !== main), ...all.filter((l) => l === main)];
    const epochs = Float32Array.from(series.times);
    const shown = row === null ? null : Math.min(row, series.length - 1);
    const at = shown ?? series.length - 1;
    for (const { name, title, words, canvas } of charts) {
      const columns = all.map((l) => series.column(name, l));
      const ends = columns.map((values) => extent(values, series.length, 0)).filter((end) => end !== null);
      const high = Math.max(...ends.map((end) => end[1]), 1e-12);
      const low = Math.min(...ends.map((end) => end[0]), high / 3);
      const chart = {
        epochs,
        count: series.length,
        x: span(),
        y: ends.length ? logarithmic(low / 1.3, high * 1.3) : logarithmic(0.001, 1),
        figure: level,
        lines: order.map((l) => ({
          values: columns[l],
          style: /** @type {"main" | "quiet"} */ (l === main ? "main" : "quiet"),
          name: layerName(l, layers),
          words: figure,
        })),
        gap: false,
        marks: state.marks,
        row: shown,
        labels: ROOM,
      };
      drawChart(canvas, chart, colours);
      if (!series.length) continue;
      const readings = all.map((l) => `${layerName(l, layers)} ${figure(columns[l][at])}`);
      setAriaLabel(canvas, `${title}, ${words}. At epoch ${short(series.times[at], 6)}: ${readings.join(", ")}`);
    }
  }

  const root = make(
    "div",
    { class: "layer-charts" },
    charts.map((chart) => chart.box),
  );
  return { root, draw };
}

/** @param {number | null} value */
const figure = (value) => (value === null || !Number.isFinite(value) ? "none" : short(value, 2));

/** Very small and very large values only at powers of ten: others are too wide for the axis. @param {number} value */
function level(value) {
  const text = value < 1e5 ? axisFigure(value) : scientific(value).replace(/^1\.0 × /, "");
  return (value > 9e-4 && value < 1e5) || text.startsWith("10") ? text : "";
}
