/** Links of the TensorFlow Playground open as the same problem, and are translated once. */

import assert from "node:assert/strict";
import test from "node:test";
import { decode, encode, isTensorFlow } from "../../static/url/codec.js";
import { fromTensorFlow } from "../../static/url/tf-playground.js";

/** @type {any} what of a link is not about its problem is left out here */
const USUAL = {
  dataset: { name: "circle", samples: 500, noise: 0, train_fraction: 0.5, seed: 0 },
  features: "auto",
  network: {
    hidden: [4, 2].map((units) => ({ units, activation: "tanh", dropout: 0 })),
    output: "auto",
    bias: true,
    initializer: "glorot_uniform",
  },
  training: { loss: "auto", learning_rate: 0.03, batch_size: 10, regularizer: { name: "none", rate: 0 } },
  seed: 0,
  view: { hide: [], show: { test: false, discrete: false } },
};

/** A link with every key, as its page writes it. */
const WHOLE =
  "#activation=relu&regularization=L2&batchSize=20&dataset=spiral&regDataset=reg-plane&learningRate=0.1" +
  "&regularizationRate=0.003&noise=15&networkShape=8,8,4&seed=0.88459&showTestData=true&discretize=true" +
  "&percTrainData=70&x=true&y=true&xTimesY=true&xSquared=false&ySquared=false&cosX=false&sinX=true&cosY=false" +
  "&sinY=false&collectStats=false&problem=classification&initZero=false&hideText=false";

/** @param {string} fragment */
const read = (fragment) => fromTensorFlow(fragment, USUAL);

test("every choice of a link is taken over", () => {
  const { link, untranslated } = read(WHOLE);
  assert.deepEqual(untranslated, []);
  assert.deepEqual(link.dataset, { name: "spiral", samples: 500, noise: 0.15, train_fraction: 0.7, seed: 0 });
  assert.deepEqual(link.features, ["x1", "x2", "x1*x2", "sin(x1)"]);
  assert.deepEqual(
    link.network.hidden.map(({ units, activation }) => [units, activation]),
    [8, 8, 4].map((units) => [units, "relu"]),
  );
  assert.deepEqual(link.training.regularizer, { name: "l2", rate: 0.003 });
  assert.deepEqual([link.training.learning_rate, link.training.batch_size, link.seed], [0.1, 20, 88459]);
  assert.deepEqual([link.view.show.test, link.view.show.discrete], [true, true]);
});

test("output, loss and first weights are those of its page", () => {
  const { link } = read("#dataset=xor");
  assert.deepEqual(
    [link.network.output, link.training.loss, link.network.initializer],
    ["tanh", "half_squared_error", "uniform"],
  );
  const numbers = read("#problem=regression&regDataset=reg-gauss&dataset=xor&initZero=true").link;
  assert.deepEqual([numbers.dataset.name, numbers.dataset.samples], ["bumps", 1200]);
  assert.deepEqual(
    [numbers.network.output, numbers.training.loss, numbers.network.initializer],
    ["linear", "half_squared_error", "zeros"],
  );
});

test("what has no counterpart is named, with what was asked for", () => {
  const { link, untranslated } = read(
    "#networkShape=3&x=false&cosX=true&cosY=false&hideText=true&dataset=moebius&learningRate=fast",
  );
  assert.deepEqual(
    new Set(untranslated),
    new Set(["cosX=true", "hideText=true", "dataset=moebius", "learningRate=fast"]),
  );
  assert.deepEqual([link.dataset.name, link.features, link.training.learning_rate], ["circle", ["x2"], 0.03]);
});

test("its translation is a link of one's own, and stays what it is when it is read again", () => {
  assert.ok(isTensorFlow(WHOLE));
  const { link } = read(WHOLE);
  const written = encode(link, USUAL);
  assert.ok(!isTensorFlow(written));
  assert.deepEqual(decode(written, USUAL), link);
  for (const seed of ["0.88459", "88459"]) assert.equal(read(`#networkShape=4&seed=${seed}`).link.seed, 88459);
});

test("a link of one's own is not taken for one of its", () => {
  for (const own of ["", "#data=xor&noise=0.1&seed=7&panel=step", "#run=abc", "#net=3-tanh&discrete=on&features=x1"])
    assert.equal(isTensorFlow(own), false, own);
  for (const its of ["#dataset=xor", "#x=false", "#seed=0.1&noise=5&cosX=true", "#playButton_hide=true"])
    assert.equal(isTensorFlow(its), true, its);
});

test("no hidden layer, and what it hides", () => {
  assert.deepEqual(read("#networkShape=").link.network.hidden, []);
  assert.deepEqual(read("#dataset_hide=true&numHiddenLayers_hide=true&noise_hide=false").link.view.hide, [
    "tiles",
    "layers",
  ]);
});
