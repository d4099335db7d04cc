/* Sums and products of sixteen members at once, a member a lane: m examples of a quantity stand one after another. */
#ifndef LOCKSTEP_H
#define LOCKSTEP_H
#include "functions.h"

/* A sum over m <= 16 examples, of x y, or of x where y is null: those 8 apart, then 4, 2 and 1. Past m nothing is added. */
INLINE V term(const V *x, const V *y, int m, int e) {
  (void)m;
  return y ? mul(get(x + e), get(y + e)) : get(x + e);
}
#define ADD_APART(name, part, by)                                           \
  INLINE V name(const V *x, const V *y, int m, int e) {                     \
    return e + by < m ? add(part(x, y, m, e), part(x, y, m, e + by)) : part(x, y, m, e); \
  }
ADD_APART(apart8, term, 8)
ADD_APART(apart4, apart8, 4)
ADD_APART(apart2, apart4, 2)
ADD_APART(apart1, apart2, 1)

/* The same of any number: example e counts in lane e % 16. */
INLINE V sum_over_examples(const V *x, const V *y, int m) {
  if (m <= LANES) return add(apart1(x, y, m, 0), zero());
  V s[LANES];
  for (int e = 0; e < LANES; e++) {
    V lane = term(x, y, m, e);
    for (int k = e + LANES; k < m; k += LANES) lane = add(lane, term(x, y, m, k));
    put(s + e, lane);
  }
  return add(apart1(s, 0, LANES, 0), zero());
}

/* Z = W A_prev + b of one unit for `tile` examples of m: A_prev (n_in, m). */
INLINE void product_tile(const V *W, const V *a, V *Z, int n_in, int m, int tile) {
  V z[TILE], w = get(W);
  UNROLL for (int e = 0; e < tile; e++) z[e] = mul(w, get(a + e));
  for (int j = 1; j < n_in; j++) {
    w = get(W + j);
    a += m;
    UNROLL for (int e = 0; e < tile; e++) z[e] = add(z[e], mul(w, get(a + e)));
  }
  w = get(W + n_in);
  UNROLL for (int e = 0; e < tile; e++) put(Z + e, add(z[e], w));
}
static void product(const V *W, const V *A_prev, V *Z, int n_out, int n_in, int m) {
  for (int i = 0; i < n_out; i++, W += n_in + 1, Z += m) {
    int e = 0;
    for (; e + TILE <= m; e += TILE) product_tile(W, A_prev + e, Z + e, n_in, m, TILE);
    for (; e < m; e++) product_tile(W, A_prev + e, Z + e, n_in, m, 1);
  }
}

/* dA_prev = W^T dZ of one unit. */
INLINE void back_tile(const V *W, const V *d, V *dA, int n_out, int row, int m, int tile) {
  V s[TILE], w = get(W);
  UNROLL for (int e = 0; e < tile; e++) s[e] = mul(w, get(d + e));
  for (int i = 1; i < n_out; i++) {
    W += row;
    w = get(W);
    d += m;
    UNROLL for (int e = 0; e < tile; e++) s[e] = add(s[e], mul(w, get(d + e)));
  }
  UNROLL for (int e = 0; e < tile; e++) put(dA + e, s[e]);
}
static void back_product(const V *W, const V *dZ, V *dA_prev, int n_out, int n_in, int m) {
  for (int j = 0; j < n_in; j++, W++, dA_prev += m) {
    int e = 0;
    for (; e + TILE <= m; e += TILE) back_tile(W, dZ + e, dA_prev + e, n_out, n_in + 1, m, TILE);
    for (; e < m; e++) back_tile(W, dZ + e, dA_prev + e, n_out, n_in + 1, m, 1);
  }
}

/* PReLU's slope: for each example the sum of dA min(z, 0) over units by index, summed over the examples. */
static V learned_gradient(const V *dA, const V *Z, int units, int m) {
  V s[LANES];
  for (int e = 0; e < m; e++) {
    V d = zero();
    for (int u = 0; u < units; u++) d = add(d, mul(get(dA + (long)u * m + e), at_most(get(Z + (long)u * m + e), zero())));
    put(s + e % LANES, e < LANES ? d : add(get(s + e % LANES), d));
  }
  return sum_over_examples(s, 0, m < LANES ? m : LANES);
}

/* The squared norm of each member's numbers, in sixteen lanes by index. */
static V norms(const V *x, int count) {
  V s[LANES];
  for (int k = 0; k < count; k++) {
    V square = mul(get(x + k), get(x + k));
    put(s + k % LANES, k < LANES ? square : add(get(s + k % LANES), square));
  }
  return sum_over_examples(s, 0, LANES);
}

#endif
