/** An activation in a configuration: its name alone, or its name with the parameters that differ from the defaults. */

/** @param {Activation | undefined} activation */
export const nameOf = (activation) => (typeof activation === "object" ? activation.name : (activation ?? ""));

/** The parameters that an activation takes, with their values. @param {Catalog} catalog @param {Activation} activation */
export function parametersOf(catalog, activation) {
  const entry = catalog.activations.find(({ name }) => name === nameOf(activation));
  const given = typeof activation === "object" ? activation : /** @type {Record<string, unknown>} */ ({});
  return (entry?.parameters ?? []).map((each) => ({ ...each, value: Number(given[each.name] ?? each.default) }));
}

/**
 * The same activation with one parameter changed.
 * @param {Activation} activation @param {string} parameter @param {number} value @returns {Activation}
 */
export const withParameter = (activation, parameter, value) => ({
  ...(typeof activation === "object" ? activation : { name: activation }),
  [parameter]: value,
});
