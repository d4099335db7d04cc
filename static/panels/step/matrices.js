/** The matrices of a pass on the sheet: each with its name and shape, and what outlines or hides several of them. */

import { make } from "../../ui/dom.js";
import { withExampleMarks } from "./example-marks.js";
import { HEIGHT, WIDTH } from "./layout.js";
import { createMatrix } from "./matrix.js";
import { quantity, WORDS } from "./names.js";
import { byExample, scaleOf, valuesOf } from "./pass-data.js";
import { createScrollSync } from "./scroll-sync.js";

/** @import {Cell, MatrixView, Name, Part, Layout, MatricesSetting, CellRange, Trace} from "./types.js" */

const UPDATE = new Set(["uW", "ub"]);
/** Matrices that show scroll bars; the others scroll with them. */
const LEADERS = new Set(["A0", "W", "uW"]);
/** Matrices that are hidden together with another. @type {Partial<Record<Name, Name>>} */
const PLACED_WITH = { ub: "uW", D: "A" };

export const keyOf = (/** @type {Part} */ { name, layer }) => `${name}${layer}`;

/** @param {MatricesSetting} setting */
export function createMatrices({ trace, rows, layout, masks, classes, colours, open, scrolled }) {
  /** @type {Map<string, {view: MatrixView, part: Part, figure: HTMLElement}>} */
  const made = new Map();
  const axes = createScrollSync();
  /** Rows are examples: then all is transposed. @type {<T>(a: T, b: T) => [T, T]} */
  const turn = (a, b) => (rows ? [b, a] : [a, b]);

  /** What the rows and columns of a matrix count, as the API writes it. @param {Part} part @returns {[string | null, string | null]} */
  function countsOf({ name, layer }) {
    const units = `units ${layer + 1}`;
    if (name === "A0") return ["units 0", "examples"];
    if (byExample(name)) return [units, "examples"];
    return [units, name.endsWith("b") ? null : `units ${layer}`];
  }

  function syncScroll(/** @type {MatrixView} */ view, /** @type {[string | null, string | null]} */ counts) {
    const [down, across] = turn(...counts);
    axes.tie(view.box, [down, HEIGHT], [across, WIDTH]);
  }

  function matrix(/** @type {Part} */ part, /** @type {boolean} */ leads) {
    const values = valuesOf(trace, part);
    if (!values) return null;
    const [down, across] = turn(values.length, values[0].length);
    const mask = part.name === "W" ? masks[part.layer] : null;
    const view = createMatrix(
      {
        label: `${WORDS[part.name]}, layer ${part.layer + 1}, ${down} by ${across}`,
        rows: down,
        columns: across,
        value: (r, c) => {
          const [i, j] = turn(r, c);
          return values[i]?.[j] ?? null;
        },
        ...scaleOf(trace, part),
        shape: turn(values.length, byExample(part.name) ? trace.count : values[0].length).join("×"),
        whole: part.name === "y" && values.every((line) => line.every(Number.isInteger)),
        word: (r, c) => {
          const [i, j] = turn(r, c);
          return mask?.[i]?.[j] === false ? "cut" : null;
        },
        leads,
        open: (r, c) => {
          const [row, column] = turn(r, c);
          open({ ...part, row, column });
        },
        scrolled,
      },
      colours,
      UPDATE.has(part.name) ? layout.update : layout,
    );
    syncScroll(view, countsOf(part));
    return view;
  }

  /** The means over all examples, where not all are listed. @param {Part} part */
  function means({ name, layer }) {
    const values = trace.shown < trace.count ? trace.layers[layer].mean[name === "A0" ? "A_prev" : name] : null;
    if (!values) return [];
    const [down, across] = turn(values.length, 1);
    const view = createMatrix(
      {
        label: `means of the ${WORDS[name]}, layer ${layer + 1}, over all ${trace.count} examples`,
        rows: down,
        columns: across,
        value: (r, c) => values[turn(r, c)[0]],
        ...scaleOf(trace, { name, layer }),
        whole: false,
        shape: turn(values.length, 1).join("×"),
        leads: false,
        open: null,
        scrolled: () => undefined,
      },
      colours,
      layout,
    );
    syncScroll(view, [countsOf({ name, layer })[0], null]);
    return [make("div", { class: "label" }, [`mean of ${trace.count}`]), view.box];
  }

  return {
    /** A matrix under its name and shape, a bias as one more row under its weights; null where there is none. @param {Part} part @param {boolean} [incoming] whether it is what comes into the only layer shown */
    named(part, incoming = false) {
      const view = matrix(part, incoming || LEADERS.has(part.name));
      if (!view) return null;
      const name = quantity(part);
      const box =
        part.name === "A0"
          ? withExampleMarks(trace, view.box, rows, rows ? layout.down : layout.across, classes)
          : view.box;
      const under = rows && part.name.endsWith("b");
      const shape = under ? make("div", { class: "label" }, [view.shape]) : view.caption;
      const figure = under
        ? make("div", { class: "matrix under" }, [make("span", { class: "beside" }, [name]), box, shape])
        : make("div", { class: "matrix" }, [make("div", { class: "name" }, [name]), shape, box]);
      if (byExample(part.name) && part.name !== "y") figure.append(...means(part));
      made.set(keyOf(part), { view, part, figure });
      return figure;
    },
    /** Removes the matrices of an update that is no longer on the sheet. */
    dropUpdate() {
      for (const [key, { part }] of made) if (UPDATE.has(part.name)) made.delete(key);
    },
    has: (/** @type {Part} */ part) => made.has(keyOf(part)),
    /** Where a cell is on the screen; null where it is out of sight. @param {Cell} cell */
    rectangle(cell) {
      const [row, column] = turn(cell.row, cell.column);
      return made.get(keyOf(cell))?.view.rectangle(row, column) ?? null;
    },
    /** Brings a cell into the window of its matrix. @param {Cell} cell */
    reveal(cell) {
      const [row, column] = turn(cell.row, cell.column);
      made.get(keyOf(cell))?.view.reveal(row, column);
    },
    /** Outlines a cell and what it is computed from. @param {Cell} cell @param {CellRange[]} from */
    open(cell, from) {
      for (const { view, part } of made.values()) {
        const [row, column] = turn(cell.row, cell.column);
        view.open(keyOf(cell) === keyOf(part) ? { row, column } : null);
        const strips = from.filter((strip) => keyOf(strip) === keyOf(part));
        view.outline(
          strips.map((strip) => {
            const [r, c] = turn(strip.row, strip.column);
            return { row: r, column: c };
          }),
        );
      }
    },
    /** Shows a pass as far as one step: what is computed there, from what, and nothing of what follows. @param {Part | null} now @param {Part[]} from @param {Set<string>} later */
    follow(now, from, later) {
      for (const { part, figure } of made.values()) {
        const own = keyOf({ ...part, name: PLACED_WITH[part.name] ?? part.name });
        figure.classList.toggle("now", now !== null && part.name !== "D" && keyOf(now) === own);
        figure.classList.toggle(
          "source",
          from.some((each) => keyOf(each) === keyOf(part)),
        );
        figure.classList.toggle("later", later.has(own));
      }
    },
  };
}
