/** The accessible name of a drawing, set only where it differs: drawings are repeated far more often. */

export function setAriaLabel(/** @type {Element} */ element, /** @type {string} */ words) {
  if (element.getAttribute("aria-label") !== words) element.setAttribute("aria-label", words);
}
