/** What a run shows of a lesson's claims: whose run it is, what is due, the quantity, and the verdict in words. */

import { short } from "../../lib/format.js";
import { same } from "../../lib/paths.js";

/** @import {WeightChange} from "../../run/undo.js" */
/** @import {Run, RunConfig} from "../../state/types.js" */

/**
 * @typedef {Run & {metrics: Record<string, number | null>[]}} ToldRun
 * @typedef {{kind: string, name?: string, value?: number, epochs?: number, layer?: number, over?: number, points?: number, values?: number[][]}} Quantity
 * @typedef {{variant: string | null, epoch: number | null, quantity: Quantity, source: string, comparison: "at_least" | "at_most", threshold: number}} Evidence
 * @typedef {{name: string | null, title: string | null, config: RunConfig, edit: WeightChange | null}} Variant
 * @typedef {{says: string, evidence: Evidence[]}} Claim
 * @typedef {{slug: string, number: number, title: string, summary: string, text: string[], formulas: Record<string, string>, erratum: string | null,
 *   epochs: number, columns: boolean, variants: Variant[], steps: {do: string, control: string, panel: string}[], claims: Claim[]}} Lesson
 * @typedef {{run: ToldRun, columns: Record<string, (number | null)[]>, ask: (what: string) => Promise<any>}} Told what the server says of a run
 */

/** A configuration without what a lesson leaves free. @param {RunConfig} config */
const bound = (config) => ({ ...config, seed: 0, training: { ...config.training, pace: 0 } });

/** Whether a run has a variant's settings. @param {Run} run @param {Variant} variant */
export const settingsOf = (run, variant) => same(bound(run.config), bound(variant.config));

/** @param {any} change */
const placesOf = ({ edits, cut, restore }) =>
  [edits, cut, restore].map((places) =>
    (places ?? [])
      .map((/** @type {any} */ { layer, row, column, bias, value }) => [layer, row, column, bias, value].join())
      .sort(),
  );

/** Whether a change is of more than the pace. @param {any} change */
const steered = ({ training = {} }) => Object.keys(training).some((key) => key !== "pace");

/** Whether nothing but the pace was changed since it got the lesson's weights. @param {Run} run @param {Variant} variant */
export function untouched(run, variant) {
  if (run.changes_count > run.changes.length) return false;
  const changes = /** @type {any[]} */ (run.changes).filter(
    (change) => steered(change) || placesOf(change).flat().length,
  );
  if (!variant.edit) return !changes.length;
  const [first] = changes;
  return (
    changes.length === 1 &&
    !steered(first) &&
    !first.epoch &&
    !first.batch &&
    same(placesOf(first), placesOf(variant.edit))
  );
}

/** @param {Run} run */
const ended = (run) => run.state === "finished" || run.state === "diverged";

/**
 * The epoch at which a run is to show it; null while there is none, or once it has gone by.
 * @param {Evidence} evidence @param {Lesson} lesson @param {Run} run
 */
export function due(evidence, lesson, run) {
  const at = evidence.epoch ?? lesson.epochs;
  if (ended(run) && run.epoch <= at) return run.epoch;
  if (evidence.source === "metrics") return run.epoch >= at ? at : null;
  return run.epoch === at && !run.batch ? at : null;
}

const norm = (/** @type {number[]} */ values) => Math.hypot(...values);

/** dW and db of every layer, one after the other. @param {any[]} layers @param {string} W @param {string} b @returns {number[]} */
const flat = (layers, W, b) => layers.flatMap((layer) => [...layer[W].flat(), ...(layer[b] ?? []).flat()]);

