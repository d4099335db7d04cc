/** The link says all that differs from the defaults, and gives it back. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { decode, encode, watchedRun } from "../../static/url/codec.js";

const DEFAULTS = {
  dataset: {
    name: "circle",
    samples: 500,
    noise: 0,
    label_noise: 0,
    train_fraction: 0.5,
    seed: 0,
    classes: null,
    variant: null,
  },
  features: "auto",
  network: {
    hidden: [
      { units: 4, activation: "tanh", dropout: 0 },
      { units: 2, activation: "tanh", dropout: 0 },
    ],
    output: "auto",
    bias: true,
    initializer: "glorot_uniform",
  },
  training: {
    loss: "auto",
    optimizer: { name: "sgd" },
    learning_rate: 0.03,
    schedule: { name: "constant" },
    batch_size: 10,
    regularizer: { name: "none", rate: 0 },
    max_epochs: null,
    stop: { train_loss: null, patience: null },
    pace: 30,
  },
  seed: 0,
  sweep: null,
};

test("the defaults need no words", () => {
  assert.equal(encode(DEFAULTS, DEFAULTS), "");
  assert.deepEqual(decode("", DEFAULTS), DEFAULTS);
});

test("the parameters of an activation come back", () => {
  const config = structuredClone(DEFAULTS);
  config.network.hidden = [
    { units: 3, activation: { name: "leaky_relu", slope: 1e-7 }, dropout: 0.2 },
    { units: 2, activation: { name: "elu", alpha: 2 }, dropout: 0 },
    { units: 2, activation: "sine", dropout: 2e-8 },
  ];
  const said = encode(config, DEFAULTS);
  assert.equal(said, "net=3-leaky_relu:slope=1e-7-0.2,2-elu:alpha=2,2-sine-2e-8");
  assert.deepEqual(decode(said, DEFAULTS), config);
});

test("targets of one number and of several come back", () => {
  for (const targets of [
    [0, 1, 1],
    [
      [0, 1],
      [1, 1],
    ],
    [[0], [1]],
  ]) {
    const config = structuredClone(DEFAULTS);
    Object.assign(config.dataset, { name: "custom", task: "multilabel", inputs: [[1, 2]], targets });
    assert.deepEqual(decode(encode(config, DEFAULTS), DEFAULTS).dataset.targets, targets);
  }
});

test("every choice comes back", () => {
  const config = structuredClone(DEFAULTS);
  Object.assign(config.dataset, {
    name: "spirals",
    samples: 700,
    noise: 0.15,
    label_noise: 0.02,
    train_fraction: 0.7,
    seed: 3,
    classes: 4,
  });
  config.features = ["x1", "x1^2", "sin(x2)", "x1*x2"];
  config.network = {
    hidden: [{ units: 8, activation: "leaky_relu", dropout: 0.1 }],
    output: "softmax",
    bias: false,
    initializer: "he_normal",
  };
  Object.assign(config.training, {
    loss: "cross_entropy",
    optimizer: { name: "adam", beta1: 0.8 },
    learning_rate: 0.0003,
    schedule: { name: "step", epochs: 50, factor: 0.5 },
    batch_size: null,
    regularizer: { name: "l1", rate: 0.001 },
    max_epochs: 400,
    stop: { train_loss: 0.01, patience: 20 },
    pace: null,
  });
  config.seed = 42;
  const link = encode(config, DEFAULTS);
  assert.deepEqual(decode(`#${link}`, DEFAULTS), config);
});

test("no hidden layer is a choice, too", () => {
  const config = structuredClone(DEFAULTS);
  config.network.hidden = [];
  assert.equal(encode(config, DEFAULTS), "net=none");
  assert.deepEqual(decode("net=none", DEFAULTS).network.hidden, []);
});

test("what is no number is left as usual", () => {
  assert.equal(decode("rate=fast&points=", DEFAULTS).training.learning_rate, 0.03);
  assert.equal(decode("rate=fast&points=", DEFAULTS).dataset.samples, 500);
  assert.deepEqual(decode("net=x-tanh", DEFAULTS).network.hidden, DEFAULTS.network.hidden);
});

test("a run to watch is named by its id", () => {
  assert.equal(watchedRun("#run=abc"), "abc");
  assert.equal(watchedRun("#data=xor"), null);
});

test("a formula comes back as it was written", () => {
  const formula = "x^2 + y^2 < 9 & 4*sin(x)";
  const config = { ...DEFAULTS, dataset: { ...DEFAULTS.dataset, name: "formula", formula } };
  assert.deepEqual(decode(encode(config, DEFAULTS), DEFAULTS).dataset, config.dataset);
});
