/** The tabs under the network. A panel is one entry here; its script and style are loaded before it is first opened. */

import { byId, make, style } from "../ui/dom.js";

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
  /** @type {Map<string, Promise<void>>} */
  const coming = new Map();
  let open = "";
  const known = () => (PANELS.some((panel) => panel.name === state.panel) ? state.panel : "curves");

  const buttons = PANELS.map((panel, i) => {
    const { name, title } = panel;
    const button = make(
      "button",
      { type: "button", role: "tab", id: `tab-${name}`, "aria-controls": `panel-${name}` },
      [title],
    );
    button.addEventListener("click", () => store.set({ panel: name, ...(name === "curves" ? { folded: false } : {}) }));
    // A tab is loaded when it is pointed at, and its neighbour when the focus moves along the tabs.
    for (const sign of ["pointerenter", "focus"])
      button.addEventListener(sign, () => void loadPanel(panel)?.catch(() => coming.delete(name)));
    button.addEventListener("focus", () => {
      if (button.matches(":focus-visible"))
        for (const beside of [PANELS.at(i - 1), PANELS[i + 1]]) void beside?.load?.().catch(() => {});
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

  /** Loads a panel's script and style and mounts it hidden, once: a click then only shows it. @param {Panel} panel */
  function loadPanel({ name, load, style: sheet }) {
    if (load && !coming.has(name))
      coming.set(
        name,
        Promise.all([load(), style(sheet ?? "")]).then(([module]) => {
          mounted.set(name, module.mount(byId(`panel-${name}`), page));
        }),
      );
    return coming.get(name);
  }

  async function enter(/** @type {Panel} */ panel) {
    const { name } = panel;
    try {
      await loadPanel(panel);
      if (open === name) mounted.get(name)?.show();
    } catch {
      coming.delete(name);
      store.set({ notice: `The panel ${panel.title} could not be loaded. Choose its tab again to retry.` });
    }
  }

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
      void enter(panel);
    });
    byId("tab-tools").hidden = name !== "curves";
    store.set({ layout: state.layout + 1 });
  }
  store.on(["panel", "folded"], update);
  update();
}
