/** Requests about tables. */

import { request } from "../api/client.js";

/**
 * Has the server read a table; the same file is the same table.
 * @param {Blob} file @param {string} name @param {Record<string, string>} [overrides] parts of the dialect that were chosen
 * @returns {Promise<TableDocument>}
 */
export const readTable = (file, name, overrides = {}) =>
  request("POST", `tables?${new URLSearchParams({ name, ...overrides })}`, file);
