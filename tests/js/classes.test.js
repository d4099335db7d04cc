/** Ten classes can be distinguished by colour, with every kind of eye, in light and dark, and by shape. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { parseColour } from "../../static/lib/oklab.js";
import { LOOKS, lookOf } from "../../static/state/derived.js";
import { ciede2000, contrast, EYES, lab } from "./colour-difference.js";

const tokens = readFileSync(new URL("../../static/css/tokens.css", import.meta.url), "utf8");

/** @param {string} name @param {number} theme 0 light, 1 dark @returns {number[]} */
function token(name, theme) {
  const said = new RegExp(`--${name}: (?:var\\(--([a-z]+)\\)|light-dark\\((#\\w+), (#\\w+)\\));`).exec(tokens);
  assert.ok(said, `no token --${name}`);
  return said[1] ? token(said[1], theme) : parseColour(said[2 + theme]);
}

test("the difference is that of the published pairs", () => {
  // Sharma, Wu and Dalal, 2005, table 1.
  for (const [one, other, expected] of [
    [[50, 2.6772, -79.7751], [50, 0, -82.7485], 2.0425],
    [[60.2574, -34.0099, 36.2677], [60.4626, -34.1751, 39.4387], 1.2644],
    [[50, 2.5, 0], [73, 25, -18], 27.1492],
  ])
    assert.ok(Math.abs(ciede2000(/** @type {any} */ (one), /** @type {any} */ (other)) - Number(expected)) < 1e-4);
});

for (const [theme, name] of ["light", "dark"].entries())
  test(`ten class colours are far apart and stand out from the ground, ${name}`, () => {
    const colours = Array.from({ length: LOOKS }, (_, k) => token(`class-${k}`, theme));
    for (const [eye, matrix] of Object.entries(EYES)) {
      const seen = colours.map((colour) => lab(colour, matrix));
      const least = Math.min(...seen.flatMap((a, i) => seen.slice(i + 1).map((b) => ciede2000(a, b))));
      assert.ok(least > (eye === "normal" ? 22 : 15), `${eye}: ${least}`);
    }
    for (const colour of colours) assert.ok(contrast(colour, token("ground", theme)) >= 3);
  });

test("the first ten classes have a shape and a colour of their own, and no two of the first hundred share both", () => {
  const looks = Array.from({ length: 100 }, (_, k) => lookOf(k));
  assert.equal(new Set(looks.slice(0, 10).map(({ shape }) => shape)).size, 10);
  assert.equal(new Set(looks.slice(0, 10).map(({ colour }) => colour)).size, 10);
  assert.equal(new Set(looks.map(({ shape, colour }) => `${shape} ${colour}`)).size, 100);
});
