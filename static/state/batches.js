/** How many points a run trains on, and how many mini-batches they make: the page counts the batches of an epoch that is under way. */

/** @param {Points | null} points @returns {number} 0 where the points are not known yet */
export const trainingCount = (points) => points?.split.filter((part) => part === "train").length ?? 0;

/** The last mini-batch of an epoch may be smaller than the others. @param {Pick<State, "config" | "points">} state */
export function batchesPerEpoch({ config, points }) {
  const count = trainingCount(points);
  return Math.max(1, Math.ceil(count / Math.max(1, config.training.batch_size ?? count)));
}
