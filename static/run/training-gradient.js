/** The gradient of the loss over the whole training set, at the present weights, requested while it is visible. */

/** @typedef {{run: string, epoch: number, batch: number, layers: {dW: (number | null)[][], db: (number | null)[] | null}[]}} Slope */

/** Milliseconds between two requests, so that the server can train meanwhile. */
const WAIT = 400;

/** @param {Store} store @param {Session} session @param {() => void} changed called when another is known */
export function createTrainingGradient({ state }, session, changed) {
  /** @type {Slope | null} */
  let slope = null;
  let asked = "";
  let waiting = false;

  /** A key of the present weights: every change of them makes another frame. */
  const place = () =>
    [state.run?.id, state.frame?.seq, state.frame?.epoch, state.frame?.batch, state.run?.changes?.length].join();

  /** Requests it, unless the newest is known or requested. */
  async function update() {
    const { run } = state;
    const now = place();
    if (!run || waiting || asked === now || state.connection === "lost") return;
    waiting = true;
    asked = now;
    const answer = await session.fetch("trace?batch=all&shown=1").catch(() => null);
    window.setTimeout(() => {
      waiting = false;
      if (asked !== place()) changed();
    }, WAIT);
    if (!answer || state.run?.id !== run.id) return;
    slope = { run: run.id, ...answer };
    changed();
  }

  return {
    update,
    /** The gradient of a weight, or of a bias without a column; null where it is not known. @param {number} layer @param {number} row @param {number} [column] */
    at(layer, row, column) {
      const of = slope?.run === state.run?.id ? slope?.layers[layer] : null;
      return (column === undefined ? of?.db?.[row] : of?.dW[row]?.[column]) ?? null;
    },
  };
}
