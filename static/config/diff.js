/** The values of a configuration that differ from the defaults: all that a request needs. */

import { same } from "../lib/paths.js";

/** @param {any} value @param {any} usual @returns {any} undefined where they are the same; lists and named choices whole */
export function difference(value, usual) {
  if (same(value, usual)) return undefined;
  const plain = (/** @type {unknown} */ each) => typeof each === "object" && each !== null && !Array.isArray(each);
  if (!plain(value) || !plain(usual) || value.name !== usual.name) return value;
  const parts = Object.entries(value).map(([key, part]) => [key, difference(part, usual[key])]);
  return Object.fromEntries(parts.filter(([, part]) => part !== undefined));
}

/** A configuration as short as a request allows. @param {RunConfig} config @param {RunConfig} defaults */
export function shortConfig(config, defaults) {
  const { dataset, ...rest } = config;
  const { dataset: usual, ...others } = defaults;
  const data = Object.entries(dataset).filter(([key, value]) => !same(value, usual[/** @type {"name"} */ (key)]));
  const differences = difference({ ...rest, sweep: rest.sweep ?? null }, { ...others, sweep: null }) ?? {};
  return { ...(data.length ? { dataset: Object.fromEntries(data) } : {}), ...differences };
}
