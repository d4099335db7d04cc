/** The claims that the visitor's runs have shown, stored by the browser. */

/** @import {Lesson, Tick} from "./types.js" */

const KEY = "descent.lessons";

/** @param {() => Storage} storage throws where storage is forbidden: ticks then last as long as the page */
export function createTicks(storage) {
  /** By lesson and claim, the evidence seen. @type {Record<string, Record<string, (Tick | null)[]>>} */
  let ticks = {};
  try {
    ticks = JSON.parse(storage().getItem(KEY) ?? "{}");
  } catch {
    // Storage is forbidden, or holds something else: start with none.
  }

  function save() {
    try {
      if (Object.keys(ticks).length) storage().setItem(KEY, JSON.stringify(ticks));
      else storage().removeItem(KEY);
    } catch {
      // They last as long as the page.
    }
  }

  /** @param {string} slug @param {string} says @param {number} i */
  const seen = (slug, says, i) => ticks[slug]?.[says]?.[i] ?? null;
  /** @param {Lesson} lesson */
  const count = ({ slug, claims }) =>
    claims.filter(({ says, evidence }) => evidence.every((_, i) => seen(slug, says, i))).length;

  return {
    seen,
    /** The number of a lesson's claims that are shown. */
    count,
    /** @param {string} slug @param {string} says @param {number} i @param {Tick} what */
    add(slug, says, i, what) {
      ticks[slug] ??= {};
      ticks[slug][says] ??= [];
      const row = ticks[slug][says];
      while (row.length < i) row.push(null);
      row[i] = what;
      save();
    },
    any: (/** @type {string} */ slug) => slug in ticks,
    /** Those of a lesson, or all. @param {string} [slug] */
    forget(slug) {
      if (slug === undefined) ticks = {};
      else delete ticks[slug];
      save();
    },
  };
}
