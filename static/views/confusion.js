/** The confusion matrix of the test points at the present threshold, as the server's predictions give it. */

import { describe, lookOf } from "../lib/problem.js";
import { byId, drawing, make } from "./dom.js";

/**
 * @param {import("../store.js").Store} store
 * @param {import("../scheduler.js").Scheduler} scheduler
 */
export function mountConfusion(store, scheduler) {
  const { state } = store;
  const section = byId("confusion");
  let shown = "";

  /** @param {number} classes */
  function count(classes) {
    const table = Array.from({ length: classes }, () => new Array(classes).fill(0));
    const labels = state.predicted?.labels;
    state.points?.split.forEach((part, i) => {
      const is = state.points?.targets[i];
      const said = labels?.[i];
      if (part !== "test" || typeof is !== "number" || typeof said !== "number") return;
      const row = table[is];
      if (row && said in row) row[said]++;
    });
    return table;
  }

  /** @param {number} k */
  const badge = (k) => drawing(`i-${lookOf(k).shape}`, `icon class-${lookOf(k).colour}`);

  const redraw = scheduler.task(() => {
    const { task, classes, output } = describe(state.catalog, state.config);
    section.hidden = task !== "classification" || classes > 10 || !state.predicted?.labels;
    if (section.hidden) return;
    const table = count(classes);
    const at = output === "sigmoid" ? ` at threshold ${state.threshold.toFixed(2)}` : "";
    const title = `Test points${at}${state.past ? ", now" : ""}`;
    const key = JSON.stringify([table, title]);
    if (key === shown) return;
    shown = key;
    section.classList.toggle("many", classes > 2);
    const head = make("tr", {}, [
      make("td", { class: "corner" }),
      ...table.map((_, k) =>
        make("th", { scope: "col" }, classes > 2 ? [said(k), badge(k)] : ["said", badge(k), said(k)]),
      ),
    ]);
    const rows = table.map((cells, is) =>
      make("tr", {}, [
        make("th", { scope: "row" }, ["is", badge(is), make("span", { class: "unseen" }, [` class ${is}`])]),
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

  store.on(["predicted", "points", "config", "threshold", "past"], redraw);
}

/** @param {number} k */
const said = (k) => make("span", { class: "unseen" }, [`said class ${k}`]);
