/** The panel Landscape: the measured loss around the present weights, as a map and as a surface, with the run's path. */

import { palette } from "../../charts/palette.js";
import { loss as figure, fixed } from "../../lib/format.js";
import { sample } from "../../lib/projection.js";
import { linear } from "../../lib/scales.js";
import { freeNames } from "../../network/free-weights.js";
import { describe } from "../../state/derived.js";
import { make, write } from "../../ui/dom.js";
import { segmentedControl } from "../../ui/segmented-control.js";
import { captionView } from "./caption.js";
import { drawFrame, drawMap, mapSquare } from "./map.js";
import { createMeasuring } from "./measuring.js";
import { picture } from "./picture.js";
import { createRotation, drawSurface, turnToPath } from "./surface.js";

/** @import {Answer, Picture} from "./types.js" */

/** @param {HTMLElement} root @param {Page} page @returns {Shown} */
export function mount(root, page) {
  const { store, scheduler } = page;
  const { state } = store;
  /** @type {Answer | null} */
  let answer = null;
  let of = "";
  let refused = false;
  let open = false;
  /** @type {{x: number, y: number} | null} */
  let cursor = null;

  const measuring = createMeasuring(page, onResult);
  const kinds = segmentedControl(
    "Directions",
    [
      ["pca", "Along the path"],
      ["random", "Random"],
    ],
    (name) => {
      measuring.choose(name === "pca" ? "pca" : "random");
      redraw();
    },
  );
  kinds.set(measuring.directions);
  const logged = make("input", { type: "checkbox" });
  logged.checked = true;
  let logChosen = false;
  logged.addEventListener("change", () => {
    logChosen = true;
    redraw();
  });
  const again = make("button", { type: "button", class: "button" }, ["Measure again"]);
  again.addEventListener("click", () => {
    void measuring.measure();
    redraw();
  });
  const at = make("p", { class: "sub", role: "status" });
  const map = make("canvas", {
    tabindex: "0",
    role: "application",
    "aria-roledescription": "map",
    "aria-label": "Contour map of the loss. Arrow keys move a cursor, Escape leaves.",
  });
  const surface = make("canvas", {
    tabindex: "0",
    role: "application",
    "aria-roledescription": "surface",
    "aria-label": "The loss as a surface. Arrow keys turn it, Home turns it back.",
  });
  const under = make("p", { class: "label axes" });
  const status = make("p", { class: "sub", role: "status" });
  const words = captionView(state);
  root.classList.add("landscape");
  root.append(
    make("div", { class: "tools" }, [
      kinds.element,
      make("label", { class: "check" }, [logged, make("span", { class: "box", "aria-hidden": "true" }), "Log loss"]),
      again,
      at,
    ]),
    make("div", { class: "pictures" }, [
      make("section", {}, [make("h3", {}, ["Map"]), map, under, status]),
      make("section", {}, [make("h3", {}, ["Surface ", make("span", { class: "sub" }, ["drag to turn"])]), surface]),
      make("section", { "aria-label": "In words" }, [words.root]),
    ]),
  );
  const view = createRotation(surface, () => redraw());

  /** Identifies the weights: a run since its last reset. */
  const key = () => `${state.run?.id} ${state.run?.series}`;

  /** @param {Answer | null} got @param {string} [refusal] */
  function onResult(got, refusal) {
    answer = got;
    of = key();
    cursor = null;
    refused = !got;
    if (refusal) words.refuse(refusal);
    // A whole error surface is a bowl, which logarithms would hide.
    if (got && !logChosen) logged.checked = got.directions !== "exact";
    if (got && !view.own) turnToPath(view, picture(got, logged.checked, palette(state.theme)));
    redraw();
  }

  function draw() {
    writeStatus();
    if (refused && of === key()) return;
    const colours = palette(state.theme);
    if (!answer || of !== key()) {
      words.announce(free().length === 2 ? "exact" : measuring.directions);
      drawFrame(map, colours, "Measuring the training loss…");
      return;
    }
    const drawn = picture(answer, logged.checked, colours);
    const names = axes(answer);
    drawMap(map, drawn, colours, cursor);
    drawSurface(surface, drawn, view, colours, names);
    write(under, `across: ${names[0]}, up: ${names[1]}`);
    write(status, cursor ? pointed(drawn, cursor) : "");
    words.showResult(drawn);
  }

  /** Writes when it was measured, and whether the run has changed since. */
  function writeStatus() {
    kinds.element.hidden = free().length === 2;
    again.disabled = measuring.asking;
    if (!answer || of !== key()) {
      write(at, measuring.asking ? "Measuring…" : "");
      return;
    }
    const goes = measuring.asking ? "; measuring…" : measuring.stale ? "; the run has trained on" : "";
    const within = answer.batch ? `, mini-batch ${answer.batch}` : "";
    write(at, `taken at epoch ${answer.epoch.toLocaleString("en")}${within}${goes}`);
  }

  /** The names of the weights and biases that are trained. */
  const free = () => {
    const { sizes } = describe(state);
    return freeNames(sizes, state.config.network.bias, state.masks);
  };

  /** @param {Answer} found @returns {[string, string]} */
  function axes(found) {
    if (found.directions !== "exact") return ["first direction", "second direction"];
    const names = free();
    return names.length === 2 ? [names[0], names[1]] : ["first weight", "second weight"];
  }

  /** @param {Picture} drawn @param {{x: number, y: number}} where */
  function pointed({ answer: found, losses, size }, where) {
    const u = linear(found.x[0], found.x[size - 1]).at(where.x) * 2 - 1;
    const v = linear(found.y[0], found.y[size - 1]).at(where.y) * 2 - 1;
    return `loss ${figure(sample(losses, size, u, v))} at (${fixed(where.x, 2)}, ${fixed(where.y, 2)})`;
  }

  function point(/** @type {{x: number, y: number} | null} */ next) {
    if (!answer) return;
    const limit = (/** @type {number} */ value, /** @type {number[]} */ side) =>
      Math.min(side[side.length - 1], Math.max(side[0], value));
    cursor = next && { x: limit(next.x, answer.x), y: limit(next.y, answer.y) };
    redraw();
  }
  map.addEventListener("pointermove", (event) => {
    if (!answer) return;
    const { left, side } = mapSquare(map.clientWidth, map.clientHeight);
    const share = { x: (event.offsetX - left) / side, y: 1 - event.offsetY / side };
    const within = share.x >= 0 && share.x <= 1 && share.y >= 0 && share.y <= 1;
    const end = answer.x.length - 1;
    const value = (/** @type {number[]} */ axis, /** @type {number} */ t) => linear(axis[0], axis[end]).value(t);
    point(within ? { x: value(answer.x, share.x), y: value(answer.y, share.y) } : null);
  });
  for (const leave of ["pointerleave", "blur"]) map.addEventListener(leave, () => point(null));
  map.addEventListener("keydown", (event) => {
    const by = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key];
    if (event.key === "Escape") point(null);
    if (!by || !answer) return;
    event.preventDefault();
    const here = cursor ?? answer.path[answer.path.length - 1];
    point({ x: here.x + by[0] * (answer.x[1] - answer.x[0]), y: here.y + by[1] * (answer.y[1] - answer.y[0]) });
  });

  const redraw = scheduler.task(() => open && draw());
  store.on(["theme", "layout"], () => open && redraw());
  store.on(["run"], () => {
    if (!open) return;
    // A run at rest is measured at once; one that trains, on request.
    if (measuring.foreign || (state.run?.state !== "running" && measuring.stale)) void measuring.measure();
    if (of === key()) writeStatus();
    else redraw();
  });
  // The panel is about to be opened: a run at rest is measured now.
  if (state.run && state.run.state !== "running") void measuring.measure();
  return {
    show() {
      open = true;
      if (measuring.stale) void measuring.measure();
      draw();
    },
    hide() {
      open = false;
    },
  };
}
