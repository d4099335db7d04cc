/** Puts the messages of the run's stream into the store: points, metrics, frames and states, in their order. */

import { openStream } from "../api/stream.js";
import { marksOf } from "../config/annotations.js";
import { same } from "../lib/paths.js";
import { fitting, isSlice } from "../lib/slice.js";
import { rowsOf } from "../state/metrics-log.js";
import { createChanges } from "./changes.js";
import { ofRun } from "./queries.js";
import { getWeights } from "./requests.js";

const VIEW = {
  fps: 30,
  resolution: 100,
  include: ["boundary", "weights", "neurons"],
  members: [0],
  window: 2,
  metrics: "tensors",
};

/**
 * @param {Store} store
 * @param {{changing: () => boolean, gone: (problem: Problem) => void, replaced: (id: string) => void}} callbacks whether
 * another configuration is being sent; called when the run is deleted, and when its owner replaced it
 */
export function createSync(store, { changing, gone, replaced }) {
  const { state } = store;
  /** @type {Stream | null} */
  let stream = null;
  const changes = createChanges();
  let reading = false;
  /** @type {Record<string, unknown>} */
  let view = VIEW;
  let fine = false;

  /** @param {Run} run the newest description by the server */
  function mergeRun(run) {
    const at = state.run;
    if (at && at.id !== run.id) return;
    if (at && run.series !== undefined && run.series !== at.series) {
      state.history.clear();
      store.set({ rows: state.rows + 1, predicted: null, refusal: null, past: null });
    }
    store.set({ run: { ...at, ...run }, marks: marks(run), ...(changing() ? {} : { config: run.config }) });
  }

  function marks(/** @type {Run} */ run) {
    changes.take(run);
    void readChanges(run);
    return marksOf(changes.known());
  }

  /** Requests the changes that are not known yet. @param {Run} run */
  async function readChanges(run) {
    const since = changes.missing();
    if (since < 0 || reading) return;
    reading = true;
    const answer = await ofRun(run.id, `changes?since=${since}`).catch(() => null);
    reading = false;
    if (!answer || state.run?.id !== run.id) return;
    changes.fill(run, since, answer.changes);
    store.set({ marks: marksOf(changes.known()) });
  }

  /** Takes the configuration of a reply at once; the rest of the state arrives by the stream, in order. @param {Run} run */
  function applyReply(run) {
    stream?.ask();
    mergeRun(state.connection === "open" && state.run ? { ...state.run, config: run.config } : run);
  }

  function follow(/** @type {Run} */ run) {
    stream?.close();
    state.history.clear();
    // Inputs that the last data had and this one lacks cannot be shown.
    const { inputs } = run.derived;
    const { network, features } = run.config;
    const kept = same({ network, features }, { network: state.config.network, features: state.config.features });
    store.set({
      ...fitting(otherTable(run) ? { axes: [0, 0], hold: {} } : state, inputs, run.columns),
      held: null,
      run,
      config: changing() ? state.config : run.config,
      rows: state.rows + 1,
      marks: marks(run),
      points: null,
      masks: [],
      predicted: null,
      past: null,
      // A selection in the network that is already shown stays when its run arrives.
      hover: kept ? state.hover : null,
      selected: kept ? state.selected : null,
      connection: "connecting",
    });
    view = viewOf(inputs);
    const opened = openStream(run.id, view, {
      since: () => state.history.firstMissing,
      open: () => store.set({ connection: "open", outage: null }),
      polled: (streamRefusal = null) => store.set({ connection: "polling", outage: null, streamRefusal }),
      lost: (outage) => store.set({ connection: "lost", outage }),
      gone,
      message: (message, tensors) => stream === opened && onMessage(message, tensors),
    });
    stream = opened;
    void readMasks(run.id);
  }

  /** Whether a run is of another table than the one on show; a link's own choice of axes stays. @param {Run} run */
  const otherTable = ({ config: { dataset }, columns }) =>
    Boolean(columns) && (state.run ? state.run.config.dataset.table !== dataset.table : state.axes.join() === "0,1");

  /** Reads which links are cut: frames do not contain it. @param {string} id */
  async function readMasks(id) {
    const answer = await getWeights(id).catch(() => null);
    if (answer && state.run?.id === id)
      store.set({ masks: answer.layers.map((/** @type {any} */ layer) => layer.mask) });
  }

  function onMessage(/** @type {any} */ message, /** @type {Record<string, Tensor>} */ tensors) {
    const successor = (message.run ?? message).replaced_by;
    if (successor) replaced(successor);
    if (message.type === "hello") {
      const isNewSeries = message.run.series !== state.run?.series;
      store.set({ points: message.data, role: message.role });
      mergeRun(message.run);
      appendRows(message.metrics);
      if (isNewSeries && state.history.firstMissing < message.run.epoch) follow(message.run);
    } else if (message.type === "metrics") appendRows(rowsOf(message, tensors));
    else if (message.type === "frame") store.set({ frame: { ...message, tensors } });
    else if (message.type === "state" && state.run) {
      const { type: _, training, seed, ...rest } = message;
      mergeRun({ ...state.run, ...rest, config: { ...state.run.config, training, seed } });
    } else if (message.type === "error") {
      store.set({ refusal: { path: null, reason: message.detail ?? message.title } });
    }
  }

  function appendRows(/** @type {MetricRows} */ rows) {
    if (!rows.epoch?.length) return;
    state.history.append(rows.epoch, rows.members[0] ?? {}, rows.stride);
    const run = state.run;
    const epoch = state.history.lastEpoch;
    // Rows are newer than the run only where their epoch is; edits and steps within an epoch arrive as states.
    const metrics = rows.members.map((member) =>
      Object.fromEntries(Object.entries(member).map(([name, values]) => [name, values.at(-1) ?? null])),
    );
    // A run at rest that has new rows was started: its state follows, and only that ends the rest.
    const newer =
      run && ["running", "recovering"].includes(run.state) && epoch > run.epoch
        ? { run: { ...run, epoch, batch: 0, metrics } }
        : {};
    store.set({ rows: state.rows + 1, ...newer });
  }

  /** The view that frames show. @param {number} inputs of the run's data */
  const viewOf = (inputs) => ({
    ...VIEW,
    ...(fine ? { unit_resolution: 50 } : {}),
    ...(isSlice(inputs) ? fitting(state, inputs) : {}),
  });

  /** Requests another view, where it differs. */
  function ask() {
    if (!state.run) return;
    const next = viewOf(state.run.derived.inputs);
    if (same(next, view)) return;
    view = next;
    stream?.view(view);
  }
  store.on(["axes", "hold"], ask);

  return {
    follow,
    applyReply,
    readMasks,

    /** Whether frames hold the maps of hidden units at a higher resolution. @param {boolean} wanted */
    setFineUnits(wanted) {
      fine = wanted;
      ask();
    },

    /** Acknowledges that a frame was drawn, so that the server sends the next. @param {number} seq */
    drawn: (seq) => stream?.ack(seq),
    retryNow: () => stream?.retryNow(),
  };
}
