/** The catalog's formulas, MathML text of our own server, as nodes. */

/** @param {string} text */
export function mathml(text) {
  const parsed = new DOMParser().parseFromString(text, "application/xml").documentElement;
  return document.importNode(parsed, true);
}
