/** Two hairlines from a cell to the box with its sum: vertical below the cell, spreading in the gap above the box. */

const GAP = 18;
const SVG = "http://www.w3.org/2000/svg";

/** @param {HTMLElement} root what they are drawn in */
export function createHairlines(root) {
  const element = document.createElementNS(SVG, "svg");
  element.setAttribute("class", "hairlines");
  element.setAttribute("aria-hidden", "true");
  const lines = [0, 1].map(() => element.appendChild(document.createElementNS(SVG, "polyline")));
  return {
    element,
    /** @param {DOMRect | null} cell null where it is out of sight @param {HTMLElement} target */
    draw(cell, target) {
      const origin = root.getBoundingClientRect();
      const box = target.getBoundingClientRect();
      const above = cell !== null && cell.bottom <= box.top - GAP;
      element.toggleAttribute("hidden", !above);
      if (!above) return;
      lines.forEach((line, side) => {
        const [from, to] = side ? [cell.right - 0.5, box.right - 0.5] : [cell.left + 0.5, box.left + 0.5];
        const points = [
          [from, cell.bottom],
          [from, box.top - GAP],
          [to, box.top],
        ];
        const text = points.map(([x, y]) => [x - origin.left, y - origin.top].join()).join(" ");
        if (line.getAttribute("points") !== text) line.setAttribute("points", text);
      });
    },
  };
}
