/** Light or dark: the system's preference until one is chosen; always the system's where it forces its colours. */

import { buttonById } from "../ui/dom.js";

export function mountAppearance(/** @type {Store} */ store) {
  const button = buttonById("theme");
  const prefersDark = window.matchMedia("(prefers-color-scheme: dark)");
  const forced = window.matchMedia("(forced-colors: active)");
  const root = document.documentElement;
  const isDark = () => (root.dataset.theme && !forced.matches ? root.dataset.theme === "dark" : prefersDark.matches);

  function changed() {
    button.setAttribute("aria-pressed", String(isDark()));
    root.classList.toggle("dark", isDark());
    store.set({ theme: store.state.theme + 1 });
  }
  button.addEventListener("click", () => {
    root.dataset.theme = isDark() ? "light" : "dark";
    try {
      localStorage.setItem("descent.theme", root.dataset.theme);
    } catch {
      // Without storage the choice lasts as long as the page.
    }
    changed();
  });
  for (const query of [prefersDark, forced]) query.addEventListener("change", changed);
  changed();
}
