/** The data column: the tiles of data sets, their name, and new points. */

import { asSentence } from "../lib/format.js";
import { withValue } from "../lib/paths.js";
import { datasetOf, hasColumns, isGenerated } from "../state/derived.js";
import { byId, make, write } from "../ui/dom.js";
import { loadStyle, onDemand } from "../ui/on-demand.js";
import { choose } from "./fields.js";
import { mountFileDrop } from "./file-drop.js";

/** @param {Store} store @param {Session} session @param {DrawScheduler} scheduler */
export function mountDatasetPicker(store, session, scheduler) {
  const { state } = store;
  const tiles = byId("datasets");
  tiles.addEventListener("change", (event) => {
    const chosen = /** @type {HTMLInputElement} */ (event.target).value;
    void choose(store, session, "dataset.name", chosen);
  });
  byId("new-points").addEventListener("click", () => {
    session.change(withValue(state.config, "dataset.seed", state.config.dataset.seed + 1));
  });
  const loadTable = onDemand(
    store,
    "The dialog for your own data",
    async () => (await Promise.all([import("./table-dialog.js"), loadStyle("table-dialog.css")]))[0],
    ({ tableDialog }) => tableDialog(store, session),
  );
  const openTable = async (/** @type {File | undefined} */ file = undefined) => (await loadTable())?.(file);
  const loadSource = onDemand(
    store,
    "The description of the data",
    async () => (await Promise.all([import("./data-source.js"), loadStyle("data-source.css")]))[0],
    ({ mountDataSource }) => mountDataSource(store, session, scheduler),
  );
  byId("own-data").addEventListener("click", () => openTable());
  mountFileDrop(openTable);
  function update() {
    const name = state.config.dataset.name;
    for (const input of tiles.querySelectorAll("input")) input.checked = input.value === name;
    const table = hasColumns(state);
    const fresh = byId("new-points");
    write(/** @type {Element} */ (fresh.querySelector("span")), isGenerated(state) ? "New points" : "New split");
    fresh.hidden = state.config.dataset.split === "ordered"; // the order of the rows decides
    const own = table ? "Your own table" : "Your own points";
    write(byId("data-name"), datasetOf(state.catalog, state.config)?.title ?? own);
    showNotes(table ? (state.run?.notes_of_data ?? []) : []);
    const { source, written } = datasetOf(state.catalog, state.config) ?? {};
    if (source || written) void loadSource();
  }
  store.on(["config", "run"], update);
  update();
}

/** Lists what was assumed of a table. @param {string[]} notes */
function showNotes(notes) {
  const list = byId("data-notes");
  list.hidden = !notes.length;
  if (list.dataset.notes === notes.join("\n")) return;
  list.dataset.notes = notes.join("\n");
  list.replaceChildren(...notes.map((note) => make("li", {}, [asSentence(note)])));
}
