/** What number sliders share: the filled part of the rule and the scale behind it. */

import { clamp, linear, logarithmic, significant } from "../lib/scales.js";

/** Paints the rule up to the handle. @param {HTMLInputElement} slider */
export function fill(slider) {
  const low = Number(slider.min);
  const share = (Number(slider.value) - low) / (Number(slider.max) - low || 1);
  slider.style.setProperty("--fill", `${share * 100}%`);
}

/**
 * Positions 0..1000 of a slider and the values they stand for.
 * @param {string} kind "linear", "log", "log-integer", or "log-zero" whose left end is 0
 * @param {number} low @param {number} high
 * @param {number} step 0 for two significant digits
 */
export function sliderScale(kind, low, high, step) {
  const scale = kind === "linear" ? linear(low, high) : logarithmic(low, high);
  const round = (/** @type {number} */ value) => {
    if (kind === "log-integer") return Math.max(1, Math.round(value));
    if (step > 0) return Number((Math.round(value / step) * step).toFixed(6));
    const coarse = significant(value, 1);
    return Math.abs(coarse - value) < value * 0.04 ? coarse : significant(value, value < 1 ? 1 : 2);
  };
  return {
    position: (/** @type {number} */ value) => {
      if (kind === "log-zero") return value <= 0 ? 0 : 40 + 960 * clamp(scale.at(value), 0, 1);
      return 1000 * clamp(scale.at(Math.max(value, kind === "linear" ? low : 1e-12)), 0, 1);
    },
    value: (/** @type {number} */ position) => {
      if (kind === "log-zero") return position < 20 ? 0 : round(scale.value(clamp((position - 40) / 960, 0, 1)));
      return clamp(round(scale.value(position / 1000)), low, high);
    },
  };
}
