/** Controls that a link hides, for example in a class: by the names of settings in the link, or one of these. */

import { KEYS } from "../url/codec.js";

/** @type {Record<string, string>} */
export const PARTS = {
  play: "#play",
  steps: ".steps",
  reset: "#reset",
  undo: ".history",
  pace: ".pace",
  seed: ".seed",
  copy: "#copy-link, #copy-run",
  runs: "#runs",
  data: ".data",
  tiles: "#datasets",
  newpoints: "#new-points",
  features: ".input:has([aria-pressed=false])",
  layers: "[aria-label='Hidden layers'].stepper",
  units: ".hidden-layer .stepper",
  activation: ".hidden-layer :is(.act, .parameter)",
  output: ".outputs .act",
  problem: ".field[data-path='problem']",
  optimizer: ".field[data-path='training.optimizer.name']",
  schedule: ".field[data-path='training.schedule.name']",
  stop: ".field[data-path='stop']",
  more: "#more",
  settings: ".settings",
  threshold: ".threshold",
  test: ".check:has([data-show=test])",
  discrete: ".check:has([data-show=discrete])",
  errors: ".check:has([data-show=errors])",
  time: ".time",
  panels: ".panels",
};

/** The selector of what a name hides; null for an unknown name. @param {string} name */
export const selectorOf = (name) => PARTS[name] ?? (KEYS.has(name) ? `.field[data-path="${KEYS.get(name)}"]` : null);

/** Containers that are hidden too when all their contents are. */
const HOLDERS = ".for-data, .for-training, .for-output, .data-fields .row, .data, .settings, .checks";

const sheet = new CSSStyleSheet();

/** Hides what these names stand for, and shows what others hid. @param {string[]} names */
export function hide(names) {
  const selectors = names.map(selectorOf).filter((each) => each !== null);
  // A rule, since some of these parts are rebuilt when the network changes.
  sheet.replaceSync(selectors.map((selector) => `${selector} { display: none !important; }`).join("\n"));
  if (!document.adoptedStyleSheets.includes(sheet))
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  for (const holder of document.querySelectorAll(HOLDERS)) {
    holder.classList.remove("bare");
    const bare = [...holder.children].every((child) => getComputedStyle(child).display === "none");
    holder.classList.toggle("bare", bare || getComputedStyle(holder).display === "none");
  }
}
