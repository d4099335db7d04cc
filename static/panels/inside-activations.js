/** The gallery of activations, and where the pre-activations of one unit lie on its own. */

import { nameOf } from "../lib/activation.js";
import { counted, fixed, percent } from "../lib/format.js";
import { describe, lookOf } from "../lib/problem.js";
import { palette } from "../palette.js";
import { request } from "../socket.js";
import { drawing, make, write } from "../views/dom.js";
import { follower } from "../views/follow.js";
import { mathml } from "../views/mathml.js";
import { unitName } from "../views/names.js";
import { drawActivation, drawRug, REACH } from "../views/plot.js";

const MOST = 256;
/** A slope below this hardly passes a gradient on. */
const FLAT = 0.1;
/** Characters of MathML from which a formula wants two columns. */
const WIDE = 700;

/**
 * @typedef {import("../views/plot.js").Curve} Curve
 * @typedef {import("../lib/types.js").Entry & {derivative_formula: string, note: string}} Activation
 * @typedef {{layer: number, unit: number}} Unit layer from 1, unit from 0
 */

/** @param {import("./inside.js").Page} page @returns {import("./inside.js").Section} */
export function activationsSection({ store, session, scheduler }) {
  const { state } = store;
  const entries = /** @type {Activation[]} */ (state.catalog.activations);
  /** @type {Unit} */
  let unit = { layer: 1, unit: 0 };
  /** @type {{unit: Unit, epoch: number, z: number[], a: number[]} | null} */
  let found = null;
  /** @type {Record<string, Curve>} by name; the page itself comes without them */
  let curves = {};
  let open = false;

  const plot = make("canvas", { class: "plot", role: "img" });
  const rug = make("canvas", { class: "rug", role: "img" });
  const lanes = make("p", { class: "lanes label" });
  const title = make("span", { class: "sub" });
  const says = make("p", { class: "aside" });
  const choice = make("select", { id: "inside-unit" });
  const picker = make("div", { class: "field" }, [
    make("label", { for: "inside-unit" }, ["Unit, as pointed at in the network or chosen here"]),
    make("div", { class: "rule" }, [choice, drawing("i-down")]),
  ]);
  choice.addEventListener("change", () => {
    const [layer, index] = choice.value.split(" ").map(Number);
    take({ layer, unit: index });
  });

  const cards = entries.map((entry) => {
    const canvas = make("canvas", {
      role: "img",
      "aria-label": `Curve of ${entry.title}, solid, and its slope, dashed`,
    });
    const used = make("span", { class: "sub" });
    const note = make("p", { class: "aside" }, [entry.note]);
    const wide = entry.derivative_formula.length > WIDE;
    const box = make("li", wide ? { class: "wide" } : {}, [
      make("h3", {}, [entry.title, " ", used]),
      canvas,
      ...(wide ? [note] : []),
      formula(entry.formula ?? ""),
      formula(entry.derivative_formula),
      ...(wide ? [] : [note]),
    ]);
    return { entry, canvas, used, box };
  });
  const root = make("div", { class: "inside-activations" }, [
    make("section", { class: "one" }, [
      make("h3", {}, ["Where a unit stands ", title]),
      picker,
      plot,
      rug,
      lanes,
      says,
    ]),
    make("section", {}, [
      make("h3", {}, [
        "Activations ",
        make("span", { class: "sub" }, ["output solid, slope dashed; all on one scale, z from −4 to 4"]),
      ]),
      make(
        "ul",
        { class: "gallery" },
        cards.map((card) => card.box),
      ),
    ]),
  ]);

  const poll = follower(store, 700, async () => {
    const asked = unit;
    const run = state.run?.id;
    const answer = await session.fetch(`trace?count=${MOST}`);
    if (!answer || run !== state.run?.id) return;
    const layer = answer.layers[asked.layer - 1];
    const numbers = (/** @type {(number | null)[]} */ row) => row.map((value) => value ?? Number.NaN);
    found = layer?.Z[asked.unit]
      ? { unit: asked, epoch: answer.epoch, z: numbers(layer.Z[asked.unit]), a: numbers(layer.A[asked.unit]) }
      : null;
    redraw();
    if (asked !== unit) poll.again();
  });

  /** @param {Unit} next */
  function take(next) {
    if (next.layer === unit.layer && next.unit === unit.unit) return;
    unit = next;
    choice.value = `${unit.layer} ${unit.unit}`;
    poll.again();
  }

  /** The unit pointed at, focused or opened in the network; the last one stays. */
  function follow() {
    const target = state.hover?.kind === "unit" ? state.hover : state.selected?.kind === "unit" ? state.selected : null;
    if (target) take({ layer: target.layer, unit: target.unit });
  }

  /** @param {number} layer from 1 */
  function activationOf(layer) {
    const { output, sizes } = describe(state.catalog, state.config);
    return layer === sizes.length - 1 ? output : nameOf(state.config.network.hidden[layer - 1]?.activation);
  }

  function fill() {
    const { sizes } = describe(state.catalog, state.config);
    const last = sizes.length - 1;
    const key = sizes.slice(1).join();
    if (unit.layer > last || unit.unit >= sizes[unit.layer]) unit = { layer: 1, unit: 0 };
    if (choice.dataset.key !== key) {
      choice.dataset.key = key;
      choice.replaceChildren(
        ...sizes.slice(1).flatMap((units, l) =>
          Array.from({ length: units }, (_, k) => {
            const words = unitName(l + 1, k, last);
            return new Option(words[0].toUpperCase() + words.slice(1), `${l + 1} ${k}`);
          }),
        ),
      );
    }
    choice.value = `${unit.layer} ${unit.unit}`;
    for (const { entry, used } of cards) {
      const layers = Array.from({ length: last }, (_, l) => l + 1).filter((l) => activationOf(l) === entry.name);
      const hidden = layers.filter((l) => l < last);
      const words = [
        hidden.length ? `${hidden.length === 1 ? "layer" : "layers"} ${hidden.join(", ")}` : "",
        layers.includes(last) ? "output" : "",
      ];
      write(used, words.filter(Boolean).join(" and "));
    }
    found = null;
    poll.again();
  }

  function draw() {
    const colours = palette(state.theme);
    for (const { entry, canvas } of cards) if (curves[entry.name]) drawActivation(canvas, curves[entry.name], colours);
    drawOne(colours);
    // A formula that must be scrolled can be, by keyboard too.
    for (const each of /** @type {NodeListOf<HTMLElement>} */ (root.querySelectorAll(".formula"))) {
      if (each.scrollWidth > each.clientWidth) each.tabIndex = 0;
      else each.removeAttribute("tabindex");
    }
  }

  /** @param {import("../palette.js").Palette} colours */
  function drawOne(colours) {
    const name = activationOf(unit.layer);
    const entry = entries.find((each) => each.name === name);
    const curve = curves[name];
    const seen = found?.unit === unit ? found : null;
    plot.hidden = !entry;
    write(title, entry?.title ?? name);
    if (entry && curve) {
      drawActivation(plot, curve, colours, { seen, figures: true });
      plot.setAttribute("aria-label", `Curve of ${entry.title} with the training points at their z and output`);
    }
    const groups = seen ? grouped(seen.z) : [];
    rug.style.height = `${Math.max(1, groups.length) * 18}px`;
    drawRug(
      rug,
      groups.map((group) => ({
        ...group,
        colour: group.colour === null ? colours.of("ink") : colours.classes[group.colour],
      })),
      colours,
    );
    const heads = groups.map((group) => group.name).join();
    if (lanes.dataset.key !== heads) {
      lanes.dataset.key = heads;
      lanes.replaceChildren(
        ...groups.map(({ shape, colour, name: words }) =>
          make("span", {}, [...(shape ? [drawing(`i-${shape}`, `icon class-${colour}`)] : []), words]),
        ),
      );
    }
    const words = seen ? sentence(seen, name, curve) : "";
    write(says, words);
    rug.setAttribute("aria-label", words || "No points yet");
  }

  /** The points' z by class: a lane each while there are few. @param {number[]} z */
  function grouped(z) {
    const { classes } = describe(state.catalog, state.config);
    const targets = state.points?.targets ?? [];
    if (classes < 2 || classes > 5)
      return [{ z, colour: /** @type {number | null} */ (null), shape: "", name: "every training point" }];
    return Array.from({ length: classes }, (_, k) => {
      const { shape, colour } = lookOf(k);
      return { z: z.filter((_, i) => targets[i] === k), colour, shape, name: `class ${k}` };
    });
  }

  async function readCurves() {
    const catalog = await request("GET", "catalog").catch(() => null);
    if (!catalog) return;
    curves = Object.fromEntries(catalog.activations.map((/** @type {any} */ entry) => [entry.name, entry.curve]));
    redraw();
  }

  const redraw = scheduler.task(() => open && draw(), 60);
  store.on(["theme", "layout"], () => open && redraw());
  store.on(["hover", "selected"], () => open && follow());
  store.on(["config", "points"], () => {
    if (!open) return;
    fill();
    redraw();
  });
  return {
    root,
    show() {
      open = true;
      if (!curves.tanh) void readCurves();
      follow();
      fill();
      poll.turn(true);
      redraw();
    },
    hide() {
      open = false;
      poll.turn(false);
    },
  };
}

