/** The sheet of one pass: layer after layer, each gradient under what it belongs to, the update under the gradient. */

import { byExample, figures, scaleOf } from "../lib/passes.js";
import { lookOf } from "../lib/problem.js";
import { drawing, make } from "../views/dom.js";
import { createMatrix, HEIGHT, WIDTH, WINDOW } from "./step-matrix.js";

/** @typedef {import("../lib/passes.js").Part} Part */
/** @typedef {import("../lib/passes.js").Cell} Cell */
/** @typedef {import("./step-matrix.js").MatrixView} MatrixView */

/** @type {Record<string, string>} */
const WORDS = {
  A0: "inputs",
  W: "weights",
  b: "biases",
  Z: "weighted sums",
  A: "outputs",
  y: "targets",
  dA: "gradient of the outputs",
  dZ: "gradient of the weighted sums",
  dW: "gradient of the weights",
  db: "gradient of the biases",
  uW: "update of the weights",
  ub: "update of the biases",
};

/** A quantity's name as the articles write it. @param {Part} part */
export function quantity({ name, layer }) {
  const index = name === "A0" ? 0 : layer + 1;
  const letter = name === "A0" ? "A" : name.slice(-1);
  const before = name[0] === "d" && name.length > 1 ? "d" : name[0] === "u" ? "Δ" : "";
  return make("span", { class: "symbol" }, [
    before,
    make("var", {}, [letter]),
    ...(name === "y" ? [] : [make("sup", {}, [String(index)])]),
  ]);
}

/**
 * @typedef {object} Sheet
 * @property {import("../lib/passes.js").Trace} trace
 * @property {boolean} rows whether rows are examples
 * @property {(boolean[][] | null)[]} masks
 * @property {boolean} classes whether targets are classes
 * @property {string[]} titles of the activations
 * @property {import("../palette.js").Palette} colours
 * @property {(cell: Cell) => void} open
 * @property {(layer: number) => void} choose
 * @property {() => void} scrolled
 */

