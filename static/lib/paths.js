/** Reading and copying nested configuration by dotted path, such as "training.learning_rate". */

/** @param {unknown} object @param {string} path @returns {unknown} */
export function read(object, path) {
  return path
    .split(".")
    .reduce((/** @type {any} */ at, key) => (at === null || at === undefined ? undefined : at[key]), object);
}

/**
 * A copy of `object` in which only the objects along `path` are new.
 * @template T @param {T} object @param {string} path @param {unknown} value @returns {T}
 */
export function withValue(object, path, value) {
  const dot = path.indexOf(".");
  const key = dot < 0 ? path : path.slice(0, dot);
  const source = /** @type {any} */ (object);
  const copy = Array.isArray(source) ? [...source] : { ...source };
  copy[key] = dot < 0 ? value : withValue(source?.[key] ?? {}, path.slice(dot + 1), value);
  return copy;
}

/** Deep equality of plain data. @param {unknown} a @param {unknown} b @returns {boolean} */
export function same(a, b) {
  if (a === b) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  const left = /** @type {Record<string, unknown>} */ (a);
  const right = /** @type {Record<string, unknown>} */ (b);
  const keys = new Set([...Object.keys(left), ...Object.keys(right)]);
  for (const key of keys) if (!same(left[key], right[key])) return false;
  return true;
}
