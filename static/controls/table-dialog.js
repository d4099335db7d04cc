/** The dialog for a table: the server reads a file or a paste, the dialog shows what it understood, and a run trains on it. */

import { withoutSuggestions } from "../config/dataset.js";
import { dialectWords, missingWords, obstacle, suggested, withRole, withTable } from "../config/table.js";
import { counted } from "../lib/format.js";
import { readTable } from "../run/tables.js";
import { make, write } from "../ui/dom.js";
import { choiceFields, dialectFields, severalTargets } from "./table-fields.js";
import { previewTable } from "./table-preview.js";

/** @import {Choices} from "../config/table.js" */

/** Milliseconds without a key press after which a paste is read. */
const PAUSE = 300;

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
  const dialect = make("details", { hidden: "" });
  const notes = make("ul", { class: "notes" });
  const preview = make("div", { class: "preview", tabindex: "0", role: "region", "aria-label": "The first rows" });
  const choices = make("div", { class: "choices" });
  understood.append(notes, preview, choices);
  const use = make("button", { type: "submit", class: "button primary" }, ["Train on these"]);
  const close = make("button", { type: "button", class: "button" }, ["Close"]);
  const form = make("form", {}, [
    make("div", { class: "sources" }, [choose, picker, make("span", { class: "aside" }, ["or drop one on the page"])]),
    make("label", { class: "label", for: text.id }, ["or paste a table"]),
    text,
    status,
    dialect,
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

  /** Sends the source to the server; of several requests the newest counts. */
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
    renderDialect();
    if (table) render();
  }

  function render() {
    if (!table || !chosen) return;
    const { roles } = chosen;
    notes.replaceChildren(...table.notes.map((note) => make("li", {}, [note])));
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

  /** How the file is read; where it could not be, the way to have it read otherwise. */
  function renderDialect() {
    dialect.hidden = !source;
    const fields = dialectFields(table?.dialect, overrides, (name, value) => {
      const { [name]: _, ...others } = overrides;
      overrides = value ? { ...others, [name]: value } : others;
      void read();
    });
    const summary = make("summary", {}, [table ? dialectWords(table) : "Read it another way"]);
    refill(dialect, [summary, make("div", { class: "choices" }, fields)]);
  }

  function renderChoices(/** @type {TableDocument} */ shown, /** @type {Choices} */ values) {
    const missing = missingWords(shown, values.roles);
    const fields = choiceFields(values, missing !== "", (patch) => {
      chosen = { ...values, ...patch };
      several = chosen.task === "multilabel" || (several && chosen.task !== "classification");
      render();
    });
    const check = severalTargets(several, (checked) => {
      several = checked;
      if (!several) values.roles = firstTargetOnly(values.roles);
      render();
    });
    refill(choices, [...(missing ? [make("p", { class: "aside" }, [`${missing}.`])] : []), ...fields, check]);
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

/** Puts other elements into a parent; the focus stays with the field of the same id. @param {Element} parent @param {Element[]} children */
function refill(parent, children) {
  const focused = parent.contains(document.activeElement) ? document.activeElement?.id : "";
  parent.replaceChildren(...children);
  if (focused) document.getElementById(focused)?.focus();
}
