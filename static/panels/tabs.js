/** The tabs under the network. Each panel is one entry; its script and style are loaded when its tab is pointed at or opened. */

import { byId, make } from "../ui/dom.js";
import { loadStyle, onDemand } from "../ui/on-demand.js";

/** @type {Panel[]} */
export const PANELS = [
  { name: "curves", title: "Curves" },
  { name: "inside", title: "Inside", load: () => import("./inside/inside.js"), style: "panel-inside.css" },
  { name: "step", title: "Step through", load: () => import("./step/step.js"), style: "panel-step.css" },
  {
    name: "landscape",
    title: "Landscape",
    load: () => import("./landscape/landscape.js"),
    style: "panel-landscape.css",
  },
  { name: "lessons", title: "Lessons", load: () => import("./lessons/lessons.js"), style: "panel-lessons.css" },
  { name: "use", title: "Use this", load: () => import("./use/use.js"), style: "panel-use.css" },
];

export function mountPanels(/** @type {Page} */ page) {
  const { store } = page;
  const { state } = store;
  const list = byId("tabs");
  const enlarge = byId("enlarge");
  /** @type {Map<string, Shown>} */
  const mounted = new Map();
  /** Each creates a panel once, hidden, so that a click only has to show it. */
  const loads = PANELS.map(({ name, title, load, style }) =>
    onDemand(
      store,
      `The panel ${title}`,
      () => Promise.all(load && style ? [load(), loadStyle(style)] : []),
      ([module]) => module && mounted.set(name, module.mount(byId(`panel-${name}`), page)),
    ),
  );
  let open = "";
  const known = () => (PANELS.some((panel) => panel.name === state.panel) ? state.panel : "curves");

  const buttons = PANELS.map(({ name, title }, i) => {
    const button = make(
      "button",
      { type: "button", role: "tab", id: `tab-${name}`, "aria-controls": `panel-${name}` },
      [title],
    );
    button.addEventListener("click", () => store.set({ panel: name, ...(name === "curves" ? { folded: false } : {}) }));
    // Keyboard users reach the next tab by an arrow key, which opens it: the neighbours of a focused tab are loaded too.
    for (const sign of ["pointerenter", "focus"]) button.addEventListener(sign, () => void loads[i](true));
    button.addEventListener("focus", () => {
      if (button.matches(":focus-visible")) for (const beside of [loads.at(i - 1), loads[i + 1]]) void beside?.(true);
    });
    if (name !== "curves")
      byId("panels").append(
        make("section", {
          role: "tabpanel",
          id: `panel-${name}`,
          class: "panel",
          "aria-labelledby": `tab-${name}`,
          hidden: "",
        }),
      );
    return button;
  });
  list.append(...buttons);
  list.addEventListener("keydown", (event) => {
    const at = buttons.indexOf(/** @type {HTMLButtonElement} */ (document.activeElement));
    const to = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: buttons.length - 1 }[event.key];
    if (to === undefined || at < 0) return;
    event.preventDefault();
    const next = buttons[(to + buttons.length) % buttons.length];
    next.focus();
    next.click();
  });
  enlarge.addEventListener("click", () => {
    store.set({ folded: true });
    byId("unfold").focus();
  });

  function update() {
    const name = known();
    enlarge.hidden = name === "curves" || state.folded;
    if (open === name) return;
    mounted.get(open)?.hide();
    open = name;
    PANELS.forEach((panel, i) => {
      const on = panel.name === name;
      buttons[i].setAttribute("aria-selected", String(on));
      buttons[i].tabIndex = on ? 0 : -1;
      byId(`panel-${panel.name}`).hidden = !on;
      if (!on) return;
      // Where the tabs scroll, the chosen one is scrolled into sight; the page itself does not scroll.
      list.scrollLeft = buttons[i].offsetLeft - list.offsetLeft - 40;
      void loads[i]().then(() => open === name && mounted.get(name)?.show());
    });
    byId("tab-tools").hidden = name !== "curves";
    store.set({ layout: state.layout + 1 });
  }
  store.on(["panel", "folded"], update);
  update();
}
