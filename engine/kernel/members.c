/* Up to sixteen networks of one shape in lockstep, a member a lane: each computes exactly what it would alone.
 *
 * Every array of a member is interleaved: sixteen members' first number, then their second. Sums over examples run as in
 * the other layout: position in the batch modulo 16, blocks in sequence, then the sixteen as one tree.
 */
#include "outputs.h"
#include "random.h"
#include "update.h"
#include <stddef.h>

#define JOIN_(a, b) a##_##b
#define JOIN(a, b) JOIN_(a, b)
#define NAME(f) JOIN(f, BODY)
#define MAX_LAYERS 64

/* Sixteen sums in the order of the tree; `present` of them hold something. */
INLINE V tree(V *s, int present) {
  for (int half = 8; half; half >>= 1) {
    int pairs = present - half;
    for (int k = 0; k < pairs; k++) put(s + k, add(get(s + k), get(s + k + half)));
    if (present > half) present = half;
  }
  return add(get(s), zero());
}

/* The sum of a product over m examples. */
INLINE V sum_over_examples(const V *x, const V *y, int m) {
  V s[LANES];
  int present = m < LANES ? m : LANES;
  for (int e = 0; e < present; e++) {
    V lane = mul(get(x + e), get(y + e));
    for (int k = e + LANES; k < m; k += LANES) lane = add(lane, mul(get(x + k), get(y + k)));
    put(s + e, lane);
  }
  return tree(s, present);
}
INLINE V sum_of_examples(const V *x, int m) {
  V s[LANES];
  int present = m < LANES ? m : LANES;
  for (int e = 0; e < present; e++) {
    V lane = get(x + e);
    for (int k = e + LANES; k < m; k += LANES) lane = add(lane, get(x + k));
    put(s + e, lane);
  }
  return tree(s, present);
}

/* Z = W A_prev + b for m examples: W (n_out, n_in + 1), A_prev (n_in, m), Z (n_out, m). */
static void product(const V *W, const V *A_prev, V *Z, int n_out, int n_in, int m) {
  for (int i = 0; i < n_out; i++, W += n_in + 1, Z += m)
    for (int e = 0; e < m; e += 4) {
      int count = m - e < 4 ? m - e : 4;
      if (count == 4) {
        V w = get(W), z0 = mul(w, get(A_prev + e)), z1 = mul(w, get(A_prev + e + 1)), z2 = mul(w, get(A_prev + e + 2)), z3 = mul(w, get(A_prev + e + 3));
        const V *a = A_prev + e;
        for (int j = 1; j < n_in; j++) {
          w = get(W + j);
          a += m;
          z0 = add(z0, mul(w, get(a)));
          z1 = add(z1, mul(w, get(a + 1)));
          z2 = add(z2, mul(w, get(a + 2)));
          z3 = add(z3, mul(w, get(a + 3)));
        }
        w = get(W + n_in);
        put(Z + e, add(z0, w));
        put(Z + e + 1, add(z1, w));
        put(Z + e + 2, add(z2, w));
        put(Z + e + 3, add(z3, w));
      } else
        for (int k = e; k < e + count; k++) {
          V z = mul(get(W), get(A_prev + k));
          for (int j = 1; j < n_in; j++) z = add(z, mul(get(W + j), get(A_prev + j * m + k)));
          put(Z + k, add(z, get(W + n_in)));
        }
    }
}

/* dA_prev = W^T dZ. */
static void back_product(const V *W, const V *dZ, V *dA_prev, int n_out, int n_in, int m) {
  for (int j = 0; j < n_in; j++, W++, dA_prev += m)
    for (int e = 0; e < m; e++) {
      const V *w = W, *d = dZ + e;
      V a = mul(get(w), get(d));
      for (int i = 1; i < n_out; i++) {
        w += n_in + 1;
        d += m;
        a = add(a, mul(get(w), get(d)));
      }
      put(dA_prev + e, a);
    }
}

