/** Strokes of a pen as the cells of a small picture, made as the digits of the data were: a bitmap of 32 x 32, counted in boxes of 4 x 4. */

/** @typedef {{x: number, y: number}[]} Stroke points of a line, x to the right and y down */

/** Pixels on a side of a cell: each cell counts 0 to 16. */
const BOX = 4;
/** Half the width of a line in pixels, so that as much is inked as in the data, 0.3 of the bitmap. */
const PEN = 2.1;
/** The share of the width that a drawing fills at most; in the data the outer columns are nearly blank. */
const WIDTH = 0.8;
/** Drawings smaller than this share of the pad are not enlarged further. */
const SMALLEST = 0.1;

/**
 * Ink of each cell, row by row from the top left, 0 to 16; the drawing is enlarged until it fills the height, and centred.
 * @param {Stroke[]} strokes in any unit of which the pad has 1 @param {number} side cells on a side @returns {number[]}
 */
export function cellsOf(strokes, side) {
  const cells = new Array(side * side).fill(0);
  const points = strokes.flat();
  if (!points.length) return cells;
  const pixels = side * BOX;
  const [left, right] = ends(points.map(({ x }) => x));
  const [top, bottom] = ends(points.map(({ y }) => y));
  const scale = Math.min(
    (pixels - 2 * PEN) / Math.max(bottom - top, SMALLEST),
    (WIDTH * pixels - 2 * PEN) / Math.max(right - left, SMALLEST),
  );
  const place = (/** @type {{x: number, y: number}} */ { x, y }) => ({
    x: pixels / 2 + (x - (left + right) / 2) * scale,
    y: pixels / 2 + (y - (top + bottom) / 2) * scale,
  });
  const lines = strokes.map((stroke) => stroke.map(place));
  for (let y = 0; y < pixels; y++) {
    for (let x = 0; x < pixels; x++) {
      if (lines.some((line) => touches(line, x + 0.5, y + 0.5)))
        cells[Math.floor(y / BOX) * side + Math.floor(x / BOX)]++;
    }
  }
  return cells;
}

const ends = (/** @type {number[]} */ values) => [Math.min(...values), Math.max(...values)];

/** Whether a line passes within the pen's half width of a point. @param {Stroke} line @param {number} x @param {number} y */
function touches(line, x, y) {
  for (let i = 0; i < line.length; i++) {
    const from = line[Math.max(0, i - 1)];
    const to = line[i];
    const [dx, dy] = [to.x - from.x, to.y - from.y];
    const length = dx * dx + dy * dy;
    const along = length ? Math.min(1, Math.max(0, ((x - from.x) * dx + (y - from.y) * dy) / length)) : 0;
    if (Math.hypot(x - from.x - along * dx, y - from.y - along * dy) < PEN) return true;
  }
  return false;
}

/**
 * What each cell adds to an answer: how much the log of the ratio of the two greatest probabilities falls when the cell is blank.
 * @param {number[][]} outputs of the whole picture, then of the picture with each of these cells blank
 * @param {number[]} cells that were blanked @param {number} count of all cells
 */
export function evidence(outputs, cells, count) {
  const [whole, ...blanked] = outputs;
  const order = whole.map((_, k) => k).sort((a, b) => whole[b] - whole[a]);
  const [first, second] = order;
  const margin = (/** @type {number[]} */ row) => Math.log((row[first] + 1e-30) / (row[second] + 1e-30));
  const shares = new Array(count).fill(0);
  cells.forEach((cell, i) => {
    shares[cell] = margin(whole) - margin(blanked[i]);
  });
  return { first, second, shares };
}
