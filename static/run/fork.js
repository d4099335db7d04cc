/** Copies another's run: the same settings, weights and cut links. */

import { cutLinks } from "../config/live-patch.js";
import { allOf } from "../config/weight-edits.js";
import { changeWeights, getWeights } from "./requests.js";

export const forkRun = (/** @type {Store} */ store, /** @type {Session} */ session) =>
  session.command(async () => {
    const { run } = store.state;
    if (!run) return;
    /** @type {{epoch: number, layers: any[]}[]} */
    const members = [];
    for (let member = 0; member < run.member_count; member++) members.push(await getWeights(run.id, member));
    const changes = members.map(({ layers }) => ({
      ...allOf(layers),
      cut: cutLinks(layers.map(({ mask }) => mask)),
    }));
    const allFinite = changes.every(({ edits }) => edits?.every(({ value }) => Number.isFinite(value)));
    const made = await session.create(run.config, "paused", run.rules);
    for (const [member, change] of changes.entries()) if (allFinite) await changeWeights(made.id, change, member);
    store.set({ watched: null });
    await session.watch(made.id);
    const origin = allFinite
      ? `It begins with the weights of epoch ${members[0].epoch.toLocaleString("en")}`
      : "The weights were no longer finite, so it begins with the initial ones";
    store.set({
      notice: `This copy is yours. ${origin} and counts its epochs from 0; Reset returns to the initial weights.`,
    });
  });
