/** Colours in OKLab: the diverging ramp as lookup tables, and mixes of two colours. The colours themselves are in css/tokens.css. */

/** @typedef {[number, number, number]} Triple */

/** Reads "#rrggbb" or "rgb(r, g, b)" into 0..255 channels. @param {string} css @returns {Triple} */
export function parseColour(css) {
  const text = css.trim();
  if (text.startsWith("#")) {
    const channel = (/** @type {number} */ at) => Number.parseInt(text.slice(at, at + 2), 16);
    return [channel(1), channel(3), channel(5)];
  }
  const parts = text.match(/-?[\d.]+(e-?\d+)?/g)?.map(Number) ?? [];
  const scale = text.startsWith("color(") ? 255 : 1;
  return [(parts[0] ?? 0) * scale, (parts[1] ?? 0) * scale, (parts[2] ?? 0) * scale];
}

const decode = (/** @type {number} */ c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
const encode = (/** @type {number} */ c) => (c <= 0.0031308 ? c * 12.92 : 1.055 * c ** (1 / 2.4) - 0.055);

/** @param {Triple} rgb @returns {Triple} */
export function toOklab([red, green, blue]) {
  const r = decode(red / 255);
  const g = decode(green / 255);
  const b = decode(blue / 255);
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}

/** @param {Triple} lab @returns {Triple} */
export function fromOklab([lightness, a, b]) {
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const channel = (/** @type {number} */ c) => Math.round(255 * encode(Math.min(1, Math.max(0, c))));
  return [
    channel(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
    channel(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
    channel(-0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s),
  ];
}

/** @param {Triple} from @param {Triple} to @param {number} share 0 gives `from`, 1 gives `to` @returns {Triple} */
export function mix(from, to, share) {
  const a = toOklab(from);
  const b = toOklab(to);
  return fromOklab([a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share, a[2] + (b[2] - a[2]) * share]);
}

/** The diverging ramp at `t` in -1..1; `stops` stand at -1, -0.5, 0, 0.5 and 1. @param {Triple[]} stops @param {number} t @returns {Triple} */
export function rampAt(stops, t) {
  const position = Math.min(3.999999, Math.max(0, (t + 1) * 2));
  const index = Math.floor(position);
  return mix(stops[index], stops[index + 1], position - index);
}

/** @param {Triple} rgb */
export const css = ([r, g, b]) => `rgb(${r} ${g} ${b})`;

/** @param {Triple} rgb @returns {number} the pixel as ImageData holds it, little-endian RGBA */
export const pixel = ([r, g, b]) => ((255 << 24) | (b << 16) | (g << 8) | r) >>> 0;

/** 256 pixels from -strength to +strength of the ramp. @param {Triple[]} stops @param {number} strength */
export function lookup(stops, strength) {
  return Uint32Array.from({ length: 256 }, (_, i) => pixel(rampAt(stops, (i / 127.5 - 1) * strength)));
}

/**
 * 256 pixels from `zero` to `zero` mixed with `colour` by `most`: the ground of one class.
 * @param {Triple} zero @param {Triple} colour @param {number} most
 */
export function groundLookup(zero, colour, most) {
  return Uint32Array.from({ length: 256 }, (_, i) => pixel(mix(zero, colour, (i / 255) * most)));
}
