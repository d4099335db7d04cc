/** One requestAnimationFrame for the whole page: views mark themselves dirty, and each is drawn at most once a frame. */

/**
 * @typedef {object} Task
 * @property {() => void} draw
 * @property {number} every least milliseconds between two drawings
 * @property {number} last
 * @property {boolean} dirty
 * @property {number} cost smoothed milliseconds of one drawing
 */

export function createScheduler() {
  /** @type {Task[]} */
  const tasks = [];
  let asked = false;
  let before = 0;
  let patience = 1;

  /**
   * What a canvas costs is paid after its drawing, where no clock of ours sees it; the time between frames does. While frames come late,
   * tasks that may wait do so longer, up to four times their interval.
   * @param {number} now
   */
  function adapt(now) {
    const gap = now - before;
    before = now;
    if (gap > 200) return;
    patience = Math.min(4, Math.max(1, patience * (gap > 24 ? 1.06 : 0.985)));
  }

  /** @param {number} now */
  function run(now) {
    asked = false;
    adapt(now);
    for (const task of tasks) {
      if (!task.dirty) continue;
      // A drawing that costs much is drawn seldom, so that the whole stays within its frame on a busy machine.
      if (now - task.last < Math.max(task.every * patience, task.cost > 6 ? task.cost * 6 : 0) - 1) {
        ask();
        continue;
      }
      task.dirty = false;
      task.last = now;
      const start = performance.now();
      task.draw();
      task.cost += (performance.now() - start - task.cost) * 0.2;
    }
  }

  function ask() {
    if (asked) return;
    asked = true;
    requestAnimationFrame(run);
  }

  return {
    /**
     * Registers a drawing and returns what marks it dirty. Tasks draw in the order of their registration.
     * @param {() => void} draw @param {number} [every]
     */
    task(draw, every = 0) {
      /** @type {Task} */
      const task = { draw, every, last: Number.NEGATIVE_INFINITY, dirty: false, cost: 0 };
      tasks.push(task);
      return () => {
        task.dirty = true;
        ask();
      };
    },
  };
}

/** @typedef {ReturnType<typeof createScheduler>} Scheduler */
