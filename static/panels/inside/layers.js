/** Layers over time: measured while this section is open, and read from the recorded epochs for the time before. */

import { SampledSeries } from "../../lib/sampled-series.js";
import { createPoll } from "../../run/poll.js";
import { batchesPerEpoch } from "../../state/batches.js";
import { make, write } from "../../ui/dom.js";
import { FIGURES, layerChartsView } from "./layer-charts.js";
import { layerListView } from "./layer-list.js";
import { followedUnit, shapesOf } from "./names.js";

/** @import {Health} from "./types.js" */

const EVERY = 500;
/** After so many milliseconds without an answer, the epochs between are read from the recorded ones. */
const MISSED = 4 * EVERY;
const POINTS = 120;

/** @param {Page} page @returns {Section} */
export function layersSection({ store, session, scheduler }) {
  const { state } = store;
  const series = new SampledSeries(FIGURES.map(([name]) => name));
  /** @type {{epoch: number, batch: number, layers: Health[]} | null} the newest answer */
  let newest = null;
  let of = "";
  let lastAnswer = Number.NEGATIVE_INFINITY;
  /** @type {number | null} a layer pointed at here */
  let pointed = null;
  let open = false;

  const redraw = scheduler.task(() => open && draw(), 60);
  const charts = layerChartsView(store, series, redraw);
  const list = layerListView(store, (layer) => {
    pointed = layer;
    redraw();
  });
  const status = make("p", { class: "sub says" });
  const root = make("div", { class: "inside-layers" }, [charts.root, status, list.root]);

  const poll = createPoll(store, EVERY, async () => {
    const run = state.run;
    if (!run) return;
    const answer = await session.fetch("diagnostics");
    const { epoch, batch, layers } = answer;
    if (run.id !== state.run?.id || layers.length !== shapesOf(state).length) return;
    const key = `${run.id} ${run.series}`;
    if (of !== key) series.clear();
    // The history of a paused run is complete; that of a running one is requested again when epochs are missing.
    const missed = of !== key || state.run.state !== "running" || performance.now() - lastAnswer > MISSED;
    of = key;
    lastAnswer = performance.now();
    const before = series.times.at(-1) ?? 0;
    series.add(moment(answer), layers);
    newest = answer;
    store.set({ health: { run: run.id, series: run.series, epoch, batch, layers: layers.map(flagged) } });
    redraw();
    if (missed && epoch + Math.sign(batch) > before) await catchUp(key);
  });

  /** Fills in the recorded epochs that were not measured; where they cannot be read, the lines have a gap. @param {string} key */
  async function catchUp(key) {
    const history = await session.fetch(`diagnostics/history?points=${POINTS}`).catch(() => null);
    if (of !== key) return;
    if (history)
      series.fill(history.epochs, (i) =>
        history.layers.map((/** @type {any} */ layer) =>
          Object.fromEntries(FIGURES.map(([name]) => [name, layer[name][i]])),
        ),
      );
    else series.part();
    redraw();
  }

  /** Epochs, and the part of one that is under way. @param {{epoch: number, batch: number}} at */
  const moment = ({ epoch, batch }) => epoch + batch / batchesPerEpoch(state);

  function draw() {
    const shapes = shapesOf(state);
    list.build(shapes);
    const unit = followedUnit(state);
    charts.draw(shapes.length, pointed ?? (unit ? unit.layer - 1 : 0));
    write(status, newest ? place(newest) : "Measuring over the whole training set.");
    if (newest?.layers.length === shapes.length) list.draw(newest.layers);
  }

  store.on(["theme", "layout", "hover", "selected", "marks", "config"], () => open && redraw());
  // The panel is about to be opened: the first request is sent now.
  poll.turn(true);
  poll.turn(false);
  return {
    root,
    show() {
      open = true;
      poll.turn(true);
      draw();
    },
    hide() {
      open = false;
      poll.turn(false);
    },
  };
}

/** @param {{dead: number[], saturated: number[]}} layer */
const flagged = ({ dead, saturated }) => ({ dead, saturated });

/** @param {{epoch: number, batch: number}} at */
const place = ({ epoch, batch }) => {
  const within = batch ? `, mini-batch ${batch}` : "";
  return `Measured over the whole training set at epoch ${epoch.toLocaleString("en")}${within}. Point at a layer to bring out its lines.`;
};
