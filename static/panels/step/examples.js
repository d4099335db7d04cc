/** Chooses the examples of a pass: some of the training set, the next mini-batch, or all; and whether they are rows. */

import { make } from "../../ui/dom.js";
import { segmentedControl } from "../../ui/segmented-control.js";

/** Examples listed of a large batch: few enough to send at once. */
const SHOWN = 64;
const COUNTS = { one: 1, four: 4 };

/** @param {() => void} another called when the pass is over other examples @param {(rows: boolean) => void} turn */
export function createExamples(another, turn) {
  let choice = "four";
  const choices = segmentedControl(
    "Which examples",
    [
      ["one", "One example"],
      ["four", "Four examples"],
      ["next", "Next mini-batch"],
      ["all", "Whole training set"],
    ],
    (name) => {
      choice = name;
      from.hidden = !(choice in COUNTS);
      another();
    },
  );
  const sides = segmentedControl(
    "Examples are",
    [
      ["rows", "Rows"],
      ["columns", "Columns"],
    ],
    (name) => turn(name === "rows"),
  );
  const first = make("input", { type: "number", min: "1", value: "1", inputmode: "numeric" });
  first.addEventListener("change", another);
  const from = make("label", { class: "first" }, [make("span", {}, ["from example"]), first]);
  choices.set(choice);

  return {
    elements: [
      choices.element,
      from,
      make("div", { class: "sides" }, [make("span", { class: "label" }, ["examples are"]), sides.element]),
    ],
    choice: () => choice,
    choose(/** @type {"one" | "four" | "next" | "all"} */ name) {
      choice = name;
      choices.set(name);
      from.hidden = !(choice in COUNTS);
    },
    /** @param {boolean} rows whether rows are examples */
    side: (rows) => sides.set(rows ? "rows" : "columns"),
    /** The request for the pass. @param {number} train how many examples it trains on */
    question(train) {
      const count = COUNTS[/** @type {keyof typeof COUNTS} */ (choice)];
      if (!count) return `trace?batch=${choice}&shown=${SHOWN}`;
      const most = Math.max(1, train - count + 1);
      const at = Math.min(most, Math.max(1, Math.round(Number(first.value)) || 1));
      first.max = String(most);
      first.value = String(at);
      return `trace?index=${at - 1}&count=${count}`;
    },
  };
}
