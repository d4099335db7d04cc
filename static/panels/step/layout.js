/** The layout of a pass: all layers side by side or one at a time, and how many cells of a matrix are in sight. */

import { columnsOf } from "./columns.js";
import { byExample, valuesOf } from "./pass-data.js";

/** @import {Column, Part, Layout, Trace} from "./types.js" */

/** One cell, and the scroll bar of a matrix that shows a part of itself, in pixels. */
export const WIDTH = 42;
export const HEIGHT = 24;
export const BAR = 10;
/** The two edges of a matrix, and what its column keeps free on the right. */
const EDGES = 4;
/** Width of the name and shape of a matrix of one column, and of a letter of its caption. */
const LABEL = 60;
const LETTER = 5.7;
const MARKS = 18;
const SIGN = 18;
/** A sign before weights, with the name of the bias under it; a sign with a matrix's name. */
const WIDE_SIGN = 34;
const NAMED_SIGN = 46;
/** Between two layers. */
const LAYER_GAP = 12;
const MOST = 12;
const LEAST = 4;
/** Height above and below two tiers of matrices, so that the opened sum is in sight with them. */
const OTHER_HEIGHT = 650;

/**
 * @param {Trace} trace
 * @param {boolean} rows whether rows are examples
 * @param {number} width of the sheet in pixels
 * @param {number} height of the window in pixels
 * @returns {Layout}
 */
export function layoutFor(trace, rows, width, height) {
  const down = between(5, Math.floor((height - OTHER_HEIGHT) / (2 * HEIGHT)), MOST);
  const layers = [...trace.layers.keys()];
  const whole = layers.flatMap((layer) => columnsOf(trace, layer, rows, false));
  const update = { across: between(LEAST, cellsIn(width / partsOf(width)), MOST), down: 4 };
  if (widthOf(trace, whole, rows, MOST, down) <= width)
    return { whole: true, stacked: false, across: MOST, down, update };
  // The widest layer sets the size for all, so that matrices keep it from layer to layer.
  const alone = layers.map((layer) => columnsOf(trace, layer, rows, true));
  for (let across = MOST; across >= LEAST; across--)
    if (alone.every((columns) => widthOf(trace, columns, rows, across, down) <= width))
      return { whole: false, stacked: false, across, down, update };
  return { whole: false, stacked: true, across: between(LEAST, cellsIn(width), MOST), down, update };
}

const between = (/** @type {number} */ low, /** @type {number} */ value, /** @type {number} */ high) =>
  Math.max(low, Math.min(high, value));
/** Cells of a matrix with the name of its bias beside it. @param {number} width */
const cellsIn = (width) => Math.floor((width - WIDE_SIGN - BAR - 2) / WIDTH);
/** The number of parts side by side in the foot, as in the style sheet; the update is the narrowest. @param {number} width */
const partsOf = (width) => (width >= 1191 ? 5 : width >= 591 ? 2.1 : 1);

/** @param {Trace} trace @param {Column[]} columns @param {boolean} rows @param {number} across @param {number} down */
function widthOf(trace, columns, rows, across, down) {
  const layers = new Set(columns.map(({ layer }) => layer)).size;
  const each = columns.map(({ forward, named }, at) => {
    if (forward.length) {
      const leads = at === 0 || forward[0].name === "W" || forward[0].name === "A0";
      return Math.max(
        LABEL,
        ...forward.map((part) => boxOf(trace, part, rows, across, down, leads)),
        ...forward.map((part) => captionOf(trace, part, rows, down, leads)),
      );
    }
    if (named) return NAMED_SIGN;
    return rows && columns[at + 1]?.forward[0]?.name === "W" ? WIDE_SIGN : SIGN;
  });
  return (layers - 1) * LAYER_GAP + each.reduce((sum, one) => sum + one, 0);
}

/** The width of a matrix's caption. @param {Trace} trace @param {Part} part @param {boolean} rows @param {number} down @param {boolean} leads */
function captionOf(trace, part, rows, down, leads) {
  const values = valuesOf(trace, part) ?? [[]];
  const tall = (rows ? values[0].length : values.length) > down;
  if (leads && tall) return `${trace.count}×${values.length}, ${down}×2 in sight`.length * LETTER;
  const means = byExample(part.name) && part.name !== "y" && trace.shown < trace.count;
  return means ? `mean of ${trace.count}`.length * LETTER : 0;
}

/** @param {Trace} trace @param {Part} part @param {boolean} rows @param {number} across @param {number} down @param {boolean} leads whether it has scroll bars */
function boxOf(trace, part, rows, across, down, leads) {
  const values = valuesOf(trace, part) ?? [[]];
  const [tall, wide] = rows ? [values[0].length, values.length] : [values.length, values[0].length];
  return (
    Math.min(wide, across) * WIDTH + EDGES + (leads && tall > down ? BAR : 0) + (part.name === "A0" && rows ? MARKS : 0)
  );
}
