/** Links of the TensorFlow Playground, read as the same configuration here. */

import { finite } from "../urlstate.js";
import { same, withValue } from "./paths.js";

/** @typedef {import("./types.js").Link} Link */

/** How the TensorFlow Playground's own keys map: key, path, and what its value means here. */
/** @type {[string, string, (value: string) => unknown][]} */
const TENSORFLOW = [
  ["batchSize", "training.batch_size", finite],
  ["learningRate", "training.learning_rate", finite],
  ["regularizationRate", "training.regularizer.rate", finite],
  ["regularization", "training.regularizer.name", (value) => ({ L1: "l1", L2: "l2" })[value] ?? "none"],
  ["noise", "dataset.noise", (value) => (finite(value) ?? 0) / 100],
  ["percTrainData", "dataset.train_fraction", (value) => (finite(value) ?? 50) / 100],
  ["showTestData", "view.show.test", (value) => value === "true"],
  ["discretize", "view.show.discrete", (value) => value === "true"],
  ["seed", "seed", (value) => Math.round((finite(value) ?? 0) * 100000)],
];

/** What its links hide, by the names that `hide` takes here. @type {Record<string, string>} */
const TENSORFLOW_HIDES = {
  playButton: "play",
  resetButton: "reset",
  stepButton: "steps",
  learningRate: "rate",
  activation: "activation",
  regularization: "regularizer",
  regularizationRate: "penalty",
  problem: "problem",
  dataset: "data",
  percTrainData: "train",
  noise: "noise",
  batchSize: "batch",
  numHiddenLayers: "layers",
  showTestData: "test",
  discretize: "discrete",
};

/** @type {Record<string, string>} */
const TENSORFLOW_INPUTS = {
  x: "x1",
  y: "x2",
  xSquared: "x1^2",
  ySquared: "x2^2",
  xTimesY: "x1*x2",
  sinX: "sin(x1)",
  sinY: "sin(x2)",
};

/**
 * @param {string} fragment with or without "#"
 * @param {Link} defaults
 * @returns {Link}
 */
export function fromTensorFlow(fragment, defaults) {
  const said = new URLSearchParams(fragment.replace(/^#/, ""));
  let config = defaults;
  for (const [key, path, mean] of TENSORFLOW) {
    const value = said.get(key);
    const meant = value === null ? undefined : mean(value);
    if (meant !== undefined) config = withValue(config, path, meant);
  }
  const regression = said.get("problem") === "regression";
  const name = regression
    ? ({ "reg-gauss": "bumps" }[said.get("regDataset") ?? ""] ?? "plane")
    : (said.get("dataset") ?? "circle");
  config = withValue(config, "dataset.name", name);
  const activation =
    /** @type {Record<string, string>} */ ({ relu: "relu", tanh: "tanh", sigmoid: "sigmoid", linear: "linear" })[
      said.get("activation") ?? "tanh"
    ] ?? "tanh";
  const shape = (said.get("networkShape") ?? "4,2")
    .split(",")
    .map(Number)
    .filter((units) => units > 0);
  config = withValue(
    config,
    "network.hidden",
    shape.map((units) => ({ units, activation, dropout: 0 })),
  );
  const hide = Object.entries(TENSORFLOW_HIDES).flatMap(([key, name]) =>
    said.get(`${key}_hide`) === "true" ? [name] : [],
  );
  if (hide.length) config = withValue(config, "view.hide", hide);
  const usual = new Set(["x", "y"]);
  const inputs = Object.keys(TENSORFLOW_INPUTS).filter((key) =>
    said.has(key) ? said.get(key) === "true" : usual.has(key),
  );
  const names = inputs.map((key) => TENSORFLOW_INPUTS[key]);
  return same(names, ["x1", "x2"]) || !names.length ? config : withValue(config, "features", names);
}
