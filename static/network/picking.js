/** What the pointer or a click picks in the network: a unit, its bias or a link. */

import { same } from "../lib/paths.js";
import { byId, unitElement } from "../ui/dom.js";
import { onDemand } from "../ui/on-demand.js";
import { biasAt, linkAt } from "./hit-test.js";

/** How near, in pixels, counts as on it. */
const NEAR = 7;

/** @param {Store} store @param {Session} session @param {() => Geometry | null} geometry */
export function mountPicking(store, session, geometry) {
  const { state } = store;
  const net = byId("net");
  const popover = byId("popover");
  /** @type {HTMLElement | null} */
  let opener = null;

  /** @param {MouseEvent} event @returns {Target | null} */
  function targetAt(event) {
    const places = geometry();
    const element = /** @type {HTMLElement} */ (event.target);
    if (!places || popover.contains(element) || element.closest(".layer-head > *")) return null;
    const frame = net.getBoundingClientRect();
    const [x, y] = [event.clientX - frame.left, event.clientY - frame.top];
    const bias = state.config.network.bias ? biasAt(places, x, y) : null;
    if (bias) return { kind: "bias", ...bias };
    const unit = element.closest(".unit");
    if (unit instanceof HTMLElement) {
      if (unit.dataset.layer === undefined) return null;
      return { kind: "unit", layer: Number(unit.dataset.layer), unit: Number(unit.dataset.unit) };
    }
    const link = linkAt(places, x, y, NEAR);
    return link ? { kind: "link", ...link } : null;
  }

  function close() {
    store.set({ selected: null });
    opener?.focus();
  }

  net.addEventListener("pointerleave", () => store.set({ hover: null }));
  net.addEventListener("pointermove", (event) => {
    if (event.pointerType === "touch") return;
    const target = targetAt(event);
    if (!same(target, state.hover)) store.set({ hover: target });
    net.classList.toggle("pointing", target?.kind === "link" || target?.kind === "bias");
  });
  net.addEventListener("click", (event) => {
    if (popover.contains(/** @type {Node} */ (event.target))) return;
    const target = targetAt(event);
    const unit = target?.kind === "unit" || target?.kind === "bias" ? target : null;
    opener = unit && unitElement(net, unit);
    store.set({ selected: unit ? { ...unit, kind: "unit" } : target });
  });
  net.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && state.selected) close();
  });
  // The map of a unit that the output map enlarges is requested at a higher resolution.
  store.on(["hover", "selected"], () =>
    session.setFineUnits([state.hover, state.selected].some((each) => each?.kind === "unit")),
  );
  const loadPopover = onDemand(
    store,
    "The values of links and units",
    () => import("./weight-popover.js"),
    ({ mountWeightPopover }) => mountWeightPopover(store, session, geometry),
  );
  for (const type of ["pointerenter", "focusin"])
    net.addEventListener(type, () => void loadPopover(true), { once: true });
  store.on(["selected"], () => void loadPopover(true));
}
