/** What a real data set is and where it comes from, or the formula of points made from one; the map by the inputs that show it best, and the pad where they are a picture. */

import { counted } from "../lib/format.js";
import { datasetOf, pictureSide } from "../state/derived.js";
import { byId, make } from "../ui/dom.js";
import { onDemand } from "../ui/on-demand.js";

/** @param {Store} store @param {Session} session */
export function mountDataSource(store, session) {
  const { state } = store;
  const place = byId("data-about");
  const loadPad = onDemand(
    store,
    "The pad for drawing",
    () => import("../output/digit-pad.js"),
    ({ mountDigitPad }) => mountDigitPad(store, session),
  );
  const loadFormula = onDemand(
    store,
    "The field for the formula",
    () => import("./formula-field.js"),
    ({ mountFormulaField }) => mountFormulaField(store, session),
  );
  let described = "";
  /** The data set whose run was there before; empty as the page opens, when a link may say the inputs of the map. */
  let before = "";

  function update() {
    const { name, note, rows, source, licence, units, written } = datasetOf(state.catalog, state.config) ?? {};
    place.hidden = !source;
    if (pictureSide(state)) void loadPad();
    if (written) void loadFormula();
    if (!source || described === name) return;
    described = name ?? "";
    place.replaceChildren(
      make("p", {}, [`${note}${inUnits(units ?? {})}`]),
      make("p", { id: "data-source" }, [`${counted(rows ?? 0, "row")} · ${source} · ${licence}`]),
    );
  }

  function turnMap() {
    const { run, axes } = state;
    const name = run?.config.dataset.name ?? before;
    if (!run || name === before) return;
    const telling = datasetOf(state.catalog, run.config)?.axes;
    if (telling && (before || axes.join() === "0,1")) store.set({ axes: telling, hold: {} });
    before = name;
  }

  store.on(["config"], update);
  store.on(["run"], turnMap);
  update();
  turnMap();
}

/** " Units: a, b in mm; c in g." @param {Record<string, string>} units of columns */
function inUnits(units) {
  /** @type {Map<string, string[]>} */
  const columns = new Map();
  for (const [column, unit] of Object.entries(units)) columns.set(unit, [...(columns.get(unit) ?? []), column]);
  const measured = [...columns].map(([unit, names]) => `${names.join(", ")} in ${unit}`).join("; ");
  return measured && ` Units: ${measured}.`;
}
