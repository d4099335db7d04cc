/** A measured landscape made ready to be drawn: heights, contour levels and the ink of every loss. */

import { css, groundLookup, mix, parseColour } from "../../lib/oklab.js";
import { levels } from "../../lib/projection.js";
import { linear, logarithmic } from "../../lib/scales.js";

/** @import {Palette} from "../../charts/palette.js" */
/** @import {Scale} from "../../lib/scales.js" */

/** How much ink the highest loss is drawn with, and how much of that on the map's ground. */
const DEEPEST = 0.85;
const FAINT = 0.34;

/**
 * @typedef {object} Answer
 * @property {number} epoch
 * @property {number} batch
 * @property {"exact" | "pca" | "random"} directions
 * @property {number[]} x
 * @property {number[]} y
 * @property {(number | null)[][]} loss
 * @property {{epoch: number, x: number, y: number, loss: number | null}[]} path
 * @property {number | null} variance_explained
 * @property {(number | null)[]} gradient
 *
 * @typedef {object} Picture the answer, ready to be drawn
 * @property {Answer} answer
 * @property {number} size
 * @property {Float64Array} losses
 * @property {Float32Array} heights 0 to 1
 * @property {Scale} scale
 * @property {boolean} below whether some loss is less than the scale's least, and drawn as that
 * @property {boolean} above whether some loss is more than the scale's most
 * @property {number[]} levels
 * @property {Uint32Array} ground
 * @property {string[]} steps the ink ramp
 * @property {(loss: number | null) => string} shade
 */

/** @param {Answer} found @param {boolean} log @param {Palette} colours @returns {Picture} */
export function picture(found, log, colours) {
  const size = found.x.length;
  const losses = Float64Array.from(found.loss.flat(), (value) => value ?? Number.NaN);
  const finite = losses.filter(Number.isFinite);
  const low = finite.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY);
  const high = finite.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY);
  // Where nothing is finite, or all is the same, there are no heights to tell apart.
  const told = high - low > Math.abs(high) * 1e-9;
  const floor = Number.isFinite(low) ? low : 0;
  const scale = !told
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
    levels: told ? levels(scale, linear) : [],
    ground: groundLookup(zero, ink, FAINT),
    steps,
    shade: (value) => (value === null ? colours.of("paper") : steps[Math.round(height(value) * 63)]),
  };
}
