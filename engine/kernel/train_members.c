/* Up to sixteen networks of one shape in lockstep, a member a lane: each computes exactly what it would alone.
 *
 * Every array of a member is interleaved: sixteen members' first number, then their second. Sums over examples run as in
 * the other layout: position in the batch modulo 16, blocks in sequence, then the sixteen as one tree.
 */
#include "control.h"
#include "divergence.h"
#include "lockstep.h"
#include "outputs.h"
#include "random.h"
#include "stopping.h"
#include "update.h"

static int goes_on(const Group *s, int member) { return s->state[member].end.why == GOES_ON; }

INLINE V learned_parameter(const Group *s, int l) {
  const Net *net = s->net;
  return net->learned[l] >= 0 ? load(s->state[0].w + (long)LANES * net->learned[l]) : all((float)net->parameter[l]);
}

/* One number of all parameters of a member, apart and back. */
static void take_member(const float *from_, float *to, int k, int count) {
  for (int p = 0; p < count; p++) to[p] = from_[(long)LANES * p + k];
}
static void put_member(const float *from_, float *to, int k, int count) {
  for (int p = 0; p < count; p++) to[(long)LANES * p + k] = from_[p];
}

/* The step of every member that trains, from rules that differ in their numbers. One that has ended gets its numbers
 * back; `kept` is where they are meanwhile. */
static void step_members(Group *s, V norm, const double *rates, float *kept) {
  Rule shared = s->rule[0];
  State *all_ = s->state;
  float *w = all_->w, *g = all_->g, *v = all_->slot0, *q = all_->slot1;
  V clip = one();
  Coefficients c = {zero(), zero(), zero(), zero(), zero(), zero(), zero()};
  int count = s->net->padded, P = count * LANES;
  for (int k = 0; k < s->members; k++) {
    const Rule *own = s->rule + k;
    if (own->l1 > shared.l1) shared.l1 = own->l1;
    if (own->l2 > shared.l2) shared.l2 = own->l2;
    if (own->decay > shared.decay) shared.decay = own->decay;
    if (!goes_on(s, k)) {
      float *place = kept + 3L * count * k;
      take_member(w, place, k, count), take_member(v, place + count, k, count), take_member(q, place + 2 * count, k, count);
      continue;
    }
    if (own->clip > 0) ((float *)&clip)[k] = clip_factor(own->clip, ((float *)&norm)[k]);
    Numbers n = step_numbers(own, rates[k], s->state + k);
    for (int i = 0; i < 7; i++) ((float *)&c)[LANES * i + k] = ((float *)&n)[i];
  }
  if (shared.clip > 0) FOR_PARAMETERS store(g + p, mul(load(g + p), clip));
  step(&shared, c, P, w, g, v, q);
  for (int k = 0; k < s->members; k++) {
    if (goes_on(s, k)) continue;
    const float *place = kept + 3L * count * k;
    put_member(place, w, k, count), put_member(place + count, v, k, count), put_member(place + 2 * count, q, k, count);
    for (int p = k; p < P; p += LANES) g[p] = 0.0f;
  }
}

/* The buffers of a batch of m examples in `work`. With dropout, A is what the next layer sees and F = f(Z) is apart. */
typedef struct { V *A, *F, *Z, *dZ, *mask, *t; } Batch;
static Batch batch_in(float *work, const Places *at, int m) {
  long size = (long)at->units * m;
  V *p = (V *)work;
  if (at->dropout) return (Batch){p, p + 3 * size, p + size, p + 2 * size, p + 4 * size, p + 5 * size};
  return (Batch){p, p, p + size, p + 2 * size, 0, p + 3 * size};
}
static int64_t batch_floats(const Places *at, int64_t m) {
  return LANES * m * ((at->dropout ? 5 : 3) * (int64_t)at->units + at->outputs);
}
static int64_t kept_floats(const Net *net) { return 3L * LANES * net->padded; }