/** @param {Sheet} sheet */
export function createSheet({ trace, rows, masks, classes, titles, colours, open, choose, scrolled }) {
  const last = trace.layers.length - 1;
  /** @type {Map<string, {view: MatrixView, part: Part, figure: HTMLElement}>} */
  const made = new Map();
  /** @type {(() => void)[]} */
  const marks = [];
  const key = (/** @type {Part} */ { name, layer }) => `${name}${layer}`;
  /** Rows are examples: then all is transposed. */
  const turn = (/** @type {number} */ a, /** @type {number} */ b) => (rows ? [b, a] : [a, b]);
  let following = false;

  /** Keeps all matrices of examples at the same ones. @param {MatrixView} view */
  function keepTogether(view) {
    const side = rows ? "scrollTop" : "scrollLeft";
    for (const { view: other, part } of made.values())
      if (byExample(part.name) && other.box[side] !== view.box[side]) other.box[side] = view.box[side];
    for (const mark of marks) mark();
  }

  /** @param {Part} part */
  function matrix(part) {
    const values = figures(trace, part);
    if (!values) return null;
    const [down, across] = turn(values.length, values[0].length);
    const mask = part.name === "W" ? masks[part.layer] : null;
    const few = byExample(part.name) && trace.shown < trace.count;
    const whole = turn(values.length, trace.count).join("×");
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
        shape: few ? `${whole}, the first ${trace.shown}` : undefined,
        whole: values.every((line) => line.every(Number.isInteger)) && part.name === "y",
        word: mask
          ? (r, c) => {
              const [i, j] = turn(r, c);
              return mask[i]?.[j] === false ? "cut" : null;
            }
          : undefined,
        open: (r, c) => {
          const [row, column] = turn(r, c);
          open({ ...part, row, column });
        },
        scrolled: () => {
          if (byExample(part.name)) keepTogether(view);
          scrolled();
        },
      },
      colours,
    );
    const figure = make("div", { class: "matrix" }, [view.box]);
    made.set(key(part), { view, part, figure });
    return figure;
  }

  /** Keeps a row of biases or means at the same units as its matrix. @param {Part} part @param {MatrixView} row */
  function scrollAlong(part, row) {
    const main = made.get(key(part))?.view;
    const side = rows ? "scrollLeft" : "scrollTop";
    for (const [one, other] of main
      ? [
          [main, row],
          [row, main],
        ]
      : [])
      one.box.addEventListener("scroll", () => {
        if (other.box[side] !== one.box[side]) other.box[side] = one.box[side];
      });
  }

  /** The means over all examples, where not all are listed. @param {Part} part */
  function means({ name, layer }) {
    const values = trace.shown < trace.count ? trace.layers[layer].mean[name === "A0" ? "A_prev" : name] : null;
    if (!values) return [];
    const [down, across] = turn(values.length, 1);
    const view = createMatrix(
      {
        label: `means of the ${WORDS[name]} over all ${trace.count} examples`,
        rows: down,
        columns: across,
        value: (r, c) => values[turn(r, c)[0]],
        ...scaleOf(trace, { name, layer }),
        whole: false,
        open: null,
        scrolled: () => undefined,
      },
      colours,
    );
    scrollAlong({ name, layer }, view);
    return [make("div", { class: "label" }, [`mean of all ${trace.count}`]), view.box];
  }

  /** A matrix under its name and shape. @param {Part} part */
  function named(part) {
    const figure = matrix(part);
    if (!figure) return [];
    const words = made.get(key(part))?.view.words ?? "";
    figure.prepend(make("div", { class: "name" }, [quantity(part)]), make("div", { class: "label" }, [words]));
    figure.append(...(byExample(part.name) && part.name !== "y" ? means(part) : []));
    return [figure];
  }

  /** The bias as one more row under the weights. @param {Part} part */
  function under(part) {
    const figure = matrix(part);
    if (!figure) return [];
    figure.classList.add("under");
    figure.prepend(make("span", { class: "beside", "aria-hidden": "true" }, [quantity(part)]));
    const view = /** @type {MatrixView} */ (made.get(key(part))?.view);
    figure.append(make("div", { class: "label" }, [view.shape]));
    scrollAlong({ ...part, name: part.name === "b" ? "W" : part.name === "db" ? "dW" : "uW" }, view);
    return [figure];
  }

  /** @param {(Node | string)[]} forward @param {(Node | string)[]} backward @param {string} [kind] */
  const column = (forward, backward, kind = "") =>
    make("div", { class: `column ${kind}` }, [
      make("div", { class: "forward" }, forward),
      make("div", { class: "backward" }, backward),
    ]);
  /** @param {(Node | string)[]} forward @param {string} [backward] */
  const sign = (forward, backward = "") => column([make("span", {}, forward)], [make("span", {}, [backward])], "sign");

  /** Class marks or numbers beside the examples, of those in the window. @param {MatrixView} view */
  function examples(view) {
    const count = Math.min(trace.shown, WINDOW);
    const strip = make("div", { class: "examples", "aria-hidden": "true" });
    const size = rows ? HEIGHT : WIDTH;
    const draw = () => {
      const at = rows ? view.box.scrollTop : view.box.scrollLeft;
      const first = Math.round(at / size);
      strip.replaceChildren(
        ...Array.from({ length: count }, (_, i) => {
          const column = Math.min(trace.shown - 1, first + i);
          const item = make("span", {}, [markOf(column)]);
          item.style.setProperty(rows ? "top" : "left", `${(first + i) * size - at}px`);
          return item;
        }),
      );
    };
    marks.push(draw);
    draw();
    return strip;
  }

  /** @param {number} column */
  function markOf(column) {
    const targets = trace.targets.map((row) => row[column] ?? 0);
    if (!classes) return String((trace.examples[column] ?? 0) + 1);
    const look = lookOf(targets.length > 1 ? targets.indexOf(1) : Math.max(0, targets[0]));
    return drawing(`i-${look.shape}`, `icon class-${look.colour}`);
  }

  function inputs() {
    const [figure] = named({ name: "A0", layer: 0 });
    const view = /** @type {MatrixView} */ (made.get("A00")?.view);
    const holder = make("div", { class: rows ? "marked" : "marked above" });
    view.box.replaceWith(holder);
    holder.append(examples(view), view.box);
    const words =
      "each gradient lies under what it belongs to, and under it the update ΔW; colours run to the largest figure of each";
    return column([figure], [make("h4", {}, ["Backward"]), make("p", { class: "label" }, [words])], "inputs");
  }

  /** @param {number} layer */
  function layerOf(layer) {
    const at = (/** @type {Part["name"]} */ name) => ({ name, layer });
    const of = trace.layers[layer];
    const before = layer ? [quantity({ name: "A", layer: layer - 1 })] : [];
    const weights = column(
      [...named(at("W")), ...(rows ? under(at("b")) : [])],
      [...named(at("dW")), ...(rows ? under(at("db")) : []), ...named(at("uW")), ...(rows ? under(at("ub")) : [])],
    );
    const biases = of.b && !rows ? [sign(["+"]), column(named(at("b")), [...named(at("db")), ...named(at("ub"))])] : [];
    const product = rows
      ? [...(layer ? [] : [inputs()]), sign(["×"]), weights]
      : [weights, sign(["×", ...before]), ...(layer ? [] : [inputs()]), ...biases];
    const infinite = make("p", { class: "label why" }, [
      "infinite: a probability is exactly 0 or 1 here. dZ stays finite, because it is computed as A − y.",
    ]);
    const heading = make("button", { type: "button" }, [`Layer ${layer + 1}`]);
    heading.addEventListener("click", () => choose(layer));
    return make("section", { class: "layer-of", "data-layer": String(layer) }, [
      make("h3", {}, [
        heading,
        make("span", { class: "sub" }, [`${titles[layer]}, ${of.W[0].length} → ${of.W.length}`]),
      ]),
      make("div", { class: "columns" }, [
        ...product,
        sign(["="], "←"),
        column(named(at("Z")), named(at("dZ"))),
        sign(["→"], of.dA ? "←" : ""),
        column(
          named(at("A")),
          of.dA ? named(at("dA")) : [make("div", { class: "name" }, [quantity(at("dA"))]), infinite],
        ),
        ...(layer < last ? [sign([], "←")] : []),
      ]),
    ]);
  }

  const loss = make("div", { class: "loss-of" });
  const target = make("section", { class: "layer-of target" }, [
    make("h3", {}, ["Target"]),
    make("div", { class: "columns" }, [column(named({ name: "y", layer: last }), [loss])]),
  ]);
  const element = make("div", { class: "sheet" }, [...trace.layers.map((_, layer) => layerOf(layer)), target]);

  return {
    element,
    loss,
    rectangle(/** @type {Cell} */ cell) {
      const [row, column] = turn(cell.row, cell.column);
      return made.get(key(cell))?.view.rectangle(row, column) ?? null;
    },
    /** Lines the forward and backward halves of all layers up with each other. */
    align() {
      element.style.removeProperty("--forward");
      const most = Math.max(...[...element.querySelectorAll(".forward")].map((each) => each.clientHeight));
      element.style.setProperty("--forward", `${most}px`);
    },
    /** Outlines a cell and what it is computed from. @param {Cell | null} cell @param {import("../lib/passes.js").Strip[]} from */
    open(cell, from) {
      for (const { view, part } of made.values()) {
        const here = cell && key(cell) === key(part);
        const [row, column] = cell ? turn(cell.row, cell.column) : [0, 0];
        view.open(here ? { row, column } : null);
        const strips = from.filter((strip) => key(strip) === key(part));
        view.outline(
          strips.map((strip) =>
            rows ? { row: strip.column, column: strip.row } : { row: strip.row, column: strip.column },
          ),
        );
      }
    },
    /** Shows a pass as far as one step: what is computed there, from what, and nothing of what follows. @param {Part | null} now @param {Part[]} from @param {Set<string>} later */
    follow(now, from, later) {
      following = now !== null;
      element.classList.toggle("following", following);
      for (const { part, figure } of made.values()) {
        const own = part.name === "ub" ? key({ ...part, name: "uW" }) : key(part);
        figure.classList.toggle("now", now !== null && key(now) === own);
        figure.classList.toggle(
          "source",
          from.some((each) => key(each) === key(part)),
        );
        figure.classList.toggle("later", later.has(own));
      }
    },
    key,
  };
}

/** @typedef {ReturnType<typeof createSheet>} SheetView */
