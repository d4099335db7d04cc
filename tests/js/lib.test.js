/** The pure modules: scales, colours, contours, figures, history, frames, series, changes. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeTensors } from "../../static/api/safetensors.js";
import { marksOf } from "../../static/config/annotations.js";
import { livePatch, refusedPath } from "../../static/config/live-patch.js";
import { contour } from "../../static/lib/contours.js";
import { counter, fixed, parse, percent, short } from "../../static/lib/format.js";
import { fromOklab, lookup, parseColour, pixel, rampAt, toOklab } from "../../static/lib/oklab.js";
import { linear, logarithmic } from "../../static/lib/scales.js";
import { forEachPoint, isolated, smooth } from "../../static/lib/series.js";
import { lookOf } from "../../static/state/derived.js";
import { mapOf } from "../../static/state/frame-maps.js";
import { MetricsLog, rowsOf } from "../../static/state/metrics-log.js";

const near = (actual, expected, within = 1e-9) =>
  assert.ok(Math.abs(actual - expected) <= within, `${actual} is not ${expected}`);

test("scales go there and back", () => {
  for (const scale of [linear(-6, 6), logarithmic(0.001, 10)]) {
    near(scale.at(scale.low), 0);
    near(scale.at(scale.high), 1);
    for (const position of [0.1, 0.5, 0.9]) near(scale.at(scale.value(position)), position);
  }
});

test("ticks are round and inside", () => {
  assert.deepEqual(linear(0, 412).ticks(4), [0, 200, 400]);
  assert.deepEqual(linear(0.2, 1).ticks(4), [0.2, 0.4, 0.6, 0.8, 1]);
  assert.deepEqual(logarithmic(0.008, 1.2).ticks(4), [0.01, 0.03, 0.1, 0.3, 1]);
  for (const tick of logarithmic(1e-6, 1).ticks(4))
    assert.ok(Number.isInteger(Math.round(Math.log10(tick) * 1e9) / 1e9));
});

test("OKLab goes there and back", () => {
  for (const colour of [
    [204, 94, 4],
    [11, 107, 192],
    [244, 245, 245],
    [0, 0, 0],
    [255, 255, 255],
  ]) {
    assert.deepEqual(fromOklab(toOklab(colour)), colour);
  }
  near(toOklab([255, 255, 255])[0], 1, 1e-6);
});

test("the ramp passes through its stops", () => {
  const stops = ["#cc5e04", "#f4ac6f", "#f4f5f5", "#89c0f5", "#0b6bc0"].map(parseColour);
  for (const [i, t] of [-1, -0.5, 0, 0.5].entries()) assert.deepEqual(rampAt(stops, t), stops[i]);
  for (const [i, channel] of rampAt(stops, 1).entries()) near(channel, stops[4][i], 1);
  // The look's own table: a quarter of the way up is #BFDBF6.
  for (const [i, channel] of rampAt(stops, 0.25).entries()) near(channel, parseColour("#bfdbf6")[i], 2);
  const table = lookup(stops, 1);
  assert.equal(table.length, 256);
  assert.equal(table[0], pixel(stops[0]));
  assert.deepEqual(parseColour("rgb(1, 2, 3)"), [1, 2, 3]);
});

test("a contour lies where the values cross the level", () => {
  const size = 5;
  const values = Float32Array.from({ length: 25 }, (_, i) => i % size);
  const segments = contour(values, size, 1.25);
  assert.equal(segments.length, 4 * (size - 1));
  for (let i = 0; i < segments.length; i += 2) near(segments[i], 1.25, 1e-6);
  assert.equal(contour(values, size, 9).length, 0);
});

test("figures have a real minus sign and never say NaN", () => {
  assert.equal(fixed(-0.5), "−0.500");
  assert.equal(fixed(-0.0001), "0.000");
  assert.equal(fixed(Number.NaN), "not a number");
  assert.equal(fixed(null), "not a number");
  assert.equal(fixed(6e11), "6.0 × 10¹¹");
  assert.equal(short(0.00003), "0.00003");
  assert.equal(percent(0.972), "97.2");
  assert.deepEqual(counter(412), ["000,", "412"]);
  assert.deepEqual(counter(0), ["000,00", "0"]);
  assert.deepEqual(counter(1234567), ["", "1,234,567"]);
});

test("numbers are read as people type them", () => {
  assert.equal(parse(" 0.03 "), 0.03);
  assert.equal(parse("0,03"), 0.03);
  assert.equal(parse("−2"), -2);
  assert.equal(parse("1e-3"), 0.001);
  assert.equal(parse("fast"), null);
  assert.equal(parse(""), null);
});

test("history puts epochs in their places, whatever their order", () => {
  const history = new MetricsLog();
  const rows = (from, to) => Array.from({ length: to - from + 1 }, (_, i) => from + i);
  const put = (from, to) => history.append(rows(from, to), { test_loss: rows(from, to).map((epoch) => epoch / 10) });
  put(3000, 5000);
  assert.equal(history.lastEpoch, 5000);
  assert.equal(history.firstMissing, 0);
  put(0, 2999);
  assert.equal(history.firstMissing, 5001);
  near(history.value("test_loss", 1234), 123.4, 1e-4);
  assert.equal(history.value("train_loss", 3), null);
  history.clear();
  assert.equal(history.lastEpoch, -1);
});

test("history of a long run has every so many epochs and the last", () => {
  const history = new MetricsLog();
  const put = (epochs, stride) => history.append(epochs, { test_loss: epochs.map((epoch) => epoch / 8) }, stride);
  const rows = () =>
    Array.from({ length: history.length }, (_, row) => [history.epochs.values[row], history.value("test_loss", row)]);
  put([0, 1, 2, 3, 4, 5], 1);
  put([6], 4);
  assert.deepEqual(
    rows(),
    [0, 4, 6].map((epoch) => [epoch, epoch / 8]),
  );
  put([7, 8, 9], 4);
  assert.deepEqual(
    rows(),
    [0, 4, 8, 9].map((epoch) => [epoch, epoch / 8]),
  );
  assert.equal(history.firstMissing, 10);
  assert.deepEqual(
    [0, 3, 5, 8, 9, 99].map((epoch) => history.epochs.values[history.indexOf(epoch)]),
    [0, 4, 4, 8, 9, 9],
  );
  put([30, 31], 8); // older ones follow
  assert.equal(history.firstMissing, 16);
  put([16, 24], 8);
  assert.deepEqual(
    rows(),
    [0, 8, 16, 24, 31].map((epoch) => [epoch, epoch / 8]),
  );
  assert.equal(history.firstMissing, 32);
  put([32], 8);
  assert.deepEqual(rows().at(-1), [32, 4]);
  assert.equal(history.length, 5);
  const opened = new MetricsLog();
  opened.append([13, 14, 15], { test_loss: [1, Number.NaN, 3] }, 4);
  assert.equal(opened.firstMissing, 0);
  assert.equal(opened.value("test_loss"), 3);
});

/** @param {Record<string, {dtype: string, shape: number[], bytes: Uint8Array}>} arrays */
function pack(message, arrays) {
  const header = { __metadata__: { message: JSON.stringify(message) } };
  let offset = 0;
  for (const [name, { dtype, shape, bytes }] of Object.entries(arrays)) {
    header[name] = { dtype, shape, data_offsets: [offset, offset + bytes.length] };
    offset += bytes.length;
  }
  let text = JSON.stringify(header);
  text += " ".repeat((8 - (text.length % 8)) % 8);
  const size = new Uint8Array(8);
  new DataView(size.buffer).setBigUint64(0, BigInt(text.length), true);
  const parts = [size, new TextEncoder().encode(text), ...Object.values(arrays).map((array) => array.bytes)];
  return new Uint8Array(parts.flatMap((part) => [...part])).buffer;
}

