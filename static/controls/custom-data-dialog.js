/** The dialog for the user's own data: rows are pasted, one or more columns are chosen as the target. */

import { withOwnData, withoutSuggestions } from "../config/dataset.js";
import { examplesOf, labelColumns, parseTable, Unreadable } from "../config/parse-table.js";
import { counted } from "../lib/format.js";
import { drawing, make, write } from "../ui/dom.js";

/** @import {Table} from "../config/parse-table.js" */

const TASKS = /** @type {const} */ ([
  ["classification", "Classification: one of several classes"],
  ["multilabel", "Several labels at once, each 0 or 1"],
  ["regression", "Regression: numbers"],
]);

export function customDataDialog(/** @type {Store} */ store, /** @type {Session} */ session) {
  const text = make("textarea", {
    id: "own-text",
    rows: "9",
    spellcheck: "false",
    placeholder: "x1,x2,class\n1.2,-0.4,0\n-2.1,3.3,1",
    "aria-describedby": "own-says",
  });
  const task = make("select", { id: "own-task" });
  task.append(...TASKS.map(([name, title]) => new Option(title, name)));
  const columns = make("fieldset", { class: "columns", hidden: "" }, [
    make("legend", { class: "label" }, ["What the network predicts"]),
  ]);
  const fits = make("input", { type: "checkbox", checked: "" });
  const says = make("p", { class: "aside", role: "status", id: "own-says" });
  const use = make("button", { type: "submit", class: "button primary" }, ["Train on these"]);
  const close = make("button", { type: "button", class: "button" }, ["Close"]);
  const form = make("form", {}, [
    make("label", { class: "label", for: "own-text" }, ["Rows, one example a line: CSV or JSON"]),
    text,
    make("div", { class: "choices" }, [
      make("div", { class: "field select" }, [
        make("label", { for: task.id }, ["Problem"]),
        make("div", { class: "rule" }, [task, drawing("i-down")]),
      ]),
      box(fits, "Fit inputs into the view"),
    ]),
    columns,
    says,
    make("div", { class: "ways" }, [use, close]),
  ]);
  const dialog = make("dialog", { class: "help own", "aria-labelledby": "h-own" }, [
    make("h2", { id: "h-own" }, ["Your own data"]),
    make("p", { class: "aside" }, ["It is sent to this server only, for training."]),
    form,
  ]);
  document.body.append(dialog);
  /** The table whose columns are offered. */
  let offered = "";

  const boxes = () => [...columns.querySelectorAll("input")];

  /** Offers the columns: a classification has one target, the other problems any number. @param {Table} table */
  function offer(table) {
    const one = task.value === "classification";
    const key = JSON.stringify([one, task.value, table.columns]);
    if (key === offered) return;
    offered = key;
    const labels = one || (task.value === "regression" && !table.targets) ? [] : labelColumns(table);
    const usual = labels.length ? labels : [table.columns.length - 1];
    const choices = table.columns.map((name, column) => {
      const input = make("input", { type: one ? "radio" : "checkbox", name: "own-target", value: String(column) });
      input.checked = usual.includes(column);
      return box(input, name);
    });
    columns.replaceChildren(/** @type {Element} */ (columns.firstElementChild), ...choices);
    columns.hidden = false;
  }

  /** Reads the text and shows its contents or its error. */
  function read() {
    try {
      const table = parseTable(text.value);
      offer(table);
      const chosen = boxes().flatMap((input, column) => (input.checked ? [column] : []));
      const examples = examplesOf(table, chosen, task.value, fits.checked);
      const inputs = counted(examples.inputs[0].length, "input");
      const names = examples.names.map((name, k) => `${k} = ${name}`).join(", ");
      const classNames = names && `${task.value === "multilabel" ? "labels" : "classes"} ${names}`;
      showStatus([counted(table.rows.length, "example"), inputs, classNames].filter(Boolean).join(", "), false);
      return { ...examples, task: task.value };
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
      showStatus(error.message, true);
      return null;
    }
  }

  function showStatus(/** @type {string} */ words, /** @type {boolean} */ wrong) {
    write(says, words);
    text.setAttribute("aria-invalid", String(wrong));
    use.disabled = wrong;
  }

  /** The most likely kind of problem for a table. @param {Table} table */
  function guessTask(table) {
    if ((table.targets ?? 1) > 1)
      return table.rows.every((row) => row.slice(-(table.targets ?? 1)).every((value) => value === 0 || value === 1))
        ? "multilabel"
        : "regression";
    // A column of many different numbers is not a class.
    return new Set(table.rows.map((row) => row.at(-1))).size > 10 ? "regression" : "classification";
  }

  let shape = "";
  text.addEventListener("input", () => {
    try {
      const table = parseTable(text.value);
      if (shape !== table.columns.join()) task.value = guessTask(table);
      shape = table.columns.join();
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
    }
    read();
  });
  for (const control of [task, fits, columns]) control.addEventListener("change", read);
  close.addEventListener("click", () => dialog.close());
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const data = read();
    if (!data) return;
    dialog.close();
    store.set({ answer: 0 });
    void session.change(
      withOwnData(withoutSuggestions(store.state.catalog, store.state.config, store.state.catalog.defaults), data),
    );
  });
  use.disabled = true;
  return () => dialog.showModal();
}

const box = (/** @type {HTMLInputElement} */ input, /** @type {string} */ words) =>
  make("label", { class: "check" }, [input, make("span", { class: "box", "aria-hidden": "true" }), words]);
