/** How far two colours are apart for an eye: CIEDE2000, as seen by all three kinds of cones or by two. */

const linear = (/** @type {number} */ c) => (c <= 10.31475 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4);

/** Severe colour blindness in linear RGB: Machado, Oliveira and Fernandes, 2009. @type {Record<string, number[][]>} */
export const EYES = {
  normal: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protan: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deutan: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritan: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};

/** CIELAB under D65 of 0..255 channels. @param {number[]} rgb @param {number[][]} eye */
export function lab(rgb, eye = EYES.normal) {
  const seen = eye.map((row) =>
    Math.min(
      1,
      Math.max(
        0,
        row.reduce((sum, w, i) => sum + w * linear(rgb[i]), 0),
      ),
    ),
  );
  const [x, y, z] = [
    [0.4124564, 0.3575761, 0.1804375],
    [0.2126729, 0.7151522, 0.072175],
    [0.0193339, 0.119192, 0.9503041],
  ].map((row, i) => row.reduce((sum, w, j) => sum + w * seen[j], 0) / [0.95047, 1, 1.08883][i]);
  const f = (/** @type {number} */ t) => (t > 216 / 24389 ? Math.cbrt(t) : (t * 24389) / 27 / 116 + 16 / 116);
  return [116 * f(y) - 16, 500 * (f(x) - f(y)), 200 * (f(y) - f(z))];
}

/** @param {number[]} one CIELAB @param {number[]} other */
export function ciede2000([l1, a1, b1], [l2, a2, b2]) {
  const { hypot, atan2, cos, sin, sqrt, exp, PI, abs } = Math;
  const mean = (hypot(a1, b1) + hypot(a2, b2)) / 2;
  const g = (1 - sqrt(mean ** 7 / (mean ** 7 + 25 ** 7))) / 2;
  const [p1, p2] = [a1 * (1 + g), a2 * (1 + g)];
  const [c1, c2] = [hypot(p1, b1), hypot(p2, b2)];
  const hue = (/** @type {number} */ b, /** @type {number} */ a) => (a || b ? (atan2(b, a) + 2 * PI) % (2 * PI) : 0);
  const [h1, h2] = [hue(b1, p1), hue(b2, p2)];
  const dl = l2 - l1;
  const dc = c2 - c1;
  const turn = c1 * c2 === 0 ? 0 : ((h2 - h1 + 3 * PI) % (2 * PI)) - PI;
  const dh = 2 * sqrt(c1 * c2) * sin(turn / 2);
  const l = (l1 + l2) / 2;
  const c = (c1 + c2) / 2;
  const h = c1 * c2 === 0 ? h1 + h2 : abs(h1 - h2) <= PI ? (h1 + h2) / 2 : (h1 + h2 + 2 * PI) / 2;
  const t =
    1 - 0.17 * cos(h - PI / 6) + 0.24 * cos(2 * h) + 0.32 * cos(3 * h + PI / 30) - 0.2 * cos(4 * h - (63 * PI) / 180);
  const sl = 1 + (0.015 * (l - 50) ** 2) / sqrt(20 + (l - 50) ** 2);
  const sc = 1 + 0.045 * c;
  const sh = 1 + 0.015 * c * t;
  const degrees = (h * 180) / PI;
  const rt = -2 * sqrt(c ** 7 / (c ** 7 + 25 ** 7)) * sin((PI / 3) * exp(-(((degrees - 275) / 25) ** 2)));
  return sqrt((dl / sl) ** 2 + (dc / sc) ** 2 + (dh / sh) ** 2 + rt * (dc / sc) * (dh / sh));
}

/** The contrast of two colours as the WCAG counts it. @param {number[]} one @param {number[]} other */
export function contrast(one, other) {
  const [a, b] = [one, other].map((rgb) => 0.2126 * linear(rgb[0]) + 0.7152 * linear(rgb[1]) + 0.0722 * linear(rgb[2]));
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
}
