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

/* Buffers of one block. With dropout, A is what the next layer sees and F = f(Z) is apart; without it they are one. */
typedef struct {
  V *A, *F, *Z, *dZ, *mask, *t;
} Block;

INLINE void product(const real *W, const V *A_prev, V *Z, int n_out, int n_in) {
  for (int i = 0; i < n_out; i++, W += n_in + 1) {
    V z = mul(all(W[0]), get(A_prev));
    for (int j = 1; j < n_in; j++) z = add(z, mul(all(W[j]), get(A_prev + j)));
    put(Z + i, add(z, all(W[n_in])));
  }
}

INLINE void back_product(const real *W, const V *dZ, V *dA_prev, int n_out, int n_in) {
  for (int j = 0; j < n_in; j++) {
    const real *w = W + j;
    V d = mul(all(w[0]), get(dZ));
    for (int i = 1; i < n_out; i++) {
      w += n_in + 1;
      d = add(d, mul(all(w[0]), get(dZ + i)));
    }
    put(dA_prev + j, d);
  }
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
    activate(net->activation[l], activation_parameter(net, w, l), b->Z + u, (dropped ? b->F : b->A) + u, n);
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
    if (dropped)
      for (int k = 0; k < n_in; k++) put(dZ + k, mul(get(dZ + k), get(b->mask + u + k)));
    if (net->learned[l - 1] >= 0) { /* PReLU's slope: the sum of dA min(z, 0) over units by index */
      V d = zero();
      for (int k = 0; k < n_in; k++) d = add(d, mul(get(dZ + k), at_most(get(Z + k), zero())));
      put(d_learned + l - 1, add(get(d_learned + l - 1), d));
    }
    slope(net->activation[l - 1], activation_parameter(net, w, l - 1), Z, (dropped ? b->F : b->A) + u, dZ, n_in);
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

/* `row` and `column` are offsets into dZ and A of a block, in bytes of float32. Absent lanes add 0, which makes 0 of a sum that is -0. */
static void gradient(const Net *net, const V *A, const V *dZ, int blocks, int stride, real *g) {
  const int32_t *row = net->row, *column = net->column, *end = row + net->padded;
  long next = (long)stride * (long)sizeof(V);
#define ROW(k) (row[k] * (long)(sizeof(real) / 4))
#define COLUMN(k) (column[k] * (long)(sizeof(real) / 4))
#define AT(base, offset) get((const V *)((const char *)(base) + (offset)))
  for (; row < end; row += GROUP, column += GROUP, g += GROUP) {
    Part h[GROUP];
    if (blocks == 1) {
#pragma GCC unroll 8
      for (int k = 0; k < GROUP; k++) h[k] = PART(mul(AT(dZ, ROW(k)), AT(A, COLUMN(k))));
    } else {
#pragma GCC unroll 8
      for (int k = 0; k < GROUP; k++) {
        V s = mul(AT(dZ, ROW(k)), AT(A, COLUMN(k)));
        for (int b = 1; b < blocks; b++) s = add(s, mul(AT(dZ, ROW(k) + b * next), AT(A, COLUMN(k) + b * next)));
        h[k] = PART(s);
      }
    }
    WRITE(h);
  }
#undef AT
#undef ROW
#undef COLUMN
}

#endif
