/** The state of the page: one plain object, changed only through `set`, observed key by key. */

import { MetricsLog } from "./metrics-log.js";

/** What the page shows beside the configuration, as in a link. */
/** @type {View} */
export const VIEW = {
  panel: "curves",
  lesson: "",
  hide: [],
  axes: [0, 1],
  hold: {},
  threshold: 0.5,
  answer: 0,
  show: { test: false, discrete: false, errors: false, log: true, smooth: false, columns: false },
};

/** @param {Catalog} catalog @param {RunConfig} config @param {View} [view] @returns {State} */
export function initialState(catalog, config, view = VIEW) {
  return {
    catalog,
    config,
    run: null,
    awaited: null,
    watched: null,
    role: "owner",
    connection: "connecting",
    outage: null,
    streamRefusal: null,
    points: null,
    frame: null,
    past: null,
    history: new MetricsLog(),
    rows: 0,
    health: null,
    masks: [],
    marks: [],
    hover: null,
    selected: null,
    why: null,
    cursor: null,
    pointed: null,
    predicted: null,
    held: null,
    drawn: null,
    ...view,
    hidden: null,
    folded: view.panel !== VIEW.panel,
    refusal: null,
    notice: null,
    busy: false,
    steps: { undo: 0, redo: 0 },
    theme: 0,
    layout: 0,
  };
}

/** The frame that is shown: the newest, or that of a recorded epoch. @param {State} state */
export const shown = (state) => state.past ?? state.frame;

/**
 * A metric of the network that is shown: at the recorded epoch, or else the newest of the run.
 * @param {State} state @param {MetricName} name @returns {number | null}
 */
export const shownFigure = ({ past, run, history }, name) =>
  past
    ? history.value(name, history.indexOf(past.epoch))
    : run?.metrics?.[0]
      ? (run.metrics[0][name] ?? null)
      : history.value(name);

/** Whether the server answers, by stream or by polling. @param {State} state */
export const connected = ({ connection }) => connection === "open" || connection === "polling";

/** The predictions for the points by the network that is shown. @param {State} state */
export const predictedShown = ({ past, predicted }) =>
  predicted && predicted.past === (past?.epoch ?? null) ? predicted : null;

export function createStore(/** @type {State} */ state) {
  /** @type {{keys: Set<keyof State>, callback: () => void}[]} */
  const listeners = [];
  return {
    state,
    set(/** @type {Partial<State>} */ patch) {
      const keys = /** @type {(keyof State)[]} */ (Object.keys(patch)).filter((key) => state[key] !== patch[key]);
      if (!keys.length) return;
      Object.assign(state, patch);
      for (const listener of listeners) if (keys.some((key) => listener.keys.has(key))) listener.callback();
    },
    /** Calls `callback` after any of `keys` changed. @param {(keyof State)[]} keys @param {() => void} callback */
    on(keys, callback) {
      listeners.push({ keys: new Set(keys), callback });
    },
  };
}
