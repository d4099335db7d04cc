// Sets the chosen appearance before the first paint; a module would run after it.
(() => {
  try {
    const chosen = localStorage.getItem("descent.theme");
    if (chosen === "light" || chosen === "dark") document.documentElement.dataset.theme = chosen;
  } catch {
    // Storage may be forbidden; the system's preference then holds.
  }
})();