/** @param {string} text */
function formula(text) {
  const math = mathml(text);
  math.setAttribute("displaystyle", "true");
  return make("p", { class: "formula" }, [math]);
}

/**
 * @param {{epoch: number, z: number[]}} seen
 * @param {string} name of the activation
 * @param {Curve | undefined} curve
 */
function sentence({ epoch, z }, name, curve) {
  const finite = z.filter(Number.isFinite);
  if (!finite.length) return "Its pre-activations are not numbers.";
  const range = `${counted(finite.length, "training point")} at epoch ${epoch.toLocaleString("en")}: z from ${fixed(Math.min(...finite), 2)} to ${fixed(Math.max(...finite), 2)}.`;
  if (name === "softmax") return `${range} Softmax weighs all outputs together, so it has no curve of one z.`;
  if (!curve) return range;
  const flat = finite.filter((value) => Math.abs(slope(name, curve, value)) < FLAT).length / finite.length;
  return `${range} The slope is below ${FLAT} at ${percent(flat, 0)} % of them, where little gradient passes.`;
}

/**
 * The slope at z, between the curve's own figures; the sine repeats, the others go on as they end.
 * @param {string} name
 * @param {Curve} curve
 * @param {number} z
 */
function slope(name, curve, z) {
  const turn = 2 * Math.PI;
  const at = name === "sine" ? z - turn * Math.round(z / turn) : Math.min(REACH, Math.max(-REACH, z));
  const position = ((at + REACH) / (2 * REACH)) * (curve.z.length - 1);
  const i = Math.min(curve.z.length - 2, Math.floor(position));
  return curve.derivative[i] + (curve.derivative[i + 1] - curve.derivative[i]) * (position - i);
}
