/** Columns of numbers prepared for charts: smoothed as in TensorBoard, and thinned to the pixels of the screen. */

/**
 * Exponential smoothing with the start's bias divided out; values that are no number pass through.
 * @param {Float32Array} values @param {number} count
 * @param {number} weight 0 to 1
 */
export function smooth(values, count, weight) {
  const out = new Float32Array(count);
  let sum = 0;
  let seen = 0;
  for (let i = 0; i < count; i++) {
    const value = values[i];
    if (!Number.isFinite(value)) {
      out[i] = value;
      continue;
    }
    seen++;
    sum = sum * weight + (1 - weight) * value;
    out[i] = sum / (1 - weight ** seen);
  }
  return out;
}

/**
 * The least and greatest of the finite values, above `floor`; null when there is none.
 * @param {ArrayLike<number>} values @param {number} count @param {number} [floor] @returns {[number, number] | null}
 */
export function extent(values, count, floor = Number.NEGATIVE_INFINITY) {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < count; i++) {
    const value = values[i];
    if (!(value > floor) || !Number.isFinite(value)) continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return low <= high ? [low, high] : null;
}

/**
 * The indices of finite values without a finite neighbour: a line drawn through the values does not show them.
 * @param {ArrayLike<number>} values @param {number} count
 */
export function isolated(values, count) {
  const found = [];
  for (let i = 0; i < count; i++) {
    const beside = (i > 0 && Number.isFinite(values[i - 1])) || (i + 1 < count && Number.isFinite(values[i + 1]));
    if (Number.isFinite(values[i]) && !beside) found.push(i);
  }
  return found;
}

/**
 * Calls `line` with points in order: each where there are few, the least and greatest of each pixel where there are many.
 * @param {ArrayLike<number>} epochs @param {ArrayLike<number>} values @param {number} count
 * @param {(epoch: number) => number} x to pixels
 * @param {(value: number) => number} y @param {(x: number, y: number, starts: boolean) => void} line
 */
export function forEachPoint(epochs, values, count, x, y, line) {
  let starts = true;
  let column = Number.NaN;
  let low = 0;
  let high = 0;
  let last = 0;
  let first = 0;
  // Half a pixel while there is room; a whole one where every column holds many.
  const grain = count > 2 * Math.abs(x(epochs[count - 1]) - x(epochs[0])) ? 1 : 2;
  const flush = () => {
    if (Number.isNaN(column)) return;
    line(column, first, starts);
    starts = false;
    if (low !== high) {
      line(column, low, false);
      line(column, high, false);
      line(column, last, false);
    }
    column = Number.NaN;
  };
  for (let i = 0; i < count; i++) {
    const value = values[i];
    if (!Number.isFinite(value)) {
      flush();
      starts = true;
      continue;
    }
    const at = Math.round(x(epochs[i]) * grain) / grain;
    const level = y(value);
    if (at !== column) {
      flush();
      column = at;
      first = low = high = last = level;
    } else {
      if (level < low) low = level;
      if (level > high) high = level;
      last = level;
    }
  }
  flush();
}
