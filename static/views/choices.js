/** Selects whose choice is more than one value of the configuration. */

import { withValue } from "../lib/paths.js";
import { describe, withDataset } from "../lib/problem.js";

/** @typedef {import("../lib/types.js").RunConfig} RunConfig */

/** How the selects that are no plain path read the configuration and change it. */
/** @type {Record<string, {get: (state: import("../store.js").State) => string, set: (state: import("../store.js").State, value: string) => RunConfig}>} */
export const SPECIAL = {
  problem: {
    get: (state) => describe(state.catalog, state.config).task,
    set: (state, value) => {
      const first = state.catalog.datasets.find(
        (entry) => entry.task === value && (entry.inputs ?? 2) === 2 && entry.name !== "custom",
      );
      return first ? withDataset(state.catalog, state.config, first.name) : state.config;
    },
  },
  stop: {
    get: ({ config: { training } }) => {
      if (training.stop.train_loss !== null) return `loss:${training.stop.train_loss}`;
      if (training.stop.patience !== null) return `patience:${training.stop.patience}`;
      return training.max_epochs === null ? "never" : `epochs:${training.max_epochs}`;
    },
    set: ({ config }, value) => {
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
  },
  "network.bias": {
    get: ({ config }) => String(config.network.bias),
    set: ({ config }, value) => withValue(config, "network.bias", value === "true"),
  },
  "training.optimizer.name": {
    get: ({ config }) => config.training.optimizer.name,
    set: ({ config, catalog }, name) => {
      // A learning rate left at what suits one optimizer becomes what suits the other.
      const suits = (/** @type {string} */ which) =>
        catalog.optimizers.find((entry) => entry.name === which)?.learning_rate;
      const { learning_rate: rate, optimizer } = config.training;
      const next = rate === suits(optimizer.name) ? (suits(name) ?? rate) : rate;
      return withValue(withValue(config, "training.optimizer", { name }), "training.learning_rate", next);
    },
  },
  "training.schedule.name": {
    get: ({ config }) => config.training.schedule.name,
    set: ({ config }, name) => withValue(config, "training.schedule", { name }),
  },
  "training.regularizer.name": {
    get: ({ config }) => config.training.regularizer.name,
    set: ({ config }, name) => {
      const rate = name === "none" ? 0 : config.training.regularizer.rate || 0.001;
      return withValue(config, "training.regularizer", { name, rate });
    },
  },
};

/** Words for a value that is not among the offered ones, as a link may bring it. @param {string} value */
export function stopWords(value) {
  const [what, figure] = value.split(":");
  if (what === "epochs") return `at epoch ${Number(figure).toLocaleString("en")}`;
  if (what === "loss") return `at loss ${figure}`;
  if (what === "patience") return `${figure} epochs no better`;
  return value.replace(/^./, (letter) => letter.toUpperCase());
}
