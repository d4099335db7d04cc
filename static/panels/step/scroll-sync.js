/** Scrolls matrices together: those that share an axis show the same units or examples. */

/** @import {ScrollSide} from "./types.js" */

export function createScrollSync() {
  /** @type {Map<string, ScrollSide[]>} */
  const axes = new Map();
  /** @type {Map<HTMLElement, {scrollTop: number, scrollLeft: number}>} last known positions, so that a box scrolled by another one scrolls no others */
  const known = new Map();

  function follow(/** @type {string} */ axis, /** @type {ScrollSide} */ leader) {
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
     * @param {[axis: string | null, size: number]} down the axis of its rows; null where no other matrix shares it
     * @param {[axis: string | null, size: number]} across
     */
    tie(box, down, across) {
      const at = { scrollTop: 0, scrollLeft: 0 };
      known.set(box, at);
      /** @type {[string, ScrollSide][]} */
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
