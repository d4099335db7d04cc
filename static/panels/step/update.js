/** The update of one layer: the optimizer's equation, the change of weights and biases, and that of the loss. */

import { short } from "../../lib/format.js";
import { make } from "../../ui/dom.js";
import { statements } from "../../ui/mathml.js";
import { changeNodes } from "./loss-change.js";

/** @import {Matrices, Trace} from "./types.js" */

/** @param {Trace} trace @param {number} layer @param {State} state @param {Matrices} matrices */
export function updateOf(trace, layer, state, matrices) {
  const name = state.config.training.optimizer.name;
  const optimizer = state.catalog.optimizers.find((each) => each.name === name);
  const updates = [matrices.named({ name: "uW", layer }), matrices.named({ name: "ub", layer })];
  return [
    make("div", { class: "head-of" }, [
      make("h3", {}, [`Update of layer ${layer + 1}`]),
      make("p", { class: "sub" }, [`${optimizer?.title ?? name}, rate η = ${short(trace.learning_rate, 3)}`]),
    ]),
    make("div", { class: "rule" }, optimizer?.formula ? statements(optimizer.formula) : []),
    make(
      "div",
      { class: "added" },
      updates.filter((each) => each !== null),
    ),
    ...changeNodes(trace),
  ];
}
