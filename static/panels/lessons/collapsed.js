/** The product of a lesson's linear layers, and the largest difference between its outputs and the network's. */

import { nameOf } from "../../config/activation.js";
import { precise, scientific } from "../../lib/format.js";
import { ofRun } from "../../run/queries.js";
import { make, write } from "../../ui/dom.js";
import { mathElement as math } from "../../ui/mathml.js";

const matrix = (/** @type {(Node | string)[][]} */ rows) =>
  math(
    "mrow",
    math("mo", "["),
    math("mtable", ...rows.map((row) => math("mtr", ...row.map((cell) => math("mtd", cell))))),
    math("mo", "]"),
  );

/** @param {Store} store */
export function oneMatrixSection({ state }) {
  const formula = make("div", { class: "scrolls" });
  const words = make("p", { class: "aside" });
  const root = make("div", { class: "collapsed" }, [make("h3", {}, ["The stack as one matrix"]), formula, words]);
  let read = "";

  /** @param {boolean} its whether the run on the page is the lesson's */
  async function update(its) {
    const { run } = state;
    const nonlinear = run?.config.network.hidden.findIndex((layer) => nameOf(layer.activation) !== "linear") ?? -1;
    if (!run || !its || nonlinear >= 0) {
      read = "";
      formula.replaceChildren();
      const layer = run?.config.network.hidden[nonlinear];
      write(
        words,
        its && layer
          ? `Hidden layer ${nonlinear + 1} is ${nameOf(layer.activation)}, which is not linear: no single matrix equals the stack.`
          : "Set up the linear layers to see it.",
      );
      return;
    }
    const moment = [run.id, run.series, run.epoch, run.batch].join();
    if (run.state === "running" || moment === read) return;
    read = moment;
    const answer = await ofRun(run.id, "collapsed").catch(() => null);
    if (!answer || read !== moment) return;
    const { W, b } = answer.layer;
    const number = (/** @type {number | null} */ value) => math("mn", precise(value));
    const column = (/** @type {(number | null)[]} */ values) =>
      values.length === 1 ? number(values[0]) : matrix(values.map((value) => [number(value)]));
    const all = math(
      "math",
      math("mi", "W"),
      math("mo", "="),
      matrix(W.map((/** @type {number[]} */ row) => row.map(number))),
    );
    all.append(math("mtext", ",\u2003"), math("mi", "b"), math("mo", "="), column(b));
    formula.replaceChildren(all);
    write(
      words,
      `At epoch ${answer.epoch}, all layers multiplied out: one layer Z = W x + b. Over all points its outputs and the stack's differ by at most ${answer.max_difference ? scientific(answer.max_difference) : answer.max_difference === 0 ? "0" : "what is not a number"}.`,
    );
  }
  return { root, update };
}
