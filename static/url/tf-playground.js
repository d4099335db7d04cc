/** Links of the TensorFlow Playground, read as the same configuration here. */

import { withValue } from "../lib/paths.js";
import { finite } from "./codec.js";

/** @param {Record<string, unknown>} meanings */
const oneOf = (meanings) => (/** @type {string} */ value) => meanings[value];
const flag = (/** @type {string} */ value) => ({ true: true, false: false })[value];
const hundredth = (/** @type {string} */ value) => {
  const figure = finite(value);
  return figure === undefined ? undefined : figure / 100;
};

/** How its own keys map: key, path, and what its value means here; undefined where it is unknown. */
/** @type {[key: string, path: string, mean: (value: string) => unknown][]} */
const MEANINGS = [
  ["batchSize", "training.batch_size", finite],
  ["learningRate", "training.learning_rate", finite],
  ["regularizationRate", "training.regularizer.rate", finite],
  ["regularization", "training.regularizer.name", oneOf({ none: "none", L1: "l1", L2: "l2" })],
  ["noise", "dataset.noise", hundredth],
  ["percTrainData", "dataset.train_fraction", hundredth],
  ["showTestData", "view.show.test", flag],
  ["discretize", "view.show.discrete", flag],
  ["seed", "seed", seedOf],
  ["networkShape", "network.hidden", shapeOf],
  ["initZero", "network.initializer", oneOf({ true: "zeros", false: "uniform" })],
];

const DATASETS = oneOf({ circle: "circle", xor: "xor", gauss: "gauss", spiral: "spiral" });
const PLANES = oneOf({ "reg-plane": "plane", "reg-gauss": "bumps" });
const ACTIVATIONS = oneOf({ relu: "relu", tanh: "tanh", sigmoid: "sigmoid", linear: "linear" });

/** What it takes without a word, as its page does: its number of training and test points, its output and its loss. */
const USUAL = {
  classification: { samples: 500, output: "tanh" },
  regression: { samples: 1200, output: "linear" },
};

/** @type {Record<string, string>} */
const INPUTS = {
  x: "x1",
  y: "x2",
  xSquared: "x1^2",
  ySquared: "x2^2",
  xTimesY: "x1*x2",
  sinX: "sin(x1)",
  sinY: "sin(x2)",
};

/** What its links hide, by the names that `hide` takes here. @type {Record<string, string>} */
const HIDES = {
  playButton: "play",
  resetButton: "reset",
  stepButton: "steps",
  learningRate: "rate",
  activation: "activation",
  regularization: "regularizer",
  regularizationRate: "penalty",
  problem: "problem",
  dataset: "tiles",
  percTrainData: "train",
  noise: "noise",
  batchSize: "batch",
  numHiddenLayers: "layers",
  showTestData: "test",
  discretize: "discrete",
};

/** Its seed is a fraction of five digits, written as text: those digits are the seed here. @param {string} value */
function seedOf(value) {
  const figure = finite(value);
  if (figure === undefined || figure < 0 || figure > Number.MAX_SAFE_INTEGER) return undefined;
  return figure < 1 ? Math.round(figure * 1e5) : Math.round(figure);
}

function shapeOf(/** @type {string} */ value) {
  const shape = value.split(",").map(Number);
  if (!shape.every((units) => Number.isInteger(units) && units >= 0)) return undefined;
  return shape.filter((units) => units > 0).map((units) => ({ units, activation: "tanh", dropout: 0 }));
}

/**
 * The same problem here, and what of the link has no counterpart, as the link says it.
 * @param {string} fragment with or without "#"
 * @param {Link} defaults @returns {{link: Link, lost: string[]}}
 */
export function fromTensorFlow(fragment, defaults) {
  const said = new URLSearchParams(fragment.replace(/^#/, ""));
  const unread = new Set(said.keys());
  let link = defaults;
  const put = (/** @type {string} */ path, /** @type {unknown} */ value) => {
    link = withValue(link, path, value);
  };
  /** What a key means; as usual where it says nothing, or nothing that is known. @param {string} key @param {(value: string) => any} mean @param {any} [usual] */
  const take = (key, mean, usual) => {
    const meant = mean(said.get(key) ?? "");
    if (meant !== undefined) unread.delete(key);
    return meant ?? usual;
  };

  put("network.initializer", "uniform");
  for (const [key, path, mean] of MEANINGS) {
    const meant = said.has(key) ? take(key, mean) : undefined;
    if (meant !== undefined) put(path, meant);
  }
  const problem = take(
    "problem",
    oneOf({ classification: "classification", regression: "regression" }),
    "classification",
  );
  const [own, other] = problem === "regression" ? ["regDataset", "dataset"] : ["dataset", "regDataset"];
  put("dataset.name", problem === "regression" ? take(own, PLANES, "plane") : take(own, DATASETS, "circle"));
  unread.delete(other);
  const { samples, output } = USUAL[/** @type {keyof typeof USUAL} */ (problem)];
  put("dataset.samples", samples);
  put("network.output", output);
  put("training.loss", "half_squared_error");
  const activation = take("activation", ACTIVATIONS, "tanh");
  put(
    "network.hidden",
    link.network.hidden.map((layer) => ({ ...layer, activation })),
  );

  const chosen = Object.keys(INPUTS).filter((key) => take(key, flag, key === "x" || key === "y"));
  if (chosen.join() !== "x,y" && chosen.length)
    put(
      "features",
      chosen.map((key) => INPUTS[key]),
    );
  const hide = Object.entries(HIDES).flatMap(([key, name]) => (take(`${key}_hide`, flag, false) ? [name] : []));
  if (hide.length) put("view.hide", hide);

  // The number of layers is that of the shape; what is off or empty asks for nothing.
  const lost = [...unread].filter((key) => key !== "numHiddenLayers" && !["", "false"].includes(said.get(key) ?? ""));
  return { link, lost: lost.map((key) => `${key}=${said.get(key)}`) };
}
