/** Finds the link or bias of the network under a point. */

import { biasSpot, pointOn } from "./geometry.js";

/** The link nearest to a point, if one is within reach. @param {Geometry} geometry @param {number} x @param {number} y @param {number} reach */
export function linkAt(geometry, x, y, reach) {
  let nearest = reach;
  /** @type {{layer: number, row: number, column: number} | null} */
  let found = null;
  geometry.layers.slice(1).forEach((to, layer) => {
    const from = geometry.layers[layer] ?? [];
    const start = from[0];
    const end = to[0];
    if (!start || !end) return;
    const low = geometry.vertical ? start.y + start.size : start.x + start.size;
    const high = geometry.vertical ? end.y : end.x;
    const along = geometry.vertical ? y : x;
    if (along < low || along > high) return;
    // Along a curve whose control points stand at the middle, the share of the way fixes t: 1.5 t (1 - t) + t^3.
    const t = parameterAt((along - low) / (high - low));
    to.forEach((target, row) => {
      from.forEach((source, column) => {
        const at = pointOn(source, target, geometry.vertical, t);
        const distance = geometry.vertical ? Math.abs(at.x - x) : Math.abs(at.y - y);
        if (distance < nearest) {
          nearest = distance;
          found = { layer, row, column };
        }
      });
    });
  });
  return /** @type {{layer: number, row: number, column: number} | null} */ (found);
}

/** Solves 1.5 t (1 - t) + t^3 = share by bisection. @param {number} share */
function parameterAt(share) {
  let low = 0;
  let high = 1;
  for (let i = 0; i < 20; i++) {
    const t = (low + high) / 2;
    if (1.5 * t * (1 - t) + t ** 3 < share) low = t;
    else high = t;
  }
  return (low + high) / 2;
}

/** The bias under a point. @param {Geometry} geometry @param {number} x @param {number} y */
export function biasAt({ layers }, x, y) {
  for (let layer = 1; layer < layers.length; layer++) {
    const unit = layers[layer].findIndex((box) => {
      const spot = biasSpot(box);
      return Math.hypot(x - spot.x, y - spot.y) < spot.radius + 2;
    });
    if (unit >= 0) return { layer, unit };
  }
  return null;
}