/* Members in lanes. Arrays of floats are interleaved [..][16]; rules are each member's own but for their arrays. */
typedef struct {
  const Net *net;
  Rows train[LANES];
  int32_t members, batch_size;
  Rule rule[LANES];       /* the arrays of rule[0] are interleaved, and all members' */
  State state[LANES];     /* order, used, streams; the arrays of state[0] are interleaved, and all members' */
  const float *parameter; /* [layers - 1][16] slope or alpha */
  float *old;             /* [3 padded][16] where a halted member's numbers are kept */
  int32_t halted;         /* a bit for each member that trains no further */
  float *work;
} Group;

int64_t NAME(group_floats)(const Net *net, int32_t batch) {
  int64_t units = net->inputs;
  for (int l = 0; l < net->layers; l++) units += net->units[l];
  return (int64_t)LANES * batch * (5 * units + net->units[net->layers - 1]);
}

INLINE V learned_parameter(const Group *s, int l) {
  const Net *net = s->net;
  return net->learned[l] >= 0 ? load(s->state[0].w + (long)LANES * net->learned[l]) : load(s->parameter + LANES * l);
}

/* PReLU's slope: for each example the sum of dA min(z, 0) over units by index, summed over the examples. */
static V learned_gradient(V *dA, const V *Z, int units, int m) {
  V s[LANES];
  int present = m < LANES ? m : LANES;
  for (int e = 0; e < present; e++) {
    V lane = zero();
    for (int k = e; k < m; k += LANES) {
      V d = zero();
      for (int u = 0; u < units; u++) d = add(d, mul(get(dA + (long)u * m + k), at_most(get(Z + (long)u * m + k), zero())));
      lane = add(lane, d);
    }
    put(s + e, lane);
  }
  return tree(s, present);
}

/* The squared norm of each member's numbers, in sixteen lanes by index. */
static V norms(const V *x, int count) {
  V s[LANES];
  for (int k = 0; k < LANES; k++) put(s + k, zero());
  for (int k = 0; k < count; k++) put(s + k % LANES, add(get(s + k % LANES), mul(get(x + k), get(x + k))));
  return tree(s, LANES);
}

/* The step of every member that trains; one whose numbers would leave the squarable ones is halted instead. */
static void step_members(Group *s, int parameters) {
  Rule *rule = s->rule;
  float *w = s->state[0].w, *g = s->state[0].g, *v = s->state[0].slot0, *q = s->state[0].slot1;
  int P = parameters * LANES;
  size_t bytes = (size_t)P * sizeof(float);
  if (rule->free) FOR_PARAMETERS store(g + p, mul(load(g + p), load(rule->free + p)));
  V norm = norms((const V *)g, parameters), weights = rule->watch_weights ? norms((const V *)w, parameters) : zero();
  V watched = add(norm, weights), clip = one();
  Coefficients c = {zero(), zero(), zero(), zero()};
  for (int k = 0; k < s->members; k++) {
    if (!(((float *)&watched)[k] < rule[k].limit)) s->halted |= 1 << k;
    if (s->halted >> k & 1) continue;
    if (rule->clip > 0) ((float *)&clip)[k] = clip_factor(rule[k].clip, ((float *)&norm)[k]);
    coefficients(rule + k, (float *)&c.rate + k, (float *)&c.c0 + k, (float *)&c.c1 + k, (float *)&c.rest + k);
  }
  if (rule->clip > 0) FOR_PARAMETERS store(g + p, mul(load(g + p), clip));
  if (s->halted) {
    __builtin_memcpy(s->old, w, bytes);
    __builtin_memcpy(s->old + P, v, bytes);
    __builtin_memcpy(s->old + 2 * P, q, bytes);
  }
  step(rule, c, P, w, g, v, q);
  for (int k = 0; k < LANES && s->halted; k++)
    if (s->halted >> k & 1)
      for (int p = k; p < P; p += LANES) w[p] = s->old[p], v[p] = s->old[P + p], q[p] = s->old[2 * P + p];
}

