/** Requests about formulas. */

import { request } from "../api/client.js";

/**
 * What a formula is over the plane; it throws where the text is none.
 * @param {string} text @param {number} resolution cells on a side
 * @returns {Promise<{comparison: boolean, values: number[][]}>}
 */
export const readFormula = (text, resolution) =>
  request("GET", `formula?${new URLSearchParams({ text, resolution: String(resolution) })}`);
