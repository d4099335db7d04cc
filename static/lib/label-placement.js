/** Places labels on a picture so that they do not overlap: each takes the first free one of its places. */

/** @typedef {{left: number, top: number, right: number, bottom: number}} Box */

/** @param {Box} a @param {Box} b */
const overlap = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;

/** @param {Box} within what all words stay inside @param {number} [height] of a line */
export function createLabels(within, height = 14) {
  /** @type {Box[]} */
  const taken = [];
  return {
    /** Keeps a place free of words. @param {Box} box */
    reserve(box) {
      taken.push(box);
    },
    /**
     * The first free one of some places, moved inside the picture and taken; null where none is free.
     * @param {number} width of the words
     * @param {{x: number, y: number, align: CanvasTextAlign}[]} places where they may be anchored, y in their middle
     */
    place(width, places) {
      for (const { x, y, align } of places) {
        const before = align === "left" ? 0 : align === "right" ? width : width / 2;
        const left = Math.max(within.left + 5, Math.min(within.right - 5 - width, x - before));
        const middle = Math.max(within.top + 9, Math.min(within.bottom - 9, y));
        const box = { left: left - 3, top: middle - height / 2, right: left + width + 3, bottom: middle + height / 2 };
        if (taken.some((other) => overlap(box, other))) continue;
        taken.push(box);
        return { left, middle };
      }
      return null;
    },
  };
}
