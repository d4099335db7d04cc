/* Sixteen lanes of numbers as one to eight native vectors, and the one order in which they are summed.
 *
 * NATIVE is the number of floats in a native vector: 4 (SSE2, NEON, wasm simd128), 8 (AVX2) or 16 (AVX-512). The numbers
 * are float32, or float64, two in a native vector, in a file that defines DOUBLE.
 * Lane k of V stands for example k of a block of 16. sum(V) adds lanes 8 apart, then 4, 2 and 1 apart, in every body.
 */
#ifndef LANES_H
#define LANES_H
#include "kernel.h"

#define INLINE static inline __attribute__((always_inline))

#ifdef DOUBLE
typedef double real;
typedef int64_t whole;
#define WIDTH 2
#else
typedef float real;
typedef int32_t whole;
#define WIDTH NATIVE
#endif
#define BYTES (WIDTH * sizeof(real))
typedef real nat __attribute__((vector_size(BYTES), aligned(BYTES), may_alias));
typedef whole nati __attribute__((vector_size(BYTES), aligned(BYTES)));

#if WIDTH == 16
typedef struct { nat a; } V;
#define EACH(f) f(a)
#elif WIDTH == 8
typedef struct { nat a, b; } V;
#define EACH(f) f(a) f(b)
#elif WIDTH == 4
typedef struct { nat a, b, c, d; } V;
#define EACH(f) f(a) f(b) f(c) f(d)
#else
typedef struct { nat a, b, c, d, e, f, g, h; } V;
#define EACH(m) m(a) m(b) m(c) m(d) m(e) m(f) m(g) m(h)
#endif

#define OP2(name, expression)                   \
  INLINE V name(V x, V y) {                     \
    V r;                                        \
    EACH(expression)                            \
    return r;                                   \
  }
#define ADD(k) r.k = x.k + y.k;
#define SUB(k) r.k = x.k - y.k;
#define MUL(k) r.k = x.k * y.k;
#define DIV(k) r.k = x.k / y.k;
OP2(add, ADD)
OP2(sub, SUB)
OP2(mul, MUL)
OP2(quot, DIV)

INLINE nat nat_all(real x) { return x - (nat){}; }
INLINE V all(real x) {
  V r;
#define SET(k) r.k = nat_all(x);
  EACH(SET)
  return r;
}

INLINE V zero(void) { return all(0); }
INLINE V one(void) { return all(1); }

INLINE nat pick(nati where, nat x, nat y) { return (nat)(((nati)x & where) | ((nati)y & ~where)); }
/* x where z > 0, else y: a NaN in z takes y. */
#define CHOOSE(k) r.k = pick(z.k > (nat){}, x.k, y.k);
INLINE V positive(V z, V x, V y) { V r; EACH(CHOOSE) return r; }
/* x where z >= 0, else y: a NaN in z takes y. */
#define KEEPK(k) r.k = pick(z.k >= (nat){}, x.k, y.k);
INLINE V not_below(V z, V x, V y) { V r; EACH(KEEPK) return r; }
/* x where a > b, else y. */
#define MOREK(k) r.k = pick(a.k > b.k, x.k, y.k);
INLINE V where_more(V a, V b, V x, V y) { V r; EACH(MOREK) return r; }
/* x where a = b, else y. */
#define SAMEK(k) r.k = pick(a.k == b.k, x.k, y.k);
INLINE V where_equal(V a, V b, V x, V y) { V r; EACH(SAMEK) return r; }
/* The larger; a NaN in x is lost: where it must be kept, the caller does that. */
#define MAXK(k) r.k = pick(x.k > y.k, x.k, y.k);
#define MINK(k) r.k = pick(x.k < y.k, x.k, y.k);
OP2(larger, MAXK)
OP2(smaller, MINK)

/* The sign is a number's highest bit. */
#define SIGN ((whole)1 << (8 * sizeof(real) - 1))
#define MAGK(k) r.k = (nat)((nati)x.k & ~SIGN);
INLINE V magnitude(V x) { V r; EACH(MAGK) return r; }
#define NEGK(k) r.k = (nat)((nati)x.k ^ SIGN);
INLINE V negative(V x) { V r; EACH(NEGK) return r; }

#ifndef DOUBLE
#if defined(__x86_64__)
#include <immintrin.h>
#if NATIVE == 16
INLINE nat nat_sqrt(nat x) { return (nat)_mm512_sqrt_ps((__m512)x); }
#elif NATIVE == 8
INLINE nat nat_sqrt(nat x) { return (nat)_mm256_sqrt_ps((__m256)x); }
#else
INLINE nat nat_sqrt(nat x) { return (nat)_mm_sqrt_ps((__m128)x); }
#endif
#else
INLINE nat nat_sqrt(nat x) {
  nat r;
  for (int k = 0; k < NATIVE; k++) r[k] = __builtin_sqrtf(x[k]);
  return r;
}
#endif
#define ROOT(k) r.k = nat_sqrt(x.k);
INLINE V root(V x) { V r; EACH(ROOT) return r; }
#endif

