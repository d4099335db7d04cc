/** What assistive technology says of a drawing, set only where it differs: a drawing is repeated far more often. */

/** @param {Element} element @param {string} words */
export function setAriaLabel(element, words) {
  if (element.getAttribute("aria-label") !== words) element.setAttribute("aria-label", words);
}
