/** What the configuration asks of the network, resolved with the catalog: task, inputs, outputs, which names go together. */

/** @typedef {import("./types.js").Catalog} Catalog */
/** @typedef {import("./types.js").RunConfig} RunConfig */

/** @param {Catalog} catalog @param {RunConfig} config */
export function datasetOf(catalog, config) {
  return catalog.datasets.find((entry) => entry.name === config.dataset.name) ?? null;
}

/**
 * @param {Catalog} catalog
 * @param {RunConfig} config
 */
export function describe(catalog, config) {
  const entry = datasetOf(catalog, config);
  const own = config.dataset;
  const task = own.task ?? entry?.task ?? "classification";
  const inputs = own.inputs?.[0].length ?? entry?.inputs ?? 2;
  const told = own.targets ? Math.max(1, ...own.targets.flat()) + 1 : (entry?.classes ?? 2);
  const classes = task !== "classification" ? 0 : takesClasses(entry) ? (own.classes ?? entry?.classes ?? 3) : told;
  const output =
    config.network.output === "auto"
      ? task === "regression"
        ? "linear"
        : classes > 2
          ? "softmax"
          : "sigmoid"
      : config.network.output;
  const outputs = task === "regression" ? 1 : output === "softmax" ? classes : classes > 2 ? classes : 1;
  const features = config.features === "auto" ? Array.from({ length: inputs }, (_, i) => `x${i + 1}`) : config.features;
  const loss =
    config.training.loss === "auto" ? (task === "regression" ? "mse" : "cross_entropy") : config.training.loss;
  const sizes = [features.length, ...config.network.hidden.map((layer) => layer.units), outputs];
  let parameters = 0;
  for (let l = 1; l < sizes.length; l++) {
    parameters += sizes[l] * (sizes[l - 1] + (config.network.bias ? 1 : 0));
  }
  return { entry, task, inputs, classes, output, outputs, features, loss, sizes, parameters };
}

/** @param {import("./types.js").DatasetEntry | null | undefined} entry */
export const takesClasses = (entry) => entry?.many_classes === true;

/**
 * The outputs that may stand with a task, and the losses that may stand with both.
 * @param {Catalog} catalog
 * @param {string} task
 * @param {string} [output]
 */
export function allowed(catalog, task, output) {
  const fits = (catalog.combinations ?? []).filter(
    (entry) => entry.task === task && (!output || entry.output === output),
  );
  return { outputs: new Set(fits.map((entry) => entry.output)), losses: new Set(fits.map((entry) => entry.loss)) };
}

/** What only some data sets have. */
const PLAIN = { classes: null, variant: null, task: null, inputs: null, targets: null };

/**
 * A configuration that trains on rows of one's own.
 * @param {RunConfig} config
 * @param {{inputs: number[][], targets: number[], task: string}} data
 * @returns {RunConfig}
 */
export const withOwnData = (config, { inputs, targets, task }) => ({
  ...config,
  dataset: { ...config.dataset, ...PLAIN, name: "custom", inputs, targets, task },
  features: "auto",
  network: { ...config.network, output: "auto" },
  training: { ...config.training, loss: "auto" },
});

/**
 * A configuration with another data set, with what no longer fits set back to "auto".
 * @param {Catalog} catalog
 * @param {RunConfig} config
 * @param {string} name
 * @returns {RunConfig}
 */
export function withDataset(catalog, config, name) {
  const before = describe(catalog, config);
  const entry = catalog.datasets.find((each) => each.name === name);
  const suggests = entry?.suggests ?? {};
  /** @type {RunConfig} */
  const next = {
    ...config,
    dataset: { ...config.dataset, ...PLAIN, name },
    network: { ...config.network, ...suggests.network },
    training: { ...config.training, ...suggests.training },
  };
  const after = describe(catalog, next);
  if (before.inputs !== after.inputs) next.features = "auto";
  if (before.task !== after.task || before.classes !== after.classes) {
    next.network = { ...next.network, output: "auto" };
    next.training = { ...next.training, loss: "auto" };
  }
  return next;
}

const SHAPES = /** @type {const} */ (["circle", "diamond", "triangle", "square", "cross"]);

/**
 * How a class is told from the others: a shape and one of the five class colours, unlike those of any other of the first 25.
 * @param {number} k
 */
export function lookOf(k) {
  const round = Math.floor(k / SHAPES.length);
  return { shape: SHAPES[k % SHAPES.length] ?? "circle", colour: (k + 2 * round) % SHAPES.length };
}
