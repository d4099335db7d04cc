/** The configuration as a link and back: one table, a row for each value a link can hold; defaults are left out. */

import { read, same, withValue } from "../lib/paths.js";
import { writeHold } from "../lib/slice.js";

/** @typedef {{key: string, path: string, write: (value: any) => string, read: (text: string) => unknown, fits?: (value: any) => boolean}} Row `fits`: which values it holds, where a path has two rows */

const text = { write: String, read: (/** @type {string} */ value) => value };
const number = { write: String, read: finite };
const flag = {
  write: (/** @type {boolean} */ value) => (value ? "on" : "off"),
  read: (/** @type {string} */ value) => value === "on",
};
const names = {
  write: (/** @type {string[]} */ value) => JSON.stringify(value),
  read: readNames,
};
const oneOrMore = {
  write: (/** @type {string | string[]} */ value) => (Array.isArray(value) ? JSON.stringify(value) : value),
  read: (/** @type {string} */ value) => (value.startsWith("[") ? readNames(value) : value),
};
const named = { write: writeNamed, read: readNamed };

/** @type {Row[]} */
const TABLE = [
  { key: "data", path: "dataset.name", ...text },
  { key: "points", path: "dataset.samples", ...number },
  { key: "noise", path: "dataset.noise", ...number },
  { key: "flipped", path: "dataset.label_noise", ...number },
  { key: "train", path: "dataset.train_fraction", ...number },
  { key: "classes", path: "dataset.classes", ...optional("auto") },
  { key: "variant", path: "dataset.variant", ...text },
  { key: "formula", path: "dataset.formula", ...text },
  { key: "task", path: "dataset.task", ...text },
  { key: "table", path: "dataset.table", ...text },
  { key: "columns", path: "dataset.inputs", ...names, fits: (value) => !isRows(value) },
  { key: "target", path: "dataset.target", ...oneOrMore },
  { key: "missing", path: "dataset.missing", ...text },
  { key: "scale", path: "dataset.scale", ...text },
  { key: "split", path: "dataset.split", ...text },
  { key: "group", path: "dataset.group", ...text },
  { key: "validation", path: "dataset.validation_fraction", ...number },
  { key: "rows", path: "dataset.inputs", write: writeRows, read: readRows, fits: isRows },
  {
    key: "targets",
    path: "dataset.targets",
    write: (value) => writeRows(Array.isArray(value[0]) ? value : [value]),
    read: readTargets,
  },
  { key: "dataseed", path: "dataset.seed", ...number },
  {
    key: "features",
    path: "features",
    write: (value) => (value === "auto" ? value : value.join(",")),
    read: (value) => (value === "auto" ? value : value.split(",")),
  },
  { key: "net", path: "network.hidden", write: writeLayers, read: readLayers },
  { key: "output", path: "network.output", ...text },
  { key: "bias", path: "network.bias", ...flag },
  { key: "init", path: "network.initializer", ...text },
  { key: "loss", path: "training.loss", ...text },
  { key: "optimizer", path: "training.optimizer", ...named },
  { key: "rate", path: "training.learning_rate", ...number },
  { key: "schedule", path: "training.schedule", ...named },
  { key: "batch", path: "training.batch_size", ...optional("all") },
  { key: "regularizer", path: "training.regularizer.name", ...text },
  { key: "penalty", path: "training.regularizer.rate", ...number },
  { key: "clip", path: "training.clip_norm", ...optional("none") },
  { key: "augment", path: "training.augmentation", ...number },
  { key: "epochs", path: "training.max_epochs", ...optional("any") },
  { key: "stoploss", path: "training.stop.train_loss", ...optional("none") },
  { key: "patience", path: "training.stop.patience", ...optional("none") },
  { key: "pace", path: "training.pace", ...optional("max") },
  { key: "seed", path: "seed", ...number },
  { key: "panel", path: "view.panel", ...text },
  { key: "lesson", path: "view.lesson", ...text },
  { key: "hide", path: "view.hide", write: (value) => value.join(","), read: (value) => value.split(",") },
  { key: "answer", path: "view.answer", ...number },
  { key: "axes", path: "view.axes", write: String, read: readAxes },
  { key: "hold", path: "view.hold", write: writeHold, read: readHold },
  { key: "threshold", path: "view.threshold", ...number },
  { key: "test", path: "view.show.test", ...flag },
  { key: "discrete", path: "view.show.discrete", ...flag },
  { key: "errors", path: "view.show.errors", ...flag },
  { key: "log", path: "view.show.log", ...flag },
  { key: "smooth", path: "view.show.smooth", ...flag },
  { key: "columns", path: "view.show.columns", ...flag },
];

/** The keys that a link may hold. */
export const KEYS = new Map(TABLE.map(({ key, path }) => [key, path]));

export function finite(/** @type {string} */ value) {
  const figure = Number(value);
  return value !== "" && Number.isFinite(figure) ? figure : undefined;
}

/** A number, or null written as a word. @param {string} word */
function optional(word) {
  return {
    write: (/** @type {number | null} */ value) => (value === null || value === undefined ? word : String(value)),
    read: (/** @type {string} */ value) => (value === word ? null : finite(value)),
  };
}

