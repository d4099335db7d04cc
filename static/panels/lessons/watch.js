/** Checks the visitor's run against the claims of the open lesson whenever it pauses, and stores the ticks. */

import { changesKey } from "../../run/changes.js";
import { ofRun } from "../../run/queries.js";
import { due, measure, settingsOf, shows, untouched } from "./evidence.js";

/** @import {Store} from "../../state/store.js" */
/** @import {Evidence, Lesson} from "./evidence.js" */
/** @import {Seen, Ticks} from "./ticks.js" */

/** @param {Store} store @param {Ticks} ticks @param {() => void} found called when a result arrives */
export function createWatch({ state }, ticks, found) {
  /** @type {Lesson | null} */
  let lesson = null;
  let judged = "";
  /** The run's value for each evidence that it does not show. @type {Map<Evidence, Seen | {epoch: number, value: null}>} */
  const short = new Map();

  /** The variant that the run on the page is an unchanged run of. */
  function variant() {
    const { run } = state;
    return run && lesson?.variants.find((each) => settingsOf(run, each) && untouched(run, each));
  }

  async function look() {
    const { run, role, busy } = state;
    // A running run is not checked: its numbers would belong to another epoch than its state.
    if (!lesson || !run || role !== "owner" || busy || run.state === "running") return;
    const { slug, claims } = lesson;
    const moment = [slug, run.id, run.series, run.epoch, run.batch, run.state, changesKey(run)].join();
    if (moment === judged) return;
    judged = moment;
    short.clear();
    const its = variant();
    const asked = claims.flatMap(({ says, evidence }) =>
      evidence.flatMap((each, i) => {
        const at =
          its?.name === each.variant && !ticks.seen(slug, says, i) ? due(each, /** @type {any} */ (lesson), run) : null;
        return at === null ? [] : [{ says, i, at, evidence: each }];
      }),
    );
    if (!asked.length) return found();
    /** @type {Map<string, Promise<any>>} */
    const answers = new Map();
    const ask = (/** @type {string} */ what) => {
      const answer = answers.get(what) ?? ofRun(run.id, what);
      answers.set(what, answer);
      return answer;
    };
    try {
      const told = await ask("");
      // An edit changes the present metrics, and not what was recorded before it; within an epoch they are of no epoch.
      const recorded = asked.some((each) => each.evidence.source === "metrics")
        ? (await ask("metrics")).members[0]
        : {};
      const columns = Object.fromEntries(
        Object.entries(recorded).map(([name, values]) => [
          name,
          told.batch ? values : values.with(told.epoch, told.metrics[0][name]),
        ]),
      );
      for (const { says, i, at, evidence } of asked) {
        const value = await measure(evidence.quantity, { run: told, columns, ask }, at);
        if (judged !== moment) return;
        if (value !== null && shows(evidence, value)) ticks.add(slug, says, i, { epoch: at, value });
        else short.set(evidence, { epoch: at, value });
      }
    } catch {
      // The message bar reports lost connections; the next change of the run asks again.
      judged = "";
    }
    found();
  }

  return {
    look,
    variant,
    /** @param {Lesson | null} next */
    open(next) {
      lesson = next;
      judged = "";
      short.clear();
      void look();
    },
    /** The run's value for an evidence that was due and is not shown. @param {Evidence} evidence */
    missed: (evidence) => short.get(evidence),
  };
}

/** @typedef {ReturnType<typeof createWatch>} Watch */
