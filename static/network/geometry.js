/** The places of the units: measured once a layout, then used by every canvas of the network. */

/** @param {HTMLElement} net @param {string[]} features names of those in use, in the order of the weights @returns {Geometry} */
export function measure(net, features) {
  const frame = net.getBoundingClientRect();
  const vertical = getComputedStyle(/** @type {Element} */ (net.querySelector(".layers"))).flexDirection === "column";
  /** @param {Element} element @returns {Box} */
  const boxOf = (element) => {
    const rect = element.getBoundingClientRect();
    return { x: rect.left - frame.left, y: rect.top - frame.top, size: rect.width };
  };
  const tiles = [...net.querySelectorAll(".feature:not([hidden])")].map((element) => {
    const name = /** @type {HTMLElement} */ (element).dataset.feature ?? "";
    return { box: boxOf(element), name, used: features.includes(name) };
  });
  const inputs = features.map((name) => tiles.find((tile) => tile.name === name)?.box ?? { x: 0, y: 0, size: 0 });
  const others = [...net.querySelectorAll(".layer:not(.inputs)")].map((layer) =>
    [...layer.querySelectorAll(".unit")].map(boxOf),
  );
  const layers = [inputs, ...others];
  /** @type {Path2D[][][]} */
  const paths = [];
  for (let l = 1; l < layers.length; l++) {
    const from = layers[l - 1] ?? [];
    paths.push((layers[l] ?? []).map((to) => from.map((start) => curve(start, to, vertical))));
  }
  return { width: frame.width, height: frame.height, vertical, layers, features: tiles, paths };
}

/** The four control points of the curve from one unit to another. @param {Box} from @param {Box} to @param {boolean} vertical */
export function controls(from, to, vertical) {
  if (vertical) {
    const [x0, y0, x1, y1] = [from.x + from.size / 2, from.y + from.size, to.x + to.size / 2, to.y];
    const half = (y1 - y0) / 2;
    return [x0, y0, x0, y0 + half, x1, y1 - half, x1, y1];
  }
  const [x0, y0, x1, y1] = [from.x + from.size, from.y + from.size / 2, to.x, to.y + to.size / 2];
  const half = (x1 - x0) / 2;
  return [x0, y0, x0 + half, y0, x1 - half, y1, x1, y1];
}

/** @param {Box} from @param {Box} to @param {boolean} vertical */
function curve(from, to, vertical) {
  const [x0 = 0, y0 = 0, x1 = 0, y1 = 0, x2 = 0, y2 = 0, x3 = 0, y3 = 0] = controls(from, to, vertical);
  const path = new Path2D();
  path.moveTo(x0, y0);
  path.bezierCurveTo(x1, y1, x2, y2, x3, y3);
  return path;
}

/** A point on the curve between two units, `t` from 0 to 1. @param {Box} from @param {Box} to @param {boolean} vertical @param {number} t */
export function pointOn(from, to, vertical, t) {
  const [x0 = 0, y0 = 0, x1 = 0, y1 = 0, x2 = 0, y2 = 0, x3 = 0, y3 = 0] = controls(from, to, vertical);
  const u = 1 - t;
  const a = u * u * u;
  const b = 3 * u * u * t;
  const c = 3 * u * t * t;
  const d = t * t * t;
  return { x: a * x0 + b * x1 + c * x2 + d * x3, y: a * y0 + b * y1 + c * y2 + d * y3 };
}

/** Where the dot of a unit's bias stands: on its lower left corner. @param {Box} box */
export const biasSpot = ({ x, y, size }) => ({ x: x + 1, y: y + size - 1, radius: Math.max(3, size * 0.12) });
