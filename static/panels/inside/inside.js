/** The panel Inside: what every layer's numbers do, the activations one by one, and a learning rate found by trying. */

import { mountUnitMarks } from "../../network/unit-marks.js";
import { segmentedControl } from "../../ui/segmented-control.js";
import { readPanelKey, writePanelKey } from "../../url/history.js";
import { layersSection } from "./layers.js";

/** @type {[name: string, title: string, load: () => Promise<(page: Page) => Section>][]} */
const SECTIONS = [
  ["layers", "Layers", async () => layersSection],
  ["activations", "Activations", async () => (await import("./activations.js")).activationsSection],
  ["rate", "Learning rate", async () => (await import("./range-test.js")).rangeTestSection],
];

/** @param {HTMLElement} root @param {Page} page @returns {Shown} */
export function mount(root, page) {
  const { state } = page.store;
  /** @type {Map<string, Section>} */
  const made = new Map();
  let open = false;
  let chosen = wanted() ?? SECTIONS[0][0];
  const choice = segmentedControl(
    "What to look at",
    SECTIONS.map(([name, title]) => [name, title]),
    (name) => {
      writeSection(name);
      void go(name);
    },
  );
  root.classList.add("inside");
  root.append(choice.element);
  mountUnitMarks(page.store);

  async function go(/** @type {string} */ name) {
    made.get(chosen)?.hide();
    chosen = name;
    choice.set(name);
    for (const [of, { root: each }] of made) each.hidden = of !== name;
    await loadSection(name);
    if (open && chosen === name) made.get(name)?.show();
  }

  /** Makes a section, hidden unless it is the chosen one. @param {string} name */
  async function loadSection(name) {
    const load = SECTIONS.find((each) => each[0] === name)?.[2];
    if (made.has(name) || !load) return;
    const section = await load();
    if (made.has(name)) return;
    const one = section(page);
    made.set(name, one);
    one.root.hidden = chosen !== name;
    root.append(one.root);
  }
  void loadSection(chosen);

  // Marks measured on earlier weights leave the network.
  page.store.on(["run"], () => {
    const { health, run } = state;
    if (!open && health && (run?.epoch !== health.epoch || run.batch !== health.batch))
      page.store.set({ health: null });
  });
  window.addEventListener("popstate", () => {
    if (open) void go(wanted() ?? SECTIONS[0][0]);
  });

  return {
    show() {
      open = true;
      void go(wanted() ?? chosen);
      writeSection(chosen);
    },
    hide() {
      open = false;
      made.get(chosen)?.hide();
    },
  };
}

/** The section that the address asks for, if any. */
const wanted = () => {
  const asked = readPanelKey("section");
  return SECTIONS.find(([name]) => name === asked)?.[0];
};

/** @param {string} name */
const writeSection = (name) => writePanelKey("section", name === SECTIONS[0][0] ? null : name);
