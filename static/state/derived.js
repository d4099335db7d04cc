/** What the configuration asks of the network, resolved with the catalog: task, inputs, outputs, which names go together. */

/** @import {State} from "./store.js" */
/** @import {Catalog, DatasetEntry, RunConfig} from "./types.js" */

/** @param {Catalog} catalog @param {RunConfig} config */
export function datasetOf(catalog, config) {
  return catalog.datasets.find((entry) => entry.name === config.dataset.name) ?? null;
}

/** @param {Catalog} catalog @param {RunConfig} config */
export function describe(catalog, config) {
  const entry = datasetOf(catalog, config);
  const own = config.dataset;
  const task = own.task ?? entry?.task ?? "classification";
  const inputs = own.inputs?.[0].length ?? entry?.inputs ?? 2;
  const first = own.targets?.[0];
  const answers = Array.isArray(first) ? first.length : 1;
  const told = own.targets ? Math.max(1, ...own.targets.flat()) + 1 : (entry?.classes ?? 2);
  const classes =
    task === "regression"
      ? 0
      : task === "multilabel"
        ? 2
        : takesClasses(entry)
          ? (own.classes ?? entry?.classes ?? 3)
          : told;
  const output =
    config.network.output === "auto"
      ? task === "regression"
        ? "linear"
        : classes > 2
          ? "softmax"
          : "sigmoid"
      : config.network.output;
  const outputs = task !== "classification" ? answers : output === "softmax" || classes > 2 ? classes : 1;
  const features = config.features === "auto" ? Array.from({ length: inputs }, (_, i) => `x${i + 1}`) : config.features;
  const loss =
    config.training.loss === "auto" ? (task === "regression" ? "mse" : "cross_entropy") : config.training.loss;
  const sizes = [features.length, ...config.network.hidden.map((layer) => layer.units), outputs];
  let parameters = 0;
  for (let l = 1; l < sizes.length; l++) {
    parameters += sizes[l] * (sizes[l - 1] + (config.network.bias ? 1 : 0));
  }
  return { entry, task, inputs, classes, answers, output, outputs, features, loss, sizes, parameters };
}

/** One of several answers of a target, or the only one. @param {number | number[] | undefined} target @param {number} answer */
export const answerOf = (target, answer) => (Array.isArray(target) ? target[answer] : target) ?? 0;

/** What one of several answers is called: each label is 0 or 1, each value a number. @param {string} task */
export const answerNoun = (task) => ({ classification: "class", multilabel: "label" })[task] ?? "value";

/**
 * The output that the map shows: the one pointed at, else of several answers the chosen one; null for all at once.
 * @param {State} state
 */
export function outputShown({ catalog, config, selected, hover, answer }) {
  const { answers, outputs } = describe(catalog, config);
  const target = selected?.kind === "unit" ? selected : hover;
  if (outputs > 1 && target?.kind === "unit" && target.layer > config.network.hidden.length) return target.unit;
  return answers > 1 ? Math.min(answer, answers - 1) : null;
}

/** @param {DatasetEntry | null | undefined} entry */
export const takesClasses = (entry) => entry?.many_classes === true;

/**
 * The outputs that may stand with a task, and the losses that may stand with both.
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
 * How a class is told from the others: the first ten by a shape and a colour of their own, those after them by another pair of the two.
 * @param {number} k
 */
export function lookOf(k) {
  const round = Math.floor(k / LOOKS);
  return { shape: SHAPES[k % LOOKS], colour: (k + 3 * round) % LOOKS };
}
