/** The panel Inside: diagnostics of every layer, the activations one by one, and the learning-rate range test. */

import { mountUnitMarks } from "../../network/unit-marks.js";
import { segmentedControl } from "../../ui/segmented-control.js";
import { readPanelKey, writePanelKey } from "../../url/history.js";
import { activationsSection } from "./activations.js";
import { layersSection } from "./layers.js";
import { rangeTestSection } from "./range-test.js";

/** @type {[name: string, title: string, make: (page: Page) => Section][]} */
const SECTIONS = [
  ["layers", "Layers", layersSection],
  ["activations", "Activations", activationsSection],
  ["rate", "Learning rate", rangeTestSection],
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
      go(name);
    },
  );
  root.classList.add("inside");
  root.append(choice.element);
  mountUnitMarks(page.store);

  function go(/** @type {string} */ name) {
    made.get(chosen)?.hide();
    chosen = name;
    choice.set(name);
    const section = sectionOf(name);
    for (const each of made.values()) each.root.hidden = each !== section;
    if (open) section.show();
  }

  /** A section; it is made when it is first opened. @param {string} name */
  function sectionOf(name) {
    const section = made.get(name) ?? (SECTIONS.find((each) => each[0] === name) ?? SECTIONS[0])[2](page);
    if (!made.has(name)) {
      made.set(name, section);
      root.append(section.root);
    }
    return section;
  }
  sectionOf(chosen);

  // Marks measured on earlier weights are removed from the network.
  page.store.on(["run"], () => {
    const { health, run } = state;
    if (!open && health && (run?.epoch !== health.epoch || run.batch !== health.batch))
      page.store.set({ health: null });
  });
  window.addEventListener("popstate", () => {
    if (open) go(wanted() ?? SECTIONS[0][0]);
  });

  return {
    show() {
      open = true;
      go(wanted() ?? chosen);
      writeSection(chosen);
    },
    hide() {
      open = false;
      made.get(chosen)?.hide();
    },
  };
}

/** The section that the address names, if any. */
const wanted = () => {
  const asked = readPanelKey("section");
  return SECTIONS.find(([name]) => name === asked)?.[0];
};

/** @param {string} name */
const writeSection = (name) => writePanelKey("section", name === SECTIONS[0][0] ? null : name);
