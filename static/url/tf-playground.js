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
/** @type {[key: string, path: string, parse: (value: string) => unknown][]} */
const TRANSLATIONS = [
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

/** What no link of it names: the number of training and test points, and the output. */
const FIXED = {
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
 * The same problem here, and the parts of the link that have no counterpart, as they are written in it.
 * @param {string} fragment with or without "#"
 * @param {Link} defaults @returns {{link: Link, untranslated: string[]}}
 */
export function fromTensorFlow(fragment, defaults) {
  const query = new URLSearchParams(fragment.replace(/^#/, ""));
  const unread = new Set(query.keys());
  let link = defaults;
  const put = (/** @type {string} */ path, /** @type {unknown} */ value) => {
    link = withValue(link, path, value);
  };
  /** The value of a key; the fallback where the link lacks it or its value is unknown. @param {string} key @param {(value: string) => any} parse @param {any} [fallback] */
  const take = (key, parse, fallback) => {
    const parsed = parse(query.get(key) ?? "");
    if (parsed !== undefined) unread.delete(key);
    return parsed ?? fallback;
  };

  put("network.initializer", "uniform");
  for (const [key, path, parse] of TRANSLATIONS) {
    const parsed = query.has(key) ? take(key, parse) : undefined;
    if (parsed !== undefined) put(path, parsed);
  }
  const problem = take(
    "problem",
    oneOf({ classification: "classification", regression: "regression" }),
    "classification",
  );
  const [own, other] = problem === "regression" ? ["regDataset", "dataset"] : ["dataset", "regDataset"];
  put("dataset.name", problem === "regression" ? take(own, PLANES, "plane") : take(own, DATASETS, "circle"));
  unread.delete(other);
  const { samples, output } = FIXED[/** @type {keyof typeof FIXED} */ (problem)];
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

  // The number of layers is that of the shape; values that are off or empty have no effect.
  const untranslated = [...unread].filter(
    (key) => key !== "numHiddenLayers" && !["", "false"].includes(query.get(key) ?? ""),
  );
  return { link, untranslated: untranslated.map((key) => `${key}=${query.get(key)}`) };
}
