/* The passes through a network over one block of sixteen examples, and the gradient over all blocks of a batch.
 *
 *   Z[l] = W[l] A[l-1] + b[l]     A[l] = f(Z[l])
 *   dZ[l] = dA[l] f'(Z[l])        dA[l-1] = W[l]^T dZ[l]       dW[l] = dZ[l] A[l-1]^T, summed over the examples
 *
 * A sum over units runs by index and ends with the bias.
 */
#ifndef PASSES_H
#define PASSES_H
#include "outputs.h"
#include "places.h"

/* Buffers of one block. With dropout, A is what the next layer sees and F = f(Z) is apart; without it they are one. Training
 * computes dZ in place of dA and keeps no slope. */
typedef struct {
  V *A, *F, *Z, *dZ, *mask, *t;
#ifdef DOUBLE
  V *dA, *slope;
#endif
} Block;

/* `tile` rows of Z = W A_prev + b. */
INLINE void product_tile(const real *W, const V *A_prev, V *Z, int n_in, int tile) {
  V z[TILE];
  long row = n_in + 1;
  V a = get(A_prev);
  UNROLL for (int i = 0; i < tile; i++) z[i] = mul(all(W[i * row]), a);
  for (int j = 1; j < n_in; j++) {
    a = get(A_prev + j);
    UNROLL for (int i = 0; i < tile; i++) z[i] = add(z[i], mul(all(W[i * row + j]), a));
  }
  UNROLL for (int i = 0; i < tile; i++) put(Z + i, add(z[i], all(W[i * row + n_in])));
}
static void product(const real *W, const V *A_prev, V *Z, int n_out, int n_in) {
  int i = 0;
  for (; i + TILE <= n_out; i += TILE) product_tile(W + (long)i * (n_in + 1), A_prev, Z + i, n_in, TILE);
  for (; i < n_out; i++) product_tile(W + (long)i * (n_in + 1), A_prev, Z + i, n_in, 1);
}

/* `tile` rows of dA_prev = W^T dZ. */
INLINE void back_tile(const real *W, const V *dZ, V *dA_prev, int n_out, int n_in, int tile) {
  V s[TILE];
  V d = get(dZ);
  UNROLL for (int j = 0; j < tile; j++) s[j] = mul(all(W[j]), d);
  for (int i = 1; i < n_out; i++) {
    W += n_in + 1;
    d = get(dZ + i);
    UNROLL for (int j = 0; j < tile; j++) s[j] = add(s[j], mul(all(W[j]), d));
  }
  UNROLL for (int j = 0; j < tile; j++) put(dA_prev + j, s[j]);
}
static void back_product(const real *W, const V *dZ, V *dA_prev, int n_out, int n_in) {
  int j = 0;
  for (; j + TILE <= n_in; j += TILE) back_tile(W + j, dZ, dA_prev + j, n_out, n_in, TILE);
  for (; j < n_in; j++) back_tile(W + j, dZ, dA_prev + j, n_out, n_in, 1);
}

/* The slope or alpha of a hidden layer's activation, fixed or learned. */
INLINE V activation_parameter(const Net *net, const real *w, int l) {
  return all(net->learned[l] >= 0 ? w[net->learned[l]] : (real)net->parameter[l]);
}

static void forward(const Net *net, const Places *at, const real *w, const Block *b) {
  const V *A_prev = b->A;
  int n_in = net->inputs;
  for (int l = 0; l < net->layers; l++) {
    int n = net->units[l], u = at->unit[l];
    product(w + at->weight[l], A_prev, b->Z + u, n, n_in);
    if (l == net->layers - 1) return;
    int dropped = b->mask && drops(net, l);
    V parameter = activation_parameter(net, w, l);
    NAME(activate)(net->activation[l], &parameter, b->Z + u, (dropped ? b->F : b->A) + u, n);
    if (dropped)
      for (int k = u; k < u + n; k++) put(b->A + k, mul(get(b->F + k), get(b->mask + k)));
    A_prev = b->A + u;
    n_in = n;
  }
}

static void backward(const Net *net, const Places *at, const real *w, const Block *b, V *d_learned) {
  for (int l = net->layers - 1; l > 0; l--) {
    int n_in = net->units[l - 1], u = at->unit[l - 1], dropped = b->mask && drops(net, l - 1);
    V *dZ = b->dZ + u, *Z = b->Z + u;
    back_product(w + at->weight[l], b->dZ + at->unit[l], dZ, net->units[l], n_in);
#ifdef DOUBLE
    for (int k = 0; k < n_in; k++) put(b->dA + u + k, get(dZ + k));
#endif
    if (dropped)
      for (int k = 0; k < n_in; k++) put(dZ + k, mul(get(dZ + k), get(b->mask + u + k)));
    if (net->learned[l - 1] >= 0) { /* PReLU's slope: the sum of dA min(z, 0) over units by index */
      V d = zero();
      for (int k = 0; k < n_in; k++) d = add(d, mul(get(dZ + k), at_most(get(Z + k), zero())));
      put(d_learned + l - 1, add(get(d_learned + l - 1), d));
    }
    V parameter = activation_parameter(net, w, l - 1), *f_of_Z = (dropped ? b->F : b->A) + u;
    NAME(slope)(net->activation[l - 1], &parameter, Z, f_of_Z, dZ, n_in);
#ifdef DOUBLE
    for (int k = u; k < u + n_in; k++) put(b->slope + k, one());
    NAME(slope)(net->activation[l - 1], &parameter, Z, f_of_Z, b->slope + u, n_in);
#endif
  }
}

