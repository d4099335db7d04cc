/** Where the training points lie on the activation curve of one unit, and on how many of them the slope is small. */

import { drawActivation, drawRug } from "../../charts/activation-plot.js";
import { counted, fixed, percent } from "../../lib/format.js";
import { describe, lookOf } from "../../state/derived.js";
import { className } from "../../state/names.js";
import { setAriaLabel } from "../../ui/aria-label.js";
import { drawing, make, write } from "../../ui/dom.js";

/** @import {Seen} from "./types.js" */

/** Below this slope, little gradient passes. */
const FLAT = 0.1;

export function unitPositionView(/** @type {State} */ state) {
  const plot = make("canvas", { class: "plot", role: "img" });
  const rug = make("canvas", { class: "rug", role: "img" });
  const lanes = make("p", { class: "lanes label" });
  const status = make("p", { class: "aside" });

  /**
   * @param {{name: string, title: string, curve: Curve | null, seen: Seen | null}} unit `name` is its activation's; no curve for softmax
   * @param {Palette} colours
   */
  function draw({ name, title, curve, seen }, colours) {
    plot.hidden = !curve;
    if (curve) {
      drawActivation(plot, curve, colours, { seen, figures: true });
      setAriaLabel(plot, `Curve of ${title} with the training points at their z and output`);
    }
    const groups = seen ? grouped(seen.z) : [];
    rug.style.height = `${Math.max(1, groups.length) * 18}px`;
    drawRug(
      rug,
      groups.map((group) => ({
        ...group,
        colour: group.colour === null ? colours.of("ink") : colours.classes[group.colour],
      })),
      colours,
    );
    head(groups);
    const words = seen ? sentence(seen, name) : "";
    write(status, words);
    setAriaLabel(rug, words || "No points yet");
  }

  function head(/** @type {{name: string, shape: string, colour: number | null}[]} */ groups) {
    const key = groups.map((group) => group.name).join();
    if (lanes.dataset.key === key) return;
    lanes.dataset.key = key;
    lanes.replaceChildren(
      ...groups.map(({ shape, colour, name }) =>
        make("span", {}, [...(shape ? [drawing(`i-${shape}`, `icon class-${colour}`)] : []), name]),
      ),
    );
  }

  /** The points' z by class, one lane each where there are few classes. @param {number[]} z */
  function grouped(z) {
    const { classes } = describe(state);
    const targets = state.points?.targets ?? [];
    if (classes < 2 || classes > 5)
      return [{ z, colour: /** @type {number | null} */ (null), shape: "", name: "every training point" }];
    return Array.from({ length: classes }, (_, k) => {
      const { shape, colour } = lookOf(k);
      return { z: z.filter((_, i) => targets[i] === k), colour, shape, name: className(state, k) };
    });
  }

  return { parts: [plot, rug, lanes, status], draw };
}

/** @param {Seen} seen @param {string} name of the activation */
function sentence({ epoch, z, slope }, name) {
  const finite = z.filter(Number.isFinite);
  if (!finite.length) return "Its pre-activations are not numbers.";
  const range = `${counted(finite.length, "training point")} at epoch ${epoch.toLocaleString("en")}: z from ${fixed(Math.min(...finite), 2)} to ${fixed(Math.max(...finite), 2)}.`;
  if (name === "softmax") return `${range} Softmax weighs all outputs together, so it has no curve of one z.`;
  if (!slope) return range;
  const flat = slope.filter((value) => Math.abs(value) < FLAT).length / finite.length;
  return `${range} The slope is below ${FLAT} at ${percent(flat, 0)} % of them, where little gradient passes.`;
}
