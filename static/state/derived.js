/** What follows from the configuration: task, inputs, outputs, and which of the catalog's entries fit it. */

import { read, same } from "../lib/paths.js";

export function datasetOf(/** @type {Catalog} */ catalog, /** @type {RunConfig} */ config) {
  return catalog.datasets.find((entry) => entry.name === config.dataset.name) ?? null;
}

/**
 * What follows from the configuration that the page shows: as the server derives it for the run, or, before it answers, as the page does.
 * @param {Pick<State, "catalog" | "config" | "run">} state
 */
export function describe({ catalog, config, run }) {
  const derived = run?.config === config ? run.derived : expected(catalog, config, run);
  const { task, classes: numbers, sizes } = derived;
  const classes = { classification: numbers, multilabel: 2 }[task] ?? 0;
  const answers = task === "classification" ? 1 : numbers;
  return { ...derived, entry: datasetOf(catalog, config), classes, answers, outputs: sizes[sizes.length - 1] };
}

/**
 * The same, except the count of parameters, for a configuration that the server has not answered yet: a choice takes effect at once, and a page in
 * a frame has no run before Play. Of the engine's rules this repeats the numbers of inputs and outputs that data give a network; the meaning
 * of "auto" is in the catalog.
 * @param {Catalog} catalog @param {RunConfig} config
 * @param {Run | null} [run] one of the same columns of a table says what they are; nothing else here does
 */
export function expected(catalog, config, run = null) {
  const { dataset, network, training } = config;
  const entry = datasetOf(catalog, config);
  const known = run && hasColumns({ catalog, config }) && sameColumns(run.config.dataset, dataset) ? run.derived : null;
  const { task, inputs, classes } = known ?? shapeOf(dataset, entry);
  const many = task === "classification" && classes > 2;
  const automatic = catalog.automatic[many ? "classification of more than 2" : task];
  const output = network.output === "auto" ? automatic.output : network.output;
  const { losses } = allowed(catalog, task, output);
  const loss = training.loss === "auto" ? [automatic.loss, ...losses].find((each) => losses.has(each)) : training.loss;
  const outputs = task === "classification" && !many && output !== "softmax" ? 1 : classes;
  const encoded = (dataset.inputs ? null : entry?.encoded_inputs) ?? inputs;
  const given = known?.features ?? Array.from({ length: encoded }, (_, i) => `x${i + 1}`);
  const features = config.features === "auto" ? given : config.features;
  const sizes = [features.length, ...network.hidden.map(({ units }) => units), outputs];
  return { task, inputs, classes, features, output, loss: loss ?? training.loss, sizes, parameters: null };
}

/** Task, inputs and classes, or numbers in a target. @param {DatasetConfig} dataset @param {DatasetEntry | null} entry */
function shapeOf(dataset, entry) {
  const auto = dataset.task === "auto" || dataset.task === null;
  const task = auto ? (entry?.task ?? "classification") : dataset.task;
  const rows = dataset.inputs;
  const inputs = (typeof rows?.[0] === "string" ? rows.length : rows?.[0].length) ?? entry?.inputs ?? 2;
  const target = dataset.targets?.[0];
  const found = dataset.targets && Math.max(1, ...dataset.targets.flat()) + 1;
  const several = Array.isArray(target) ? target.length : 1;
  const classes = task === "classification" ? (found ?? dataset.classes ?? entry?.classes ?? 2) : several;
  return { task: task ?? "classification", inputs, classes };
}

/** Cells on a side where the inputs are a picture, each cell one of them; else 0. @param {Pick<State, "catalog" | "config">} state */
export function pictureSide({ catalog, config }) {
  const side = datasetOf(catalog, config)?.picture ?? 0;
  return config.dataset.inputs === null ? side : 0;
}

/** @param {DatasetConfig} dataset */
export const isTable = (dataset) => dataset.name === "table";

/** Whether the points are rows of a table, someone's own or that of a real data set. @param {Pick<State, "catalog" | "config">} state */
export const hasColumns = ({ catalog, config }) =>
  isTable(config.dataset) || Boolean(datasetOf(catalog, config)?.source);

/** Whether the same columns of the same table are trained on. @param {DatasetConfig} one @param {DatasetConfig} other */
const sameColumns = (one, other) =>
  ["name", "table", "inputs", "target", "task", "missing"].every((key) =>
    same(read(one, key) ?? null, read(other, key) ?? null),
  );

/** Whether a regression is trained on a scaled target, and its loss is of that. @param {State} state */
export const scalesTarget = (state) =>
  describe(state).task === "regression" && hasColumns(state) && state.config.dataset.scale !== "none";

/** Whether the points are generated, in any number and with any noise. @param {Pick<State, "catalog" | "config">} state */
export const isGenerated = (state) => state.config.dataset.name !== "custom" && !hasColumns(state);

/** One of several values of a target, or its only value. @param {number | number[] | undefined} target @param {number} answer */
export const answerOf = (target, answer) => (Array.isArray(target) ? target[answer] : target) ?? 0;

/** The noun for one of several answers: a label is 0 or 1, a value any number. @param {string} task */
export const answerNoun = (task) => ({ classification: "class", multilabel: "label" })[task] ?? "value";

/** The output that the map shows: the one pointed at, or the chosen one of several answers; null for all at once. @param {State} state */
export function outputShown(state) {
  const { answers, outputs } = describe(state);
  const { selected, hover, answer } = state;
  const target = selected?.kind === "unit" ? selected : hover;
  if (outputs > 1 && target?.kind === "unit" && target.layer > state.config.network.hidden.length) return target.unit;
  return answers > 1 ? Math.min(answer, answers - 1) : null;
}

/** @param {DatasetEntry | null | undefined} entry */
export const takesClasses = (entry) => entry?.many_classes === true;

/**
 * The outputs that are valid for a task, and the losses that are valid for both.
 * @param {Catalog} catalog @param {string} task @param {string} [output]
 */
export function allowed(catalog, task, output) {
  const fits = (catalog.combinations ?? []).filter(
    (entry) => entry.task === task && (!output || entry.output === output),
  );
  return { outputs: new Set(fits.map((entry) => entry.output)), losses: new Set(fits.map((entry) => entry.loss)) };
}

/** The shapes of the classes, as many as there are class colours. */
const SHAPES = ["circle", "diamond", "triangle", "square", "cross", "wedge", "star", "hexagon", "saltire", "bar"];
export const LOOKS = SHAPES.length;

/**
 * The shape and colour of a class: the first ten classes each have a shape and a colour of their own, later ones other combinations.
 * @param {number} k
 */
export function lookOf(k) {
  const round = Math.floor(k / LOOKS);
  return { shape: SHAPES[k % LOOKS], colour: (k + 3 * round) % LOOKS };
}
