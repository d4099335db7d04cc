/** A mark for each example beside the inputs: the shape of its class, or its number. */

import { lookOf } from "../../state/derived.js";
import { drawing, make } from "../../ui/dom.js";
import { HEIGHT, WIDTH } from "./layout.js";

/** @import {Trace} from "./types.js" */

/** @param {Trace} trace @param {number} example its place in the pass @param {boolean} classes */
function exampleMark(trace, example, classes) {
  const targets = trace.targets.map((row) => row[example] ?? 0);
  if (!classes) return String((trace.examples[example] ?? 0) + 1);
  const look = lookOf(targets.length > 1 ? targets.indexOf(1) : Math.max(0, targets[0]));
  return drawing(`i-${look.shape}`, `icon class-${look.colour}`);
}

/**
 * Puts the marks beside a box of inputs, where they scroll with it.
 * @param {Trace} trace @param {HTMLElement} box
 * @param {boolean} rows whether rows are examples
 * @param {number} count of examples in sight
 * @param {boolean} classes whether targets are classes
 */
export function withExampleMarks(trace, box, rows, count, classes) {
  const strip = make("div", { class: "examples", "aria-hidden": "true" });
  const size = rows ? HEIGHT : WIDTH;
  const draw = () => {
    const at = rows ? box.scrollTop : box.scrollLeft;
    const first = Math.floor(at / size);
    strip.replaceChildren(
      ...Array.from({ length: Math.min(count + 1, trace.shown - first) }, (_, i) => {
        const item = make("span", {}, [exampleMark(trace, first + i, classes)]);
        item.style.setProperty(rows ? "top" : "left", `${(first + i) * size - at}px`);
        return item;
      }),
    );
  };
  box.addEventListener("scroll", draw);
  draw();
  return make("div", { class: rows ? "marked" : "marked above" }, [strip, box]);
}
