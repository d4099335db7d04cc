/** The part of the plane that the output map shows, in the units of the data. */

import { outputScale } from "../charts/colour-ranges.js";
import { fixed, short } from "../lib/format.js";
import { describe } from "../state/derived.js";
import { inputName } from "../state/names.js";

/** Generated points lie within -6 and 6. */
const EDGE = 6;

/** @typedef {{name: string, low: number, high: number, values: string[], plain: boolean}} Axis a category's values stand at 0, 1, 2, ...; `plain`: the range of generated points */

/** @param {State} state @param {number} index of an input @returns {Axis} */
export function inputAxis(state, index) {
  const column = state.run?.columns?.[index];
  const name = inputName(state, index);
  return column
    ? { name, low: column.low, high: column.high, values: column.values, plain: false }
    : { name, low: -EDGE, high: EDGE, values: [], plain: true };
}

/** Its axes; for one input, the output is up. @param {State} state @param {number} [answer] which of several values */
export function viewport(state, answer = 0) {
  const { inputs } = describe(state);
  if (inputs > 1) return { across: inputAxis(state, state.axes[0]), up: inputAxis(state, state.axes[1]) };
  const { centre, half } = outputScale(state, answer);
  const name = state.run?.targets?.[answer] ?? "y";
  const up = { name, low: centre - 1.2 * half, high: centre + 1.2 * half, values: [], plain: false };
  return { across: inputAxis(state, 0), up };
}

/** Where a value lies on an axis, from 0 to 1. @param {Axis} axis @param {number} value */
export const shareOf = ({ low, high }, value) => (value - low) / (high - low);

/** The value at a place of an axis, rounded to what a pointer can tell apart. @param {Axis} axis @param {number} share */
export function valueAt({ low, high }, share) {
  const grid = (high - low) / 1200;
  const inside = Math.min(1, Math.max(0, share));
  return Number((low + Math.round((inside * (high - low)) / grid) * grid).toPrecision(6));
}

/** A value in words: of a category the nearest one. @param {Axis} axis @param {number} value */
export function valueWords({ values, plain }, value) {
  if (values.length) return values[Math.min(values.length - 1, Math.max(0, Math.round(value)))];
  return plain ? fixed(value, 2) : short(value, 4);
}

/** The figure under a tick; none where a category has no value there. @param {Axis} axis @param {number} share */
export function tickWords({ low, high, values }, share) {
  const value = low + share * (high - low);
  if (!values.length) return short(value);
  return Math.abs(value - Math.round(value)) < 0.2 ? (values[Math.round(value)] ?? "") : "";
}