test("a safetensors buffer is a message and its arrays", () => {
  const weights = new Uint8Array(Float32Array.from([0.5, -1.5, Number.NaN]).buffer);
  const ends = new Uint8Array(Float32Array.from([-1, 3]).buffer);
  const buffer = pack(
    { type: "frame", seq: 7, epoch: 2 },
    {
      "weights.0": { dtype: "F32", shape: [1, 1, 3], bytes: weights },
      "range.boundary": { dtype: "F32", shape: [1, 1, 2], bytes: ends },
      boundary: { dtype: "U8", shape: [1, 1, 2, 2], bytes: Uint8Array.from([0, 255, 128, 64]) },
    },
  );
  const { message, tensors } = decodeTensors(buffer);
  assert.deepEqual(message, { type: "frame", seq: 7, epoch: 2 });
  assert.deepEqual([...tensors["weights.0"].data], [0.5, -1.5, Number.NaN]);
  const map = mapOf({ ...message, tensors }, "boundary", 0);
  assert.deepEqual([...map.bytes], [0, 255, 128, 64]);
  assert.deepEqual([map.rows, map.columns, map.low, map.high], [2, 2, -1, 3]);
  assert.equal(mapOf({ ...message, tensors }, "boundary", 1), null);
});

test("rows of metrics are the same as JSON and as tensors", () => {
  const bytes = (/** @type {number[]} */ values) => new Uint8Array(Float64Array.from(values).buffer);
  const { message, tensors } = decodeTensors(
    pack(
      { type: "metrics", from: 3, to: 4, stride: 1, columns: ["train_loss", "test_loss"] },
      {
        epoch: { dtype: "F64", shape: [2], bytes: bytes([3, 4]) },
        values: {
          dtype: "F64",
          shape: [2, 2, 2],
          bytes: bytes([1, 2, 3, Number.NaN, 5, 6, Number.POSITIVE_INFINITY, 8]),
        },
      },
    ),
  );
  const json = {
    epoch: [3, 4],
    members: [
      { train_loss: [1, 5], test_loss: [2, 6] },
      { train_loss: [3, null], test_loss: [null, 8] },
    ],
    stride: 1,
  };
  assert.deepEqual(rowsOf(message, tensors), json);
  assert.equal(rowsOf(json, {}), json);
});

