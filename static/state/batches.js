/** The number of training points of a run, and of mini-batches in an epoch. */

/** @param {Points | null} points @returns {number} 0 where the points are not known yet */
export const trainingCount = (points) => points?.split.filter((part) => part === "train").length ?? 0;

/** The last mini-batch of an epoch may be smaller than the others. @param {Pick<State, "config" | "points">} state */
export function batchesPerEpoch({ config, points }) {
  const count = trainingCount(points);
  return Math.max(1, Math.ceil(count / Math.max(1, config.training.batch_size ?? count)));
}
