/** The names of the weights and biases that training may move. */

/**
 * In the order of the engine: layer by layer, unit by unit, a unit's weights and then its bias.
 * @param {number[]} sizes inputs, hidden layers, outputs
 * @param {boolean} bias
 * @param {(boolean[][] | null)[]} masks false is a cut link
 */
export function freeNames(sizes, bias, masks) {
  const alone = sizes.length === 2 && sizes[1] === 1;
  /** @type {string[]} */
  const names = [];
  sizes.slice(1).forEach((units, l) => {
    for (let row = 0; row < units; row++) {
      for (let column = 0; column < sizes[l]; column++) {
        if (masks[l]?.[row]?.[column] === false) continue;
        names.push(
          alone ? `w${"₁₂₃₄₅₆₇₈₉"[column] ?? column + 1}` : `w of layer ${l + 1}, unit ${row + 1}, input ${column + 1}`,
        );
      }
      if (bias) names.push(alone ? "b" : `b of layer ${l + 1}, unit ${row + 1}`);
    }
  });
  return names;
}
