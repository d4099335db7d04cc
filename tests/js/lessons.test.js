/** The open lesson asks the server when its answer may change, drops answers about another run, and keeps the ticks. */

import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";

let now = 0;
const questions = [];
Object.assign(globalThis, {
  document: { baseURI: "http://page/" },
  window: globalThis,
  parent: globalThis,
  history: { state: null, replaceState() {} },
  fetch: (url) => new Promise((answer) => questions.push({ url: String(url), answer })),
});
Object.defineProperty(globalThis, "performance", { value: { now: () => now } });
mock.timers.enable({ apis: ["setTimeout"] });
const { createEvidence } = await import("../../static/panels/lessons/evidence.js");
const { createTicks } = await import("../../static/panels/lessons/ticks.js");
const { createStore } = await import("../../static/state/store.js");

const forbidden = () => {
  throw new Error("SecurityError");
};
const lesson = {
  slug: "one",
  epochs: 30,
  variants: [{ name: null }],
  claims: [{ says: "It holds.", evidence: [{ epoch: 10 }, { epoch: null }] }],
};
const run = { id: "r", series: 0, state: "paused", epoch: 0, batch: 0, changes: [], changes_count: 0 };
const said = (shown, due = 10) => ({
  epoch: 10,
  batch: 0,
  matches: true,
  variant: null,
  claims: [{ says: "It holds.", evidence: [{ shown, due, value: 1, verdict: "so" }, { shown: false }] }],
});

/** Answers the oldest question, and lets the page take the answer. */
async function reply(body) {
  const { answer } = questions.shift();
  answer({ ok: true, status: 200, json: async () => body });
  await new Promise(setImmediate);
}

function pass(ms) {
  now += ms;
  mock.timers.tick(ms);
}

function opened(more = {}) {
  const store = createStore({ run, role: "owner", busy: false, rows: 0, ...more });
  const ticks = createTicks(forbidden);
  const watch = createEvidence(store, ticks, () => {});
  watch.open(lesson);
  const at = (change) => store.set({ run: { ...store.state.run, ...change } });
  return { store, ticks, watch, at };
}

beforeEach(() => questions.splice(0));

test("with no lesson open, or while a command is under way, nothing is asked", async () => {
  const { store, watch } = opened({ busy: true });
  assert.equal(questions.length, 0);
  store.set({ busy: false });
  watch.check();
  assert.match(questions[0].url, /runs\/r\/evidence\?lesson=one$/);
  await reply(said(false));
  watch.open(null);
  store.set({ run: { ...run, epoch: 5 } });
  pass(1000);
  assert.equal(questions.length, 0);
});

test("a run that trains is asked about only where more is due, one that rests with every step", async () => {
  const { at } = opened();
  await reply(said(false));
  at({ state: "running" });
  pass(1000);
  await reply(said(false));
  for (let epoch = 1; epoch < 10; epoch++) at({ epoch });
  pass(1000);
  assert.equal(questions.length, 0);
  for (let epoch = 10; epoch < 30; epoch++) at({ epoch });
  pass(1000);
  await reply(said(false));
  assert.equal(questions.length, 0);
  for (const batch of [1, 2]) {
    at({ state: "paused", batch });
    pass(1000);
    await reply(said(false));
  }
  assert.equal(questions.length, 0);
});

test("quick steps are asked about a few times a second, the last of them in the end", async () => {
  const { at } = opened();
  await reply(said(false));
  for (const batch of [1, 2, 3, 4]) at({ batch });
  assert.equal(questions.length, 0);
  pass(1000);
  assert.equal(questions.length, 1);
  at({ batch: 5 });
  pass(1000);
  assert.equal(questions.length, 1);
  await reply(said(false));
  pass(1000);
  assert.equal(questions.length, 1);
});

test("an answer about another run, or to an earlier start, is dropped", async () => {
  for (const change of [{ id: "other" }, { series: 1 }]) {
    const { at, watch, ticks } = opened();
    at(change);
    await reply(said(true));
    assert.equal(watch.answer(), null);
    assert.equal(ticks.count(lesson), 0);
    pass(1000);
    await reply(said(false));
    assert.equal(watch.answer()?.matches, true);
    assert.equal(watch.variant(), lesson.variants[0]);
  }
});

test("what is shown is ticked for the owner of the run alone", async () => {
  for (const role of ["owner", "viewer"]) {
    const { ticks } = opened({ role });
    await reply(said(true));
    const tick = role === "owner" ? { epoch: 10, value: 1, verdict: "so" } : null;
    assert.deepEqual(ticks.seen("one", "It holds.", 0), tick);
    assert.equal(ticks.seen("one", "It holds.", 1), null);
  }
});

test("a question that failed is asked again when the run goes on", async () => {
  const { at } = opened();
  questions.shift().answer({ ok: false, status: 503, json: async () => ({ title: "Busy" }) });
  await new Promise(setImmediate);
  at({ name: "r" });
  pass(1000);
  assert.equal(questions.length, 1);
});

test("ticks outlast the page, by lesson, and can be forgotten", () => {
  const kept = new Map();
  const storage = {
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => kept.set(key, value),
    removeItem: (key) => kept.delete(key),
  };
  const tick = { epoch: 3, value: 0.5, verdict: "so" };
  const ticks = createTicks(() => storage);
  ticks.add("one", "It holds.", 1, tick);
  assert.equal(ticks.count(lesson), 0);
  ticks.add("one", "It holds.", 0, tick);
  assert.equal(createTicks(() => storage).count(lesson), 1);
  ticks.forget("one");
  assert.equal(kept.size, 0);
  const unkept = createTicks(forbidden);
  unkept.add("one", "It holds.", 0, tick);
  assert.deepEqual(unkept.seen("one", "It holds.", 0), tick);
});