/** @type {Record<string, (quantity: any, told: Told, at: number) => number | Promise<number>>} */
const MEASURES = {
  metric: ({ name }, { columns }, at) => columns[name][at] ?? Number.NaN,
  metric_error: ({ name, value }, { columns }, at) =>
    Math.abs((columns[name][at] ?? Number.NaN) - value) / Math.abs(value),
  rise: ({ name }, { columns }, at) => {
    const values = columns[name].slice(0, at + 1).map((value) => value ?? Number.NaN);
    return (values.at(-1) ?? Number.NaN) / Math.min(...values);
  },
  swing: ({ name, epochs }, { columns }, at) => {
    const values = columns[name].slice(Math.max(0, at - epochs), at + 1).map((value) => value ?? Number.NaN);
    const steps = values.slice(1).map((value, i) => Math.abs(value - values[i]));
    return steps.reduce((sum, step) => sum + step, 0) / steps.length;
  },
  diverged: (_, { run }) => Number(run.state === "diverged"),
  async weight_error({ layer, values }, { ask }) {
    const W = (await ask("weights")).layers.at(layer).W.flat();
    const errors = values
      .flat()
      .map((/** @type {number} */ v, /** @type {number} */ i) => Math.abs(W[i] - v) / Math.abs(v));
    return Math.max(...errors);
  },
  async unit_spread({ layer }, { ask }) {
    const { W, b } = (await ask("weights")).layers.at(layer);
    const rows = W.map((/** @type {number[]} */ row, /** @type {number} */ i) => (b ? [...row, b[i]] : row));
    const spreads = rows[0].map((/** @type {number} */ _, /** @type {number} */ column) => {
      const values = rows.map((/** @type {number[]} */ row) => row[column]);
      return Math.max(...values) - Math.min(...values);
    });
    return Math.max(...spreads);
  },
  async gradient_ratio({ layer, over }, { ask }) {
    const { layers } = await ask("diagnostics");
    return layers.at(layer).gradient_norm / layers.at(over).gradient_norm;
  },
  async dead_share(_, { ask }) {
    const hidden = (await ask("diagnostics")).layers.slice(0, -1);
    const count = (/** @type {(layer: any) => number} */ of) =>
      hidden.reduce((/** @type {number} */ sum, /** @type {any} */ layer) => sum + of(layer), 0);
    return count((layer) => layer.dead.length) / count((layer) => layer.units);
  },
  async gradient_noise({ points }, { ask }) {
    const [part, whole] = [await ask(`trace?count=${points}`), await ask("trace?count=256")].map(({ layers }) =>
      flat(layers, "dW", "db"),
    );
    return norm(part.map((value, i) => value - whole[i])) / norm(whole);
  },
  async downhill(_, { ask }) {
    const { layers } = await ask("trace?count=256");
    const gradient = flat(layers, "dW", "db");
    const step = flat(
      layers.map((/** @type {any} */ { update }) => update),
      "W",
      "b",
    );
    return -gradient.reduce((sum, g, i) => sum + g * step[i], 0) / (norm(gradient) * norm(step));
  },
  collapse_error: async (_, { ask }) => (await ask("collapsed")).max_difference ?? Number.NaN,
};

/** The quantity; null where the run has no such number. @param {Quantity} quantity @param {Told} told @param {number} at epoch */
export async function measure(quantity, told, at) {
  const value = await MEASURES[quantity.kind](quantity, told, at);
  return Number.isFinite(value) ? value : null;
}

/** @param {Pick<Evidence, "comparison" | "threshold">} evidence @param {number | null} value */
export const shows = ({ comparison, threshold }, value) =>
  value !== null && (comparison === "at_least" ? value >= threshold : value <= threshold);

/** @type {Record<string, string>} */
const METRIC = {
  train_loss: "training loss",
  test_loss: "test loss",
  train_accuracy: "training accuracy",
  test_accuracy: "test accuracy",
  penalty: "penalty",
};
const layerName = (/** @type {number} */ layer) => (layer < 0 ? "the output layer" : `layer ${layer + 1}`);

/** @type {Record<string, (quantity: any) => string>} */
const NAMES = {
  metric: ({ name }) => METRIC[name],
  metric_error: ({ name, value }) => `relative difference of the ${METRIC[name]} from ${short(value, 6)}`,
  rise: ({ name }) => `${METRIC[name]} over its lowest so far`,
  swing: ({ name, epochs }) => `mean jump of the ${METRIC[name]}, last ${epochs} epochs`,
  weight_error: ({ values }) =>
    `largest relative difference of the weights from ${values
      .flat()
      .map((/** @type {number} */ v) => short(v, 3))
      .join(", ")}`,
  unit_spread: ({ layer }) => `largest difference between units of ${layerName(layer)}`,
  gradient_ratio: ({ layer, over }) => `gradient norm of ${layerName(layer)} over that of ${layerName(over)}`,
  dead_share: () => "share of hidden units that are dead",
  gradient_noise: ({ points }) => `difference of ${points} points' gradient from the whole set's, over its length`,
  downhill: () => "cosine between the next step and the way straight down",
  collapse_error: () => "largest difference between the stack and its one matrix",
};

/**
 * What a run must show, and what it has: "test accuracy 0.62, needs at least 0.95".
 * @param {Evidence} evidence
 * @param {number | null | undefined} value undefined where it is not known yet
 */
export function verdict({ quantity, comparison, threshold }, value) {
  if (quantity.kind === "diverged") return value ? "diverged" : "the run must diverge";
  const words = comparison === "at_least" ? "at least" : "at most";
  let digits = 3;
  if (typeof value === "number" && value !== threshold)
    while (digits < 9 && short(value, digits) === short(threshold, digits)) digits++;
  const has = value === undefined ? "" : value === null ? "is not a number," : `${short(value, digits)},`;
  const needs = shows({ comparison, threshold }, value ?? null) ? "asked:" : "needs";
  const name = NAMES[quantity.kind](quantity) + (has && quantity.kind !== "metric" ? ":" : "");
  return [name, has, needs, words, short(threshold, digits)].filter(Boolean).join(" ");
}
