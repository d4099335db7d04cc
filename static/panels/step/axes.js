/** Keeps matrices at the same units and examples: what scrolls along an axis takes along all that share it. */

/**
 * @typedef {object} Side
 * @property {HTMLElement} box
 * @property {"scrollTop" | "scrollLeft"} side
 * @property {number} size of one cell along it, in pixels
 */

export function createAxes() {
  /** @type {Map<string, Side[]>} */
  const axes = new Map();
  /** @type {Map<HTMLElement, {scrollTop: number, scrollLeft: number}>} where each stands, so that a box moved by another one does not move others */
  const known = new Map();

  /** @param {string} axis @param {Side} leader */
  function follow(axis, leader) {
    const index = leader.box[leader.side] / leader.size;
    for (const { box, side, size } of axes.get(axis) ?? []) {
      if (box === leader.box) continue;
      box[side] = index * size;
      /** @type {any} */ (known.get(box))[side] = box[side];
    }
  }

  return {
    /**
     * @param {HTMLElement} box that scrolls
     * @param {[axis: string | null, size: number]} down what its rows are; null for nothing that others have
     * @param {[axis: string | null, size: number]} across
     */
    tie(box, down, across) {
      const at = { scrollTop: 0, scrollLeft: 0 };
      known.set(box, at);
      /** @type {[string, Side][]} */
      const own = [];
      for (const [side, [axis, size]] of /** @type {const} */ ([
        ["scrollTop", down],
        ["scrollLeft", across],
      ])) {
        if (axis === null) continue;
        const tied = { box, side, size };
        own.push([axis, tied]);
        axes.set(axis, [...(axes.get(axis) ?? []), tied]);
      }
      box.addEventListener("scroll", () => {
        for (const [axis, tied] of own) {
          if (Math.abs(box[tied.side] - at[tied.side]) < 1) continue;
          at[tied.side] = box[tied.side];
          follow(axis, tied);
        }
      });
    },
  };
}
