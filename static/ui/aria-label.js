/** The accessible name of a drawing, set only where it differs: the drawing is repeated more often than it changes. */

export function setAriaLabel(/** @type {Element} */ element, /** @type {string} */ words) {
  if (element.getAttribute("aria-label") !== words) element.setAttribute("aria-label", words);
}
