/** Layers over time: measured while this stands open, and read from the recorded epochs for the time before. */

import { SampledSeries } from "../../lib/sampled-series.js";
import { createPoll } from "../../run/poll.js";
import { batchesPerEpoch } from "../../state/batches.js";
import { make, write } from "../../ui/dom.js";
import { listView } from "./list.js";
import { shapesOf } from "./names.js";
import { FIGURES, strandsView } from "./strands.js";

/** @import {Page, Section} from "./inside.js" */
/** @import {Health} from "./list.js" */

const EVERY = 500;
/** Nothing heard for so many milliseconds: what a run did meanwhile is read from its recorded epochs. */
const MISSED = 4 * EVERY;
const POINTS = 120;

/** @param {Page} page @returns {Section} */
export function layersSection({ store, session, scheduler }) {
  const { state } = store;
  const diary = new SampledSeries(FIGURES.map(([name]) => name));
  /** @type {{epoch: number, batch: number, layers: Health[]} | null} the newest answer */
  let newest = null;
  let of = "";
  let heard = Number.NEGATIVE_INFINITY;
  /** @type {number | null} a layer pointed at here */
  let pointed = null;
  let open = false;

  const redraw = scheduler.task(() => open && draw(), 60);
  const strands = strandsView(store, diary, redraw);
  const list = listView(store, (layer) => {
    pointed = layer;
    redraw();
  });
  const says = make("p", { class: "sub says" });
  const root = make("div", { class: "inside-layers" }, [strands.root, says, list.root]);

  const poll = createPoll(store, EVERY, async () => {
    const run = state.run;
    if (!run) return;
    const answer = await session.fetch("diagnostics");
    const { epoch, batch, layers } = answer;
    if (run.id !== state.run?.id || layers.length !== shapesOf(state).length) return;
    const key = `${run.id} ${run.series}`;
    if (of !== key) diary.clear();
    // The history of a paused run is complete; that of a running one is requested again when epochs are missing.
    const missed = of !== key || state.run.state !== "running" || performance.now() - heard > MISSED;
    of = key;
    heard = performance.now();
    const before = diary.times.at(-1) ?? 0;
    diary.add(moment(answer), layers);
    newest = answer;
    store.set({ health: { run: run.id, series: run.series, epoch, batch, layers: layers.map(ill) } });
    redraw();
    if (missed && epoch + Math.sign(batch) > before) await catchUp(key);
  });

  /** What was not heard of the run, at its recorded epochs; where they cannot be had, the lines are parted. @param {string} key */
  async function catchUp(key) {
    const history = await session.fetch(`diagnostics/history?points=${POINTS}`).catch(() => null);
    if (of !== key) return;
    if (history)
      diary.fill(history.epochs, (i) =>
        history.layers.map((/** @type {any} */ layer) =>
          Object.fromEntries(FIGURES.map(([name]) => [name, layer[name][i]])),
        ),
      );
    else diary.part();
    redraw();
  }

  /** Epochs, and the part of one that is under way. @param {{epoch: number, batch: number}} at */
  const moment = ({ epoch, batch }) => epoch + batch / batchesPerEpoch(state);

  function draw() {
    const shapes = shapesOf(state);
    list.build(shapes);
    const unit = state.hover?.kind === "unit" ? state.hover : state.selected?.kind === "unit" ? state.selected : null;
    strands.draw(shapes.length, pointed ?? (unit ? unit.layer - 1 : 0));
    write(says, newest ? place(newest) : "Measuring over the whole training set.");
    if (newest?.layers.length === shapes.length) list.draw(newest.layers);
  }

  store.on(["theme", "layout", "hover", "selected", "marks", "config"], () => open && redraw());
  // Whoever brings this is about to open it: its first answer is on its way before that.
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
const ill = ({ dead, saturated }) => ({ dead, saturated });

/** @param {{epoch: number, batch: number}} at */
const place = ({ epoch, batch }) => {
  const within = batch ? `, mini-batch ${batch}` : "";
  return `Measured over the whole training set at epoch ${epoch.toLocaleString("en")}${within}. Point at a layer to bring out its lines.`;
};