/** Whether inputs are rows of numbers, and no names of columns. @param {unknown[]} value */
function isRows(value) {
  return Array.isArray(value[0]);
}

/** '["length","width"]' @param {string} value */
function readNames(value) {
  try {
    const list = JSON.parse(value);
    return Array.isArray(list) && list.length && list.every((name) => typeof name === "string") ? list : undefined;
  } catch {
    return undefined;
  }
}

/** "1_2;3_4": rows of numbers. @param {number[][]} rows */
function writeRows(rows) {
  return rows.map((row) => row.join("_")).join(";");
}

function readRows(/** @type {string} */ value) {
  const rows = value.split(";").map((row) => row.split("_").map(Number));
  return rows.flat().every(Number.isFinite) ? rows : undefined;
}

/** "0_1_1", a number an example, or "0_1;1_1", a vector each. @param {string} value */
function readTargets(value) {
  const rows = readRows(value);
  return rows?.length === 1 ? rows[0] : rows;
}

/** "0,2" @param {string} value */
function readAxes(value) {
  const axes = value.split(",").map(Number);
  return axes.length === 2 && axes.every((axis) => Number.isInteger(axis) && axis >= 0) ? axes : undefined;
}

/** "2:0.5,3:-1" @param {string} value */
function readHold(value) {
  const pairs = value.split(",").map((pair) => pair.split(":").map(Number));
  const fine = pairs.every(([index, held]) => Number.isInteger(index) && index >= 0 && Number.isFinite(held));
  return fine ? Object.fromEntries(pairs) : undefined;
}

/** "adam" or "momentum:momentum=0.8". @param {Named | string} value */
function writeNamed(value) {
  if (typeof value === "string") return value;
  const { name, ...parameters } = value;
  const rest = Object.entries(parameters).map(([key, figure]) => `${key}=${figure}`);
  return [name, ...rest].join(":");
}

function readNamed(/** @type {string} */ value) {
  const [name, ...rest] = value.split(":");
  const parameters = rest.map((part) => {
    const [key = "", figure = ""] = part.split("=");
    return [key, finite(figure) ?? figure];
  });
  return { name, ...Object.fromEntries(parameters) };
}

/** "4-tanh,2-leaky_relu:slope=0.2-0.1": units, activation, dropout; "none" without hidden layers. @param {HiddenConfig[]} hidden */
function writeLayers(hidden) {
  if (!hidden.length) return "none";
  return hidden
    .map(({ units, activation, dropout }) => [units, writeNamed(activation), ...(dropout ? [dropout] : [])].join("-"))
    .join(",");
}

function readLayers(/** @type {string} */ value) {
  if (value === "none") return [];
  const hidden = value.split(",").map((part) => {
    // A minus within a number joins nothing: "1e-7".
    const [units = "", activation = "tanh", dropout = "0"] = part.split(/(?<!\de)-/);
    const { name, ...parameters } = readNamed(activation);
    return {
      units: finite(units),
      activation: Object.keys(parameters).length ? { name, ...parameters } : name,
      dropout: finite(dropout) ?? 0,
    };
  });
  return hidden.every((layer) => layer.units !== undefined) ? hidden : undefined;
}

/** The fragment of a link, without "#": only what differs from the defaults. @param {Link} config @param {Link} defaults */
export function encode(config, defaults) {
  const parts = [];
  for (const row of TABLE) {
    const value = read(config, row.path);
    if (value === undefined || same(value ?? null, read(defaults, row.path) ?? null) || row.fits?.(value) === false)
      continue;
    parts.push(
      `${row.key}=${encodeURIComponent(row.write(value)).replaceAll("%2C", ",").replaceAll("%3A", ":").replaceAll("%3D", "=")}`,
    );
  }
  return parts.join("&");
}

/**
 * The configuration and view of a link; unknown keys are ignored.
 * @param {string} fragment with or without "#"
 * @param {Link} defaults @returns {Link}
 */
export function decode(fragment, defaults) {
  const query = new URLSearchParams(fragment.replace(/^#/, ""));
  let config = defaults;
  for (const row of TABLE) {
    const value = query.get(row.key);
    const parsed = value === null ? undefined : row.read(value);
    if (parsed !== undefined) config = withValue(config, row.path, parsed);
  }
  return config;
}

/** Keys that only a link of the TensorFlow Playground has. */
const FOREIGN =
  /(?:^#?|&)(?:[xy]|\w+_hide|activation|batchSize|collectStats|dataset|discretize|hideText|initZero|learningRate|networkShape|numHiddenLayers|percTrainData|problem|regDataset|regularization|regularizationRate|showTestData|xTimesY|[xy]Squared|(?:cos|sin)[XY])=/;

/** Whether a link is one of the TensorFlow Playground. @param {string} fragment */
export const isTensorFlow = (fragment) => FOREIGN.test(fragment);

/** The run that a link opens for watching, if it names one. @param {string} fragment */
export const watchedRun = (fragment) => new URLSearchParams(fragment.replace(/^#/, "")).get("run");
