/** A configuration with other data, and with what no longer fits set back to "auto". */

import { describe } from "./problem.js";

/** @typedef {import("./types.js").Catalog} Catalog */
/** @typedef {import("./types.js").RunConfig} RunConfig */

/** What only some data sets have. */
const PLAIN = { classes: null, variant: null, task: null, inputs: null, targets: null };

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

/**
 * A configuration that trains on rows of one's own.
 * @param {RunConfig} config
 * @param {{inputs: number[][], targets: (number | number[])[], task: string}} data
 * @returns {RunConfig}
 */
export const withOwnData = (config, { inputs, targets, task }) => ({
  ...config,
  dataset: { ...config.dataset, ...PLAIN, name: "custom", inputs, targets, task },
  features: "auto",
  network: { ...config.network, output: "auto" },
  training: { ...config.training, loss: "auto" },
});
