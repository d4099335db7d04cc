/** The caption of a measured landscape: what the slice shows, the losses on it, and what the shading means. */

import { counted, loss as figure, fixed, percent, short } from "../../lib/format.js";
import { make, write } from "../../ui/dom.js";

/** @import {Picture} from "./types.js" */

const DIRECTIONS = {
  exact: () =>
    "This model has two free weights, so this is its whole error surface: the axes are the weights themselves.",
  pca: (/** @type {string} */ parameters) =>
    `A slice, not the whole: ${parameters} weights and biases, of which the picture varies two directions: those along which the run moved most.`,
  random: (/** @type {string} */ parameters) =>
    `A slice, not the whole: ${parameters} weights and biases, two random directions, scaled unit by unit to the weights. The path is projected onto it.`,
};

export function captionView(/** @type {State} */ state) {
  const what = make("p");
  const hatched = make("p", {}, ["Hatched: the loss is not a number there."]);
  const within = make("p");
  const covered = make("p");
  const values = ["Training loss now", "Least on the map", "Slope here, on the slice"].map((name) => ({
    name: make("dt", { class: "sub" }, [name]),
    value: make("dd"),
  }));
  const ends = [make("span"), make("span")];
  const measured = [
    hatched,
    within,
    covered,
    make(
      "dl",
      {},
      values.flatMap(({ name, value }) => [name, value]),
    ),
    make("p", { class: "aside" }, [
      "The stronger the contrast to the background, the greater the loss, on the map and on the points. Each point is drawn with its true loss, so it differs from the map where the run was off the slice. The arrow points straight down, at right angles to the contours; the dashed contour passes through the current weights.",
    ]),
    make("div", { class: "ends figures" }, [
      ends[0],
      make("span", { class: "loss-ramp", "aria-hidden": "true" }),
      ends[1],
    ]),
  ];
  const refused = make("p");
  const root = make("div", { class: "words" }, [what, refused, ...measured]);

  /** Writes the caption: what is measured, then the result, or why there is none. */
  function show(/** @type {Element[]} */ ...parts) {
    for (const part of root.children) part.toggleAttribute("hidden", !parts.includes(part));
  }

  show(what);

  const writeDirections = (/** @type {"exact" | "pca" | "random"} */ directions) =>
    write(what, DIRECTIONS[directions](state.run?.derived.parameters.toLocaleString("en") ?? "all"));

  /** Names what is being measured. @param {"exact" | "pca" | "random"} directions */
  function announce(directions) {
    writeDirections(directions);
    show(what);
  }

  /** @param {Picture} drawn */
  function showResult({ answer, losses, scale, size, below, above }) {
    writeDirections(answer.directions);
    const share = answer.variance_explained;
    const path = counted(answer.path.length, "recorded epoch");
    const finite = losses.every(Number.isFinite);
    show(what, ...measured.filter((part) => !(part === hatched && finite) && !(part === within && !answer.batch)));
    write(within, place(answer, state.run?.state === "diverged"));
    write(
      covered,
      share === null
        ? "No earlier epoch is recorded yet: as the run trains, its path appears."
        : answer.directions === "exact"
          ? `The path of ${path} lies on it.`
          : `It shows ${percent(share, share > 0.995 ? 1 : 0)} % of the path, ${path}.`,
    );
    const least = losses.reduce((best, value, i) => (value < (losses[best] ?? Number.POSITIVE_INFINITY) ? i : best), 0);
    const known = Number.isFinite(losses[least]);
    const slope = Math.hypot(...answer.gradient.map((each) => each ?? Number.NaN));
    const at = `${fixed(answer.x[least % size], 2)}, ${fixed(answer.y[Math.floor(least / size)], 2)}`;
    for (const part of Object.values(values[1])) part.hidden = !known;
    write(values[0].value, figure(answer.path[answer.path.length - 1].loss));
    write(values[1].value, `${figure(losses[least])} at ${at}`);
    write(values[2].value, Number.isFinite(slope) ? short(slope, 2) : "not a number");
    write(ends[0], `${below ? "≤ " : ""}${figure(scale.low)}`);
    write(ends[1], `${above ? "≥ " : ""}${figure(scale.high)}`);
  }

  /** Why there is nothing to show. @param {string} reason */
  function refuse(reason) {
    write(refused, reason);
    show(refused);
  }

  return { root, announce, showResult, refuse };
}

/** Explains why the loss here differs from the readouts, which are of the start of the epoch. @param {{epoch: number, batch: number}} at @param {boolean} diverged */
function place({ epoch, batch }, diverged) {
  const last = diverged ? ", the last before it diverged" : "";
  return `These are the weights after ${counted(batch, "mini-batch", "mini-batches")} of epoch ${(epoch + 1).toLocaleString("en")}${last}: “now” is their loss. The readouts are of epoch ${epoch.toLocaleString("en")}.`;
}
