/** The gradient check of the network on the page: the error of each derivative by layer, and the limit. */

import { palette } from "../../charts/palette.js";
import { counted, scientific, tenTo } from "../../lib/format.js";
import { logarithmic } from "../../lib/scales.js";
import { trainingCount } from "../../state/batches.js";
import { fit, make, write } from "../../ui/dom.js";

/** @import {Check} from "./types.js" */

/** A check of more than this (derivatives × weights × points) is made only on request. */
const CHEAP = 5e7;
const LEFT = 54;
const TOP = 16;
const BOTTOM = 20;
const LOW = 1e-12;

/**
 * The answer without its column of biases, for a network that has none.
 * @param {Check} check @param {boolean} biases @returns {Check}
 */
function measured(check, biases) {
  if (biases) return check;
  const layers = check.layers.map((each) => ({
    ...each,
    errors: each.errors.map((line) => line.slice(0, -1)),
    compared: each.compared.map((line) => line.slice(0, -1)),
  }));
  const compared = layers.flatMap((each) => each.compared.flat());
  const checked = compared.filter(Boolean).length;
  return { ...check, checked, skipped: compared.length - checked, layers };
}

/** The place of the largest error. @param {Check} check */
function worst(check) {
  for (const { layer, errors } of check.layers)
    for (const [row, line] of errors.entries())
      for (const [column, error] of line.entries())
        if (error === check.max_relative_error) return { layer, row, column };
  return null;
}

/** The result in words. @param {Check} check @param {number[]} inputs of each layer */
function verdict(check, inputs) {
  if (!check.checked)
    return `None of the ${counted(check.skipped, "derivative")} can be compared here: each small change crosses a kink or a sharp bend, or is lost in rounding.`;
  const at = worst(check);
  const over = check.layers.flatMap(({ errors }) => errors.flat()).filter((error) => !(error < check.limit)).length;
  const from = at?.column === inputs[at?.layer ?? 0] ? "the bias of" : `the weight from ${(at?.column ?? 0) + 1} to`;
  const place = at ? `, at ${from} unit ${at.row + 1} in layer ${at.layer + 1}` : "";
  const skipped = check.skipped
    ? ` ${counted(check.skipped, "other")} cannot be compared: each lies at a kink or a sharp bend, or is lost in rounding.`
    : "";
  const first = over
    ? `${counted(over, "derivative")} of ${check.checked} ${over === 1 ? "differs" : "differ"} by more than the limit.`
    : check.checked === 1
      ? "It agrees."
      : `All ${check.checked} agree.`;
  return `${first} Worst relative error ${scientific(check.max_relative_error)}${place}.${skipped}`;
}

/** @param {HTMLCanvasElement} canvas @param {Check} check @param {Palette} colours */
function drawCheck(canvas, check, colours) {
  const line = Math.max(12, Math.min(30, 120 / check.layers.length));
  const tall = `${TOP + BOTTOM + line * check.layers.length}px`;
  if (canvas.style.height !== tall) canvas.style.height = tall;
  const { context, width, height } = fit(canvas);
  const scale = logarithmic(LOW, Math.max(1e-2, check.max_relative_error));
  const x = (/** @type {number} */ error) => LEFT + scale.at(Math.max(error, LOW)) * (width - LEFT - 14);
  const bottom = height - BOTTOM;
  context.clearRect(0, 0, width, height);
  context.font = `11px ${colours.font}`;
  context.lineWidth = 1;
  context.textBaseline = "middle";
  const rule = (/** @type {number} */ at, /** @type {string} */ colour) => {
    context.strokeStyle = colours.of(colour);
    context.beginPath();
    context.moveTo(Math.round(at) + 0.5, TOP - 4);
    context.lineTo(Math.round(at) + 0.5, bottom);
    context.stroke();
  };
  context.fillStyle = colours.of("ink-3");
  context.textAlign = "center";
  for (const power of [-12, -10, -8, -6, -4, -2]) {
    const at = x(10 ** power);
    rule(at, "line");
    context.fillText(tenTo(power), Math.max(at, LEFT), bottom + 10);
  }
  context.setLineDash([3, 3]);
  rule(x(check.limit), "ink");
  context.setLineDash([]);
  context.textAlign = "left";
  context.fillStyle = colours.of("ink-2");
  context.fillText("limit", x(check.limit) + 4, 7);
  let found = false;
  check.layers.forEach(({ errors, compared }, i) => {
    const middle = TOP + line * (i + 0.5);
    context.fillStyle = colours.of("ink-2");
    context.textAlign = "left";
    context.fillText(`Layer ${i + 1}`, 0, middle);
    const known = compared.flat();
    const skipped = known.filter((each) => !each).length;
    context.textAlign = "right";
    context.fillStyle = colours.of("ink-3");
    if (skipped) context.fillText(`${skipped} skipped`, width, middle);
    context.fillStyle = colours.of("ink-2");
    errors.flat().forEach((error, n) => {
      if (!known[n]) return;
      // Dots are spread vertically by a fixed pattern, so that they do not hide each other.
      const at = [x(error), middle + (((n * 0.618) % 1) - 0.5) * (line - 8)];
      context.beginPath();
      context.arc(at[0], at[1], 2.4, 0, Math.PI * 2);
      context.fill();
      if (found || error !== check.max_relative_error) return;
      found = true;
      context.strokeStyle = colours.of("ink");
      context.lineWidth = 1.5;
      context.beginPath();
      context.arc(at[0], at[1], 6, 0, Math.PI * 2);
      context.stroke();
    });
  });
}

/** The section with the newest check. @param {{store: Store, session: Session}} page @param {() => void} changed called when it has to be drawn again */
export function mountGradientCheck({ store: { state }, session }, changed) {
  const canvas = make("canvas", { role: "img", "aria-label": "Relative error of each derivative, by layer" });
  const found = make("p", { class: "aside", role: "status" });
  const ask = make("button", { type: "button", class: "button", hidden: "" }, ["Check it"]);
  /** @type {Check | null} */
  let check = null;
  let at = "";
  ask.addEventListener("click", () => void run());

  async function run() {
    ask.hidden = true;
    const sizes = state.run?.derived.sizes ?? [];
    try {
      check = measured(await session.fetch("gradient-check"), state.config.network.bias);
      write(found, verdict(check, sizes));
    } catch (error) {
      check = null;
      write(found, error instanceof Error ? error.message : "The check could not be made.");
    }
    changed();
  }

  return {
    element: make("section", { class: "check-of", "aria-label": "Gradient check" }, [
      make("div", { class: "head-of" }, [
        make("h3", {}, ["Gradient check"]),
        make("p", { class: "sub" }, ["backward pass against finite differences of the loss"]),
      ]),
      canvas,
      found,
      ask,
    ]),
    /** Checks the current weights, unless they were checked before; a costly check waits for a request. @param {string} place */
    async update(place) {
      if (at === place) return;
      at = place;
      const parameters = state.run?.derived.parameters ?? 0;
      if (parameters ** 2 * trainingCount(state.points) < CHEAP) return run();
      check = null;
      ask.hidden = false;
      write(found, `Each of ${counted(parameters, "derivative")} against a finite difference takes a while.`);
      changed();
    },
    draw() {
      const drawn = check !== null && check.checked > 0;
      if (canvas.hidden === drawn) canvas.hidden = !drawn;
      if (check && drawn) drawCheck(canvas, check, palette(state.theme));
    },
  };
}
