/** Starts the page: reads what the server wrote into it, mounts the views on one store, and makes the first run. */

import { mountAppearance } from "./controls/appearance.js";
import { mountDatasetPicker } from "./controls/dataset-picker.js";
import { mountFields } from "./controls/fields.js";
import { mountHeader } from "./controls/header.js";
import { mountMessageBar } from "./controls/message-bar.js";
import { mountTimeline } from "./controls/timeline.js";
import { isSlice } from "./lib/slice.js";
import { measure } from "./network/geometry.js";
import { linkDrawers } from "./network/link-drawing.js";
import { mountNetwork } from "./network/network.js";
import { mountPicking } from "./network/picking.js";
import { mountUnitHealth } from "./network/unit-health.js";
import { biasDrawer, unitMapsDrawer } from "./network/unit-maps.js";
import { mountConfusionMatrix } from "./output/confusion-matrix.js";
import { decisionMapDrawer } from "./output/decision-map.js";
import { mountMapProbe } from "./output/map-probe.js";
import { mountReadouts } from "./output/readouts.js";
import { mountCurves } from "./panels/curves/curves.js";
import { mountPanels } from "./panels/tabs.js";
import { startPredictions } from "./run/predictions.js";
import { createReplay } from "./run/replay.js";
import { createSession } from "./run/session.js";
import { describe } from "./state/derived.js";
import { createScheduler } from "./state/scheduler.js";
import { createStore, initialState, VIEW } from "./state/store.js";
import { byId } from "./ui/dom.js";
import { onDemand } from "./ui/on-demand.js";
import { createUrlHistory, readUrl } from "./url/history.js";

const boot = JSON.parse(byId("boot").textContent ?? "{}");
/** @type {RunConfig} */
const defaults = boot.config;
const { view, asked, note } = await readUrl({ ...defaults, view: VIEW });
const store = createStore(initialState({ ...boot.catalog, defaults }, asked, view));
const { state } = store;
const scheduler = createScheduler();
const session = createSession(store);

/** @type {Geometry | null} */
let geometry = null;
const places = () => {
  if (state.folded) return null;
  geometry ??= measure(byId("net"), describe(state).features);
  return geometry;
};

const address = createUrlHistory(store, session, defaults);

mountAppearance(store);
mountHeader(store, session, scheduler, address);
mountFields(store, session);
mountDatasetPicker(store, session, scheduler);
mountMessageBar(store, session);
mountPanels({ store, session, scheduler });
const loadRail = onDemand(
  store,
  "The sketch of the network",
  () => import("./panels/network-rail.js"),
  ({ mountNetworkRail }) => mountNetworkRail(store, scheduler),
);
store.on(["folded"], fold);
fold();
mountNetwork(store, session, moved);
mountUnitHealth(store, session);
mountPicking(store, session, places);
mountMapProbe(store, session);
mountReadouts(store, scheduler);
mountTimeline(store, scheduler, createReplay(store, session));
mountCurves(store, scheduler);
mountConfusionMatrix(store, scheduler);
// Data with more than two inputs is shown by a plane through it.
const loadSlice = onDemand(
  store,
  "The choice of inputs under the map",
  () => import("./output/slice-controls.js"),
  ({ mountSlice }) => mountSlice(store, session, scheduler),
);
const slice = () => {
  if (isSlice(describe(state).inputs)) void loadSlice();
};
store.on(["config"], slice);
slice();
startPredictions(store, session);

const { drawLinks, drawOver, drifting } = linkDrawers(store, places);
const drawBiases = biasDrawer(store, places);
const map = scheduler.task(decisionMapDrawer(store));
const units = scheduler.task(unitMapsDrawer(store, places));
const links = scheduler.task(drawLinks, 100);
const over = scheduler.task(() => {
  drawOver();
  drawBiases();
  if (drifting()) over();
}, 30);
const acknowledge = scheduler.task(() => {
  if (state.frame) session.drawn(state.frame.seq);
});

store.on(["frame", "past", "theme", "layout", "config", "points"], map);
store.on(["axes", "cursor", "threshold", "answer", "show", "predicted", "hover", "selected"], map);
store.on(["frame", "past", "theme", "layout", "config", "drawn", "held"], units);
store.on(["frame", "past", "theme", "layout", "config", "masks", "health"], links);
store.on(["frame", "past", "theme", "layout", "config", "hover", "selected", "run", "connection"], over);
store.on(["frame"], acknowledge);

/** The network becomes a rail, and comes back. */
function fold() {
  const { folded } = state;
  for (const part of document.querySelectorAll("#stage, .settings, .time")) part.toggleAttribute("hidden", folded);
  byId("rail").hidden = !folded;
  document.body.classList.toggle("folded", folded);
  // The page has one main part: the network, or the panel in its place.
  byId("panels").setAttribute("role", folded ? "main" : "region");
  store.set({ layout: state.layout + 1 });
  if (folded) void loadRail();
}

/** The columns have other places now: measured again at the next drawing. */
function moved() {
  geometry = null;
  store.set({ layout: state.layout + 1 });
}
new ResizeObserver(moved).observe(byId("net"));
new ResizeObserver(moved).observe(byId("map"));
window.addEventListener("resize", moved);

/** The space of what a link hides is used by the rest. */
const loadHiding = onDemand(
  store,
  "The hiding of controls",
  () => import("./controls/hidden-controls.js"),
  ({ hide }) => hide,
);
const applyHidden = async () => {
  (await loadHiding())?.(state.hide);
  moved();
};
if (state.hide.length) await applyHidden();
store.on(["hide"], applyHidden);
void (state.watched ? session.watch(state.watched) : session.start(state.config, address.kept)).then(() => {
  if (note && !state.notice) store.set({ notice: note });
});
