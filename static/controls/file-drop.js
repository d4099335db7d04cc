/** Files that are dropped anywhere on the page. */

import { byId } from "../ui/dom.js";

/** @param {(file: File) => void} take */
export function mountFileDrop(take) {
  const here = byId("drop");
  const carriesFile = (/** @type {DragEvent} */ event) => event.dataTransfer?.types.includes("Files") === true;
  window.addEventListener("dragover", (event) => {
    if (!carriesFile(event)) return;
    event.preventDefault(); // else the browser opens the file in place of the page
    here.hidden = false;
  });
  window.addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) here.hidden = true;
  });
  window.addEventListener("drop", (event) => {
    here.hidden = true;
    if (!carriesFile(event)) return;
    event.preventDefault();
    const file = event.dataTransfer?.files[0];
    if (file) take(file);
  });
}
