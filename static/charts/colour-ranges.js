/** Between which values a map's colours run, and how that is said. */

import { nameOf } from "../config/activation.js";
import { short } from "../lib/format.js";
import { answerOf } from "../state/derived.js";
import { mapOf } from "../state/frame-maps.js";

/**
 * What the colours of a hidden unit's map run between: the bounds of its activation, or else its own largest value.
 * @param {State} state @param {number} layer from 0 @param {number} low of the map @param {number} high
 */
export function unitScale({ catalog, config }, layer, low, high) {
  const name = nameOf(config.network.hidden[layer]?.activation);
  const bounds = catalog.activations.find((entry) => entry.name === name)?.bounds;
  const half = Math.max(...(bounds ?? [low, high, 1e-6]).map(Math.abs));
  return { centre: 0, half, words: bounds ? `${short(bounds[0])} to ${short(bounds[1])}` : "each to its max" };
}

/**
 * The hidden unit that the output map enlarges: the one that is selected or pointed at, with its map and what its colours run between.
 * @param {State} state
 */
export function unitShown(state) {
  const target = state.selected?.kind === "unit" ? state.selected : state.hover;
  if (target?.kind !== "unit" || target.layer > state.config.network.hidden.length) return null;
  const map = mapOf(state.past ?? state.frame, `neurons.${target.layer - 1}`, target.unit);
  return map && { map, scale: unitScale(state, target.layer - 1, map.low, map.high) };
}

/** The ends of the output's colours. @param {string} output @param {Points | null} points @param {number} [answer] which of several values */
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
