/** The panel Landscape: the measured loss around the present weights, as a map and as a surface, with the run's path. */

import { counted, loss as figure, fixed, percent, short } from "../lib/format.js";
import { freeNames } from "../lib/free.js";
import { describe } from "../lib/problem.js";
import { linear } from "../lib/scales.js";
import { sample } from "../lib/surface.js";
import { palette } from "../palette.js";
import { Refused, Unreachable } from "../socket.js";
import { make, write } from "../views/dom.js";
import { place } from "../views/follow.js";
import { segments } from "../views/segments.js";
import { drawMap, mapSquare } from "./landscape-map.js";
import { picture } from "./landscape-picture.js";
import { drawSurface, face, turnable } from "./landscape-surface.js";

const RESOLUTION = 41;
/** @typedef {import("./landscape-picture.js").Answer} Answer */
/** @typedef {import("./landscape-picture.js").Picture} Picture */

/**
 * @param {HTMLElement} root
 * @param {import("./inside.js").Page} page
 * @returns {import("./inside.js").Shown}
 */
export function mount(root, { store, session, scheduler }) {
  const { state } = store;
  /** @type {Answer | null} */
  let answer = null;
  let taken = "";
  let run = "";
  let directions = "pca";
  let open = false;
  let busy = false;
  /** @type {{x: number, y: number} | null} */
  let cursor = null;

  const kinds = segments(
    "Directions",
    [
      ["pca", "Along the path"],
      ["random", "Random"],
    ],
    (name) => {
      directions = name;
      void measure();
    },
  );
  kinds.set(directions);
  const logged = make("input", { type: "checkbox" });
  logged.checked = true;
  const again = make("button", { type: "button", class: "button" }, ["Measure again"]);
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
  const says = make("p", { class: "sub", role: "status" });
  const words = make("div", { class: "words" });
  root.classList.add("landscape");
  root.append(
    make("div", { class: "tools" }, [
      kinds.element,
      make("label", { class: "check" }, [logged, make("span", { class: "box", "aria-hidden": "true" }), "Log loss"]),
      again,
      at,
    ]),
    make("div", { class: "pictures" }, [
      make("section", {}, [make("h3", {}, ["Map"]), map, under, says]),
      make("section", {}, [make("h3", {}, ["Surface ", make("span", { class: "sub" }, ["drag to turn"])]), surface]),
      make("section", { "aria-label": "In words" }, [words]),
    ]),
  );
  const view = turnable(surface, () => redraw());
  again.addEventListener("click", () => void measure());
  let logChosen = false;
  logged.addEventListener("change", () => {
    logChosen = true;
    redraw();
  });

  async function measure() {
    if (busy || !state.run) return;
    busy = true;
    again.disabled = true;
    const id = state.run.id;
    const asked = directions;
    taken = place(state.run) ?? "";
    run = `${id} ${state.run.series}`;
    try {
      const got = await session.fetch(`landscape?resolution=${RESOLUTION}&directions=${asked}`);
      if (got && id === state.run?.id) take(got);
    } catch (error) {
      if (!(error instanceof Refused || error instanceof Unreachable)) throw error;
      answer = null;
      words.replaceChildren(make("p", {}, [error.message]));
    }
    busy = false;
    again.disabled = false;
    cursor = null;
    redraw();
    // Asked for something else meanwhile.
    if (open && (asked !== directions || id !== state.run?.id)) void measure();
  }

  /** @param {Answer} got */
  function take(got) {
    answer = got;
    // A whole error surface is a bowl, and looks like one without logarithms.
    if (!logChosen) logged.checked = got.directions !== "exact";
    if (!view.own) face(view, picture(got, logged.checked, palette(state.theme)));
  }

  function draw() {
    news();
    if (!answer) return;
    const colours = palette(state.theme);
    const drawn = picture(answer, logged.checked, colours);
    const names = axes(answer);
    drawMap(map, drawn, colours, cursor);
    drawSurface(surface, drawn, view, colours, names);
    write(under, `across: ${names[0]}, up: ${names[1]}`);
    write(says, cursor ? pointed(drawn, cursor) : "");
    tell(drawn);
  }

  /** When it was measured, and whether the run has gone on. */
  function news() {
    kinds.element.hidden = answer?.directions === "exact";
    if (busy || !answer) {
      write(at, busy ? "Measuring…" : "");
      return;
    }
    const went = place(state.run) === taken ? "" : `; the run is at ${(state.run?.epoch ?? 0).toLocaleString("en")}`;
    const within = answer.batch ? `, mini-batch ${answer.batch}` : "";
    write(at, `taken at epoch ${answer.epoch.toLocaleString("en")}${within}${went}`);
  }

  /** @param {Answer} found @returns {[string, string]} */
  function axes(found) {
    if (found.directions !== "exact") return ["first direction", "second direction"];
    const { sizes } = describe(state.catalog, state.config);
    const names = freeNames(sizes, state.config.network.bias, state.masks);
    return names.length === 2 ? [names[0], names[1]] : ["first weight", "second weight"];
  }

  /** @param {Picture} drawn */
  function tell({ answer: found, losses, scale, size }) {
    const { parameters } = describe(state.catalog, state.config);
    const share = found.variance_explained;
    const shown = share === null ? null : percent(share, share > 0.995 ? 1 : 0);
    const path = counted(found.path.length, "recorded epoch");
    const what = {
      exact:
        "This model has two free weights, so this is its whole error surface: the axes are the weights themselves, and nothing is left out.",
      pca: `A slice, not the whole: ${parameters} weights and biases, of which the picture varies two directions, those along which the run moved most.`,
      random: `A slice, not the whole: ${parameters} weights and biases, two random directions, scaled unit by unit to the weights. The path is cast onto it from afar.`,
    }[found.directions];
    const covered = {
      exact: `The path of ${path} lies on it.`,
      pca: `It shows ${shown} % of the path, ${path}.`,
      random: `It shows ${shown} % of the path, ${path}.`,
    }[found.directions];
    const least = losses.reduce((best, value, i) => (value < (losses[best] ?? Number.POSITIVE_INFINITY) ? i : best), 0);
    const here = found.path[found.path.length - 1].loss;
    const slope = Math.hypot(...found.gradient.map((each) => each ?? Number.NaN));
    const rows = [
      ["Training loss now", figure(here)],
      ...(Number.isFinite(losses[least])
        ? [
            [
              "Least on the map",
              `${figure(losses[least])} at ${short(found.x[least % size], 2)}, ${short(found.y[Math.floor(least / size)], 2)}`,
            ],
          ]
        : []),
      ["Slope here, on the slice", Number.isFinite(slope) ? short(slope, 2) : "not a number"],
    ];
    words.replaceChildren(
      make("p", {}, [what]),
      ...(losses.every(Number.isFinite) ? [] : [make("p", {}, ["Hatched: there the loss is not a number."])]),
      make("p", {}, [
        share === null ? "No earlier epoch is recorded yet: as the run trains, its path appears." : covered,
      ]),
      make(
        "dl",
        {},
        rows.flatMap(([name, value]) => [make("dt", { class: "sub" }, [name]), make("dd", {}, [value])]),
      ),
      make("p", { class: "aside" }, [
        "More ink is more loss, on the map and on the points alike: each point wears its true loss, and stands out where the slice is not where it was. The arrow leads straight down, at right angles to the contours; the dashed one passes through the present place.",
      ]),
      make("div", { class: "ends figures" }, [
        make("span", {}, [figure(scale.low)]),
        make("span", { class: "loss-ramp", "aria-hidden": "true" }),
        make("span", {}, [figure(scale.high)]),
      ]),
    );
  }

  /** @param {Picture} drawn @param {{x: number, y: number}} where */
  function pointed({ answer: found, losses, size }, where) {
    const u = linear(found.x[0], found.x[size - 1]).at(where.x) * 2 - 1;
    const v = linear(found.y[0], found.y[size - 1]).at(where.y) * 2 - 1;
    return `loss ${figure(sample(losses, size, u, v))} at (${fixed(where.x, 2)}, ${fixed(where.y, 2)})`;
  }

  /** @param {{x: number, y: number} | null} next */
  function point(next) {
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
    const now = state.run;
    const anew = now && `${now.id} ${now.series}` !== run;
    // A run at rest is measured where it rests; one that trains, when asked.
    if (anew || (now && now.state !== "running" && place(now) !== taken)) void measure();
    else news();
  });
  return {
    show() {
      open = true;
      if (place(state.run) !== taken) void measure();
      redraw();
    },
    hide() {
      open = false;
    },
  };
}
