/** One requestAnimationFrame for the whole page: a view is marked dirty and drawn at most once a frame. */

export function createScheduler() {
  /** @type {Task[]} */
  const tasks = [];
  let asked = false;
  let before = 0;
  let slowdown = 1;

  /**
   * The browser renders a canvas after the script, which only the time between frames shows. While frames are late,
   * tasks with an interval wait longer, up to four times as long.
   * @param {number} now
   */
  function adapt(now) {
    const gap = now - before;
    before = now;
    if (gap > 200) return;
    slowdown = Math.min(4, Math.max(1, slowdown * (gap > 24 ? 1.06 : 0.985)));
  }

  function run(/** @type {number} */ now) {
    asked = false;
    adapt(now);
    for (const task of tasks) {
      if (!task.dirty) continue;
      // A drawing that takes long is drawn less often, so that a busy machine keeps its frame rate.
      if (now - task.last < Math.max(task.every * slowdown, task.cost > 6 ? task.cost * 6 : 0) - 1) {
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