/* Member by member: gcc copies a whole structure through memory, sixteen bytes at a time. */
#define GETK(k) r.k = p->k;
INLINE V get(const V *p) { V r; EACH(GETK) return r; }
#define PUTK(k) p->k = x.k;
INLINE void put(V *p, V x) { EACH(PUTK) }
/* The i-th number of each of sixteen arrays. */
#if WIDTH == 16
#define FROM(k) r.k = (nat){p[0][i], p[1][i], p[2][i], p[3][i], p[4][i], p[5][i], p[6][i], p[7][i], p[8][i], p[9][i], p[10][i], p[11][i], p[12][i], p[13][i], p[14][i], p[15][i]}; p += 16;
#elif WIDTH == 8
#define FROM(k) r.k = (nat){p[0][i], p[1][i], p[2][i], p[3][i], p[4][i], p[5][i], p[6][i], p[7][i]}; p += 8;
#elif WIDTH == 4
#define FROM(k) r.k = (nat){p[0][i], p[1][i], p[2][i], p[3][i]}; p += 4;
#else
#define FROM(k) r.k = (nat){p[0][i], p[1][i]}; p += 2;
#endif
INLINE V from(const real *const *p, long i) { V r; EACH(FROM) return r; }
/* x in the first `count` lanes, y in the others. */
static const whole FIRST[2 * LANES] = {-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1};
INLINE V first_lanes(int count, V x, V y) {
  V r;
  const whole *mask = FIRST + LANES - count;
#define FIRSTK(k) { nati m; __builtin_memcpy(&m, mask, sizeof m); r.k = pick(m, x.k, y.k); mask += WIDTH; }
  EACH(FIRSTK)
  return r;
}
INLINE V load(const real *p) { return get((const V *)p); }
INLINE void store(real *p, V x) { put((V *)p, x); }

/* A NaN as its one form (0x7fc00000 in float32): its bits differ between compilers, bodies and processors otherwise. */
#define NOT_A_NUMBER ((real)__builtin_nan(""))
INLINE real one_nan(real x) { return x == x ? x : NOT_A_NUMBER; }
INLINE V one_nans(V x) { return where_equal(x, x, x, all(NOT_A_NUMBER)); }
INLINE void settle(real *x, long count) { /* a multiple of 16 */
  for (long k = 0; x && k < count; k += 16) store(x + k, one_nans(load(x + k)));
}

/* Products are summed for TILE units, or TILE examples in lockstep, at once, so that each V is loaded once for all of them
 * and no sum waits for the one before it. As many as keep eight native vectors busy. */
#define TILE (WIDTH >= 4 ? WIDTH / 2 : 1)
#define UNROLL _Pragma("GCC unroll 16")

/* ---- sums of lanes: shuffles, not a loop over halves */

#ifdef DOUBLE
INLINE real sum(V x) {
  nat e = (x.a + x.e) + (x.c + x.g), o = (x.b + x.f) + (x.d + x.h);
  return (e[0] + o[0]) + (e[1] + o[1]);
}
#else
#define SHUFFLE __builtin_shufflevector
#if NATIVE == 16
typedef float half8 __attribute__((vector_size(32)));
typedef float quad __attribute__((vector_size(16)));
INLINE half8 fold(V x) { return SHUFFLE(x.a, x.a, 0, 1, 2, 3, 4, 5, 6, 7) + SHUFFLE(x.a, x.a, 8, 9, 10, 11, 12, 13, 14, 15); }
#elif NATIVE == 8
typedef nat half8;
typedef float quad __attribute__((vector_size(16)));
INLINE half8 fold(V x) { return x.a + x.b; }
#else
typedef nat quad;
#endif

/* Four lanes from four V: the sum of each. */
#if NATIVE >= 8
INLINE quad quarter(V x) {
  half8 h = fold(x);
  return SHUFFLE(h, h, 0, 1, 2, 3) + SHUFFLE(h, h, 4, 5, 6, 7);
}
#else
INLINE quad quarter(V x) { return (x.a + x.c) + (x.b + x.d); }
#endif
INLINE quad sums4(quad p, quad q, quad r, quad s) {
  quad pq = SHUFFLE(p, q, 0, 1, 4, 5) + SHUFFLE(p, q, 2, 3, 6, 7); /* lanes 2 apart: p0 p1 q0 q1 */
  quad rs = SHUFFLE(r, s, 0, 1, 4, 5) + SHUFFLE(r, s, 2, 3, 6, 7);
  return SHUFFLE(pq, rs, 0, 2, 4, 6) + SHUFFLE(pq, rs, 1, 3, 5, 7);
}
INLINE float sum(V x) {
  quad q = quarter(x);
  return (q[0] + q[2]) + (q[1] + q[3]);
}
#if NATIVE >= 8
/* Eight sums of lanes at once. */
INLINE half8 sums8(half8 h0, half8 h1, half8 h2, half8 h3, half8 h4, half8 h5, half8 h6, half8 h7) {
#define QUARTERS(p, q) (SHUFFLE(p, q, 0, 1, 2, 3, 8, 9, 10, 11) + SHUFFLE(p, q, 4, 5, 6, 7, 12, 13, 14, 15))
  half8 a = QUARTERS(h0, h4), b = QUARTERS(h1, h5), c = QUARTERS(h2, h6), d = QUARTERS(h3, h7);
#define PAIRS(p, q) (SHUFFLE(p, q, 0, 1, 8, 9, 4, 5, 12, 13) + SHUFFLE(p, q, 2, 3, 10, 11, 6, 7, 14, 15))
  half8 ab = PAIRS(a, b), cd = PAIRS(c, d);
  return SHUFFLE(ab, cd, 0, 2, 8, 10, 4, 6, 12, 14) + SHUFFLE(ab, cd, 1, 3, 9, 11, 5, 7, 13, 15);
}
#endif
#endif
#endif
