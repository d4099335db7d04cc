/** Requests that do not change the run on the page. Views call these; only `api/` sends them. */

import { API, Refused, request, Unreachable } from "../api/client.js";

/** Whether the server refused, or could not be reached: anything else is a fault of the page. @param {unknown} error @returns {error is Error} */
export const isFailedRequest = (error) => error instanceof Refused || error instanceof Unreachable;

/** @param {string} id of a run @param {string} [what] below the run's address */
export const ofRun = (id, what = "") => request("GET", ["runs", id, what].filter(Boolean).join("/"));

/** The caller's runs, the newest first. @param {string | null} cursor of the previous page @returns {Promise<{runs: Run[], next_cursor: string | null}>} */
export const runsPage = (cursor) => request("GET", `runs?limit=20${cursor ? `&cursor=${cursor}` : ""}`);

export const catalog = () => request("GET", "catalog");

export const lessons = async () => (await request("GET", "lessons")).lessons;

export const rangeTest = (/** @type {RunConfig} */ config, /** @type {string | undefined} */ rules) =>
  request("POST", "lr-range-test", { config, rules });

/** The metrics of every recorded epoch as CSV, requested page by page. @param {string} id of a run */
export async function metricsCsv(id) {
  let text = "";
  for (let since = 0, last = -1; since > last; ) {
    last = since;
    const address = new URL(`runs/${id}/metrics?since=${since}&limit=10000`, API);
    const answer = await fetch(address, { headers: { accept: "text/csv" } });
    if (!answer.ok) throw new Refused(await answer.json());
    const page = await answer.text();
    const lines = page.trim().split("\n");
    if (text) lines.shift();
    if (!lines.length) break;
    text += `${lines.join("\n")}\n`;
    since = Number(lines.at(-1)?.split(",")[0]) + 1 || last;
  }
  return text;
}
