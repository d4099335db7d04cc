/** Moving between the units by keyboard: one tab stop for all; arrows move between layers and within one. */

/** @param {HTMLElement} layers @param {Store} store @returns {(event: any) => void} the listener for focusin, focusout and keydown of the layers */
export function rovingFocus(layers, store) {
  function enter(/** @type {HTMLElement} */ unit) {
    for (const each of layers.querySelectorAll(".unit[tabindex='0']")) each.setAttribute("tabindex", "-1");
    unit.setAttribute("tabindex", "0");
    const { layer, unit: index } = unit.dataset;
    store.set({ hover: layer === undefined ? null : { kind: "unit", layer: Number(layer), unit: Number(index) } });
  }

  function move(/** @type {HTMLElement} */ unit, /** @type {KeyboardEvent} */ event) {
    const step = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] }[event.key];
    if (!step) return;
    event.preventDefault();
    const columns = [...layers.children].map(
      (layer) => /** @type {HTMLElement[]} */ ([...layer.querySelectorAll(".unit:not([hidden])")]),
    );
    const at = columns.findIndex((column) => column.includes(unit));
    const row = columns[at]?.indexOf(unit) ?? 0;
    const turned = getComputedStyle(layers).flexDirection === "column";
    const [across, along] = turned ? [step[1] ?? 0, step[0] ?? 0] : [step[0] ?? 0, step[1] ?? 0];
    const next = columns[Math.min(columns.length - 1, Math.max(0, at + across))] ?? [];
    next[Math.min(next.length - 1, Math.max(0, row + along))]?.focus();
  }

  return (event) => {
    if (event.type === "focusout") store.set({ hover: null });
    else if (!event.target.classList.contains("unit")) return;
    else if (event.type === "focusin") enter(event.target);
    else move(event.target, event);
  };
}
