/** The labels of the configuration's fields on the page, for messages that name their paths. */

/** @type {Record<string, string>} a path below the configuration, or its beginning, and its label on the page */
const LABELS = {
  "dataset.name": "Data set",
  "dataset.samples": "Points",
  "dataset.noise": "Noise",
  "dataset.label_noise": "Flipped labels",
  "dataset.train_fraction": "Used for training",
  "dataset.classes": "Classes",
  "dataset.inputs": "inputs",
  "dataset.targets": "targets",
  dataset: "Data",
  features: "Inputs",
  "network.hidden": "Hidden layers",
  "network.output": "Output",
  "network.bias": "Bias",
  "network.initializer": "Initializer",
  network: "Network",
  "training.loss": "Loss",
  "training.optimizer": "Optimizer",
  "training.learning_rate": "Learning rate",
  "training.schedule": "Schedule",
  "training.batch_size": "Batch size",
  "training.regularizer.rate": "Penalty strength",
  "training.regularizer": "Regularizer",
  "training.clip_norm": "Clip gradients at",
  "training.augmentation": "Jitter of inputs",
  "training.max_epochs": "Stop at epoch",
  "training.stop.train_loss": "Stop at training loss",
  "training.stop.patience": "Stop when no better for",
  "training.stop": "Stop",
  "training.pace": "Pace",
  seed: "Seed",
};

/** The label of a path; of the nearest path above it that has one. @param {string} path such as "training.stop.patience" @returns {string | null} */
export function labelOf(path) {
  for (let at = path; at; at = at.slice(0, Math.max(0, at.lastIndexOf(".")))) if (at in LABELS) return LABELS[at];
  return null;
}

/** A message with the labels of the page in place of the paths it names. @param {string} text */
export const labelled = (text) =>
  text.replace(/\b(?:dataset|network|training)(?:\.\w+)+/g, (path) => labelOf(path) ?? path);
