/** The confusion matrix of the test points, or of the training points where there are no others, as the server labels them. */

import { takesThreshold, tested } from "../state/accuracy.js";
import { answerOf, describe, lookOf, outputShown } from "../state/derived.js";
import { answerName, className } from "../state/names.js";
import { predictedShown } from "../state/store.js";
import { byId, drawing, make } from "../ui/dom.js";

export function mountConfusionMatrix(/** @type {Store} */ store, /** @type {DrawScheduler} */ scheduler) {
  const { state } = store;
  const section = byId("confusion");
  let shown = "";

  /** @param {number} classes @param {(number | number[])[]} labels @param {number} answer */
  function count(classes, labels, answer) {
    const wanted = tested(state.points) ? "test" : "train";
    const table = Array.from({ length: classes }, () => new Array(classes).fill(0));
    state.points?.split.forEach((part, i) => {
      const row = part === wanted ? table[answerOf(state.points?.targets[i], answer)] : null;
      const predicted = answerOf(labels[i], answer);
      if (row && predicted in row) row[predicted]++;
    });
    return table;
  }

  /** @param {number} k */
  const badge = (k) => drawing(`i-${lookOf(k).shape}`, `icon class-${lookOf(k).colour}`);

  /** The name of a class: shown where the data has one, else for a screen reader. @param {number} k */
  const named = (k) =>
    make("span", { class: state.run?.classes?.length ? "name" : "unseen" }, [` ${className(state, k)}`]);

  const redraw = scheduler.task(() => {
    const { task, classes, answers } = describe(state);
    section.hidden = task === "regression" || !state.predicted?.labels;
    const predicted = predictedShown(state);
    const labels = predicted?.labels;
    // While the predictions at an earlier epoch are requested, the previous table stays; its title names its epoch.
    if (section.hidden || !labels) return;
    const answer = answers > 1 ? (outputShown(state) ?? 0) : 0;
    const table = count(classes, labels, answer);
    const of = answers > 1 ? `, ${answerName(state, task, answer)},` : "";
    const at = takesThreshold(state) ? ` at threshold ${predicted.threshold.toFixed(2)}` : "";
    const then = state.past ? `, epoch ${state.past.epoch.toLocaleString("en")}` : "";
    const title = `${tested(state.points) ? "Test" : "Training"} points${of}${at}${then}`;
    const key = JSON.stringify([table, title, state.run?.classes]);
    if (key === shown) return;
    shown = key;
    section.classList.toggle("many", classes > 2);
    const head = make("tr", {}, [
      make("td", { class: "corner" }),
      ...table.map((_, k) =>
        make(
          "th",
          { scope: "col" },
          classes > 2
            ? [make("span", { class: "unseen" }, [`predicted ${className(state, k)}`]), badge(k)]
            : ["predicted", badge(k), named(k)],
        ),
      ),
    ]);
    const rows = table.map((cells, is) =>
      make("tr", {}, [
        make("th", { scope: "row" }, ["is", badge(is), named(is)]),
        ...cells.map((figure, k) =>
          make("td", { class: k === is ? "right" : "wrong" }, [
            make("b", {}, [String(figure)]),
            make("span", {}, [k === is ? "right" : "wrong"]),
          ]),
        ),
      ]),
    );
    section.replaceChildren(
      make("h3", {}, [title]),
      make("table", {}, [make("thead", {}, [head]), make("tbody", {}, rows)]),
    );
  }, 100);

  store.on(["predicted", "points", "config", "threshold", "past", "answer", "hover", "selected"], redraw);
}
