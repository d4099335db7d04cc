/** The state of the page: one plain object, changed only through `set`, watched key by key. */

import { MetricsLog } from "./metrics-log.js";

/** @import {Axes, Hold} from "../lib/slice.js" */
/** @import {MetricName} from "./metrics-log.js" */
/** @import {Catalog, Connection, Frame, Health, Mark, Outage, Points, Predicted, Prediction, Problem, Refusal, Run, RunConfig, Target, View} from "./types.js" */

/**
 * @typedef {object} State
 * @property {Catalog} catalog
 * @property {RunConfig} config what the controls say
 * @property {Run | null} run
 * @property {string | null} watched the run that the address asks to show, someone's
 * @property {"owner" | "viewer"} role
 * @property {Connection} connection
 * @property {Outage | null} outage
 * @property {Problem | null} streamRefusal why the server refuses the stream, while the page polls
 * @property {Points | null} points
 * @property {Frame | null} frame the newest
 * @property {Frame | null} past a recorded epoch shown in its place
 * @property {MetricsLog} history its identity stays; `rows` tells that it grew
 * @property {number} rows
 * @property {Health | null} health which units are dead or saturated, while a panel measures it
 * @property {(boolean[][] | null)[]} masks a layer each; false is a cut link
 * @property {Mark[]} marks changes made while it trained
 * @property {Target | null} hover
 * @property {Target | null} selected
 * @property {{layer: number, row: number, column: number} | null} why the link whose gradient was last asked about
 * @property {{x: number, y: number} | null} cursor on the output map, in its own units
 * @property {Prediction | null} pointed what the network says at the cursor
 * @property {Predicted | null} predicted what it says of every point
 * @property {Axes} axes the inputs that the map shows, where there are more than two
 * @property {Hold} hold what others are held at by choice
 * @property {(number | null)[] | null} held what each is held at, as the server says; null for those on the axes
 * @property {number} threshold
 * @property {number} answer which of several labels or values the map shows
 * @property {View["show"]} show
 * @property {Refusal | null} refusal
 * @property {string | null} notice a quiet sentence for the message slot
 * @property {boolean} busy commands are under way: the run is not yet what was asked for
 * @property {{undo: number, redo: number}} steps how many changes can be taken back, and made again
 * @property {string} panel the one shown under the network
 * @property {string} lesson the slug of the open one
 * @property {boolean} folded the network is a rail, the panel has the page
 * @property {string[]} hide controls that the link hides
 * @property {string[] | null} hidden controls that copied links are to hide, where another choice was made for them
 * @property {number} theme counts theme changes
 * @property {number} layout counts changes of sizes on the page
 */

/** What the page shows beside the configuration, as a link says it. */
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

/** The frame that is shown: the newest, or the one looked back at. @param {State} state */
export const shown = (state) => state.past ?? state.frame;

/**
 * A figure of the network that is shown: of the recorded epoch looked back at, else the newest that the run told.
 * @param {State} state @param {MetricName} name @returns {number | null}
 */
export const shownFigure = ({ past, run, history }, name) =>
  past ? history.value(name, past.epoch) : run?.metrics?.[0] ? (run.metrics[0][name] ?? null) : history.value(name);

/** Whether the server answers, by a stream or to polling. @param {State} state */
export const connected = ({ connection }) => connection === "open" || connection === "polling";

/** What was predicted of the points by the network that is shown. @param {State} state */
export const predictedShown = ({ past, predicted }) =>
  predicted && predicted.past === (past?.epoch ?? null) ? predicted : null;

/** @param {State} state */
export function createStore(state) {
  /** @type {{keys: Set<keyof State>, callback: () => void}[]} */
  const listeners = [];
  return {
    state,
    /** @param {Partial<State>} patch */
    set(patch) {
      const keys = /** @type {(keyof State)[]} */ (Object.keys(patch)).filter((key) => state[key] !== patch[key]);
      if (!keys.length) return;
      Object.assign(state, patch);
      for (const listener of listeners) if (keys.some((key) => listener.keys.has(key))) listener.callback();
    },
    /** Calls `hear` after any of `keys` changed. @param {(keyof State)[]} keys @param {() => void} callback */
    on(keys, callback) {
      listeners.push({ keys: new Set(keys), callback });
    },
  };
}

/** @typedef {ReturnType<typeof createStore>} Store */
