/** Numbers in words and figures: a real minus sign, no jumping widths, never "NaN". */

const MINUS = "\u2212";
const SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹";

/** With a capital first letter. @param {string} text */
export const sentenceCase = (text) => text.replace(/^./u, (letter) => letter.toUpperCase());

/** With a capital first letter and an end. @param {string} text */
export const asSentence = (text) => sentenceCase(text).replace(/[^.!?]$/, "$&.");

export const withMinus = (/** @type {string} */ text) => text.replace("-", MINUS);

/** @param {number | null | undefined} value @param {number} [digits] decimals */
export function fixed(value, digits = 3) {
  if (value === null || value === undefined || !Number.isFinite(value)) return "not a number";
  if (Math.abs(value) >= 1e5) return scientific(value);
  const decimals = Math.abs(value) >= 1000 ? 0 : Math.abs(value) >= 100 ? Math.min(1, digits) : digits;
  const text = value.toFixed(decimals);
  return withMinus(Number(text) === 0 ? text.replace("-", "") : text);
}

export function scientific(/** @type {number} */ value) {
  const [mantissa, exponent] = value.toExponential(1).split("e");
  return `${withMinus(mantissa ?? "")} × ${tenTo(Number(exponent))}`;
}

/** A power of ten. @param {number} exponent */
export const tenTo = (exponent) =>
  `10${String(exponent)
    .replace(/\d/g, (d) => SUPERSCRIPTS[Number(d)] ?? d)
    .replace("-", "⁻")}`;

/** At most `digits` significant digits, trailing zeros dropped: for settings and axes. @param {number} value */
export function short(value, digits = 3) {
  if (!Number.isFinite(value)) return "not a number";
  if (value !== 0 && (Math.abs(value) >= 1e6 || Math.abs(value) < 1e-5)) return scientific(value);
  return withMinus(String(Number(value.toPrecision(digits))));
}

/** The value of a setting as text beside its slider. @param {number} value @param {string} [unit] "%": the value is a share of 1 */
export const withUnit = (value, unit) => (unit === "%" ? `${short(value * 100)} %` : short(value));

/**
 * A loss: three decimals, and below a hundredth two significant digits, so that a good one is not "0.000".
 * @param {number | null | undefined} value
 */
export function loss(value) {
  if (value === null || value === undefined || !(Math.abs(value) < 0.01) || value === 0) return fixed(value);
  return Math.abs(value) < 1e-4
    ? scientific(value)
    : withMinus(value.toFixed(1 - Math.floor(Math.log10(Math.abs(value)))));
}

/** A figure to calculate with: four decimals, and below a hundredth three significant digits, zeros kept. @param {number | null | undefined} value */
export function precise(value) {
  const size = Math.abs(value ?? 0);
  if (value === null || value === undefined || !(size < 0.01) || size === 0) return fixed(value, 4);
  return size < 1e-4 ? scientific(value) : withMinus(value.toFixed(2 - Math.floor(Math.log10(size))));
}

/** A figure of an axis, where there is little room: what takes more than five places is a power of ten. @param {number} value */
export function axisFigure(value) {
  if (!Number.isFinite(value)) return "not a number";
  const plain = withMinus(String(Number(value.toPrecision(2))));
  if (value === 0 || (plain.length <= 5 && !plain.includes("e"))) return plain;
  const [mantissa, exponent] = value.toExponential(1).replace(".0e", "e").split("e");
  const power = tenTo(Number(exponent));
  return mantissa === "1" ? power : `${withMinus(mantissa)}·${power}`;
}

/** @param {number | null | undefined} share 0 to 1 */
export function percent(share, digits = 1) {
  if (share === null || share === undefined || !Number.isFinite(share)) return "none";
  return (share * 100).toFixed(digits);
}

/** An epoch as six digits with a comma, split into the leading zeros and the rest. @param {number} epoch @returns {[string, string]} */
export function counter(epoch) {
  const digits = String(Math.max(0, Math.floor(epoch))).padStart(6, "0");
  const grouped = digits.replace(/\B(?=(\d{3})+(?!\d))/g, ",");
  const lead = /^[0,]*(?=.)/.exec(grouped)?.[0] ?? "";
  return [lead, grouped.slice(lead.length)];
}

/** Reads what a person typed; a comma may stand for the decimal point. Null when it is no number. @param {string} text @returns {number | null} */
export function parse(text) {
  const plain = text
    .trim()
    .replace(MINUS, "-")
    .replace(/^(-?\d+),(\d+)$/, "$1.$2");
  if (plain === "") return null;
  const value = Number(plain);
  return Number.isFinite(value) ? value : null;
}

/** @param {number} count @param {string} noun @param {string} [plural] */
export const counted = (count, noun, plural = `${noun}s`) =>
  `${count.toLocaleString("en")} ${count === 1 ? noun : plural}`;
