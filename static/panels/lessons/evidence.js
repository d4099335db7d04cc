/** The evidence of the run on the page for the open lesson: the server evaluates it, and shown claims get a tick. */

import { changesKey } from "../../run/changes.js";
import { createPoll } from "../../run/poll.js";
import { ofRun } from "../../run/queries.js";

/** @import {Lesson, RunEvidence, Ticks} from "./types.js" */

/** Milliseconds between two questions, at least. */
const EVERY = 250;

/** @param {Store} store @param {Ticks} ticks @param {() => void} found called when an answer arrives */
export function createEvidence(store, ticks, found) {
  const { state } = store;
  /** @type {Lesson | null} */
  let lesson = null;
  /** @type {{about: string, evidence: RunEvidence} | null} */
  let newest = null;

  const about = () => (lesson && state.run ? `${lesson.slug} ${state.run.id} ${state.run.series}` : "");
  const poll = createPoll(store, EVERY, ask, moment);

  /** A key that changes whenever the answer may: after each step of a run at rest, and while it trains when more evidence is due. */
  function moment() {
    const { run, busy, role } = state;
    if (!lesson || !run || busy) return null;
    const ends = lesson.epochs;
    const due = lesson.claims.flatMap(({ evidence }) => evidence).filter(({ epoch }) => (epoch ?? ends) <= run.epoch);
    const at = run.state === "running" ? due.length : [run.epoch, run.batch];
    return [about(), role, run.state, at, changesKey(run)].join();
  }

  async function ask() {
    const asked = about();
    const { run } = state;
    if (!lesson || !run) return;
    const { slug } = lesson;
    const evidence = await ofRun(run.id, `evidence?lesson=${slug}`);
    // Another lesson or run may have been opened meanwhile.
    if (asked !== about()) return;
    newest = { about: asked, evidence };
    if (state.role === "owner") addTicks(slug, evidence);
    found();
  }

  function addTicks(/** @type {string} */ slug, /** @type {RunEvidence} */ { claims }) {
    for (const { says, evidence } of claims)
      for (const [i, { shown, due, value, verdict }] of evidence.entries())
        if (shown && !ticks.seen(slug, says, i)) ticks.add(slug, says, i, { epoch: due ?? 0, value, verdict });
  }

  /** The newest answer about the open lesson and the run on the page. */
  const answer = () => (newest?.about === about() ? newest.evidence : null);

  return {
    answer,
    check: () => poll.turn(lesson !== null),
    /** The variant that the run on the page is an unchanged run of. */
    variant() {
      const now = answer();
      return now?.matches ? lesson?.variants.find(({ name }) => name === now.variant) : undefined;
    },
    open(/** @type {Lesson | null} */ next) {
      lesson = next;
      newest = null;
      poll.again();
      poll.turn(lesson !== null);
    },
  };
}