int64_t NAME(group_floats)(const Net *net, int32_t batch_size) {
  Places at;
  find_places(net, &at);
  return batch_floats(&at, batch_size) + kept_floats(net) + net->padded * 2 + NAME(work_floats)(net, 1);
}

/* The examples of every member that trains, and its masks. */
static void gather(Group *s, const Places *at, const Batch *b, int m) {
  const Net *net = s->net;
  int I = net->inputs, K = at->outputs;
  for (int k = 0; k < s->members; k++) {
    if (!goes_on(s, k)) continue;
    const Rows *rows = s->train + k;
    const int32_t *order = s->state[k].order + s->place.used;
    for (int e = 0; e < m; e++) {
      const float *x = rows->x + (long)order[e] * I, *t = rows->t + (long)order[e] * K;
      for (int i = 0; i < I; i++) ((float *)(b->A + (long)i * m + e))[k] = x[i];
      for (int i = 0; i < K; i++) ((float *)(b->t + (long)i * m + e))[k] = t[i];
    }
    for (int l = 0; l < net->layers - 1; l++)
      if (drops(net, l))
        for (long u = (long)at->unit[l] * m; u < (long)(at->unit[l] + net->units[l]) * m; u++)
          ((float *)(b->mask + u))[k] = uniform(&s->state[k].dropout) < net->keep[l] ? 1.0f / net->keep[l] : 0.0f;
  }
}

static void forward(const Group *s, const Places *at, const Batch *b, int m) {
  const Net *net = s->net;
  const V *w = (const V *)s->state[0].w, *A_prev = b->A;
  int n_in = net->inputs;
  for (int l = 0; l < net->layers; l++) {
    int n = net->units[l], dropped = l < net->layers - 1 && drops(net, l);
    long u = (long)at->unit[l] * m;
    product(w + at->weight[l], A_prev, b->Z + u, n, n_in, m);
    if (l == net->layers - 1) return;
    V parameter = learned_parameter(s, l);
    NAME(activate)(net->activation[l], &parameter, b->Z + u, (dropped ? b->F : b->A) + u, n * m);
    if (dropped)
      for (long k = u; k < u + (long)n * m; k++) put(b->A + k, mul(get(b->F + k), get(b->mask + k)));
    A_prev = b->A + u;
    n_in = n;
  }
}

static void backward(const Group *s, const Places *at, const Batch *b, int m) {
  const Net *net = s->net;
  const V *w = (const V *)s->state[0].w;
  V *g = (V *)s->state[0].g;
  for (int l = net->layers - 1; l >= 0; l--) {
    int n = net->units[l], before = l ? net->units[l - 1] : net->inputs;
    long u = l ? (long)at->unit[l - 1] * m : 0;
    const V *dZ = b->dZ + (long)at->unit[l] * m, *A_prev = b->A + u;
    V *G = g + at->weight[l];
    for (int i = 0; i < n; i++, dZ += m) {
      for (int j = 0; j < before; j++) put(G++, sum_over_examples(dZ, A_prev + (long)j * m, m));
      put(G++, net->bias ? sum_over_examples(dZ, 0, m) : zero());
    }
    if (!l) return;
    V *dA = b->dZ + u, *Z = b->Z + u;
    back_product(w + at->weight[l], b->dZ + (long)at->unit[l] * m, dA, n, before, m);
    int dropped = drops(net, l - 1);
    if (dropped)
      for (long k = 0; k < (long)before * m; k++) put(dA + k, mul(get(dA + k), get(b->mask + u + k)));
    if (net->learned[l - 1] >= 0) put(g + net->learned[l - 1], learned_gradient(dA, Z, before, m));
    V parameter = learned_parameter(s, l - 1);
    NAME(slope)(net->activation[l - 1], &parameter, Z, (dropped ? b->F : b->A) + u, dA, before * m);
  }
}

