/** The dialog for data of one's own: rows are pasted, a column is chosen as the target. */

import { counted } from "../lib/format.js";
import { withOwnData } from "../lib/problem.js";
import { examplesOf, parseTable, Unreadable } from "../lib/table.js";
import { make, write } from "./dom.js";

/**
 * @param {import("../store.js").Store} store
 * @param {import("../session.js").Session} session
 */
export function ownDialog(store, session) {
  const text = make("textarea", {
    id: "own-text",
    rows: "9",
    spellcheck: "false",
    placeholder: "x1,x2,class\n1.2,-0.4,0\n-2.1,3.3,1",
  });
  const target = make("select", { id: "own-target" });
  const task = make("select", { id: "own-task" });
  task.append(new Option("Classification", "classification"), new Option("Regression", "regression"));
  const fits = make("input", { type: "checkbox" });
  fits.checked = true;
  const says = make("p", { class: "aside", role: "status", id: "own-says" });
  const use = make("button", { type: "submit", class: "button primary" }, ["Train on these"]);
  const close = make("button", { type: "button", class: "button" }, ["Close"]);
  const form = make("form", {}, [
    make("label", { class: "label", for: "own-text" }, ["Rows, one example a line: CSV or JSON"]),
    text,
    make("div", { class: "choices" }, [
      labelled("What the network is to tell", target),
      labelled("Problem", task),
      make("label", { class: "check" }, [
        fits,
        make("span", { class: "box", "aria-hidden": "true" }),
        "Fit inputs into the view",
      ]),
    ]),
    says,
    make("div", { class: "ways" }, [use, close]),
  ]);
  const dialog = make("dialog", { class: "help own", "aria-labelledby": "h-own" }, [
    make("h2", { id: "h-own" }, ["Your own data"]),
    make("p", { class: "aside" }, ["It goes to this server only, to be trained on."]),
    form,
  ]);
  document.body.append(dialog);

  /** Reads what stands there; says what it is, or what is wrong with it. */
  function read() {
    try {
      const table = parseTable(text.value);
      const chosen = target.options.length === table.columns.length ? target.selectedIndex : table.columns.length - 1;
      target.replaceChildren(...table.columns.map((name, i) => new Option(name, String(i))));
      target.selectedIndex = chosen;
      const kind = /** @type {"classification" | "regression"} */ (task.value);
      const examples = examplesOf(table, chosen, kind, fits.checked);
      const inputs = counted(examples.inputs[0].length, "input");
      const names = examples.names.map((name, k) => `${k} = ${name}`).join(", ");
      const classes = names && `classes ${names}`;
      tell([counted(table.rows.length, "example"), inputs, classes].filter(Boolean).join(", "), false);
      return { ...examples, task: kind };
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
      tell(error.message, true);
      return null;
    }
  }

  /** @param {string} words @param {boolean} wrong */
  function tell(words, wrong) {
    write(says, words);
    text.setAttribute("aria-invalid", String(wrong));
    use.disabled = wrong;
  }

  text.addEventListener("input", () => {
    const { length } = target.options;
    read();
    if (length === target.options.length) return;
    // A column of many different numbers is no class.
    const said = new Set(parseTable(text.value).rows.map((row) => row.at(-1)));
    task.value = said.size > 10 ? "regression" : "classification";
    read();
  });
  for (const control of [target, task, fits]) control.addEventListener("change", read);
  close.addEventListener("click", () => dialog.close());
  text.setAttribute("aria-describedby", "own-says");
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const data = read();
    if (!data) return;
    dialog.close();
    void session.change(withOwnData(store.state.config, data));
  });
  tell("", false);
  use.disabled = true;
  return () => dialog.showModal();
}

/** @param {string} words @param {HTMLSelectElement} control */
const labelled = (words, control) =>
  make("div", { class: "field select" }, [
    make("label", { for: control.id }, [words]),
    make("div", { class: "rule" }, [control]),
  ]);
