/** One matrix as a grid of figures: a window of a few cells that scrolls over the rest. */

import { signedColour } from "../../charts/palette.js";
import { fixed, tenTo } from "../../lib/format.js";
import { make, write } from "../../ui/dom.js";
import { BAR, HEIGHT, WIDTH } from "./layout.js";

/** @import {Range, MatrixSpec} from "./types.js" */

/** Cells use only a part of the colour ramp, so that figures stay readable on them. */
export const STRENGTH = 0.46;

/** @param {MatrixSpec} spec @param {Palette} colours @param {{across: number, down: number}} layout the most cells in sight */
export function createMatrix(spec, colours, layout) {
  const { rows, columns } = spec;
  const across = Math.min(columns, layout.across);
  const down = Math.min(rows, layout.down);
  const tall = rows > down;
  const wide = columns > across;
  const table = make("table", {
    role: spec.open ? "grid" : "table",
    "aria-label": spec.label,
    "aria-rowcount": String(rows),
    "aria-colcount": String(columns),
  });
  const field = make("div", { class: "field-of" }, [table]);
  const box = make("div", { class: "box" }, [field]);
  box.classList.toggle("scrolls", tall || wide);
  box.classList.toggle("led", !spec.leads);
  if (!spec.open && (tall || wide)) box.tabIndex = 0;
  box.style.width = `${across * WIDTH + (tall && spec.leads ? BAR : 0) + 2}px`;
  box.style.height = `${down * HEIGHT + (wide && spec.leads ? BAR : 0) + 2}px`;
  field.style.width = `${columns * WIDTH}px`;
  field.style.height = `${rows * HEIGHT}px`;

  const cells = Array.from({ length: down + (tall ? 1 : 0) }, () => {
    const line = make("tr");
    table.append(line);
    return Array.from({ length: across + (wide ? 1 : 0) }, () => {
      const cell = make("td");
      line.append(cell);
      return cell;
    });
  });
  let top = 0;
  let left = 0;
  let focus = { row: 0, column: 0 };
  /** @type {{row: number, column: number} | null} */
  let opened = null;
  /** @type {HTMLElement[]} */
  let strips = [];

  function figure(/** @type {number} */ value) {
    const scaled = value / 10 ** spec.power;
    return fixed(scaled, spec.whole ? 0 : Math.abs(scaled) < 10 ? 3 : 2);
  }

  /** The shape as the articles give it, the power of ten of the figures, and how much is in sight at once. */
  const caption = make("div", { class: "label" });
  function writeCaption() {
    const sight = spec.leads && (tall || wide) && `${down}×${across} in sight`;
    const from = Math.round(box.scrollLeft / WIDTH) + 1;
    const part = wide && `columns ${from}–${from + across - 1} of ${columns}`;
    write(caption, [spec.shape, spec.power && `×${tenTo(spec.power)}`, sight || part].filter(Boolean).join(", "));
  }

  function paint() {
    writeCaption();
    top = Math.min(rows - cells.length, Math.max(0, Math.floor(box.scrollTop / HEIGHT)));
    left = Math.min(columns - cells[0].length, Math.max(0, Math.floor(box.scrollLeft / WIDTH)));
    table.style.transform = top || left ? `translate(${left * WIDTH}px, ${top * HEIGHT}px)` : "";
    cells.forEach((line, i) => {
      line[0].parentElement?.setAttribute("aria-rowindex", String(top + i + 1));
      line.forEach((cell, j) => {
        paintCell(cell, top + i, left + j);
      });
    });
  }

  /** @param {HTMLTableCellElement} cell @param {number} row @param {number} column */
  function paintCell(cell, row, column) {
    const value = spec.value(row, column);
    const word = spec.word?.(row, column) ?? null;
    write(cell, word ?? (value === null ? "–" : figure(value)));
    cell.classList.toggle("word", word !== null);
    cell.style.backgroundColor = signedColour(colours, (STRENGTH * (value ?? 0)) / (spec.largest || 1));
    cell.setAttribute("aria-colindex", String(column + 1));
    if (!spec.open) return;
    cell.tabIndex = row === focus.row && column === focus.column ? 0 : -1;
    cell.setAttribute("aria-selected", String(opened?.row === row && opened.column === column));
  }

  function placeOf(/** @type {EventTarget | null} */ target) {
    const cell = /** @type {HTMLElement} */ (target).closest("td");
    const i = cells.findIndex((line) => line.includes(/** @type {HTMLTableCellElement} */ (cell)));
    return i < 0 ? null : { row: top + i, column: left + cells[i].indexOf(/** @type {any} */ (cell)) };
  }

  /** Scrolls a cell into the window. @param {number} row @param {number} column */
  function reveal(row, column) {
    /** @param {number} at @param {number} index @param {number} size @param {number} window */
    const into = (at, index, size, window) => Math.min(index * size, Math.max(at, (index + 1 - window) * size));
    if (tall) box.scrollTop = into(box.scrollTop, row, HEIGHT, down);
    if (wide) box.scrollLeft = into(box.scrollLeft, column, WIDTH, across);
  }

  box.addEventListener("scroll", () => {
    paint();
    spec.scrolled();
  });
  if (spec.open) {
    const open = spec.open;
    table.addEventListener("click", (event) => {
      const place = placeOf(event.target);
      if (!place) return;
      focus = place;
      paint();
      open(place.row, place.column);
    });
    table.addEventListener("keydown", (event) => {
      const place = placeOf(event.target);
      if (!place) return;
      if (event.key === "Enter" || event.key === " ") {
        event.preventDefault();
        open(place.row, place.column);
        return;
      }
      const by = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key];
      const ends = { Home: [place.row, 0], End: [place.row, columns - 1] }[event.key];
      if (!by && !ends) return;
      event.preventDefault();
      const [row, column] = ends ?? [place.row + (by?.[0] ?? 0), place.column + (by?.[1] ?? 0)];
      focus = { row: Math.min(rows - 1, Math.max(0, row)), column: Math.min(columns - 1, Math.max(0, column)) };
      reveal(focus.row, focus.column);
      paint();
      cells[focus.row - top]?.[focus.column - left]?.focus({ preventScroll: false });
    });
  }
  paint();

  return {
    box,
    shape: spec.shape,
    caption,
    /** Outlines the opened cell, or none. @param {{row: number, column: number} | null} place */
    open(place) {
      opened = place;
      if (place) focus = place;
      paint();
    },
    /** Outlines rows, columns or cells that another cell is computed from. @param {Range[]} ranges */
    outline(ranges) {
      for (const strip of strips) strip.remove();
      strips = ranges.map(({ row, column }) => {
        const strip = make("div", { class: "strip" });
        strip.style.left = `${(column ?? 0) * WIDTH}px`;
        strip.style.top = `${(row ?? 0) * HEIGHT}px`;
        strip.style.width = `${(column === null ? columns : 1) * WIDTH}px`;
        strip.style.height = `${(row === null ? rows : 1) * HEIGHT}px`;
        field.append(strip);
        return strip;
      });
    },
    reveal,
    /** The rectangle of a cell on the screen; null when it is scrolled out of the window. @param {number} row @param {number} column */
    rectangle(row, column) {
      const cell = cells[row - top]?.[column - left];
      if (!cell) return null;
      const inner = cell.getBoundingClientRect();
      const outer = box.getBoundingClientRect();
      const middle = [(inner.left + inner.right) / 2, (inner.top + inner.bottom) / 2];
      const inside =
        middle[0] > outer.left && middle[0] < outer.right && middle[1] > outer.top && middle[1] < outer.bottom;
      return inside ? inner : null;
    },
  };
}
