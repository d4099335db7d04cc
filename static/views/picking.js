/** What the pointer or a click picks in the network: a unit or a link. What tells of it comes with the first pick. */

import { byId } from "./dom.js";
import { linkAt } from "./geometry.js";

/** @typedef {import("../lib/types.js").Target} Target */

/**
 * @param {import("../store.js").Store} store
 * @param {import("../session.js").Session} session
 * @param {() => import("./geometry.js").Geometry | null} geometry
 */
export function mountPicking(store, session, geometry) {
  const { state } = store;
  const net = byId("net");
  const popover = byId("popover");
  /** @type {HTMLElement | null} */
  let opener = null;
  let asked = false;

  /** @param {PointerEvent | MouseEvent} event @returns {Target | null} */
  function targetAt(event) {
    const places = geometry();
    const element = /** @type {HTMLElement} */ (event.target);
    if (!places || popover.contains(element) || element.closest(".layer-head")) return null;
    const unit = element.closest(".unit");
    if (unit instanceof HTMLElement) {
      if (unit.dataset.layer === undefined) return null;
      return { kind: "unit", layer: Number(unit.dataset.layer), unit: Number(unit.dataset.unit) };
    }
    const frame = net.getBoundingClientRect();
    const link = linkAt(places, event.clientX - frame.left, event.clientY - frame.top, 7);
    return link ? { kind: "link", ...link } : null;
  }

  function close() {
    store.set({ selected: null });
    opener?.focus();
  }

  net.addEventListener("pointermove", (event) => {
    if (event.pointerType === "touch") return;
    const target = targetAt(event);
    if (JSON.stringify(target) !== JSON.stringify(state.hover)) store.set({ hover: target });
    net.classList.toggle("pointing", target?.kind === "link");
  });
  net.addEventListener("pointerleave", () => store.set({ hover: null }));
  net.addEventListener("click", (event) => {
    if (popover.contains(/** @type {Node} */ (event.target))) return;
    const target = targetAt(event);
    opener = target?.kind === "unit" ? /** @type {HTMLElement} */ (event.target) : null;
    store.set({ selected: target });
  });
  net.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && state.selected) close();
  });
  store.on(["hover", "selected"], () => {
    const popped = state.selected ?? (state.hover?.kind === "link" ? state.hover : null);
    // A unit that the output map enlarges is asked for at a finer grain, what the popover tells with its gradients.
    session.look({
      fine: [state.hover, state.selected].some((each) => each?.kind === "unit"),
      gradients: popped !== null,
    });
    if (asked || !popped) return;
    asked = true;
    void import("./popover.js").then(({ mountPopover }) => mountPopover(store, session, geometry));
  });
}
