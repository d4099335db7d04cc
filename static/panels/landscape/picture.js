/** Prepares a measured landscape for drawing: heights, contour levels and the shade of every loss. */

import { css, groundLookup, mix, parseColour } from "../../lib/oklab.js";
import { levels } from "../../lib/projection.js";
import { linear, logarithmic } from "../../lib/scales.js";

/** @import {Answer, Picture} from "./types.js" */

/** How much ink the highest loss is drawn with, and how much of that on the map's ground. */
const DEEPEST = 0.85;
const FAINT = 0.34;

/** @param {Answer} found @param {boolean} log @param {Palette} colours @returns {Picture} */
export function picture(found, log, colours) {
  const size = found.x.length;
  const losses = Float64Array.from(found.loss.flat(), (value) => value ?? Number.NaN);
  const finite = losses.filter(Number.isFinite);
  const low = finite.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY);
  const high = finite.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY);
  // Where no loss is finite, or all are equal, there are no contours.
  const varied = high - low > Math.abs(high) * 1e-9;
  const floor = Number.isFinite(low) ? low : 0;
  const scale = !varied
    ? linear(floor, floor + (Math.abs(floor) || 1))
    : log && high > 0
      ? logarithmic(Math.max(low, high * 1e-6, 1e-9), Math.max(high, 2e-9))
      : linear(low, high);
  const height = (/** @type {number} */ value) => Math.min(1, Math.max(0, scale.at(Math.max(value, scale.low))));
  const every = [...finite, ...found.path.map(({ loss }) => loss ?? Number.NaN)];
  const [zero, ink] = ["zero", "ink"].map((name) => parseColour(colours.of(name)));
  const steps = Array.from({ length: 64 }, (_, i) => css(mix(zero, ink, (i / 63) * DEEPEST)));
  return {
    answer: found,
    size,
    losses,
    heights: Float32Array.from(losses, (value) => (Number.isFinite(value) ? height(value) : Number.NaN)),
    scale,
    below: every.some((value) => value < scale.low * (1 - 1e-9)),
    above: every.some((value) => value > scale.high * (1 + 1e-9)),
    levels: varied ? levels(scale, linear) : [],
    ground: groundLookup(zero, ink, FAINT),
    steps,
    shade: (value) => (value === null ? colours.of("paper") : steps[Math.round(height(value) * 63)]),
  };
}