/* One mini-batch of all members; those whose step would leave the range of numbers that can be squared end here. */
static void train_batch(Group *s, const Places *at, int m, const double *rates) {
  const Net *net = s->net;
  const Rule *rule = s->rule;
  Batch b = batch_in(s->work, at, m);
  gather(s, at, &b, m);
  forward(s, at, &b, m);
  long out = (long)at->unit[net->layers - 1] * m;
  for (int e = 0; e < m; e++) NAME(output_delta)(net, b.Z + out + e, b.t + e, b.dZ + out + e, at->outputs, m, m);
  backward(s, at, &b, m);
  float *w = s->state[0].w, *g = s->state[0].g;
  int P = net->padded * LANES;
  if (rule->free) FOR_PARAMETERS store(g + p, mul(load(g + p), load(rule->free + p)));
  V norm = norms((const V *)g, net->padded), weights = zero();
  for (int k = 0; k < s->members; k++)
    if (rule[k].watch_weights) {
      weights = norms((const V *)w, net->padded);
      break;
    }
  for (int k = 0; k < s->members; k++) {
    float squared = ((float *)&norm)[k];
    if (rule[k].watch_weights) squared += ((float *)&weights)[k];
    if (!goes_on(s, k) || squared < rule[k].limit) continue;
    int32_t bad = bad_layer(net, at, (const float *)b.Z + k, (int64_t)LANES * m, LANES, m);
    s->state[k].end = find_divergence(net, at, bad, w + k, g + k, LANES, s->place);
  }
  step_members(s, norm, rates, s->work + batch_floats(at, s->batch_size));
}

/* ---- measuring, and whole epochs */

static void measure_members(Group *s, Row *rows, int ended_too) {
  Places at;
  find_places(s->net, &at);
  int count = s->net->padded;
  float *w = s->work + batch_floats(&at, s->batch_size) + kept_floats(s->net), *weight = w + count;
  for (int k = 0; k < s->members; k++) {
    if (!ended_too && !goes_on(s, k)) continue;
    take_member(s->state[0].w, w, k, count), take_member(s->rule[0].weight, weight, k, count);
    NAME(measure_weights)(s->net, s->rule + k, w, weight, s->sets[k], weight + count, rows + k);
  }
}

void NAME(measure_group)(Group *s, Row *rows) { UNDER_CONTROL(measure_members(s, rows, 1)); }

/* The figures of an epoch, which members they end, and the next order of those that trained. */
static void end_epoch(Group *s, Row *rows) {
  s->place = (Place){s->place.epoch + 1, 0, 0};
  measure_members(s, rows, 0);
  for (int k = 0; k < s->members; k++) {
    if (!goes_on(s, k)) continue;
    State *own = s->state + k;
    int32_t why = ended_by(s->stop + k, s->sets[k], own, rows + k);
    if (why != GOES_ON) own->end = (End){.why = why, .epoch = s->place.epoch};
    shuffle(&own->shuffle, own->order, s->train[k].count);
  }
}

static int any_goes_on(const Group *s) {
  for (int k = 0; k < s->members; k++)
    if (goes_on(s, k)) return 1;
  return 0;
}

APART void train_members(Group *s, const Limits *most, Row *rows, Done *done) {
  Places at;
  find_places(s->net, &at);
  *done = (Done){0, 0};
  int N = s->train[0].count, size = s->batch_size < N ? s->batch_size : N;
  while (done->batches < most->batches && done->epochs < most->epochs && any_goes_on(s)) {
    int m = N - s->place.used < size ? N - s->place.used : size;
    train_batch(s, &at, m, most->rates + (long)done->epochs * s->members);
    if (!any_goes_on(s)) break;
    done->batches++;
    s->place.batch++;
    s->place.used += m;
    if (s->place.used == N) end_epoch(s, rows + (long)done->epochs++ * s->members);
  }
  const State *arrays = s->state;
  int P = s->net->padded * LANES;
  settle(arrays->w, P), settle(arrays->g, P), settle(arrays->slot0, P), settle(arrays->slot1, P);
}
void NAME(train_group)(Group *s, const Limits *most, Row *rows, Done *done) { UNDER_CONTROL(train_members(s, most, rows, done)); }
