/** Formulas as MathML: the catalog's, which the server writes as text, and the page's own. */

/** @param {string} text of the server's own catalog */
export function mathml(text) {
  const parsed = new DOMParser().parseFromString(text, "application/xml").documentElement;
  return document.importNode(parsed, true);
}

/** @param {string} tag @param {(Node | string)[]} children */
export function mathElement(tag, ...children) {
  const element = document.createElementNS("http://www.w3.org/1998/Math/MathML", tag);
  element.append(...children);
  return element;
}

/** The statements of a formula as one formula each: a comma and a space separate them. @param {string} text */
export function statements(text) {
  const math = mathml(text);
  const row = math.firstElementChild;
  if (!row) return [math];
  /** @type {Element[][]} */
  const parts = [[]];
  for (const child of [...row.children]) {
    const part = parts[parts.length - 1];
    if (child.localName === "mo" && child.textContent === "," && child.nextElementSibling?.localName === "mspace")
      parts.push([]);
    else if (part.length || child.localName !== "mspace") part.push(child);
  }
  return parts.map((part) => {
    const one = /** @type {Element} */ (math.cloneNode(false));
    one.append(...part);
    return one;
  });
}
