/** A group of buttons of which one is selected. */

import { make } from "./dom.js";

/**
 * @param {string} label what the choice is about
 * @param {[name: string, title: string][]} entries
 * @param {(name: string) => void} choose called when another is pressed
 */
export function segmentedControl(label, entries, choose) {
  const buttons = entries.map(([name, title]) => {
    const button = make("button", { type: "button", class: "button", "aria-pressed": "false" }, [title]);
    button.addEventListener("click", () => {
      if (button.getAttribute("aria-pressed") === "true") return;
      set(name);
      choose(name);
    });
    return button;
  });
  function set(/** @type {string} */ name) {
    entries.forEach((entry, i) => {
      buttons[i].setAttribute("aria-pressed", String(entry[0] === name));
    });
  }
  return { element: make("div", { class: "segments", role: "group", "aria-label": label }, buttons), set };
}
