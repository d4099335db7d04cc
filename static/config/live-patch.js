/** What a change of configuration needs: a PATCH that keeps the model, or a new run. */

import { read, same, withValue } from "../lib/paths.js";

/** Settings that can change without a new model. */
export const LIVE = [
  "training.learning_rate",
  "training.batch_size",
  "training.regularizer.rate",
  "training.pace",
  "training.max_epochs",
  "training.stop",
];

/**
 * The body of a PATCH that leads from one configuration to another; null where only a new run does.
 * @param {RunConfig} from @param {RunConfig} to @returns {Record<string, unknown> | null}
 */
export function livePatch(from, to) {
  let rest = from;
  /** @type {Record<string, any>} */
  let patch = {};
  for (const path of LIVE) {
    const value = read(to, path);
    if (same(read(from, path), value)) continue;
    rest = withValue(rest, path, value);
    patch = withValue(patch, path, value);
  }
  return same(rest, to) ? patch : null;
}

/** Settings with a slider: the values passed while it is dragged are not chosen. */
const GLIDING = [
  "training.learning_rate",
  "training.batch_size",
  "training.regularizer.rate",
  "training.pace",
  "dataset.samples",
  "dataset.noise",
  "dataset.label_noise",
  "dataset.train_fraction",
  "dataset.classes",
];

/**
 * The one setting with a slider in which two configurations differ; "" where they differ in another or in more.
 * @param {RunConfig} from @param {RunConfig} to
 */
export const glided = (from, to) =>
  GLIDING.find((path) => same(withValue(from, path, read(to, path)), to) && !same(from, to)) ?? "";

/** The field a refusal is about, as a path below the configuration, such as "training.learning_rate". @param {(string | number)[]} loc */
export function refusedPath(loc) {
  const parts = loc.filter((part) => part !== "body" && part !== "config");
  return parts.join(".");
}

/** Whether two configurations have the same links. @param {RunConfig} a @param {RunConfig} b */
export const sameLinks = (a, b) =>
  same(a.features, b.features) &&
  same(
    a.network.hidden.map((layer) => layer.units),
    b.network.hidden.map((layer) => layer.units),
  ) &&
  a.network.output === b.network.output &&
  a.dataset.name === b.dataset.name &&
  same(a.dataset.inputs, b.dataset.inputs) &&
  same(a.dataset.targets, b.dataset.targets) &&
  a.dataset.classes === b.dataset.classes;

/** The cut links of every layer. @param {(boolean[][] | null)[]} masks */
export const cutLinks = (masks) =>
  masks.flatMap((mask, layer) =>
    (mask ?? []).flatMap((kept, row) => kept.flatMap((on, column) => (on ? [] : [{ layer, row, column }]))),
  );
