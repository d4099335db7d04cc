/** Scales: numbers to positions and back, with their ticks. */

/** @param {number} low @param {number} high @returns {Scale} */
export function linear(low, high) {
  const span = high - low || 1;
  return {
    low,
    high,
    at: (value) => (value - low) / span,
    value: (position) => low + position * span,
    ticks: (count) => {
      const step = roundStep(span / Math.max(1, count));
      const ticks = [];
      for (let i = Math.ceil(low / step - 1e-9); i * step <= high + step * 1e-9; i++)
        ticks.push(Number((i * step).toPrecision(12)));
      return ticks;
    },
  };
}

/** @param {number} low above 0 @param {number} high @returns {Scale} */
export function logarithmic(low, high) {
  const from = Math.log10(low);
  const span = Math.log10(high) - from || 1;
  return {
    low,
    high,
    at: (value) => (Math.log10(value) - from) / span,
    value: (position) => 10 ** (from + position * span),
    ticks: (count) => {
      const decades = Math.max(1, span);
      const digits = decades * 3 <= count + 2 ? [1, 2, 5] : decades * 2 <= count + 2 ? [1, 3] : [1];
      const stride = digits.length === 1 ? Math.max(1, Math.ceil(decades / count)) : 1;
      const ticks = [];
      for (let power = Math.floor(from); power <= from + span; power++) {
        if (power % stride !== 0) continue;
        for (const digit of digits) {
          const value = Number((digit * 10 ** power).toPrecision(3));
          if (value >= low * 0.999999 && value <= high * 1.000001) ticks.push(value);
        }
      }
      return ticks;
    },
  };
}

/** 1, 2 or 5 times a power of ten, the nearest above `rough`. @param {number} rough */
export function roundStep(rough) {
  const power = 10 ** Math.floor(Math.log10(rough));
  const factor = rough / power - 1e-9;
  return (factor <= 1 ? 1 : factor <= 2 ? 2 : factor <= 5 ? 5 : 10) * power;
}

/** @param {number} value @param {number} low @param {number} high */
export const clamp = (value, low, high) => Math.min(high, Math.max(low, value));

/** A value rounded to `digits` significant digits, for settings picked with a slider. @param {number} value @param {number} digits */
export const significant = (value, digits) => Number(value.toPrecision(digits));
