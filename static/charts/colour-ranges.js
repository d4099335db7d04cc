/** Between which values a map's colours run, and how that is said. */

import { nameOf } from "../config/activation.js";
import { answerOf } from "../state/derived.js";
import { mapOf } from "../state/frame-maps.js";

/** @import {State} from "../state/store.js" */
/** @import {Points} from "../state/types.js" */

/** Activations with fixed bounds; every other unit is scaled to its own largest value. */
/** @type {Record<string, [number, number]>} */
const BOUNDED = { tanh: [-1, 1], sine: [-1, 1], sigmoid: [0, 1], gaussian: [0, 1] };

/** @param {string} activation @param {number} low @param {number} high */
export function unitScale(activation, low, high) {
  const bounds = BOUNDED[activation];
  if (bounds) return { centre: 0, half: 1, words: bounds[0] < 0 ? "−1 to 1" : "0 to 1" };
  return { centre: 0, half: Math.max(Math.abs(low), Math.abs(high), 1e-6), words: "each to its max" };
}

/**
 * The hidden unit that the output map enlarges: the one that is selected or pointed at, with its map and what its colours run between.
 * @param {State} state
 */
export function unitShown(state) {
  const target = state.selected?.kind === "unit" ? state.selected : state.hover;
  const { hidden } = state.config.network;
  if (target?.kind !== "unit" || target.layer > hidden.length) return null;
  const map = mapOf(state.past ?? state.frame, `neurons.${target.layer - 1}`, target.unit);
  return map && { map, scale: unitScale(nameOf(hidden[target.layer - 1]?.activation), map.low, map.high) };
}

/**
 * The ends of the output's colours.
 * @param {string} output @param {Points | null} points
 * @param {number} [answer] which of several values
 */
export function outputScale(output, points, answer = 0) {
  if (output === "sigmoid" || output === "softmax") return { low: 0, high: 1, centre: 0.5, half: 0.5 };
  let most = 0;
  if (output === "linear")
    for (const target of points?.targets ?? []) most = Math.max(most, Math.abs(answerOf(target, answer)));
  const half = output === "tanh" || most === 0 ? 1 : roundUp(most);
  return { low: -half, high: half, centre: 0, half };
}

/** The next of 1, 2, 5 and their tens. @param {number} value */
function roundUp(value) {
  const power = 10 ** Math.floor(Math.log10(value));
  for (const factor of [1, 2, 5]) if (value <= factor * power * 1.05) return factor * power;
  return 10 * power;
}
