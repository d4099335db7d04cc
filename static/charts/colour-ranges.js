/** The values between which a map's colours run, and their names. */

import { nameOf } from "../config/activation.js";
import { short } from "../lib/format.js";
import { answerOf, describe } from "../state/derived.js";
import { mapOf } from "../state/frame-maps.js";

/**
 * The range of the colours of a hidden unit's map: the bounds of its activation, or else its own largest value.
 * @param {State} state @param {number} layer from 0 @param {number} low of the map @param {number} high
 */
export function unitScale({ catalog, config }, layer, low, high) {
  const name = nameOf(config.network.hidden[layer]?.activation);
  const bounds = catalog.activations.find((entry) => entry.name === name)?.bounds;
  const half = Math.max(...(bounds ?? [low, high, 1e-6]).map(Math.abs));
  return { centre: 0, half, words: bounds ? `${short(bounds[0])} to ${short(bounds[1])}` : "each to its max" };
}

/**
 * The hidden unit that the output map enlarges: the one that is selected or pointed at, with its map and the range of its colours.
 * @param {State} state
 */
export function unitShown(state) {
  const target = state.selected?.kind === "unit" ? state.selected : state.hover;
  if (target?.kind !== "unit" || target.layer > state.config.network.hidden.length) return null;
  const map = mapOf(state.past ?? state.frame, `neurons.${target.layer - 1}`, target.unit);
  return map && { map, scale: unitScale(state, target.layer - 1, map.low, map.high) };
}

/** The range of the output's colours: its bounds, or else the largest target; of a table, its least and largest target. @param {State} state @param {number} [answer] which of several values */
export function outputScale(state, answer = 0) {
  const { output } = describe(state);
  const bounds = state.catalog.outputs.find((entry) => entry.name === output)?.bounds;
  if (!bounds && state.run?.columns && state.points?.targets.length) {
    const values = state.points.targets.map((target) => answerOf(target, answer));
    const [low, high] = values.reduce(
      ([least, most], value) => [Math.min(least, value), Math.max(most, value)],
      [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
    );
    return { low, high, centre: (low + high) / 2, half: (high - low) / 2 || 1 };
  }
  let most = 0;
  if (!bounds)
    for (const target of state.points?.targets ?? []) most = Math.max(most, Math.abs(answerOf(target, answer)));
  const largest = most === 0 ? 1 : roundUp(most);
  const [low, high] = bounds ?? [-largest, largest];
  return { low, high, centre: (low + high) / 2, half: (high - low) / 2 };
}

/** The next number among 1, 2, 5 and their multiples by powers of ten. @param {number} value */
function roundUp(value) {
  const power = 10 ** Math.floor(Math.log10(value));
  for (const factor of [1, 2, 5]) if (value <= factor * power * 1.05) return factor * power;
  return 10 * power;
}
