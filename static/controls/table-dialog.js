/** The dialog for a table of one's own: a file or a paste is read by the server, shown as it was understood, and trained on. */

import { withoutSuggestions } from "../config/dataset.js";
import { dialectWords, missingWords, obstacle, suggested, withRole, withTable } from "../config/table.js";
import { counted } from "../lib/format.js";
import { readTable } from "../run/tables.js";
import { drawing, make, write } from "../ui/dom.js";
import { previewTable } from "./table-preview.js";

/** @import {Choices} from "../config/table.js" */

/** How long nobody types before a paste is read, in milliseconds. */
const PAUSE = 300;

/** Parts of the dialect that can be chosen where the guess is wrong. @type {[keyof TableDialect, string, [string, string][]][]} */
const DIALECT = [
  [
    "delimiter",
    "Separator",
    [
      [",", "comma"],
      [";", "semicolon"],
      ["\t", "tab"],
      ["|", "pipe"],
      ["whitespace", "spaces"],
    ],
  ],
  [
    "decimal",
    "Decimals",
    [
      [".", "point"],
      [",", "comma"],
    ],
  ],
  [
    "header",
    "First line",
    [
      ["true", "names"],
      ["false", "values"],
    ],
  ],
  [
    "encoding",
    "Encoding",
    [
      ["utf-8", "UTF-8"],
      ["cp1252", "Windows-1252"],
      ["utf-16", "UTF-16"],
    ],
  ],
];

/** @type {[keyof Choices, string, [string, string][]][]} */
const CHOICES = [
  [
    "missing",
    "Missing values",
    [
      ["drop", "leave their rows out"],
      ["median", "fill with the median"],
      ["category", "make missing a category"],
    ],
  ],
  [
    "task",
    "Problem",
    [
      ["auto", ""],
      ["classification", "Classification"],
      ["regression", "Regression"],
      ["multilabel", "Several labels"],
    ],
  ],
  [
    "train",
    "Used for training",
    [
      ["0.5", "50 %"],
      ["0.6", "60 %"],
      ["0.7", "70 %"],
      ["0.8", "80 %"],
      ["0.9", "90 %"],
    ],
  ],
  [
    "validation",
    "For validation",
    [
      ["0", "none"],
      ["0.1", "10 %"],
      ["0.15", "15 %"],
      ["0.2", "20 %"],
    ],
  ],
  [
    "scale",
    "Scaling",
    [
      ["standard", "mean 0, deviation 1"],
      ["minmax", "0 to 1"],
      ["none", "as they are"],
    ],
  ],
  [
    "split",
    "Split",
    [
      ["stratified", "by class"],
      ["random", "random"],
      ["ordered", "first rows train"],
    ],
  ],
];

