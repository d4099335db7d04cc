/* What a gradient does to the parameters in one step, element by element. */
#ifndef UPDATE_H
#define UPDATE_H
#include "functions.h"
#include "kernel.h"

#define FOR_PARAMETERS for (int p = 0; p < P; p += 16)
#define UPDATE(step_)                \
  FOR_PARAMETERS {                   \
    V d = load(g + p), m, n;         \
    (void)m, (void)n;                \
    V step = step_;                  \
    store(w + p, sub(load(w + p), step)); \
  }
#define KEEP(slot, value) (m = value, store(slot + p, m), m)

/* The squared norm of all that a step grows from, summed in lanes by index: whether it is below the limit. */
static int within(const Rule *rule, const float *w, float *g, int P, float *squared) {
  const float *restrict mask = rule->free;
  V norm = zero();
  if (mask)
    FOR_PARAMETERS store(g + p, mul(load(g + p), load(mask + p)));
  FOR_PARAMETERS norm = add(norm, mul(load(g + p), load(g + p)));
  *squared = sum(norm);
  if (!rule->watch_weights) return *squared < rule->limit;
  V weights = zero();
  FOR_PARAMETERS weights = add(weights, mul(load(w + p), load(w + p)));
  return *squared + sum(weights) < rule->limit;
}

/* The numbers of a step, rounded. Adam's slots hold m / (1 - beta1) and v / (1 - beta2): those factors are in the rate
 * and in epsilon, `rest`. */
typedef struct { float rate, c0, c1, rest, l1, l2, decay; } Numbers;
static Numbers step_numbers(const Rule *rule, double rate, State *s) {
  double step_rate = rate, rest = 1.0 - rule->p0;
  if (rule->optimizer == ADAM) {
    s->power1 *= rule->p0, s->power2 *= rule->p1;
    double root_ = __builtin_sqrt((1.0 - rule->p1) / (1.0 - s->power2));
    step_rate = rate * (1.0 - rule->p0) / (1.0 - s->power1) / root_;
    rest = rule->p2 / root_;
  }
  return (Numbers){(float)step_rate, (float)rule->p0, (float)rule->p1, (float)rest, (float)(rate * rule->l1),
                   (float)rule->l2, (float)(rate * rule->decay)};
}

/* The same, a lane each: alike in all lanes for one network, a member's own where members are lanes. */
typedef struct { V rate, c0, c1, rest, l1, l2, decay; } Coefficients;

/* L2's gradient, decay, the optimizer's step, and the soft threshold of L1, over P numbers. */
INLINE void step(const Rule *rule, Coefficients c, int P, float *restrict w, float *restrict g, float *restrict v, float *restrict q) {
  const float *restrict weight = rule->weight;
  if (rule->l2 > 0) FOR_PARAMETERS store(g + p, add(load(g + p), mul(mul(c.l2, load(weight + p)), load(w + p))));
  if (rule->decay > 0) FOR_PARAMETERS store(w + p, mul(load(w + p), sub(one(), mul(c.decay, load(weight + p)))));
  switch (rule->optimizer) {
    case SGD: UPDATE(mul(d, c.rate)) break;
    case MOMENTUM: UPDATE(mul(KEEP(v, add(mul(load(v + p), c.c0), d)), c.rate)) break;
    case NESTEROV: UPDATE(mul(add(mul(KEEP(v, add(mul(load(v + p), c.c0), d)), c.c0), d), c.rate)) break;
    case ADAGRAD: UPDATE(mul(quot(d, add(root(KEEP(v, add(load(v + p), mul(d, d)))), c.c0)), c.rate)) break;
    case RMSPROP: UPDATE(mul(quot(d, add(root(KEEP(v, add(mul(load(v + p), c.c0), mul(mul(d, d), c.rest)))), c.c1)), c.rate)) break;
    case ADAM: UPDATE((n = KEEP(q, add(mul(load(q + p), c.c1), mul(d, d))), mul(quot(KEEP(v, add(mul(load(v + p), c.c0), d)), add(root(n), c.rest)), c.rate)))
  }
  if (rule->l1 > 0)
    FOR_PARAMETERS {
      V x = load(w + p), t = mul(c.l1, load(weight + p));
      store(w + p, add(at_most(add(x, t), zero()), at_least(sub(x, t), zero())));
    }
}

static float clip_factor(float clip, float squared) {
  float factor = clip / (__builtin_sqrtf(squared) + 1e-6f);
  return factor < 1.0f ? factor : 1.0f;
}

#endif
