/** The description and source of a real data set, and the parts that only some data sets have: suggested axes of the map, the formula, the pad for drawing. */

import { counted } from "../lib/format.js";
import { datasetOf, pictureSide } from "../state/derived.js";
import { byId, make } from "../ui/dom.js";
import { onDemand } from "../ui/on-demand.js";

/** @param {Store} store @param {Session} session @param {DrawScheduler} scheduler */
export function mountDataSource(store, session, scheduler) {
  const { state } = store;
  const place = byId("data-about");
  const loadPad = onDemand(
    store,
    "The pad for drawing",
    () => import("../output/digit-pad.js"),
    ({ mountDigitPad }) => mountDigitPad(store, session, scheduler),
  );
  const loadFormula = onDemand(
    store,
    "The field for the formula",
    () => import("./formula-field.js"),
    ({ mountFormulaField }) => mountFormulaField(store, session),
  );
  let described = "";
  /** The data set of the previous run; empty when the page opens, since a link may name the inputs of the map. */
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

  function showSuggestedAxes() {
    const { run, axes } = state;
    const name = run?.config.dataset.name ?? before;
    if (!run || name === before) return;
    const axesOfSet = datasetOf(state.catalog, run.config)?.axes;
    if (axesOfSet && (before || axes.join() === "0,1")) store.set({ axes: axesOfSet, hold: {} });
    before = name;
  }

  store.on(["config"], update);
  store.on(["run"], showSuggestedAxes);
  update();
  showSuggestedAxes();
}

/** " Units: a, b in mm; c in g." @param {Record<string, string>} units of columns */
function inUnits(units) {
  /** @type {Map<string, string[]>} */
  const columns = new Map();
  for (const [column, unit] of Object.entries(units)) columns.set(unit, [...(columns.get(unit) ?? []), column]);
  const measured = [...columns].map(([unit, names]) => `${names.join(", ")} in ${unit}`).join("; ");
  return measured && ` Units: ${measured}.`;
}
