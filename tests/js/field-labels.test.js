import assert from "node:assert/strict";
import test from "node:test";
import { labelled, labelOf } from "../../static/config/field-labels.js";

test("a path is called as its field on the page, or as the nearest above it", () => {
  assert.equal(labelOf("training.regularizer.rate"), "Penalty strength");
  assert.equal(labelOf("training.optimizer.beta1"), "Optimizer");
  assert.equal(labelOf("somewhere.else"), null);
});

test("a message names labels in place of paths, and keeps its other words", () => {
  const words = labelled("network.output and training.loss: mse does not fit; raise training.max_epochs, e.g. 0.5.");
  assert.equal(words, "Output and Loss: mse does not fit; raise Stop at epoch, e.g. 0.5.");
});
