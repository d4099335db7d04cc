/** Saves the metrics of a run as a file. */

import { metricsCsv } from "../../run/queries.js";
import { make } from "../../ui/dom.js";

/** @param {string} id of a run */
export async function saveMetrics(id) {
  const table = new Blob([await metricsCsv(id)], { type: "text/csv" });
  const link = make("a", { href: URL.createObjectURL(table), download: "descent-metrics.csv" });
  link.click();
  URL.revokeObjectURL(link.href);
}
