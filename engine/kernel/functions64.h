/* The functions in float64: Taylor polynomials after the same reductions. Included by functions.h. */
#define CALLED static __attribute__((noinline)) /* they are long, and float64 need not be fast */
#define NEAREST 6755399441055744.0 /* 1.5 * 2^52 */
#define EXP_LEAST -708.0
#define EXP_MOST 709.0
#define LN2_HIGH 0x1.62e42feep-1
#define LN2_LOW 0x1.a39ef35793c76p-33

/* 2^n of a whole n, given as NEAREST + n. */
#define POWK(k) r.k = (nat)(((nati)x.k + (1023 - 0x4338000000000000)) << 52);
INLINE V power_of_two(V x) { V r; EACH(POWK) return r; }

/* Horner's rule, the highest coefficient first. */
INLINE V polynomial(V u, const double *c, int count) {
  V q = all(c[0]);
  for (int k = 1; k < count; k++) q = times_plus(q, u, all(c[k]));
  return q;
}

typedef struct { V scale, rest; } Reduced;
INLINE Reduced reduce_exp(V x) {
  V shifted = add(mul(x, all(1.4426950408889634)), all(NEAREST)), n = sub(shifted, all(NEAREST));
  return (Reduced){power_of_two(shifted), sub(sub(x, mul(n, all(LN2_HIGH))), mul(n, all(LN2_LOW)))};
}
static const double EXP[] = {1 / 6227020800., 1 / 479001600., 1 / 39916800., 1 / 3628800., 1 / 362880., 1 / 40320.,
                             1 / 5040.,       1 / 720.,       1 / 120.,      1 / 24.,      1 / 6.,      1 / 2.};
INLINE V expm1_small(V r) { return add(mul(mul(polynomial(r, EXP, 12), r), r), r); }
CALLED V vexp(V x) {
  Reduced x_ = reduce_exp(at_most(at_least(x, all(EXP_LEAST)), all(EXP_MOST)));
  return add(mul(x_.scale, expm1_small(x_.rest)), x_.scale);
}
CALLED V vexpm1(V x) {
  Reduced x_ = reduce_exp(at_most(at_least(x, all(EXP_LEAST)), all(EXP_MOST)));
  return add(mul(x_.scale, expm1_small(x_.rest)), sub(x_.scale, all(1.0)));
}
/* (e^2|x| - 1) / (e^2|x| + 1), with the sign of x. */
CALLED V vtanh(V x) {
  V size = at_most(magnitude(x), all(20.0)), e = vexpm1(add(size, size)), t = quot(e, add(e, all(2.0)));
  return positive(x, t, negative(t));
}

static const double ATANH[] = {1 / 35., 1 / 33., 1 / 31., 1 / 29., 1 / 27., 1 / 25., 1 / 23., 1 / 21., 1 / 19.,
                               1 / 17., 1 / 15., 1 / 13., 1 / 11., 1 / 9.,  1 / 7.,  1 / 5.,  1 / 3.};
CALLED V log1p_unit(V y) {
  V s = quot(y, add(y, all(2.0))), u = mul(s, s), t = add(s, s);
  return add(mul(mul(t, u), polynomial(u, ATANH, 17)), t);
}
#define EXPONENTK(k) e.k = __builtin_convertvector(((nati)x.k >> 52) - 1023, nat); m.k = (nat)(((nati)x.k & 0xfffffffffffff) | 0x3ff0000000000000);
#define HALVEK(k) { nati big = m.k > nat_all(1.4142135623730951); m.k = pick(big, m.k * 0.5, m.k); e.k = pick(big, e.k + 1.0, e.k); }
#define NANK(k) r.k = pick(x.k == x.k, r.k, x.k);
CALLED V vlog(V x) {
  V e, m, r;
  EACH(EXPONENTK)
  EACH(HALVEK)
  V s = quot(sub(m, all(1.0)), add(m, all(1.0))), u = mul(s, s), t = add(s, s);
  r = add(mul(e, all(LN2_LOW)), mul(t, mul(polynomial(u, ATANH + 6, 11), u)));
  r = add(add(r, t), mul(e, all(LN2_HIGH)));
  EACH(NANK)
  return r;
}

typedef struct { V sine, cosine; } Turn;
static const double SIN[] = {-1 / 1307674368000., 1 / 6227020800., -1 / 39916800., 1 / 362880., -1 / 5040., 1 / 120., -1 / 6.};
static const double COS[] = {1 / 20922789888000., -1 / 87178291200., 1 / 479001600., -1 / 3628800., 1 / 40320., -1 / 720., 1 / 24.};
#define QUARTERK(k)                                                                                       \
  {                                                                                                       \
    nati n = (nati)shifted.k, odd = -(n & 1), flip_s = (n & 2) << 62, flip_c = ((n + 1) & 2) << 62;       \
    t.sine.k = (nat)((nati)pick(odd, c.k, s.k) ^ flip_s);                                                 \
    t.cosine.k = (nat)((nati)pick(odd, s.k, c.k) ^ flip_c);                                               \
  }
CALLED Turn vsincos(V z) {
  z = at_most(at_least(z, all(-1e6)), all(1e6));
  V shifted = add(mul(z, all(0.6366197723675814)), all(NEAREST)), n = sub(shifted, all(NEAREST));
  V r = sub(sub(sub(z, mul(n, all(0x1.921fb544p+0))), mul(n, all(0x1.0b4611a6p-34))), mul(n, all(0x1.3198a2e037073p-69)));
  V u = mul(r, r), s = add(mul(mul(polynomial(u, SIN, 7), u), r), r);
  V c = add(sub(mul(mul(polynomial(u, COS, 7), u), u), mul(u, all(0.5))), all(1.0));
  Turn t;
  EACH(QUARTERK)
  return t;
}