test("smoothing is TensorBoard's", () => {
  const out = smooth(Float32Array.from([1, 2, Number.NaN, 3]), 4, 0.5);
  near(out[0], 1);
  near(out[1], (0.25 + 1) / 0.75, 1e-6);
  assert.ok(Number.isNaN(out[2]));
});

test("a long line has a few points for each pixel and keeps its extremes", () => {
  const count = 5000;
  const epochs = Float32Array.from({ length: count }, (_, i) => i);
  const values = Float32Array.from({ length: count }, (_, i) => (i === 2500 ? 50 : Math.sin(i)));
  const points = [];
  forEachPoint(
    epochs,
    values,
    count,
    (epoch) => (epoch / count) * 200,
    (value) => value,
    (x, y) => points.push([x, y]),
  );
  assert.ok(points.length < 1700);
  assert.equal(Math.max(...points.map(([, y]) => y)), 50);
});

test("points that no line connects are found, to be drawn as dots", () => {
  const none = Number.NaN;
  assert.deepEqual(isolated([none, 1, none, 2, 3, none, 4], 7), [1, 6]);
  assert.deepEqual(isolated([none, none, 5, 6], 3), [2]);
  assert.deepEqual(isolated([1, 2], 2), []);
});

test("only what rebuilds the network asks for a new run", () => {
  const from = {
    seed: 0,
    network: { bias: true },
    training: { learning_rate: 0.03, pace: 30, regularizer: { name: "l2", rate: 0.1 } },
  };
  const rate = structuredClone(from);
  rate.training.learning_rate = 0.1;
  rate.training.regularizer.rate = 0.2;
  assert.deepEqual(livePatch(from, rate), { training: { learning_rate: 0.1, regularizer: { rate: 0.2 } } });
  const bias = structuredClone(rate);
  bias.network.bias = false;
  assert.equal(livePatch(from, bias), null);
  assert.deepEqual(livePatch(from, from), {});
  assert.equal(refusedPath(["body", "config", "training", "learning_rate"]), "training.learning_rate");
});

test("changes are named in a word or two", () => {
  const marks = marksOf([
    { epoch: 0, batch: 0, training: { learning_rate: 1 } },
    { epoch: 5, batch: 0, training: { learning_rate: 0.1 } },
    { epoch: 6, batch: 0, cut: [{ layer: 0, row: 0, column: 0 }] },
    { epoch: 7, batch: 0, training: { max_epochs: 100 } },
  ]);
  assert.deepEqual(marks, [
    { epoch: 5, words: "rate 0.1" },
    { epoch: 6, words: "link cut" },
  ]);
});

test("ten classes look different from each other", () => {
  const looks = new Set(Array.from({ length: 10 }, (_, k) => JSON.stringify(lookOf(k))));
  assert.equal(looks.size, 10);
});
