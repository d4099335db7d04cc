/** The colours of the present theme, read once from the style sheet, with the lookup tables that maps are drawn by. */

import { css, groundLookup, lookup, mix, parseColour, rampAt } from "../lib/oklab.js";
import { LOOKS } from "../state/derived.js";

const NAMES = ["ground", "paper", "well", "zero", "ink", "ink-2", "ink-3", "edge", "line", "on-ink", "halo"];
const STOPS = ["negative", "negative-half", "zero", "positive-half", "positive"];

export function readPalette() {
  const probe = document.createElement("i");
  // Where the system forces its colours, what is data keeps its own.
  probe.style.forcedColorAdjust = "none";
  document.body.append(probe);
  const style = getComputedStyle(probe);
  const colour = (/** @type {string} */ name) => {
    probe.style.color = `var(--${name})`;
    return parseColour(style.color);
  };
  const plain = Object.fromEntries(NAMES.map((name) => [name, css(colour(name))]));
  const stops = STOPS.map(colour);
  const zero = colour("zero");
  const classes = Array.from({ length: LOOKS }, (_, k) => colour(`class-${k}`));
  const font = style.fontFamily;
  probe.remove();
  return {
    of: (/** @type {string} */ name) => plain[name],
    font,
    ground: lookup(stops, 0.5),
    units: lookup(stops, 0.78),
    faint: lookup(
      stops.map((stop) => mix(colourOf(plain.ground), stop, 0.3)),
      0.78,
    ),
    signed: Array.from({ length: 201 }, (_, i) => css(rampAt(stops, (i - 100) / 100))),
    classes: classes.map(css),
    classGrounds: classes.map((each) => groundLookup(zero, each, 0.42)),
    classUnits: classes.map((each) => groundLookup(zero, each, 0.78)),
  };
}

const colourOf = (/** @type {string | undefined} */ text) => parseColour(text ?? "");

/** @type {{theme: number, palette: Palette} | null} */
let kept = null;

/** @param {number} theme counts theme changes; the style sheet is read again only when it differs @returns {Palette} */
export function palette(theme) {
  if (kept?.theme !== theme) kept = { theme, palette: readPalette() };
  return kept.palette;
}

/** The full-strength colour of a signed value in -1..1. @param {Palette} colours @param {number} t */
export function signedColour(colours, t) {
  const index = Math.round(Math.min(1, Math.max(-1, Number.isFinite(t) ? t : 0)) * 100) + 100;
  return colours.signed[index];
}
