/** A pad for drawing where the inputs are a picture: the prediction for the drawing, and how much each cell adds to it. */

import { palette, signedColour } from "../charts/palette.js";
import { percent } from "../lib/format.js";
import { cellsOf, evidence } from "../lib/ink.js";
import { describe } from "../state/derived.js";
import { className } from "../state/names.js";
import { byId, fit, make, write } from "../ui/dom.js";

/** @import {Stroke} from "../lib/ink.js" */

/** An arrow key moves the pen by this share of the pad. */
const STEP = 1 / 16;
const FULL = 16;
const METHOD =
  "A drawing is enlarged to the full height, centred, made a bitmap of 32 by 32 and counted in boxes of 4 by 4, as the data were.";

/** @type {Record<string, [number, number]>} */
const ARROWS = { ArrowLeft: [-STEP, 0], ArrowRight: [STEP, 0], ArrowUp: [0, -STEP], ArrowDown: [0, STEP] };

/** @param {Store} store @param {Session} session @param {DrawScheduler} scheduler */
export function mountDigitPad(store, session, scheduler) {
  const { state } = store;
  const side = () => describe(state).entry?.picture ?? 0;
  const pad = make("canvas", {
    class: "paper",
    tabindex: "0",
    role: "application",
    "aria-roledescription": "drawing pad",
    "aria-label": "Draw a digit. Arrow keys move the pen, Space puts it down and lifts it, Delete clears.",
  });
  const seen = make("canvas", { role: "img", "aria-label": "The picture that the network is given" });
  const shares = make("canvas", { role: "img", "aria-label": "What each cell adds to the prediction" });
  const bars = make("ol", { class: "bars" });
  const words = make("p", { class: "sub" }, [METHOD]);
  const spoken = make("p", { class: "unseen", role: "status" });
  const clear = make("button", { class: "button", type: "button" }, ["Clear"]);
  const example = make("button", { class: "button", type: "button" }, ["A test digit"]);
  const figure = (/** @type {HTMLElement} */ canvas, /** @type {string} */ caption) =>
    make("figure", {}, [canvas, make("figcaption", {}, [caption])]);
  byId("pad").replaceChildren(
    make("div", { class: "drawn" }, [pad, bars]),
    make("div", { class: "row" }, [clear, example]),
    make("div", { class: "pictures" }, [
      figure(seen, "the network's input"),
      figure(shares, "what each cell adds"),
      words,
    ]),
    spoken,
  );

  /** @type {Stroke[]} */
  let strokes = [];
  /** @type {number[]} */
  let cells = [];
  /** @type {ReturnType<typeof evidence> | null} */
  let found = null;
  let isDown = false;
  let isByKey = false;
  let pen = { x: 0.5, y: 0.3 };
  let next = 0;

  // ---- drawing

  const at = (/** @type {PointerEvent} */ event) => {
    const box = pad.getBoundingClientRect();
    return { x: (event.clientX - box.left) / box.width, y: (event.clientY - box.top) / box.height };
  };
  const extend = (/** @type {{x: number, y: number}} */ point) => {
    strokes.at(-1)?.push(point);
    setCells(cellsOf(strokes, side()));
  };
  /** @param {number[]} ink */
  function setCells(ink) {
    cells = ink;
    const any = ink.some((value) => value > 0);
    if (!any) clearPrediction();
    store.set({ drawn: any ? ink : null });
    draw();
    void predict();
  }
  function clearPrediction() {
    found = null;
    for (const bar of bars.children) {
      bar.classList.remove("first");
      /** @type {HTMLElement} */ (bar).style.removeProperty("--share");
      write(/** @type {Element} */ (bar.lastElementChild), "–");
    }
    write(words, METHOD);
    write(spoken, "");
  }
  function begin(/** @type {{x: number, y: number}} */ point) {
    strokes.push([]);
    extend(point);
  }
  pad.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    event.preventDefault();
    pad.focus({ preventScroll: true });
    pad.setPointerCapture(event.pointerId);
    isDown = true;
    isByKey = false;
    begin(at(event));
  });
  pad.addEventListener("pointermove", (event) => {
    if (isDown && !isByKey) extend(at(event));
  });
  for (const type of ["pointerup", "pointercancel"]) pad.addEventListener(type, () => (isDown = false));
  pad.addEventListener("keydown", (event) => {
    const step = ARROWS[event.key];
    if (step) {
      const inside = (/** @type {number} */ value) => Math.min(0.95, Math.max(0.05, value));
      pen = { x: inside(pen.x + step[0]), y: inside(pen.y + step[1]) };
      isByKey = true;
      if (isDown) extend({ ...pen });
      else draw();
    } else if (event.key === " ") {
      isByKey = true;
      isDown = !isDown;
      if (isDown) begin({ ...pen });
    } else if (event.key === "Delete" || event.key === "Backspace") clearPad();
    else return;
    event.preventDefault();
  });
  pad.addEventListener("blur", () => {
    isDown = false;
    draw();
  });

  function clearPad() {
    strokes = [];
    isDown = false;
    setCells([]);
  }
  clear.addEventListener("click", clearPad);
  example.addEventListener("click", () => {
    const { inputs = [], split = [] } = state.points ?? {};
    const tests = split.flatMap((set, i) => (set === "test" ? [i] : []));
    const chosen = inputs[tests[next++ % Math.max(1, tests.length)] ?? 0];
    strokes = [];
    if (chosen) setCells(chosen.map((ink) => ink ?? 0));
  });

  // ---- prediction: one request at a time, for the newest picture and the network that is shown

  let isRequested = false;
  let isStale = false;
  async function predict() {
    isStale = isRequested;
    if (isRequested || !side() || !cells.some((value) => value > 0)) return;
    isRequested = true;
    const whole = cells;
    const inked = whole.flatMap((value, i) => (value > 0 ? [i] : []));
    const blanked = inked.map((cell) => whole.map((value, i) => (i === cell ? 0 : value)));
    const answer = await session.predict([whole, ...blanked], 0.5, state.past?.epoch);
    isRequested = false;
    if (answer && cells.some((value) => value > 0)) {
      found = evidence(answer.outputs, inked, whole.length);
      show(answer.outputs[0]);
      draw();
    }
    if (isStale) void predict();
  }

  /** @param {number[]} probabilities */
  function show(probabilities) {
    if (!found) return;
    [...bars.children].forEach((bar, k) => {
      /** @type {HTMLElement} */ (bar).style.setProperty("--share", String(probabilities[k] ?? 0));
      bar.classList.toggle("first", k === found?.first);
      write(/** @type {Element} */ (bar.lastElementChild), `${percent(probabilities[k] ?? 0)} %`);
    });
    const [first, second] = [className(state, found.first), className(state, found.second)];
    write(
      words,
      `Blue cells favour ${first} over ${second}, orange ones ${second} over ${first}: the drop of the log of their probabilities’ ratio when the cell is made blank.`,
    );
    write(spoken, `Predicted: ${first}`);
  }

  function build() {
    byId("pad").hidden = !side();
    example.disabled = !state.points?.split.includes("test");
    if (!side()) return;
    const names = Array.from({ length: describe(state).classes }, (_, k) => className(state, k));
    if (bars.dataset.names !== names.join())
      bars.replaceChildren(
        ...names.map((name) =>
          make("li", {}, [make("span", {}, [name]), make("i"), make("span", { class: "figure" }, ["–"])]),
        ),
      );
    bars.dataset.names = names.join();
    draw();
  }

  // ---- pictures

  /** @param {HTMLCanvasElement} canvas @param {number[]} values @param {(value: number) => string} colour */
  function drawCells(canvas, values, colour) {
    const { context, width } = fit(canvas);
    const count = side();
    const size = width / count;
    context.clearRect(0, 0, width, width);
    for (let i = 0; i < count * count; i++) {
      context.fillStyle = colour(values[i] ?? 0);
      context.fillRect((i % count) * size, Math.floor(i / count) * size, size + 0.5, size + 0.5);
    }
  }

  const draw = scheduler.task(() => {
    if (!side()) return;
    const colours = palette(state.theme);
    const ink = (/** @type {number} */ value) =>
      `color-mix(in oklab, ${colours.of("ink")} ${(value / FULL) * 100}%, ${colours.of("paper")})`;
    drawCells(seen, cells, ink);
    const most = Math.max(1e-9, ...(found?.shares ?? []).map(Math.abs));
    drawCells(shares, found?.shares ?? [], (value) => signedColour(colours, value / most));
    if (!strokes.length && cells.length) {
      drawCells(pad, cells, ink);
      return;
    }
    const { context, width } = fit(pad);
    context.fillStyle = colours.of("paper");
    context.fillRect(0, 0, width, width);
    context.strokeStyle = context.fillStyle = colours.of("ink");
    context.lineWidth = width / 10;
    context.lineCap = context.lineJoin = "round";
    for (const stroke of strokes) {
      context.beginPath();
      context.moveTo(stroke[0].x * width, stroke[0].y * width);
      for (const { x, y } of stroke) context.lineTo(x * width, y * width + 0.01);
      context.stroke();
    }
    if (!strokes.length && document.activeElement !== pad) {
      context.fillStyle = colours.of("ink-3");
      context.font = `12px ${colours.font}`;
      context.textAlign = "center";
      context.fillText("Draw a digit", width / 2, width / 2);
    }
    if (isByKey && document.activeElement === pad) {
      context.lineWidth = 1.5;
      context.strokeStyle = colours.of(isDown ? "on-ink" : "ink");
      context.strokeRect(pen.x * width - 4, pen.y * width - 4, 8, 8);
    }
  });

  store.on(["config", "run", "points"], build);
  store.on(["frame", "past"], () => void predict());
  store.on(["theme", "layout"], draw);
  build();
}
