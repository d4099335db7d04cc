/** Starts the page: reads what the server wrote into it, mounts the views on one store, and makes the first run. */

import { mountAppearance } from "./controls/appearance.js";
import { mountDatasetPicker } from "./controls/dataset-picker.js";
import { mountFields } from "./controls/fields.js";
import { mountHeader } from "./controls/header.js";
import { mountMessageBar } from "./controls/message-bar.js";
import { mountTimeline } from "./controls/timeline.js";
import { isSlice } from "./lib/slice.js";
import { measure } from "./network/geometry.js";
import { linkDrawers } from "./network/links.js";
import { mountNetwork } from "./network/network.js";
import { biasDrawer, unitMapsDrawer } from "./network/unit-maps.js";
import { mountConfusionMatrix } from "./output/confusion-matrix.js";
import { decisionMapDrawer } from "./output/decision-map.js";
import { mountReadouts } from "./output/readouts.js";
import { mountCurves } from "./panels/curves/curves.js";
import { mountPanels } from "./panels/tabs.js";
import { startPredictions } from "./run/predictions.js";
import { createSession } from "./run/session.js";
import { describe } from "./state/derived.js";
import { createScheduler } from "./state/scheduler.js";
import { createStore, initialState, VIEW } from "./state/store.js";
import { byId, later } from "./ui/dom.js";
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
let railed = false;
const places = () => {
  if (state.folded) return null;
  geometry ??= measure(byId("net"), describe(state).features);
  return geometry;
};

const address = createUrlHistory(store, session, defaults);

mountAppearance(store);
mountHeader(store, session, scheduler, address);
mountFields(store, session);
mountDatasetPicker(store, session);
mountMessageBar(store, session);
mountPanels({ store, session, scheduler });
store.on(["folded"], fold);
fold();
mountNetwork(store, session, moved);
later(byId("map-canvas"), ["pointermove", "pointerdown", "keydown"], () =>
  import("./output/map-probe.js").then(({ mountMapProbe }) => mountMapProbe(store, session)),
);
later(byId("net"), ["pointermove", "click", "keydown"], () =>
  import("./network/selection.js").then(({ mountSelection }) => mountSelection(store, session, places)),
);
mountReadouts(store, scheduler);
/** @type {Promise<(epoch: number | null) => unknown> | null} */
let past = null;
mountTimeline(store, scheduler, (epoch) => {
  past ??= import("./run/replay.js").then(({ createReplay }) => createReplay(store, session));
  void past.then((look) => look(epoch));
});
mountCurves(store, scheduler);
mountConfusionMatrix(store, scheduler);
// Data with more than two inputs is shown by a plane through it.
let sliced = false;
const slice = () => {
  if (sliced || !isSlice(describe(state).inputs)) return;
  sliced = true;
  void import("./output/slice-controls.js").then(({ mountSlice }) => mountSlice(store, session, scheduler));
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
store.on(["frame", "past", "theme", "layout", "config"], units);
store.on(["frame", "past", "theme", "layout", "config", "masks", "health"], links);
store.on(["frame", "past", "theme", "layout", "config", "hover", "selected", "run", "connection"], over);
store.on(["frame"], acknowledge);

// What ails its units is asked for once something trains.
let vital = false;
store.on(["run"], () => {
  if (vital || state.run?.state !== "running") return;
  vital = true;
  void import("./network/unit-health.js").then(({ mountUnitHealth }) => mountUnitHealth(store, session));
});

/** The network becomes a rail, and comes back; what draws the rail comes with the first. */
function fold() {
  const { folded } = state;
  for (const part of document.querySelectorAll("#stage, .settings, .time")) part.toggleAttribute("hidden", folded);
  byId("rail").hidden = !folded;
  document.body.classList.toggle("folded", folded);
  // The page has one main part: the network, or the panel in its place.
  byId("panels").setAttribute("role", folded ? "main" : "region");
  store.set({ layout: state.layout + 1 });
  if (folded && !railed)
    void import("./panels/network-rail.js").then(({ mountNetworkRail }) => mountNetworkRail(store, scheduler));
  railed ||= folded;
}

/** The columns have other places now: measured again at the next drawing. */
function moved() {
  geometry = null;
  store.set({ layout: state.layout + 1 });
}
new ResizeObserver(moved).observe(byId("net"));
new ResizeObserver(moved).observe(byId("map"));
window.addEventListener("resize", moved);

/** What a link hides makes room for the rest. */
const conceal = () =>
  import("./controls/hidden-controls.js").then(({ hide }) => {
    hide(state.hide);
    moved();
  });
if (state.hide.length) void conceal();
store.on(["hide"], conceal);
void (state.watched ? session.watch(state.watched) : session.start(state.config, address.kept)).then(() => {
  if (note && !state.notice) store.set({ notice: note });
});
