/** What a choice means for the configuration, where it means more than one value of it. */

import { withDataset } from "../lib/dataset.js";
import { withValue } from "../lib/paths.js";

/** @typedef {import("../lib/types.js").RunConfig} RunConfig */

/** @type {Record<string, (state: import("../store.js").State, value: string) => RunConfig>} */
const MEANT = {
  problem: ({ catalog, config }, task) => {
    const first = catalog.datasets.find(
      (entry) => entry.task === task && (entry.inputs ?? 2) === 2 && entry.name !== "custom",
    );
    return first ? withDataset(catalog, config, first.name) : config;
  },
  "dataset.name": ({ catalog, config }, name) => withDataset(catalog, config, name),
  stop: ({ config }, value) => {
    const [what, figure] = value.split(":");
    const training = {
      ...config.training,
      max_epochs: what === "epochs" ? Number(figure) : null,
      stop: {
        train_loss: what === "loss" ? Number(figure) : null,
        patience: what === "patience" ? Number(figure) : null,
      },
    };
    return { ...config, training };
  },
  "network.bias": ({ config }, value) => withValue(config, "network.bias", value === "true"),
  "training.optimizer.name": ({ config, catalog }, name) => {
    // A learning rate left at what suits one optimizer becomes what suits the other.
    const suits = (/** @type {string} */ which) =>
      catalog.optimizers.find((entry) => entry.name === which)?.learning_rate;
    const { learning_rate: rate, optimizer } = config.training;
    const next = rate === suits(optimizer.name) ? (suits(name) ?? rate) : rate;
    return withValue(withValue(config, "training.optimizer", { name }), "training.learning_rate", next);
  },
  "training.schedule.name": ({ config }, name) => withValue(config, "training.schedule", { name }),
  "training.regularizer.name": ({ config }, name) => {
    const rate = name === "none" ? 0 : config.training.regularizer.rate || 0.001;
    return withValue(config, "training.regularizer", { name, rate });
  },
};

/**
 * The configuration with what was chosen.
 * @param {import("../store.js").State} state
 * @param {string} path of the configuration, or a choice named above
 * @param {string} value
 */
export const chosen = (state, path, value) => MEANT[path]?.(state, value) ?? withValue(state.config, path, value);
