/** A configuration with other data, and with what no longer fits set back to "auto". */

import { read, same } from "../lib/paths.js";
import { datasetOf, expected, isTable } from "../state/derived.js";

/** What only some data sets have. */
export const PLAIN = { classes: null, variant: null, task: null, inputs: null, targets: null };

/** What only a formula or tables have; the server leaves these fields out elsewhere. */
const OF_A_TABLE = ["formula", "table", "target", "missing", "scale", "split", "group"];

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

/** @param {DatasetConfig} dataset @returns {DatasetConfig} */
const generated = (dataset) =>
  /** @type {DatasetConfig} */ (
    Object.fromEntries(Object.entries(dataset).filter(([key]) => !OF_A_TABLE.includes(key)))
  );

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
  const table = isTable(config.dataset);
  const { train_fraction } = table ? catalog.defaults.dataset : config.dataset;
  /** @type {RunConfig} */
  const next = {
    ...own,
    dataset: { ...generated(config.dataset), ...PLAIN, name, train_fraction },
    network: { ...own.network, ...suggests.network },
    training: { ...own.training, ...suggests.training },
  };
  const after = expected(catalog, next);
  if (table || before.inputs !== after.inputs) next.features = "auto";
  if (table || before.task !== after.task || before.classes !== after.classes) {
    next.network = { ...next.network, output: "auto" };
    next.training = { ...next.training, loss: "auto" };
  }
  return next;
}
