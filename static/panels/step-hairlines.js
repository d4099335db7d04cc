/** Two hairlines from a cell to the box it opens into. */

const SVG = "http://www.w3.org/2000/svg";

/** @param {HTMLElement} root what they are drawn in */
export function createHairlines(root) {
  const element = document.createElementNS(SVG, "svg");
  element.setAttribute("class", "hairlines");
  element.setAttribute("aria-hidden", "true");
  const lines = [0, 1].map(() => element.appendChild(document.createElementNS(SVG, "line")));
  return {
    element,
    /** @param {DOMRect | null} cell null where it is out of sight @param {HTMLElement} target */
    draw(cell, target) {
      element.toggleAttribute("hidden", !cell);
      if (!cell) return;
      const origin = root.getBoundingClientRect();
      const box = target.getBoundingClientRect();
      lines.forEach((line, side) => {
        const [x1, x2] = side ? [cell.right, box.right] : [cell.left, box.left];
        line.setAttribute("x1", String(x1 - origin.left));
        line.setAttribute("y1", String(cell.bottom - origin.top));
        line.setAttribute("x2", String(x2 - origin.left));
        line.setAttribute("y2", String(box.top - origin.top));
      });
    },
  };
}
