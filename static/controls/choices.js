/** Selects that stand for more than one value of the configuration: the entry that each shows, and what a choice changes. */

import { suggestionsOf, withDataset } from "../config/dataset.js";
import { sentenceCase } from "../lib/format.js";
import { withValue } from "../lib/paths.js";
import { describe } from "../state/derived.js";

/** @type {Record<string, (state: State) => string>} */
export const SHOWN = {
  problem: (state) => describe(state).task,
  stop: ({ config: { training } }) => {
    if (training.stop.train_loss !== null) return `loss:${training.stop.train_loss}`;
    if (training.stop.patience !== null) return `patience:${training.stop.patience}`;
    return training.max_epochs === null ? "never" : `epochs:${training.max_epochs}`;
  },
};

/** The name of a value that the select does not offer, such as a value set by a link. @param {string} value */
export function stopWords(value) {
  const [what, figure] = value.split(":");
  if (what === "epochs") return `at epoch ${Number(figure).toLocaleString("en")}`;
  if (what === "loss") return `at loss ${figure}`;
  if (what === "patience") return `${figure} epochs no better`;
  return sentenceCase(value);
}

/** The newest configuration whose data set had no suggestions. @type {RunConfig | undefined} */
let before;

/** @param {State} state @param {string} name */
function dataset({ catalog, config }, name) {
  if (!Object.keys(suggestionsOf(catalog, config)).length) before = config;
  return withDataset(catalog, config, name, before);
}

/** @type {Record<string, (state: State, value: string) => RunConfig>} */
const ADJUSTMENTS = {
  problem: (state, task) => {
    const first = state.catalog.datasets.find(
      (entry) => entry.task === task && (entry.inputs ?? 2) === 2 && entry.name !== "custom",
    );
    return first ? dataset(state, first.name) : state.config;
  },
  "dataset.name": dataset,
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
    // A learning rate that is the default of one optimizer becomes the default of the other.
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
 * @param {State} state
 * @param {string} path of the configuration, or a choice named above
 * @param {string} value
 */
export const chosen = (state, path, value) => ADJUSTMENTS[path]?.(state, value) ?? withValue(state.config, path, value);
