/** The projection of a height field: where its points are drawn, in which order, and which of them are hidden. */

/** @typedef {{turn: number, tilt: number}} View radians: about the vertical, and up from the horizon */

/** How high the field stands, where its ground is 2 by 2. */
export const HEIGHT = 0.9;

/**
 * Across and up on the screen for a place on the ground, -1 to 1 both ways, and a height of 0 to 1; no perspective.
 * @param {View} view @param {number} u @param {number} v @param {number} h @returns {[number, number]}
 */
export function project({ turn, tilt }, u, v, h) {
  const away = u * Math.sin(turn) + v * Math.cos(turn);
  return [u * Math.cos(turn) - v * Math.sin(turn), away * Math.sin(tilt) + (h - 0.5) * HEIGHT * Math.cos(tilt)];
}

/** The columns and rows of cells, farthest first. @param {View} view @param {number} count of cells along a side */
export function order({ turn }, count) {
  const ascending = Array.from({ length: count }, (_, i) => i);
  return {
    columns: Math.sin(turn) > 0 ? ascending.toReversed() : ascending,
    rows: Math.cos(turn) > 0 ? ascending.toReversed() : ascending,
  };
}

/**
 * The height between the points of a grid.
 * @param {ArrayLike<number>} heights size x size, row after row
 * @param {number} size
 * @param {number} u -1 to 1 along a row
 * @param {number} v
 */
export function sample(heights, size, u, v) {
  const x = Math.min(size - 1, Math.max(0, ((u + 1) / 2) * (size - 1)));
  const y = Math.min(size - 1, Math.max(0, ((v + 1) / 2) * (size - 1)));
  const i = Math.min(size - 2, Math.floor(x));
  const j = Math.min(size - 2, Math.floor(y));
  const row = (/** @type {number} */ at) => heights[at + i] + (heights[at + i + 1] - heights[at + i]) * (x - i);
  return row(j * size) + (row((j + 1) * size) - row(j * size)) * (y - j);
}

/**
 * Whether the field stands between a point and the eye.
 * @param {View} view @param {ArrayLike<number>} heights @param {number} size @param {number} u @param {number} v
 * @param {number} h
 */
export function hidden({ turn, tilt }, heights, size, u, v, h) {
  const [across, along, up] = [
    -Math.sin(turn) * Math.cos(tilt),
    -Math.cos(turn) * Math.cos(tilt),
    Math.sin(tilt) / HEIGHT,
  ];
  for (let t = 0.05; t < 4; t += 0.025) {
    const [x, y, z] = [u + across * t, v + along * t, h + up * t];
    if (Math.abs(x) > 1 || Math.abs(y) > 1 || z > 1) return false;
    if (sample(heights, size, x, y) > z + 0.015) return true;
  }
  return false;
}

/**
 * Round levels for contour lines, about `count` of them.
 * @param {Scale} scale
 * @param {(low: number, high: number) => Scale} evenly used where the scale has too few round values
 * @param {number} [count]
 */
export function levels(scale, evenly, count = 9) {
  const round = scale.ticks(count);
  return (round.length < count / 2 ? evenly(scale.low, scale.high).ticks(count) : round).filter(
    (level) => level > scale.low && level < scale.high,
  );
}