#ifdef DOUBLE
#define GROUP 1
typedef V Part;
#define PART(v) (v)
#define WRITE(h) g[0] = sum(h[0]) + 0.0
#elif NATIVE >= 8
#define GROUP 8
typedef half8 Part; /* what is left of sixteen lanes after the first folds */
#define PART(v) fold(v)
#define WRITE(h) write(g, sums8(h[0], h[1], h[2], h[3], h[4], h[5], h[6], h[7]))
#else
#define GROUP 4
typedef quad Part;
#define PART(v) quarter(v)
#define WRITE(h) write(g, sums4(h[0], h[1], h[2], h[3]))
#endif
#ifndef DOUBLE
INLINE void write(float *g, Part sums) {
  sums = sums + (Part){};
  __builtin_memcpy(g, &sums, sizeof sums);
}
#endif

/* The gradient of few blocks. `row` and `column` are offsets into dZ and A of a block, in bytes of float32. Absent lanes
 * add 0, which makes 0 of a sum that is -0. */
static void gradient(const Net *net, const V *A, const V *dZ, int blocks, int stride, real *g) {
  const int32_t *row = net->row, *column = net->column, *end = row + net->padded;
  long next = (long)stride * (long)sizeof(V), scale = (long)sizeof(real) / 4;
#define AT(base, offset) get((const V *)((const char *)(base) + (offset)))
  for (; row < end; row += GROUP, column += GROUP, g += GROUP) {
    Part h[GROUP];
    UNROLL for (int k = 0; k < GROUP; k++) {
      long r = row[k] * scale, c = column[k] * scale;
      V s = mul(AT(dZ, r), AT(A, c));
      for (int b = 1; b < blocks; b++) s = add(s, mul(AT(dZ, r + b * next), AT(A, c + b * next)));
      h[k] = PART(s);
    }
    WRITE(h);
  }
#undef AT
}

/* The same for many blocks, some at a time: each parameter's sixteen lanes are kept in G. A square of ROWS x COLUMNS sums
 * is in the registers at once. */
#define COLUMNS (WIDTH >= 8 ? 2 : 1)
#define ROWS (TILE / COLUMNS)
INLINE void lanes_tile(const V *dZ, const V *A, const V *last, int blocks, int stride, V *G, int row, int rows, int columns) {
  V s[TILE];
  UNROLL for (int k = 0; k < rows * columns; k++) s[k] = get(G + k / columns * row + k % columns);
  for (int b = 0; b < blocks; b++, dZ += stride, A += stride, last += stride) {
    UNROLL for (int k = 0; k < rows * columns; k++)
      s[k] = add(s[k], mul(get(dZ + k / columns), get(k % columns < columns - 1 ? A + k % columns : last)));
  }
  UNROLL for (int k = 0; k < rows * columns; k++) put(G + k / columns * row + k % columns, s[k]);
}
static void add_to_lanes(const Net *net, const Places *at, const V *A, const V *dZ, int blocks, V *G) {
  int n_in = net->inputs, before = 0;
  for (int l = 0; l < net->layers; before = at->unit[l], n_in = net->units[l++]) {
    int n = net->units[l], row = n_in + 1, i = 0, tile = ROWS;
    for (; i < n; i += tile) {
      if (i + tile > n) tile = 1;
      const V *d = dZ + at->unit[l] + i;
      V *to = G + at->weight[l] + (long)i * row;
      for (int j = 0; j < row; j += COLUMNS) {
        const V *a = A + before + j, *last = A + (j + COLUMNS < row ? before + j + COLUMNS - 1 : at->units);
        int columns = j + COLUMNS > row ? 1 : COLUMNS;
        if (tile == ROWS && columns == COLUMNS) lanes_tile(d, a, last, blocks, at->stride, to + j, row, ROWS, COLUMNS);
        else if (columns == COLUMNS) lanes_tile(d, a, last, blocks, at->stride, to + j, row, 1, COLUMNS);
        else
          for (int k = 0; k < tile; k++) lanes_tile(d + k, a, A + at->units, blocks, at->stride, to + j + (long)k * row, row, 1, 1);
      }
    }
  }
}
static void sum_lanes(const V *G, int padded, real *g) {
  for (int p = 0; p < padded; p += GROUP, G += GROUP, g += GROUP) {
    Part h[GROUP];
    UNROLL for (int k = 0; k < GROUP; k++) h[k] = PART(get(G + k));
    WRITE(h);
  }
}

#endif