static void train_batch(Group *s, int m) {
  const Net *net = s->net;
  int L = net->layers, unit[MAX_LAYERS], weight[MAX_LAYERS], units = net->inputs, weights = 0, n_in = net->inputs, dropout = 0;
  for (int l = 0; l < L; l++) {
    unit[l] = units;
    weight[l] = weights;
    weights += net->units[l] * (n_in + 1) + (l < L - 1 && net->learned[l] >= 0);
    units += n_in = net->units[l];
    if (l < L - 1 && net->keep[l] < 1.0f) dropout = 1;
  }
  int K = n_in, I = net->inputs;
  long size = (long)units * m;
  V *A = (V *)s->work, *Z = A + size, *dZ = Z + size, *t = dZ + size, *F = dropout ? t + (long)K * m : A, *mask = F + size;
  V *w = (V *)s->state[0].w, *g = (V *)s->state[0].g;
  for (int k = 0; k < s->members; k++) {
    const Rows *rows = s->train + k;
    const int32_t *order = s->state[k].order + s->state[k].used;
    for (int e = 0; e < m; e++) {
      const float *x = rows->x + (long)order[e] * I, *y = rows->t + (long)order[e] * K;
      for (int i = 0; i < I; i++) ((float *)(A + (long)i * m + e))[k] = x[i];
      for (int i = 0; i < K; i++) ((float *)(t + (long)i * m + e))[k] = y[i];
    }
    for (int l = 0; l < L - 1 && dropout; l++)
      if (net->keep[l] < 1.0f)
        for (long u = (long)unit[l] * m; u < (long)(unit[l] + net->units[l]) * m; u++)
          ((float *)(mask + u))[k] = uniform(&s->state[k].dropout) < net->keep[l] ? 1.0f / net->keep[l] : 0.0f;
  }
  const V *A_prev = A;
  n_in = I;
  for (int l = 0; l < L; l++) {
    int n = net->units[l];
    long u = (long)unit[l] * m;
    product(w + weight[l], A_prev, Z + u, n, n_in, m);
    if (l == L - 1) break;
    int dropped = net->keep[l] < 1.0f;
    activate(net->activation[l], learned_parameter(s, l), Z + u, (dropped ? F : A) + u, n * m);
    if (dropped)
      for (long k = u; k < u + n * m; k++) put(A + k, mul(get(F + k), get(mask + k)));
    A_prev = A + u;
    n_in = n;
  }
  long out = (long)unit[L - 1] * m;
  V factor = delta_factor(net, K, m);
  for (int e = 0; e < m; e++) output_delta(net, Z + out + e, t + e, dZ + out + e, K, m, factor);
  for (int l = L - 1; l >= 0; l--) {
    int n = net->units[l], before = l ? net->units[l - 1] : I;
    const V *d = dZ + (long)unit[l] * m;
    V *G = g + weight[l];
    A_prev = l ? A + (long)unit[l - 1] * m : A;
    for (int i = 0; i < n; i++, d += m) {
      for (int j = 0; j < before; j++) put(G++, sum_over_examples(d, A_prev + (long)j * m, m));
      put(G++, net->bias ? sum_of_examples(d, m) : zero());
    }
    if (!l) break;
    long u = (long)unit[l - 1] * m;
    back_product(w + weight[l], dZ + (long)unit[l] * m, dZ + u, n, before, m);
    int dropped = net->keep[l - 1] < 1.0f;
    if (dropped)
      for (long k = u; k < u + before * m; k++) put(dZ + k, mul(get(dZ + k), get(mask + k)));
    if (net->learned[l - 1] >= 0) put(g + net->learned[l - 1], learned_gradient(dZ + u, Z + u, before, m));
    slope(net->activation[l - 1], learned_parameter(s, l - 1), Z + u, (dropped ? F : A) + u, dZ + u, before * m);
  }
  step_members(s, weights);
}

/* Whole epochs of all members. Returns those done; a member that halts keeps its weights and streams. */
int32_t NAME(train_group)(Group *s, int32_t epochs) {
  int N = s->train[0].count, size = s->batch_size < N ? s->batch_size : N;
  for (int32_t e = 0; e < epochs; e++) {
    for (int k = 0; k < s->members; k++) {
      shuffle(&s->state[k].shuffle, s->state[k].order, N);
      s->state[k].used = 0;
    }
    for (int start = 0; start < N; start += size) {
      int m = N - start < size ? N - start : size;
      train_batch(s, m);
      for (int k = 0; k < s->members; k++) s->state[k].used += m;
    }
  }
  return epochs;
}
