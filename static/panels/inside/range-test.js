/** The learning-rate range test: its curve, the suggested rates, and buttons to use them. */

import { attachCursor } from "../../charts/chart-cursor.js";
import { drawChart } from "../../charts/line-chart.js";
import { palette } from "../../charts/palette.js";
import { loss, short } from "../../lib/format.js";
import { withValue } from "../../lib/paths.js";
import { linear, logarithmic, significant } from "../../lib/scales.js";
import { extent } from "../../lib/series.js";
import { rangeTest } from "../../run/queries.js";
import { make, write } from "../../ui/dom.js";

const ROOM = 104;
const PATH = "training.learning_rate";

/** @param {Page} page @returns {Section} */
export function rangeTestSection({ store, session, scheduler }) {
  const { state } = store;
  /** @type {{learning_rates: number[], losses: number[], smoothed: number[], steepest: number | null, minimum_tenth: number | null} | null} */
  let result = null;
  /** @type {number | null} */
  let row = null;
  let open = false;

  const find = make("button", { type: "button", class: "button primary" }, ["Find a learning rate"]);
  const status = make("p", { class: "aside", role: "status" });
  const uses = ["steepest", "minimum_tenth"].map((name) => {
    const button = make("button", { type: "button", class: "button" });
    const words = make("span", { class: "sub" });
    button.addEventListener("click", () => {
      const rate = suggested(name);
      if (rate !== null) session.change(withValue(state.config, PATH, rate));
    });
    return { name, button, words, box: make("p", { class: "use" }, [button, words]) };
  });
  const canvas = make("canvas", { tabindex: "0", role: "img", "aria-label": "Loss by learning rate: not tried yet" });
  const chart = make("section", { class: "chart" }, [
    make("h3", {}, ["Loss ", make("span", { class: "sub" }, ["of the whole training set, by learning rate"])]),
    canvas,
  ]);
  const root = make("div", { class: "inside-rate" }, [
    make("section", { class: "words" }, [
      make("h3", {}, ["Find a learning rate"]),
      make("p", { class: "aside" }, [
        "From fresh weights, 100 mini-batches are trained while the rate rises from 10⁻⁷ to 10. At too small a rate the loss stays; at too large a rate it rises. A good rate is where it falls fastest. This run is not changed.",
      ]),
      find,
      status,
      ...uses.map((use) => use.box),
    ]),
    chart,
  ]);

  find.addEventListener("click", async () => {
    find.disabled = true;
    write(status, "Trying 100 rates…");
    const config = state.config;
    try {
      result = await rangeTest(config, state.run?.rules);
      write(status, result?.steepest ? "" : "The loss never falls: no rate can be suggested.");
    } catch (error) {
      write(status, error instanceof Error ? error.message : "The test could not be made.");
    }
    find.disabled = false;
    row = null;
    redraw();
  });

  function suggested(/** @type {string} */ name) {
    const rate = name === "steepest" ? result?.steepest : result?.minimum_tenth;
    return rate ? significant(rate, 2) : null;
  }

  function draw() {
    chart.hidden = !result;
    for (const { name, button, words, box } of uses) {
      const rate = suggested(name);
      box.hidden = rate === null;
      const now = rate === state.config.training.learning_rate;
      button.disabled = now || state.role === "viewer";
      write(button, `${now ? "In use:" : "Use"} ${short(rate ?? 0, 2)}`);
      write(words, name === "steepest" ? "where the loss falls fastest" : "a tenth of the rate with the least loss");
    }
    if (!result?.learning_rates.length) return;
    const { learning_rates: rates, losses, smoothed } = result;
    const [low, high] = extent(smoothed, smoothed.length) ?? [0, 1];
    const words = (/** @type {number | null} */ value) => (value === null ? "" : loss(value));
    const marks = [
      { epoch: state.config.training.learning_rate, words: "now", before: true },
      { epoch: result.minimum_tenth ?? 0, words: "min ÷ 10", before: true, low: true },
      { epoch: result.steepest ?? 0, words: "steepest" },
    ].filter((mark) => mark.epoch > 0);
    drawChart(
      canvas,
      {
        epochs: rates,
        count: rates.length,
        x: logarithmic(rates[0], Math.max(rates.at(-1) ?? 10, 1)),
        y: linear(Math.max(0, low - (high - low) * 0.15), high + (high - low) * 0.05),
        figure: (value) => short(value, 2),
        lines: [
          { values: losses, style: "quiet", name: "measured", words },
          { values: smoothed, style: "main", name: "smoothed", words },
        ],
        gap: false,
        marks: marks.sort((a, b) => a.epoch - b.epoch),
        row,
        labels: ROOM,
        across: { figure: axis, words: (value) => `rate ${short(value, 2)}` },
      },
      palette(state.theme),
    );
    const at = row ?? rates.length - 1;
    canvas.setAttribute(
      "aria-label",
      `Loss by learning rate. At ${short(rates[at], 2)}: ${loss(losses[at])}, smoothed ${loss(smoothed[at])}`,
    );
  }

  attachCursor(canvas, {
    labels: ROOM,
    count: () => result?.learning_rates.length ?? 0,
    row: () => row,
    rowAt(share) {
      const rates = result?.learning_rates ?? [];
      const rate = logarithmic(rates[0], Math.max(rates.at(-1) ?? 10, 1)).value(share);
      const next = rates.findIndex((each) => each >= rate);
      return next < 0 ? rates.length - 1 : next;
    },
    pick(next) {
      row = next;
      redraw();
    },
  });

  const redraw = scheduler.task(() => open && draw());
  store.on(["theme", "layout", "config", "role"], () => open && redraw());
  return {
    root,
    show() {
      open = true;
      draw();
    },
    hide() {
      open = false;
    },
  };
}

/** Rates on the axis: powers of ten as powers, from 0.01 on as they are. @param {number} value */
function axis(value) {
  const power = Math.round(Math.log10(value));
  return power > -3 ? short(value, 2) : `10⁻${"⁰¹²³⁴⁵⁶⁷⁸⁹"[-power]}`;
}
