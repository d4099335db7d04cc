/** The panel Curves: loss, accuracy and learning rate over the epochs, with one hairline through all of them. */

import { attachCursor } from "../../charts/chart-cursor.js";
import { missing, reach } from "../../charts/hatch.js";
import { drawChart } from "../../charts/line-chart.js";
import { palette } from "../../charts/palette.js";
import { axisFigure, loss as figure, percent } from "../../lib/format.js";
import { linear, logarithmic } from "../../lib/scales.js";
import { extent, smooth } from "../../lib/series.js";
import { takesThreshold, tested, validated } from "../../state/accuracy.js";
import { describe, scalesTarget } from "../../state/derived.js";
import { byId, canvasById, write } from "../../ui/dom.js";
import { accuracyWords, lossWords } from "../../ui/spoken.js";
import { saveMetrics } from "./csv.js";

const SMOOTHING = 0.9;
const WORDS = {
  cross_entropy: "mean cross-entropy per point",
  mse: "mean squared error",
  half_squared_error: "half the squared error",
};

export function mountCurves(/** @type {Store} */ store, /** @type {DrawScheduler} */ scheduler) {
  const { state } = store;
  const charts = {
    loss: canvasById("chart-loss"),
    accuracy: canvasById("chart-accuracy"),
    rate: canvasById("chart-rate"),
  };
  /** @type {Record<string, number>} */
  const room = { loss: 88, accuracy: 72, rate: 52 };
  /** The row pointed at. @type {number | null} */
  let row = null;

  const column = (/** @type {MetricName} */ name) => {
    const values = state.history.column(name).values;
    return state.show.smooth ? smooth(values, state.history.length, SMOOTHING) : values;
  };
  /** The row under the hairline: the one pointed at, or the recorded epoch that is shown. */
  function at() {
    if (row !== null) return Math.min(row, state.history.length - 1);
    return state.past && state.history.indexOf(state.past.epoch);
  }
  const shared = () => ({
    epochs: state.history.epochs.values,
    count: state.history.length,
    x: linear(0, Math.max(20, reach(state))),
    row: at(),
    missing: missing(state),
  });

  /**
   * The training line, and those of the points that are held back for validation and for testing.
   * @param {"loss" | "accuracy" | "r2"} what @param {(value: number | null) => string} words
   * @returns {Line[]}
   */
  function lines(what, words) {
    const train = column(/** @type {MetricName} */ (`train_${what}`));
    const validation = column(/** @type {MetricName} */ (`validation_${what === "r2" ? "loss" : what}`));
    const test = column(/** @type {MetricName} */ (`test_${what}`));
    return [
      { values: train, style: tested(state.points) ? "quiet" : "main", name: "train", words },
      ...(validated(state.points) && what !== "r2"
        ? [{ values: validation, style: /** @type {const} */ ("dotted"), name: "validation", words }]
        : []),
      ...(tested(state.points) ? [{ values: test, style: /** @type {const} */ ("main"), name: "test", words }] : []),
    ];
  }

  /** The value at the end of a line of losses. @param {number | null} value */
  const end = (value) => {
    if (value === null) return "none";
    return value !== 0 && (Math.abs(value) < 1e-3 || Math.abs(value) >= 1e5) ? axisFigure(value) : figure(value);
  };

  function lossChart() {
    const { history } = state;
    const floor = state.show.log ? 0 : Number.NEGATIVE_INFINITY;
    const train = column("train_loss");
    const test = column("test_loss");
    const penalty = column("penalty");
    const penalised = (extent(penalty, history.length, 0)?.[1] ?? 0) > 0;
    const ends = [train, test, ...(penalised ? [penalty] : [])]
      .map((values) => extent(values, history.length, floor))
      .filter((end) => end !== null);
    const high = Math.max(...ends.map((end) => end[1]), state.show.log ? 1e-6 : 0.1);
    const low = Math.max(1e-7, Math.min(...ends.map((end) => end[0] * 0.8), high / 10));
    const y = state.show.log ? logarithmic(low, high * 1.25) : linear(0, high * 1.05);
    drawChart(
      charts.loss,
      {
        ...shared(),
        y,
        figure: axisFigure,
        lines: [
          ...(penalised
            ? [{ values: penalty, style: /** @type {const} */ ("dotted"), name: "penalty", words: end }]
            : []),
          ...lines("loss", end),
        ],
        gap: tested(state.points),
        marks: state.marks,
        labels: room.loss,
      },
      palette(state.theme),
    );
  }

  /** The share of points that are right; of a regression the share of variance that is explained. */
  function accuracyChart() {
    const { history } = state;
    const what = describe(state).task === "regression" ? "r2" : "accuracy";
    const train = column(`train_${what}`);
    const test = column(`test_${what}`);
    const ends = [train, test].map((values) => extent(values, history.length)).filter((end) => end !== null);
    const least = Math.min(...ends.map((end) => end[0]), 0.9);
    const ofShare = (/** @type {number | null} */ value) => (value === null ? "none" : percent(value));
    const words = what === "r2" ? end : ofShare;
    drawChart(
      charts.accuracy,
      {
        ...shared(),
        y: linear(Math.max(0, Math.floor(least * 10 - 0.001) / 10), 1),
        figure: (value) => (what === "r2" ? axisFigure(value) : `${Math.round(value * 100)}${value === 1 ? " %" : ""}`),
        lines: lines(what, words),
        gap: tested(state.points),
        marks: [],
        labels: room.accuracy,
      },
      palette(state.theme),
    );
  }

  function rateChart() {
    const values = state.history.column("learning_rate").values;
    const [low, high] = extent(values, state.history.length, 0) ?? [0.01, 0.1];
    drawChart(
      charts.rate,
      {
        ...shared(),
        y: logarithmic(low / 3, high * 3),
        figure: axisFigure,
        lines: [{ values, style: "main", name: "", words: (value) => (value === null ? "" : axisFigure(value)) }],
        gap: false,
        marks: [],
        labels: room.rate,
      },
      palette(state.theme),
    );
  }

  const redraw = scheduler.task(() => {
    if (byId("panel-curves").hidden) return;
    lossChart();
    accuracyChart();
    if (charts.rate.clientWidth) rateChart();
    updateLabels();
  }, 100);

  /** Describes the newest values for assistive technology. */
  function updateLabels() {
    const { history } = state;
    const loss = history.length ? `Loss by epoch: ${lossWords(state)}` : "Loss by epoch";
    if (document.activeElement !== charts.loss) charts.loss.setAttribute("aria-label", loss);
    const name = describe(state).task === "regression" ? "R²" : "Accuracy";
    const accuracy = history.length ? `${name} by epoch: ${accuracyWords(state)}` : `${name} by epoch`;
    if (document.activeElement !== charts.accuracy) charts.accuracy.setAttribute("aria-label", accuracy);
  }

  for (const [key, canvas] of Object.entries(charts))
    attachCursor(canvas, {
      labels: room[key] ?? 0,
      count: () => state.history.length,
      row: () => row,
      rowAt: (share) =>
        share < -0.03 || share > 1.03 ? null : state.history.indexOf(Math.round(share * Math.max(20, reach(state)))),
      pick: (next) => {
        row = next;
        redraw();
      },
      announce: (at) => {
        const figures = [lossWords(state, at), accuracyWords(state, at)].filter(Boolean).join(", ");
        write(byId("chart-says"), `Epoch ${state.history.epochs.values[at]}: ${figures}`);
      },
    });

  byId("csv").addEventListener("click", () => {
    if (state.run) saveMetrics(state.run.id).catch(() => store.set({ notice: "The metrics could not be fetched." }));
  });

  function updateCaptions() {
    const { loss, task } = describe(state);
    const words = /** @type {Record<string, string>} */ (WORDS)[loss] ?? "loss";
    write(byId("loss-words"), `${words}${scalesTarget(state) ? " of the scaled target" : ""}, by epoch`);
    const fit = task === "regression";
    write(byId("accuracy-title"), fit ? "R²" : "Accuracy");
    const noun = task === "multilabel" ? "labels" : "points";
    const at = takesThreshold(state) ? ", at threshold 0.50" : "";
    write(byId("accuracy-words"), fit ? "share of the target's variance explained" : `share of ${noun} right${at}`);
    redraw();
  }
  store.on(["rows", "past", "show", "theme", "layout", "marks", "points"], redraw);
  store.on(["config"], updateCaptions);
  updateCaptions();
}
