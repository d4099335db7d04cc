/* exp, tanh, log, sin and cos on sixteen lanes, from + - * / alone; the error of each is measured in the tests.
 *
 * Polynomials and the rational tanh are minimax fits of our own (coefficients to float32). A NaN passes through.
 */
#ifndef FUNCTIONS_H
#define FUNCTIONS_H
#include "lanes.h"

INLINE V times_plus(V a, V x, V b) { return add(mul(a, x), b); } /* a x + b, rounded twice: no processor may fuse it */

/* Clamps that let a NaN through: a comparison with NaN is false. */
#define BELOW(k) r.k = pick(x.k < lo.k, lo.k, x.k);
INLINE V at_least(V x, V lo) { V r; EACH(BELOW) return r; }
#define ABOVE(k) r.k = pick(x.k > hi.k, hi.k, x.k);
INLINE V at_most(V x, V hi) { V r; EACH(ABOVE) return r; }

#ifdef DOUBLE
#include "functions64.h"
#else
/* The nearest whole number to |x| < 2^22, ties to even: what is added pushes the fraction out of the mantissa. */
#define NEAREST 12582912.0f /* 1.5 * 2^23 */
/* 2^n of a whole n in [-126, 127], n given as NEAREST + n. */
#define POWK(k) r.k = (nat)(((nati)x.k + (127 - 0x4b400000)) << 23);
INLINE V power_of_two(V x) { V r; EACH(POWK) return r; }

#define EXP_LEAST -87.0f
#define EXP_MOST 88.0f
typedef struct { V scale, rest; } Reduced;
/* x = n ln 2 + rest, scale = 2^n; ln 2 in two parts, the first exact in few bits so that n times it is exact. */
INLINE Reduced reduce_exp(V x) {
  V shifted = add(mul(x, all(1.44269504088896341f)), all(NEAREST));
  V n = sub(shifted, all(NEAREST));
  V rest = sub(sub(x, mul(n, all(0.693145751953125f))), mul(n, all(1.42860682030941723e-6f)));
  return (Reduced){power_of_two(shifted), rest};
}
/* e^r - 1 for |r| <= ln 2 / 2. */
INLINE V expm1_small(V r) {
  V q = all(0.00138146f);
  q = times_plus(q, r, all(0.00836872f));
  q = times_plus(q, r, all(0.04166839f));
  q = times_plus(q, r, all(0.16666521f));
  q = times_plus(q, r, all(0.49999993f));
  return add(mul(mul(q, r), r), r);
}
INLINE V vexp(V x) {
  Reduced x_ = reduce_exp(at_most(at_least(x, all(EXP_LEAST)), all(EXP_MOST)));
  return add(mul(x_.scale, expm1_small(x_.rest)), x_.scale);
}
INLINE V vexpm1(V x) {
  Reduced x_ = reduce_exp(at_most(at_least(x, all(EXP_LEAST)), all(EXP_MOST)));
  return add(mul(x_.scale, expm1_small(x_.rest)), sub(x_.scale, all(1.0f)));
}

INLINE V vtanh(V x) {
  x = at_most(at_least(x, all(-9.0f)), all(9.0f));
  V u = mul(x, x);
  V p = all(1.3336809596810144e-08f);
  p = times_plus(p, u, all(2.0596250727827837e-05f));
  p = times_plus(p, u, all(0.003494809919063578f));
  p = times_plus(p, u, all(0.133803707559407f));
  p = times_plus(p, u, all(0.9999999792554131f));
  V q = all(7.769268481351845e-07f);
  q = times_plus(q, u, all(0.0003284361166199991f));
  q = times_plus(q, u, all(0.025874022789100656f));
  q = times_plus(q, u, all(0.46713686178960473f));
  q = times_plus(q, u, all(1.0f));
  return quot(mul(x, p), q);
}

/* log(1 + y) for y in [0, 1], as 2 atanh(y / (2 + y)). */
INLINE V log1p_unit(V y) {
  V s = quot(y, add(y, all(2.0f))), u = mul(s, s);
  V q = all(0.12150467f);
  q = times_plus(q, u, all(0.10713829f));
  q = times_plus(q, u, all(0.14308442f));
  q = times_plus(q, u, all(0.19999439f));
  q = times_plus(q, u, all(0.33333338f));
  V t = add(s, s);
  return add(mul(mul(t, u), q), t);
}

/* log x of a normal x > 0. */
#define EXPONENTK(k) e.k = __builtin_convertvector(((nati)x.k >> 23) - 127, nat); m.k = (nat)(((nati)x.k & 0x7fffff) | 0x3f800000);
#define HALVEK(k) { nati big = m.k > nat_all(1.41421356f); m.k = pick(big, m.k * 0.5f, m.k); e.k = pick(big, e.k + 1.0f, e.k); }
#define NANK(k) r.k = pick(x.k == x.k, r.k, x.k);
INLINE V vlog(V x) {
  V e, m, r;
  EACH(EXPONENTK)
  EACH(HALVEK)
  V s = quot(sub(m, all(1.0f)), add(m, all(1.0f))), u = mul(s, s);
  V q = all(0.117913f);
  q = times_plus(q, u, all(0.14268643f));
  q = times_plus(q, u, all(0.20000168f));
  q = times_plus(q, u, all(0.33333333f));
  V t = add(s, s);
  r = add(mul(e, all(1.42860682030941723e-6f)), mul(mul(t, u), q));
  r = add(add(r, t), mul(e, all(0.693145751953125f)));
  EACH(NANK)
  return r;
}

/* sin and cos by quarter turns; pi / 2 in three parts. Good to a few ulp while |z| < 8192; beyond, still the same everywhere. */
typedef struct { V sine, cosine; } Turn;
#define QUARTERK(k)                                                                   \
  {                                                                                   \
    nati n = (nati)shifted.k;                                                         \
    nati odd = -(n & 1), flip_s = (n & 2) << 30, flip_c = ((n + 1) & 2) << 30;        \
    t.sine.k = (nat)((nati)pick(odd, c.k, s.k) ^ flip_s);                             \
    t.cosine.k = (nat)((nati)pick(odd, s.k, c.k) ^ flip_c);                           \
  }
INLINE Turn vsincos(V z) {
  z = at_most(at_least(z, all(-1e6f)), all(1e6f));
  V shifted = add(mul(z, all(0.636619772367581f)), all(NEAREST)), n = sub(shifted, all(NEAREST));
  V r = sub(sub(sub(z, mul(n, all(1.5703125f))), mul(n, all(4.837512969970703125e-4f))), mul(n, all(7.549789948768648e-8f)));
  V u = mul(r, r);
  V s = all(-0.00019517f);
  s = times_plus(s, u, all(0.00833217f));
  s = times_plus(s, u, all(-0.16666655f));
  s = add(mul(mul(s, u), r), r);
  V c = all(2.44377299e-05f);
  c = times_plus(c, u, all(-1.38873614e-03f));
  c = times_plus(c, u, all(4.16666467e-02f));
  c = add(sub(mul(mul(c, u), u), mul(u, all(0.5f))), all(1.0f));
  Turn t;
  EACH(QUARTERK)
  return t;
}
#endif /* float32 */

INLINE V vsigmoid(V z) { return quot(all(1.0f), add(all(1.0f), vexp(negative(at_least(z, all(EXP_LEAST)))))); }
INLINE V vsoftplus(V z) { return add(log1p_unit(vexp(negative(magnitude(z)))), at_least(z, all(0.0f))); }
#endif
