/** The data column: the tiles of data sets, their name, and new points. */

import { withValue } from "../lib/paths.js";
import { datasetOf } from "../state/derived.js";
import { byId, write } from "../ui/dom.js";
import { onDemand } from "../ui/on-demand.js";
import { choose } from "./fields.js";

export function mountDatasetPicker(/** @type {Store} */ store, /** @type {Session} */ session) {
  const { state } = store;
  const tiles = byId("datasets");
  tiles.addEventListener("change", (event) => {
    const chosen = /** @type {HTMLInputElement} */ (event.target).value;
    void choose(store, session, "dataset.name", chosen);
  });
  byId("new-points").addEventListener("click", () => {
    session.change(withValue(state.config, "dataset.seed", state.config.dataset.seed + 1));
  });
  const loadOwn = onDemand(
    store,
    "The dialog for your own data",
    () => import("./custom-data-dialog.js"),
    ({ customDataDialog }) => customDataDialog(store, session),
  );
  byId("own-data").addEventListener("click", async () => (await loadOwn())?.());
  function update() {
    const name = state.config.dataset.name;
    for (const input of tiles.querySelectorAll("input")) input.checked = input.value === name;
    write(byId("data-name"), datasetOf(state.catalog, state.config)?.title ?? "Your own points");
  }
  store.on(["config"], update);
  update();
}
