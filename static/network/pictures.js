/** Inputs without a map of the plane: each by its distribution, or all as one picture, with the weights to them. */

import { encodedInputs } from "../state/names.js";

/** Bars of the picture of an input without a map. */
const BINS = 9;

/**
 * The inputs as one picture: what is on the pad, or else the means of the training points.
 * @param {CanvasRenderingContext2D} context @param {Geometry["features"]} features @param {State} state @param {Palette} colours
 */
export function drawCells(context, features, { drawn, held, run }, colours) {
  const values = drawn ?? held ?? [];
  context.fillStyle = colours.of("ink");
  features.forEach(({ box, used }, i) => {
    const { low, high } = run?.columns?.[i] ?? { low: 0, high: 1 };
    context.globalAlpha = used ? Math.min(1, Math.max(0, ((values[i] ?? low) - low) / (high - low))) : 0;
    context.fillRect(box.x, box.y, box.size, box.size);
  });
  context.globalAlpha = 1;
}

/**
 * A unit's weights as a picture of resolution x resolution bytes, from the most negative possible to the most positive, 128 for none.
 * @param {{data: ArrayLike<number>, shape: number[]}} weights @param {number} unit @param {Geometry["features"]} features @param {number} side
 * @param {number} resolution
 */
export function cellsOfWeights(weights, unit, features, side, resolution) {
  const inputs = weights.shape.at(-1) ?? 0;
  const own = Array.from({ length: inputs }, (_, i) => weights.data[unit * inputs + i]);
  const most = Math.max(1e-9, ...own.map(Math.abs));
  let next = 0;
  const cells = features.map(({ used }) => (used ? own[next++] : 0));
  return Array.from({ length: resolution * resolution }, (_, i) => {
    const row = side - 1 - Math.floor((Math.floor(i / resolution) * side) / resolution);
    const cell = row * side + Math.floor(((i % resolution) * side) / resolution);
    return Math.round(127.5 + (cells[cell] / most) * 127.5);
  });
}

/** @param {CanvasRenderingContext2D} context @param {Box} box @param {number[]} heights @param {Palette} colours */
function drawSpread(context, { x, y, size }, heights, colours) {
  context.fillStyle = colours.of("paper");
  context.fillRect(x, y, size, size);
  context.fillStyle = colours.of("edge");
  const wide = (size - 6) / BINS;
  heights.forEach((share, i) => {
    const high = share * (size - 10);
    context.fillRect(x + 3 + i * wide, y + size - 3 - high, Math.max(1, wide - 0.75), high);
  });
}

function shares(/** @type {number[]} */ values) {
  const counts = new Array(BINS).fill(0);
  const low = Math.min(...values);
  const step = (Math.max(...values) - low) / BINS || 1;
  for (const value of values) counts[Math.min(BINS - 1, Math.floor((value - low) / step))]++;
  const most = Math.max(1, ...counts);
  return counts.map((count) => count / most);
}

/** @type {{of: Points | null, shares: number[][]}} */
let spreads = { of: null, shares: [] };

/**
 * The distribution of each input's values, least to greatest, scaled so that the most frequent is full height.
 * @param {CanvasRenderingContext2D} context @param {Geometry["features"]} inputs @param {State} state @param {Palette} colours
 */
export function drawSpreads(context, inputs, state, colours) {
  if (spreads.of !== state.points) spreads = { of: state.points, shares: [] };
  for (const { box, name, used } of inputs) {
    const input = Number(name.slice(1)) - 1;
    spreads.shares[input] ??= shares((state.points?.inputs ?? []).map((row) => given(state, row, input)));
    context.globalAlpha = used ? 1 : 0.4;
    drawSpread(context, box, spreads.shares[input], colours);
  }
  context.globalAlpha = 1;
}

/** What the network is given of a point. @param {State} state @param {(number | null)[]} row @param {number} input */
function given(state, row, input) {
  const encoded = encodedInputs(state)[input];
  if (!encoded) return row[input] ?? 0;
  const cell = row[encoded.column];
  if (encoded.missing) return Number(cell === null);
  return (encoded.value === null ? cell : Number(cell === encoded.value)) ?? 0;
}
