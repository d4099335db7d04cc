/** Where a sampled function jumps: there it is drawn as two pieces, not as a slope. */

/** The indices after which the values jump; the value at the place itself is the one before it. @param {number[]} values at even steps */
export function discontinuities(values) {
  const change = (/** @type {number} */ i) => Math.abs((values[i + 1] ?? values[i]) - (values[i] ?? values[i + 1]));
  return values.flatMap((_, i) => {
    const around = Math.max(i > 0 ? change(i - 1) : 0, i + 2 < values.length ? change(i + 1) : 0);
    return i + 1 < values.length && change(i) > 0.02 && change(i) > 3 * around ? [i] : [];
  });
}
