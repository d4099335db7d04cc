import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { createUndo } from "../../static/run/undo.js";
import { createEntries } from "../../static/url/history-entries.js";

globalThis.window ??= /** @type {any} */ (globalThis);

/** A browser's history, which refuses to be written to while `refuses` says so. */
function browser() {
  /** @type {{state: any, url: string}[]} */
  const list = [{ state: null, url: "#0" }];
  let at = 0;
  return {
    list,
    refuses: false,
    went: [0].slice(1),
    get state() {
      return list[at].state;
    },
    get url() {
      return list[at].url;
    },
    /** @param {any} state @param {string} _ @param {string} [url] */
    replaceState(state, _, url = list[at].url) {
      if (this.refuses)
        throw new DOMException("Attempt to use history.replaceState() more than 100 times", "SecurityError");
      list[at] = { state, url };
    },
    /** @param {any} state @param {string} _ @param {string} [url] */
    pushState(state, _, url = list[at].url) {
      if (this.refuses)
        throw new DOMException("Attempt to use history.pushState() more than 100 times", "SecurityError");
      list.splice(++at, list.length, { state, url });
    },
    /** @param {number} by */
    go(by) {
      this.went.push(by);
      at += by;
    },
  };
}

let history = browser();
beforeEach(() => {
  history = browser();
});

test("each state has an entry, and going back to a state goes back in the history", () => {
  const entries = createEntries(history, 0, true, () => {});
  entries.write("#0", 0);
  entries.write("#a", 1);
  entries.write("#b", 2);
  entries.write("#b2", 2);
  assert.deepEqual(
    history.list.map(({ url }) => url),
    ["#0", "#a", "#b2"],
  );
  entries.write("#a", 1);
  assert.deepEqual(history.went, [-1]);
  assert.ok(entries.travelling());
  assert.equal(entries.moved(history.state), undefined);
  assert.ok(!entries.travelling());
  entries.write("#b2", 2);
  assert.deepEqual(history.went, [-1, 1]);
  entries.moved(history.state);
  history.go(-2);
  assert.equal(entries.moved(history.state), 0);
});

test("a new state after going back takes the place of those ahead", () => {
  const entries = createEntries(history, 0, true, () => {});
  for (const [place, url] of ["#0", "#a", "#b"].entries()) entries.write(url, place);
  entries.write("#a", 1);
  entries.moved(history.state);
  entries.write("#c", 3);
  assert.deepEqual(
    history.list.map(({ url }) => url),
    ["#0", "#a", "#c"],
  );
});

test("a history that refuses to be written to says so and loses nothing", () => {
  const entries = createEntries(history, 0, true, () => {});
  entries.write("#0", 0);
  history.refuses = true;
  assert.equal(entries.write("#a", 1), false);
  assert.equal(entries.write("#0x", 0), false);
  history.refuses = false;
  assert.equal(entries.write("#a", 1), true);
  assert.deepEqual(
    history.list.map(({ url }) => url),
    ["#0", "#a"],
  );
});

test("an address typed in and the entries before a reload are known by their address alone", () => {
  const entries = createEntries(history, 0, true, () => {});
  entries.write("#0", 0);
  assert.equal(entries.moved(null), null);
  assert.equal(entries.moved({ born: -1, index: 0 }), null);
});

test("steps go on past the runs that are kept, and say which run is let go of", () => {
  /** @type {string[]} */
  const forgotten = [];
  let counts = { undo: 0, redo: 0 };
  const steps = createUndo(
    (next) => {
      counts = next;
    },
    (id) => forgotten.push(id),
  );
  const config = /** @type {any} */ ({});
  for (let i = 0; i < 20; i++) steps.remember({ id: `run ${i}`, config });
  assert.deepEqual(counts, { undo: 20, redo: 0 });
  assert.deepEqual(
    forgotten,
    Array.from({ length: 8 }, (_, i) => `run ${i}`),
  );
  const first = steps.place();
  for (let i = 19; i >= 0; i--) {
    assert.equal(steps.next("undo")?.id, `run ${i}`);
    steps.take("undo", { id: `run ${i + 1}`, config });
  }
  assert.equal(steps.place(), 0);
  assert.equal(steps.wayTo(first), "redo");
  assert.deepEqual(counts, { undo: 0, redo: 20 });
});

test("what is set by gliding is one step, and the runs on the way are let go of", () => {
  /** @type {string[]} */
  const forgotten = [];
  const steps = createUndo(
    () => {},
    (id) => forgotten.push(id),
  );
  const config = /** @type {any} */ ({});
  for (const id of ["a", "b", "c"]) steps.remember({ id, config }, "dataset.noise");
  assert.equal(steps.next("undo")?.id, "a");
  assert.deepEqual(forgotten, ["b", "c"]);
  steps.remember({ id: "d", config }, "network.hidden");
  assert.equal(steps.next("undo")?.id, "d");
});
