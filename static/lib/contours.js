/** Marching squares: the line where a grid of values crosses a level. */

/**
 * @param {ArrayLike<number>} values size x size, row after row
 * @param {number} size @param {number} level
 * @returns {Float32Array} segments x0, y0, x1, y1 in grid units (column, row)
 */
export function contour(values, size, level) {
  /** @type {number[]} */
  const out = [];
  for (let row = 0; row + 1 < size; row++) {
    for (let column = 0; column + 1 < size; column++) {
      const at = row * size + column;
      const a = values[at] - level;
      const b = values[at + 1] - level;
      const c = values[at + size + 1] - level;
      const d = values[at + size] - level;
      const key = (a > 0 ? 1 : 0) | (b > 0 ? 2 : 0) | (c > 0 ? 4 : 0) | (d > 0 ? 8 : 0);
      if (key === 0 || key === 15) continue;
      const across = [
        column + a / (a - b),
        row,
        column + 1,
        row + b / (b - c),
        column + d / (d - c),
        row + 1,
        column,
        row + a / (a - d),
      ];
      for (const edge of edgesOf(key, a + b + c + d > 0)) out.push(across[edge * 2], across[edge * 2 + 1]);
    }
  }
  return Float32Array.from(out);
}

const [TOP, RIGHT, BOTTOM, LEFT] = [0, 1, 2, 3];
const EDGES = [
  [],
  [LEFT, TOP],
  [TOP, RIGHT],
  [LEFT, RIGHT],
  [RIGHT, BOTTOM],
  [TOP, RIGHT, LEFT, BOTTOM],
  [TOP, BOTTOM],
  [LEFT, BOTTOM],
];

/**
 * The edges of a cell that the line joins, in pairs; `key` has a bit for each corner above the level.
 * @param {number} key
 * @param {boolean} high whether the cell's middle is above it, which decides the two saddle cases
 */
function edgesOf(key, high) {
  if (key === 5 || key === 10) return high === (key === 5) ? EDGES[5] : [LEFT, TOP, RIGHT, BOTTOM];
  return EDGES[key < 8 ? key : 15 - key];
}
