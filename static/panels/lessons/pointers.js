/** The elements of the controls and panels that a lesson's steps name. */

/** @import {Place} from "./types.js" */

/** @param {string} path of the configuration @returns {Place} */
const field = (path) => [`[id="f-${path}"]`];

/** @type {Record<string, Place>} */
export const CONTROLS = {
  Play: ["#play"],
  "+1 batch": ["#step-batch"],
  "+1 epoch": ["#step-epoch"],
  Reset: ["#reset"],
  "Another seed": ["#dice"],
  Variant: [".lesson .variants button", "lessons"],
  "Data set": ["#datasets input:checked, #datasets input"],
  Points: field("dataset.samples"),
  "Used for training": field("dataset.train_fraction"),
  Noise: field("dataset.noise"),
  "Flipped labels": field("dataset.label_noise"),
  "New points": ["#new-points"],
  Inputs: ["#features .unit"],
  "Hidden layers": ["#more-layers"],
  Units: ['#layers [data-keep="more-0"]'],
  Activation: ['#layers [data-keep="activation-0"]'],
  Dropout: ['[id="m-network.hidden.0.dropout"]', undefined, "#more"],
  Link: ["#layers .layer:not(.inputs) .unit"],
  Bias: field("network.bias"),
  Initializer: field("network.initializer"),
  "Learning rate": field("training.learning_rate"),
  Schedule: field("training.schedule.name"),
  "Batch size": field("training.batch_size"),
  Optimizer: field("training.optimizer.name"),
  Regularizer: field("training.regularizer.name"),
  "Penalty strength": field("training.regularizer.rate"),
  Loss: field("training.loss"),
  Threshold: ["#threshold-slider"],
  "Test points": ['[data-show="test"]'],
  "Find a rate": ["#panel-inside .segments button:last-child", "inside"],
  "Log scale": ['[data-show="log"]', "curves"],
};

/** @type {Record<string, Place>} */
export const PARTS = {
  Header: [".head"],
  Settings: [".settings"],
  Data: [".data"],
  Network: [".network"],
  Output: [".output"],
  Curves: ["#tab-curves", "curves"],
  Inside: ["#tab-inside", "inside"],
  "Step through": ["#tab-step", "step"],
  Landscape: ["#tab-landscape", "landscape"],
  Sweep: ["#tab-sweep", "sweep"],
  Lessons: ["#tab-lessons", "lessons"],
  "Use this": ["#tab-use", "use"],
};

/** Brings a control or a part of the page into view, focused and outlined. @param {Place} place @param {Store} store */
export async function pointAt([selector, panel, opener], store) {
  if (panel) store.set({ panel, ...(panel === "curves" ? { folded: false } : {}) });
  const first = /** @type {HTMLElement | null} */ (document.querySelector(opener ?? selector));
  if (!panel && first && !first.checkVisibility()) store.set({ folded: false });
  if (opener && first?.getAttribute("aria-expanded") === "false") first.click();
  const find = () => /** @type {HTMLElement | null} */ (document.querySelector(selector));
  // Rarely used parts of the page are loaded when they are first opened.
  for (let frames = 0; frames < 120 && !find(); frames++) await new Promise(requestAnimationFrame);
  const found = find();
  if (!found) return;
  if (found.tabIndex < 0 && !found.matches("button, input, select")) found.tabIndex = -1;
  const reducedMotion = matchMedia("(prefers-reduced-motion: reduce)").matches;
  found.focus({ preventScroll: true });
  found.scrollIntoView({ block: "center", behavior: reducedMotion ? "auto" : "smooth" });
  // Browsers show no focus ring when a script sets the focus after a click.
  const outlined = found.closest(".check, .tile") ?? found;
  outlined.classList.add("pointed");
  const leave = () => outlined.classList.remove("pointed");
  found.addEventListener("blur", leave, { once: true });
  // A disabled control takes no focus, so it gets no blur event.
  document.addEventListener("focusin", ({ target }) => target !== found && leave(), { once: true });
}
