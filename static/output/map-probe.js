/** The cursor on the output map, by pointer and arrow keys, and the prediction there in words. */

import { fixed } from "../lib/format.js";
import { isSlice, pointAt } from "../lib/slice.js";
import { thresholdOf } from "../state/accuracy.js";
import { describe } from "../state/derived.js";
import { connected } from "../state/store.js";
import { byId, canvasById, write } from "../ui/dom.js";

const EDGE = 6;

/** @param {Store} store @param {Session} session */
export function mountMapProbe(store, session) {
  const { state } = store;
  const canvas = canvasById("map-canvas");
  const tip = byId("tip");
  let byKeyboard = false;

  // A finger leaves as it is lifted; what it pointed at stays.
  canvas.addEventListener(
    "pointerleave",
    ({ pointerType }) => pointerType !== "touch" && store.set({ cursor: null, pointed: null }),
  );
  canvas.addEventListener("blur", () => store.set({ cursor: null, pointed: null }));

  function point(/** @type {PointerEvent} */ event) {
    const frame = canvas.getBoundingClientRect();
    byKeyboard = false;
    set(
      ((event.clientX - frame.left) / frame.width) * 2 * EDGE - EDGE,
      EDGE - ((event.clientY - frame.top) / frame.height) * 2 * EDGE,
    );
  }

  function set(/** @type {number} */ x, /** @type {number} */ y) {
    const limit = (/** @type {number} */ v) => Math.min(EDGE, Math.max(-EDGE, Math.round(v * 100) / 100));
    store.set({ cursor: { x: limit(x), y: limit(y) } });
  }

  function moveByKey(/** @type {KeyboardEvent} */ event) {
    const by = event.shiftKey ? 1 : 0.2;
    const step = { ArrowLeft: [-by, 0], ArrowRight: [by, 0], ArrowUp: [0, by], ArrowDown: [0, -by] }[event.key];
    if (event.key === "Escape") store.set({ cursor: null, pointed: null });
    if (!step) return;
    event.preventDefault();
    byKeyboard = true;
    const at = state.cursor ?? { x: 0, y: 0 };
    if (state.cursor) set(at.x + (step[0] ?? 0), at.y + (step[1] ?? 0));
    else set(0, 0);
  }

  let asking = false;
  let stale = false;
  /** The prediction of the network on show at the cursor. */
  async function ask() {
    if (asking) {
      stale = true;
      return;
    }
    const at = state.cursor;
    const { inputs } = describe(state);
    const point = at && pointAt(inputs, state.axes, state.held, at);
    if (!at || !point || !connected(state)) return;
    asking = true;
    const answer = await session.predict([point], thresholdOf(state), state.past?.epoch);
    asking = false;
    if (answer && state.cursor) store.set({ pointed: answer });
    if (stale) {
      stale = false;
      void ask();
    }
  }

  function update() {
    const at = state.cursor;
    const lines = at && state.pointed ? sentence(state) : null;
    tip.hidden = !lines;
    if (!at || !lines) {
      write(byId("map-says"), "");
      return;
    }
    const strong = document.createElement("b");
    strong.textContent = lines[0];
    const under = document.createElement("span");
    under.className = "sub";
    under.textContent = lines[1];
    tip.replaceChildren(strong, under);
    const x = ((at.x + EDGE) / (2 * EDGE)) * canvas.clientWidth;
    const y = ((EDGE - at.y) / (2 * EDGE)) * canvas.clientHeight;
    const left = x + 16 + tip.offsetWidth > canvas.clientWidth + 20 ? x - 14 - tip.offsetWidth : x + 16;
    tip.style.left = `${left}px`;
    tip.style.top = `${Math.max(0, y + (y > canvas.clientHeight - 60 ? -52 : 14))}px`;
    if (byKeyboard) write(byId("map-says"), `${lines[0]} ${lines[1]}`);
  }
  store.on(["cursor", "pointed"], update);
  store.on(["cursor", "frame", "past", "threshold", "held"], () => void ask());
  canvas.addEventListener("pointermove", point);
  canvas.addEventListener("pointerdown", point);
  canvas.addEventListener("keydown", moveByKey);
}

/** The prediction at the cursor, in words. @param {State} state @returns {[string, string] | null} */
function sentence(state) {
  const outputs = state.pointed?.outputs[0];
  if (!outputs || !state.cursor) return null;
  const { task, output, inputs } = describe(state);
  const [x, y] = [fixed(state.cursor.x, 2), fixed(state.cursor.y, 2)];
  const [across, up] = state.axes.map((axis) => `x${axis + 1}`);
  const where = inputs === 1 ? `at x ${x}` : isSlice(inputs) ? `at ${across} ${x}, ${up} ${y}` : `at (${x}, ${y})`;
  const under = `${where}, epoch ${(state.pointed?.epoch ?? 0).toLocaleString("en")}`;
  const label = state.pointed?.labels?.[0];
  if (Array.isArray(label)) {
    const positive = label.flatMap((yes, k) => (yes ? [k] : []));
    const words = positive.length ? `${positive.length > 1 ? "Labels" : "Label"} ${positive.join(", ")}` : "No label";
    return [words, `probabilities ${outputs.map((value) => fixed(value, 2)).join(", ")}, ${under}`];
  }
  if (task === "regression" || typeof label !== "number")
    return [`Predicts ${outputs.map((value) => fixed(value)).join(", ")}`, under];
  if (output === "tanh") return [`Class ${label}, output ${fixed(outputs[0])}`, under];
  const probability =
    outputs.length === 1 ? (label === 1 ? (outputs[0] ?? 0) : 1 - (outputs[0] ?? 0)) : (outputs[label] ?? 0);
  const shown = Math.min(99.9, Math.max(0.1, probability * 100)).toFixed(1);
  return [`Class ${label}, probability ${shown} %`, under];
}
