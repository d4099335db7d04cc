/** A configuration with other data, and with what no longer fits set back to "auto". */

import { read, same } from "../lib/paths.js";
import { datasetOf, expected } from "../state/derived.js";

/** What only some data sets have. */
const PLAIN = { classes: null, variant: null, task: null, inputs: null, targets: null };

/** @typedef {Pick<RunConfig, "network" | "training">} Settings */

/** The network and training settings that a data set suggests. @param {Catalog} catalog @param {RunConfig} config */
export const suggestionsOf = (catalog, config) => datasetOf(catalog, config)?.suggests ?? {};

/**
 * The configuration without the suggestions of its data set that are unchanged.
 * @param {Catalog} catalog @param {RunConfig} config
 * @param {Settings} before the settings that take its place
 * @returns {RunConfig}
 */
export function withoutSuggestions(catalog, config, before) {
  const back = (/** @type {"network" | "training"} */ part) =>
    Object.fromEntries(
      Object.entries(suggestionsOf(catalog, config)[part] ?? {})
        .filter(([key, value]) => same(read(config[part], key), value))
        .map(([key]) => [key, read(before[part], key)]),
    );
  return {
    ...config,
    network: { ...config.network, ...back("network") },
    training: { ...config.training, ...back("training") },
  };
}

/**
 * A configuration with another data set, with what no longer fits set back to "auto".
 * @param {Catalog} catalog @param {RunConfig} config @param {string} name
 * @param {Settings} [settings] those before the present data set's suggestions
 * @returns {RunConfig}
 */
export function withDataset(catalog, config, name, settings = catalog.defaults) {
  const before = expected(catalog, config);
  const entry = catalog.datasets.find((each) => each.name === name);
  const suggests = entry?.suggests ?? {};
  const own = withoutSuggestions(catalog, config, settings);
  /** @type {RunConfig} */
  const next = {
    ...own,
    dataset: { ...config.dataset, ...PLAIN, name },
    network: { ...own.network, ...suggests.network },
    training: { ...own.training, ...suggests.training },
  };
  const after = expected(catalog, next);
  if (before.inputs !== after.inputs) next.features = "auto";
  if (before.task !== after.task || before.classes !== after.classes) {
    next.network = { ...next.network, output: "auto" };
    next.training = { ...next.training, loss: "auto" };
  }
  return next;
}

/**
 * A configuration that trains on the user's own rows.
 * @param {RunConfig} config @param {{inputs: number[][], targets: (number | number[])[], task: string}} data
 * @returns {RunConfig}
 */
export const withOwnData = (config, { inputs, targets, task }) => ({
  ...config,
  dataset: { ...config.dataset, ...PLAIN, name: "custom", inputs, targets, task },
  features: "auto",
  network: { ...config.network, output: "auto" },
  training: { ...config.training, loss: "auto" },
});
