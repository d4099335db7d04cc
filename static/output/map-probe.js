/** The cursor on the output map, by pointer and arrow keys, and the prediction there in words. */

import { fixed, sentenceCase } from "../lib/format.js";
import { isSlice, pointAt } from "../lib/slice.js";
import { thresholdOf } from "../state/accuracy.js";
import { describe } from "../state/derived.js";
import { className } from "../state/names.js";
import { connected } from "../state/store.js";
import { byId, canvasById, write } from "../ui/dom.js";
import { shareOf, valueAt, valueWords, viewport } from "./viewport.js";

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
    set((event.clientX - frame.left) / frame.width, 1 - (event.clientY - frame.top) / frame.height);
  }

  /** Puts the cursor at a place of the map, from 0 to 1 each way. */
  function set(/** @type {number} */ x, /** @type {number} */ y) {
    const { across, up } = viewport(state);
    store.set({ cursor: { x: valueAt(across, x), y: valueAt(up, y) } });
  }

  function moveByKey(/** @type {KeyboardEvent} */ event) {
    const by = event.shiftKey ? 1 / 12 : 1 / 60;
    const step = { ArrowLeft: [-by, 0], ArrowRight: [by, 0], ArrowUp: [0, by], ArrowDown: [0, -by] }[event.key];
    if (event.key === "Escape") store.set({ cursor: null, pointed: null });
    if (!step) return;
    event.preventDefault();
    byKeyboard = true;
    const { across, up } = viewport(state);
    const at = state.cursor;
    if (at) set(shareOf(across, at.x) + (step[0] ?? 0), shareOf(up, at.y) + (step[1] ?? 0));
    else set(0.5, 0.5);
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
    const { across, up } = viewport(state);
    const x = shareOf(across, at.x) * canvas.clientWidth;
    const y = (1 - shareOf(up, at.y)) * canvas.clientHeight;
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
  const { across, up } = viewport(state);
  const [x, y] = [valueWords(across, state.cursor.x), valueWords(up, state.cursor.y)];
  const named = `at ${across.name} ${x}${inputs === 1 ? "" : `, ${up.name} ${y}`}`;
  const where =
    inputs === 1 && across.plain ? `at x ${x}` : isSlice(inputs) || !across.plain ? named : `at (${x}, ${y})`;
  const under = `${where}, epoch ${(state.pointed?.epoch ?? 0).toLocaleString("en")}`;
  const label = state.pointed?.labels?.[0];
  if (Array.isArray(label)) {
    const positive = label.flatMap((yes, k) => (yes ? [k] : []));
    const names = positive.map((k) => state.run?.targets?.[k] ?? k).join(", ");
    const words = positive.length ? `${positive.length > 1 ? "Labels" : "Label"} ${names}` : "No label";
    return [words, `probabilities ${outputs.map((value) => fixed(value, 2)).join(", ")}, ${under}`];
  }
  if (task === "regression" || typeof label !== "number")
    return [`Predicts ${outputs.map((value) => fixed(value)).join(", ")}`, under];
  const name = sentenceCase(className(state, label));
  if (output === "tanh") return [`${name}, output ${fixed(outputs[0])}`, under];
  const probability =
    outputs.length === 1 ? (label === 1 ? (outputs[0] ?? 0) : 1 - (outputs[0] ?? 0)) : (outputs[label] ?? 0);
  const shown = Math.min(99.9, Math.max(0.1, probability * 100)).toFixed(1);
  return [`${name}, probability ${shown} %`, under];
}
