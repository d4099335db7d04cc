/** Marks dead and saturated units on the network, while it is known which they are. */

import { byId, make } from "../ui/dom.js";

/** @type {WeakSet<object>} */
const mounted = new WeakSet();

export function mountUnitMarks(/** @type {Store} */ store) {
  if (mounted.has(store)) return;
  mounted.add(store);
  const { state } = store;
  const layers = byId("layers");
  const keys = ["saturated", "dead"].map((word) => {
    const key = make("span", { class: "key" }, [make("span", { class: `${word}-mark` }), word]);
    key.hidden = true;
    return key;
  });
  document.querySelector(".network .legend")?.append(...keys);
  let shown = "";

  function update() {
    const { health, run } = state;
    const known = health && run && health.run === run.id && health.series === run.series ? health.layers : [];
    const next = JSON.stringify(known);
    if (next === shown) return;
    shown = next;
    const any = { saturated: false, dead: false };
    for (const unit of /** @type {NodeListOf<HTMLElement>} */ (layers.querySelectorAll(".unit[data-layer]"))) {
      const layer = known[Number(unit.dataset.layer) - 1];
      const index = Number(unit.dataset.unit);
      const word = layer?.dead.includes(index) ? "dead" : layer?.saturated.includes(index) ? "saturated" : "";
      unit.classList.toggle("dead", word === "dead");
      unit.classList.toggle("saturated", word === "saturated");
      unit.textContent = word === "dead" && unit.clientWidth >= 30 ? word : "";
      const name = unit.getAttribute("aria-label")?.replace(/, (dead|saturated)$/, "") ?? "";
      unit.setAttribute("aria-label", word ? `${name}, ${word}` : name);
      if (word) any[word] = true;
    }
    keys[0].hidden = !any.saturated;
    keys[1].hidden = !any.dead;
  }

  store.on(["health", "run"], update);
  // The columns may have been rebuilt.
  store.on(["config"], () => {
    shown = "";
    update();
  });
  update();
}