/** @param {Store} store @param {Session} session @returns {(file?: File) => void} opens it, with a file at once */
export function tableDialog(store, session) {
  const picker = make("input", { type: "file", class: "unseen", tabindex: "-1", "aria-hidden": "true" });
  const choose = make("button", { type: "button", class: "button primary" }, ["Choose a file…"]);
  const text = make("textarea", {
    id: "table-text",
    rows: "5",
    spellcheck: "false",
    placeholder: "length,width,kind\n39.1,18.7,Adelie\n46.5,17.9,Chinstrap",
    "aria-describedby": "table-status",
  });
  const status = make("p", { role: "status", id: "table-status" });
  const understood = make("div", { class: "understood", hidden: "" });
  const dialect = make("details");
  const notes = make("ul", { class: "notes" });
  const preview = make("div", { class: "preview", tabindex: "0", role: "region", "aria-label": "The first rows" });
  const choices = make("div", { class: "choices" });
  understood.append(dialect, notes, preview, choices);
  const use = make("button", { type: "submit", class: "button primary" }, ["Train on these"]);
  const close = make("button", { type: "button", class: "button" }, ["Close"]);
  const form = make("form", {}, [
    make("div", { class: "sources" }, [choose, picker, make("span", { class: "aside" }, ["or drop one on the page"])]),
    make("label", { class: "label", for: text.id }, ["or paste a table"]),
    text,
    status,
    understood,
    make("div", { class: "ways" }, [use, close]),
  ]);
  const dialog = make("dialog", { class: "help table", "aria-labelledby": "h-table" }, [
    make("h2", { id: "h-table" }, ["Your own data"]),
    make("p", { class: "aside" }, [
      "CSV and its relatives, ARFF, LIBSVM, JSON, Excel or Parquet. It goes to this server only, to be trained on.",
    ]),
    form,
  ]);
  document.body.append(dialog);

  /** What is read: the bytes as they came. @type {{content: Blob, name: string} | null} */
  let source = null;
  /** @type {Record<string, string>} */
  let overrides = {};
  /** @type {TableDocument | null} */
  let table = null;
  /** @type {Choices | null} */
  let chosen = null;
  let several = false;
  let newest = 0;
  let typing = 0;

  /** The configuration of a link that waited for this table. */
  const linkedConfig = () => (store.state.awaited?.dataset.table === table?.id ? store.state.awaited : null);

  /** Has the server read the source; of several requests the newest counts. */
  async function read() {
    const turn = ++newest;
    if (!source) return show(null, "");
    write(status, `Reading ${source.name || "the pasted rows"}…`);
    use.disabled = true;
    try {
      const answer = await readTable(source.content, source.name, overrides);
      if (turn === newest) show(answer, "");
    } catch (error) {
      if (turn === newest) show(null, error instanceof Error ? error.message : String(error));
    }
  }

  /** @param {TableDocument | null} next @param {string} refusal */
  function show(next, refusal) {
    const same =
      table && next && table.columns.map(({ name }) => name).join() === next.columns.map(({ name }) => name).join();
    chosen = next && (same && chosen ? chosen : suggested(next));
    table = next;
    text.setAttribute("aria-invalid", String(refusal !== "" && text.value !== ""));
    understood.hidden = !table;
    choose.classList.toggle("primary", !table);
    dialog.classList.toggle("wide", table !== null);
    status.classList.toggle("refusal-words", refusal !== "");
    write(status, refusal);
    use.disabled = true;
    if (table) render();
  }

  function render() {
    if (!table || !chosen) return;
    const { roles } = chosen;
    notes.replaceChildren(...table.notes.map((note) => make("li", {}, [note])));
    renderDialect(table);
    const focused = document.activeElement?.getAttribute("aria-label");
    const { scrollLeft, scrollTop } = preview;
    preview.replaceChildren(
      previewTable(table, roles, (index, role) => {
        if (chosen) chosen.roles = withRole(roles, index, role, several);
        render();
      }),
    );
    preview.scrollTo(scrollLeft, scrollTop);
    if (focused)
      /** @type {HTMLElement | null} */ (preview.querySelector(`[aria-label="${CSS.escape(focused)}"]`))?.focus();
    renderChoices(table, chosen);
    const hindrance = obstacle(roles);
    const inputs = roles.filter((role) => role === "input").length;
    const targets = table.columns.filter((_, i) => roles[i] === "target").map(({ name }) => name);
    const linked = linkedConfig() ? " This is the table of the link." : "";
    const size = `${table.name || "Pasted table"}: ${counted(table.rows, "row")}, ${counted(table.columns.length, "column")}`;
    write(
      status,
      hindrance || `${size}. The network predicts ${targets.join(", ")} from ${counted(inputs, "column")}.${linked}`,
    );
    use.disabled = hindrance !== "";
  }

  /** @param {string} id @param {string} label @param {[string, string][]} options @param {string} value @param {(value: string) => void} change */
  function field(id, label, options, value, change) {
    const select = make("select", { id });
    select.append(...options.map(([name, title]) => new Option(title, name)));
    if (!options.some(([name]) => name === value)) select.add(new Option(value, value));
    select.value = value;
    select.addEventListener("change", () => change(select.value));
    return make("div", { class: "field select" }, [
      make("label", { for: id }, [label]),
      make("div", { class: "rule" }, [select, drawing("i-down")]),
    ]);
  }

  function renderDialect(/** @type {TableDocument} */ shown) {
    const known = DIALECT.filter(([name]) => name === "header" || String(shown.dialect[name]) !== "");
    dialect.replaceChildren(
      make("summary", {}, [dialectWords(shown)]),
      make(
        "div",
        { class: "choices" },
        known.map(([name, label, options]) =>
          field(`table-${name}`, label, options, String(shown.dialect[name]), (value) => {
            overrides = { ...overrides, [name]: value };
            void read();
          }),
        ),
      ),
    );
  }

  function renderChoices(/** @type {TableDocument} */ shown, /** @type {Choices} */ values) {
    const missing = missingWords(shown, values.roles);
    const fields = CHOICES.filter(([name]) => name !== "missing" || missing).map(([name, label, options]) => {
      const offered =
        name === "task" ? [/** @type {[string, string]} */ (["auto", `by the target`]), ...options.slice(1)] : options;
      return field(`table-${name}`, label, offered, String(values[name]), (value) => {
        chosen = { ...values, [name]: typeof values[name] === "number" ? Number(value) : value };
        several = chosen.task === "multilabel" || (several && chosen.task !== "classification");
        render();
      });
    });
    const box = make("input", { type: "checkbox" });
    box.checked = several;
    box.addEventListener("change", () => {
      several = box.checked;
      if (!several) values.roles = firstTargetOnly(values.roles);
      render();
    });
    const check = make("label", { class: "check" }, [
      box,
      make("span", { class: "box", "aria-hidden": "true" }),
      "Several targets",
    ]);
    const focused = document.activeElement?.id;
    choices.replaceChildren(...(missing ? [make("p", { class: "aside" }, [`${missing}.`])] : []), ...fields, check);
    if (focused) document.getElementById(focused)?.focus();
  }

  /** @param {File} file */
  function take(file) {
    source = { content: file, name: file.name };
    overrides = {};
    text.value = "";
    void read();
  }

  text.addEventListener("input", () => {
    window.clearTimeout(typing);
    typing = window.setTimeout(() => {
      overrides = {};
      source = text.value.trim() ? { content: new Blob([text.value], { type: "text/plain" }), name: "" } : null;
      void read();
    }, PAUSE);
  });
  choose.addEventListener("click", () => picker.click());
  picker.addEventListener("change", () => {
    const file = picker.files?.[0];
    if (file) take(file);
    picker.value = "";
  });
  close.addEventListener("click", () => dialog.close());
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!table || !chosen || use.disabled) return;
    dialog.close();
    store.set({ answer: 0 });
    const { catalog, config } = store.state;
    const linked = linkedConfig();
    store.set({ awaited: null, notice: null });
    void session.change(linked ?? withTable(withoutSuggestions(catalog, config, catalog.defaults), table, chosen));
  });
  use.disabled = true;
  return (file) => {
    if (!dialog.open) dialog.showModal();
    if (file) take(file);
  };
}

/** @param {Choices["roles"]} roles @returns {Choices["roles"]} */
function firstTargetOnly(roles) {
  const first = roles.indexOf("target");
  return roles.map((role, i) => (role === "target" && i !== first ? "input" : role));
}
