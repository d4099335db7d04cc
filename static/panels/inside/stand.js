/** Where the pre-activations of one unit lie on its own curve: a point for each training point, and what that means. */

import { drawActivation, drawRug, REACH } from "../../charts/activation-plot.js";
import { counted, fixed, percent } from "../../lib/format.js";
import { describe, lookOf } from "../../state/derived.js";
import { setAriaLabel } from "../../ui/aria-label.js";
import { drawing, make, write } from "../../ui/dom.js";

/** @import {Curve as CurveType} from "../../charts/activation-plot.js" */
/** @import {Palette} from "../../charts/palette.js" */
/** @import {State} from "../../state/store.js" */

/** A slope below this hardly passes a gradient on. */
const FLAT = 0.1;

/**
 * @typedef {CurveType} Curve
 * @typedef {{epoch: number, z: number[], a: number[]}} Seen what a pass over training points told of the unit
 */

/** @param {State} state */
export function standView(state) {
  const plot = make("canvas", { class: "plot", role: "img" });
  const rug = make("canvas", { class: "rug", role: "img" });
  const lanes = make("p", { class: "lanes label" });
  const says = make("p", { class: "aside" });

  /**
   * @param {{name: string, title: string, curve: Curve | null, seen: Seen | null}} unit `name` is its activation's; no
   * curve where it has none of one z
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
    const words = seen ? sentence(seen, name, curve) : "";
    write(says, words);
    setAriaLabel(rug, words || "No points yet");
  }

  /** @param {{name: string, shape: string, colour: number | null}[]} groups */
  function head(groups) {
    const key = groups.map((group) => group.name).join();
    if (lanes.dataset.key === key) return;
    lanes.dataset.key = key;
    lanes.replaceChildren(
      ...groups.map(({ shape, colour, name }) =>
        make("span", {}, [...(shape ? [drawing(`i-${shape}`, `icon class-${colour}`)] : []), name]),
      ),
    );
  }

  /** The points' z by class: a lane each while there are few. @param {number[]} z */
  function grouped(z) {
    const { classes } = describe(state);
    const targets = state.points?.targets ?? [];
    if (classes < 2 || classes > 5)
      return [{ z, colour: /** @type {number | null} */ (null), shape: "", name: "every training point" }];
    return Array.from({ length: classes }, (_, k) => {
      const { shape, colour } = lookOf(k);
      return { z: z.filter((_, i) => targets[i] === k), colour, shape, name: `class ${k}` };
    });
  }

  return { parts: [plot, rug, lanes, says], draw };
}

/** @param {Seen} seen @param {string} name of the activation @param {Curve | null} curve */
function sentence({ epoch, z }, name, curve) {
  const finite = z.filter(Number.isFinite);
  if (!finite.length) return "Its pre-activations are not numbers.";
  const range = `${counted(finite.length, "training point")} at epoch ${epoch.toLocaleString("en")}: z from ${fixed(Math.min(...finite), 2)} to ${fixed(Math.max(...finite), 2)}.`;
  if (name === "softmax") return `${range} Softmax weighs all outputs together, so it has no curve of one z.`;
  if (!curve) return range;
  const flat = finite.filter((value) => Math.abs(slope(name, curve, value)) < FLAT).length / finite.length;
  return `${range} The slope is below ${FLAT} at ${percent(flat, 0)} % of them, where little gradient passes.`;
}

/**
 * The slope at z, between the curve's own figures; the sine repeats, the others go on as they end.
 * @param {string} name @param {Curve} curve @param {number} z
 */
function slope(name, curve, z) {
  const turn = 2 * Math.PI;
  const at = name === "sine" ? z - turn * Math.round(z / turn) : Math.min(REACH, Math.max(-REACH, z));
  const position = ((at + REACH) / (2 * REACH)) * (curve.z.length - 1);
  const i = Math.min(curve.z.length - 2, Math.floor(position));
  return curve.derivative[i] + (curve.derivative[i + 1] - curve.derivative[i]) * (position - i);
}
