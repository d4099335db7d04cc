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

/** Digits that distinguish values a share of the axis apart, at least three. @param {Axis} axis @param {number} share */
function digitsFor({ low, high }, share) {
  const largest = Math.max(Math.abs(low), Math.abs(high));
  return Math.min(9, Math.max(3, Math.ceil(Math.log10(largest / (share * (high - low)))) + 1));
}

/** A value in words: of a category the nearest one. @param {Axis} axis @param {number} value */
export function valueWords(axis, value) {
  const { values, plain } = axis;
  if (values.length) return values[Math.min(values.length - 1, Math.max(0, Math.round(value)))];
  return plain ? fixed(value, 2) : short(value, digitsFor(axis, 1 / 200));
}

/** Values of a category that have room along an axis. */
const MOST_NAMES = 8;

/** The figures along an axis, from low to high: five at even steps, or the values of a category. @param {Axis} axis */
export function tickWords(axis) {
  const { low, high, values } = axis;
  const every = Math.ceil(values.length / MOST_NAMES);
  if (values.length) return values.map((name, i) => (i % every ? "" : name));
  return [0, 1, 2, 3, 4].map((i) => short(low + (i / 4) * (high - low), digitsFor(axis, 1 / 4)));
}
