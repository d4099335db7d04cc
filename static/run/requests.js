/** Requests that read or change one run. */

import { Refused, request } from "../api/client.js";

/** @typedef {"running" | "paused"} Activity */

/** @param {string} id @returns {Promise<Run & {role: string}>} */
export const getRun = (id) => request("GET", `runs/${id}`);

/** At the limit of runs, the server deletes others to make room, but not those to keep. @param {RunConfig} config @param {Activity} state @param {string[]} keep @param {string} [rules] what draws its numbers @returns {Promise<Run>} */
export const createRun = (config, state, keep, rules) => request("POST", "runs", { config, state, keep, rules });

/** @param {string} id @param {Record<string, unknown>} patch @returns {Promise<Run>} */
export const changeRun = (id, patch) => request("PATCH", `runs/${id}`, patch);

/** @param {string} id @param {WeightChange} change @param {number} [member] */
export const changeWeights = (id, change, member = 0) => request("PATCH", `runs/${id}/weights`, { member, ...change });

/** @param {string} id @param {number} [member] @returns {Promise<{epoch: number, layers: any[]}>} */
export const getWeights = (id, member = 0) => request("GET", `runs/${id}/weights?member=${member}`);

/** @param {string} id @param {{epochs: number} | {batches: number} | {to_epoch: number}} amount @returns {Promise<Run>} */
export const stepRun = (id, amount) => request("POST", `runs/${id}/step`, amount);

export const deleteRun = (/** @type {string} */ id) => request("DELETE", `runs/${id}`);

/** The run, or the newest of those that its owner replaced it with. @param {string} id @returns {Promise<Run>} */
export async function latestRun(id) {
  try {
    const run = await getRun(id);
    return run.replaced_by ? await latestRun(run.replaced_by) : run;
  } catch (error) {
    if (error instanceof Refused && error.problem.replaced_by) return latestRun(error.problem.replaced_by);
    throw error;
  }
}

/** Pauses a run and leads its viewers to the one in its place. @param {Run} old @param {string} id of the other */
export const markReplaced = (old, id) =>
  changeRun(old.id, { ...(old.state === "running" ? { state: "paused" } : {}), replaced_by: id }).catch(
    () => undefined,
  );
