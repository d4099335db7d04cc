/* The figures of one network over its sets, an example a lane, dropout off. */
#ifndef EVALUATION_H
#define EVALUATION_H
#include "passes.h"
#include "update.h"

/* Buffers of one block in `work`. */
static Block one_block(const Net *net, const Places *at, float *work) {
  V *p = (V *)work;
  put(p + at->units, net->bias ? one() : zero());
  return (Block){p, p, p + at->stride, p + 2 * at->stride, 0, 0};
}

/* 1 where the answer is right, or how many labels are: the side of z = 0, or the first largest of several. */
static V right_answers(const Net *net, const V *Z, const V *t, int K) {
  V right = zero(), half = all(0.5f);
  if (K == 1 || net->answers == LABELS_RIGHT) {
    for (int k = 0; k < K; k++) {
      V said = not_below(get(Z + k), one(), zero()), is = positive(sub(get(t + k), half), one(), zero());
      right = add(right, sub(one(), magnitude(sub(said, is))));
    }
    return right;
  }
  V top = get(Z), most = get(t), said = zero(), is = zero();
  for (int k = 1; k < K; k++) {
    V z = get(Z + k), y = get(t + k), index = all((float)k);
    said = where_more(z, top, index, said);
    top = where_more(z, top, z, top);
    is = where_more(y, most, index, is);
    most = where_more(y, most, y, most);
  }
  return sub(one(), smaller(magnitude(sub(said, is)), one()));
}

static void measure_set(const Net *net, const Places *at, const float *w, const Blocks *set, const Block *b, float *loss, int32_t *right) {
  int K = at->outputs, out = at->unit[net->layers - 1];
  V losses = zero(), answers = zero();
  for (int start = 0; start < set->count; start += LANES) {
    int count = set->count - start;
    const V *x = (const V *)(set->x + (long)start * net->inputs), *t = (const V *)(set->t + (long)start * K);
    for (int i = 0; i < net->inputs; i++) put(b->A + i, get(x + i));
    forward(net, at, w, b);
    V each = NAME(example_losses)(net, b->Z + out, t, b->dZ + out, K, 1);
    V said = net->answers == NONE_RIGHT ? zero() : right_answers(net, b->Z + out, t, K);
    if (count < LANES) {
      each = first_lanes(count, each, zero());
      said = first_lanes(count, said, zero());
    }
    losses = add(losses, each);
    answers = add(answers, said);
  }
  *loss = one_nan(sum(losses) / (float)set->count);
  *right = (int32_t)sum(answers);
}

/* The penalty of P parameters: the rate times sum |w|, or half the rate times sum w^2. */
static float penalty(const Rule *rule, const float *w, const float *weight, int P) {
  V total = zero(), rate = all((float)(rule->l1 > 0 ? rule->l1 : rule->l2));
  if (!(rule->l1 > 0 || rule->l2 > 0)) return 0.0f;
  FOR_PARAMETERS {
    V x = load(w + p), size = rule->l1 > 0 ? magnitude(x) : mul(x, x);
    total = add(total, mul(size, mul(rate, load(weight + p))));
  }
  return one_nan(rule->l1 > 0 ? sum(total) : 0.5f * sum(total));
}

#endif
