/** The metrics as a file to keep. */

import { API } from "../../api/client.js";
import { make } from "../../ui/dom.js";

/**
 * Every recorded epoch's metrics as CSV, page after page.
 * @param {string} id
 */
async function metricsTable(id) {
  let text = "";
  for (let since = 0, last = -1; since > last; ) {
    last = since;
    const address = new URL(`runs/${id}/metrics?since=${since}&limit=10000`, API);
    const page = await (await fetch(address, { headers: { accept: "text/csv" } })).text();
    const lines = page
      .trim()
      .split("\n")
      .slice(text ? 1 : 0);
    if (!lines.length) break;
    text += `${lines.join("\n")}\n`;
    since = Number(lines.at(-1)?.split(",")[0]) + 1 || last;
  }
  return new Blob([text], { type: "text/csv" });
}

/** @param {string} id of a run */
export async function saveMetrics(id) {
  const link = make("a", { href: URL.createObjectURL(await metricsTable(id)), download: "descent-metrics.csv" });
  link.click();
  URL.revokeObjectURL(link.href);
}
