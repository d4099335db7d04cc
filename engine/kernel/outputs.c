/* Outputs with their losses: P = f(Z), each example's loss, and dL/dZ. */
#include "outputs.h"

/* What dL/dP of one example is multiplied by in the mean over m: 1/m, or 2/(m K) for the mean squared error. */
INLINE V delta_factor(const Net *net, int K, int m) {
  V scale = all((real)1 / (real)m);
  return net->loss == MSE ? quot(add(scale, scale), all((real)K)) : scale;
}

void NAME(outputs)(const Net *net, const V *Z, V *P, int K, int by) {
  if (net->output != OUT_SOFTMAX) {
    int code = net->output == OUT_SIGMOID ? SIGMOID : net->output == OUT_TANH ? TANH : LINEAR;
    if (by == 1) NAME(activate)(code, Z, Z, P, K);
    for (int k = 0; k < K && by > 1; k++) NAME(activate)(code, Z, Z + (long)k * by, P + (long)k * by, 1);
    return;
  }
  V top = get(Z), total = zero();
  for (int k = 1; k < K; k++) top = at_least(get(Z + (long)k * by), top);
  for (int k = 0; k < K; k++) {
    V e = vexp(sub(get(Z + (long)k * by), top));
    put(P + (long)k * by, e);
    total = add(total, e);
  }
  for (int k = 0; k < K; k++) put(P + (long)k * by, quot(get(P + (long)k * by), total));
}

/* dL/dZ: fused with cross-entropy, P - t; else (P - t) f'(Z). */
void NAME(output_delta)(const Net *net, const V *Z, const V *t, V *dZ, int K, int by, int m) {
  V factor = delta_factor(net, K, m);
  NAME(outputs)(net, Z, dZ, K, by);
  for (int k = 0; k < K; k++) {
    V p = get(dZ + (long)k * by), d = sub(p, get(t + (long)k * by));
    if (net->loss != CROSS_ENTROPY) {
      if (net->output == OUT_SIGMOID) d = mul(d, mul(sub(one(), p), p));
      if (net->output == OUT_TANH) d = mul(d, sub(one(), mul(p, p)));
    }
    put(dZ + (long)k * by, mul(d, factor));
  }
}

/* The loss of each example, finite however far Z is; P is overwritten. */
V NAME(example_losses)(const Net *net, const V *Z, const V *t, V *P, int K, int by) {
  V total = zero();
  if (net->loss == CROSS_ENTROPY && net->output == OUT_SOFTMAX) { /* log sum e^(z - max) - sum t (z - max) */
    V top = get(Z), said = zero();
    for (int k = 1; k < K; k++) top = at_least(get(Z + (long)k * by), top);
    for (int k = 0; k < K; k++) {
      V z = sub(get(Z + (long)k * by), top);
      total = add(total, vexp(z));
      said = add(said, mul(z, get(t + (long)k * by)));
    }
    return sub(vlog(total), said);
  }
  if (net->loss == CROSS_ENTROPY) { /* max(z, 0) - t z + log1p(e^-|z|) */
    for (int k = 0; k < K; k++) {
      V z = get(Z + (long)k * by);
      total = add(total, sub(vsoftplus(z), mul(z, get(t + (long)k * by))));
    }
    return total;
  }
  NAME(outputs)(net, Z, P, K, by);
  for (int k = 0; k < K; k++) {
    V d = sub(get(P + (long)k * by), get(t + (long)k * by));
    total = add(total, mul(d, d));
  }
  return mul(total, all(net->loss == MSE ? (real)1 / (real)K : (real)0.5));
}
