/* One network, an example a lane: training and measuring. Compiled once for each width of native vectors. */
#include "passes.h"
#include "random.h"
#include "update.h"

#define JOIN_(a, b) a##_##b
#define JOIN(a, b) JOIN_(a, b)
#define NAME(f) JOIN(f, BODY)

static int32_t blocks_of(int32_t examples) { return (examples + LANES - 1) / LANES; }

static int any_dropout(const Net *net) {
  for (int l = 0; l < net->layers - 1; l++)
    if (drops(net, l)) return 1;
  return 0;
}

/* Buffers for so many blocks, one after another in `work`. */
static Block blocks_in(float *work, const Places *at, int blocks, int dropout) {
  long size = (long)blocks * at->stride;
  V *p = (V *)work;
  Block b = {p, p, p + size, p + 2 * size, 0, p + 3 * size};
  if (dropout) {
    b.F = p + 3 * size;
    b.mask = p + 4 * size;
    b.t = p + 5 * size;
  }
  return b;
}
static Block block(const Block *first, const Places *at, int index) {
  long by = (long)index * at->stride;
  return (Block){first->A + by, first->F + by, first->Z + by, first->dZ + by, first->mask ? first->mask + by : 0,
                 first->t + (long)index * at->outputs};
}

int64_t NAME(work_floats)(const Net *net, int32_t batch) {
  Places at;
  find_places(net, &at);
  return (int64_t)LANES * (blocks_of(batch) * (5 * at.stride + at.outputs) + MAX_LAYERS);
}

/* Sixteen examples, or as many as are left, out of the set's rows into lanes; which lanes hold one. */
static V gather(const Rows *set, const int32_t *order, int count, int inputs, int outputs, const Block *b) {
  V present = zero();
  float *lane = (float *)&present, *A = (float *)b->A, *t = (float *)b->t;
  for (int i = 0; i < inputs; i++) put(b->A + i, zero());
  for (int i = 0; i < outputs; i++) put(b->t + i, zero());
  for (int k = 0; k < count; k++) {
    const float *x = set->x + (long)order[k] * inputs, *y = set->t + (long)order[k] * outputs;
    for (int i = 0; i < inputs; i++) A[LANES * i + k] = x[i];
    for (int i = 0; i < outputs; i++) t[LANES * i + k] = y[i];
    lane[k] = 1.0f;
  }
  return present;
}

/* Masks of a batch: layer by layer, unit by unit, example by example. */
static void draw_masks(const Net *net, const Places *at, Stream *s, const Block *first, int examples) {
  for (int l = 0; l < net->layers - 1; l++) {
    float keep = net->keep[l], grown = 1.0f / keep;
    if (!drops(net, l)) continue;
    for (int u = at->unit[l]; u < at->unit[l] + net->units[l]; u++)
      for (int k = 0; k < examples; k++)
        ((float *)(first->mask + (long)(k / LANES) * at->stride + u))[k % LANES] = uniform(s) < keep ? grown : 0.0f;
  }
}

/* One mini-batch of the examples order[0 .. m): 0 if the step would have left the numbers that can be squared. */
static int train_batch(Run *run, const Places *at, const Block *first, const int32_t *order, int m) {
  const Net *net = run->net;
  State *s = &run->state;
  int blocks = blocks_of(m), out = at->unit[net->layers - 1];
  V d_learned[MAX_LAYERS];
  for (int l = 0; l < net->layers - 1; l++) put(d_learned + l, zero());
  if (first->mask) draw_masks(net, at, &s->dropout, first, m);
  for (int k = 0; k < blocks; k++) {
    Block b = block(first, at, k);
    int count = m - LANES * k < LANES ? m - LANES * k : LANES;
    V present = gather(&run->train, order + LANES * k, count, net->inputs, at->outputs, &b);
    forward(net, at, s->w, &b);
    output_delta(net, b.Z + out, b.t, b.dZ + out, at->outputs, 1, mul(delta_factor(net, at->outputs, m), present));
    backward(net, at, s->w, &b, d_learned);
  }
  gradient(net, first->A, first->dZ, blocks, at->stride, s->g);
  for (int l = 0; l < net->layers - 1; l++)
    if (net->learned[l] >= 0) s->g[net->learned[l]] = sum(get(d_learned + l)) + 0.0f;
  float squared, rate, c0, c1, rest;
  Rule *rule = &run->rule;
  int P = net->padded;
  if (!within(rule, s->w, s->g, P, &squared)) return 0;
  if (rule->clip > 0) {
    V factor = all(clip_factor(rule->clip, squared));
    FOR_PARAMETERS store(s->g + p, mul(load(s->g + p), factor));
  }
  coefficients(rule, &rate, &c0, &c1, &rest);
  step(rule, (Coefficients){all(rate), all(c0), all(c1), all(rest)}, P, s->w, s->g, s->slot0, s->slot1);
  return 1;
}

/* At most so many mini-batches, never past the end of the epoch under way. Returns those done; -1 - done on divergence. */
int32_t NAME(train)(Run *run, int32_t batches) {
  Places at;
  find_places(run->net, &at);
  State *s = &run->state;
  int N = run->train.count, size = run->batch_size < N ? run->batch_size : N, blocks = blocks_of(size);
  Block first = blocks_in(run->work, &at, blocks, any_dropout(run->net));
  for (int k = 0; k < blocks; k++) {
    put(first.A + (long)k * at.stride + at.units, run->net->bias ? one() : zero());
    put(first.dZ + (long)k * at.stride + at.units, zero());
  }
  for (int32_t done = 0; done < batches; done++) {
    if (s->used == N) return done;
    int m = N - s->used < size ? N - s->used : size;
    if (!train_batch(run, &at, &first, s->order + s->used, m)) return -1 - done;
    s->used += m;
  }
  return batches;
}

/* Whole epochs, each begun by a new order. Returns those done, fewer on divergence. */
int32_t NAME(train_epochs)(Run *run, int32_t epochs) {
  for (int32_t e = 0; e < epochs; e++) {
    shuffle(&run->state.shuffle, run->state.order, run->train.count);
    run->state.used = 0;
    if (NAME(train)(run, INT32_MAX) < 0) return e;
  }
  return epochs;
}

/* ---- measuring */

/* Right answers among `count` lanes: the side of z = 0, for each label or one output, or the first largest of several. */
static int32_t right_answers(const V *Z_, const V *t_, int K, int count, int labels) {
  const float *Z = (const float *)Z_, *t = (const float *)t_;
  int32_t right = 0;
  for (int k = 0; k < count; k++) {
    if (K == 1 || labels) {
      for (int o = 0; o < K; o++) right += (Z[LANES * o + k] >= 0.0f) == (t[LANES * o + k] > 0.5f);
      continue;
    }
    int said = 0, true_ = 0;
    for (int o = 1; o < K; o++) {
      if (Z[LANES * o + k] > Z[LANES * said + k]) said = o;
      if (t[LANES * o + k] > t[LANES * true_ + k]) true_ = o;
    }
    right += said == true_;
  }
  return right;
}

/* A set under the weights w; dropout off. `work` as for a batch of one block. */
void NAME(measure)(const Net *net, const float *w, const Blocks *set, int32_t how, float *work, Measured *result) {
  Places at;
  find_places(net, &at);
  Block b = blocks_in(work, &at, 1, 0);
  int out = at.unit[net->layers - 1];
  V total = zero();
  *result = (Measured){0};
  put(b.A + at.units, net->bias ? one() : zero());
  for (int start = 0; start < set->count; start += LANES) {
    int count = set->count - start < LANES ? set->count - start : LANES;
    const V *x = (const V *)(set->x + (long)start * net->inputs), *t = (const V *)(set->t + (long)start * at.outputs);
    V present = zero();
    for (int k = 0; k < count; k++) ((float *)&present)[k] = 1.0f;
    for (int i = 0; i < net->inputs; i++) put(b.A + i, get(x + i));
    forward(net, &at, w, &b);
    V losses = example_losses(net, b.Z + out, t, b.dZ + out, at.outputs, 1);
    total = add(total, count < LANES ? positive(present, losses, zero()) : losses);
    if (how != NONE_RIGHT) result->right += right_answers(b.Z + out, t, at.outputs, count, how == LABELS_RIGHT);
  }
  result->loss = sum(total) / (float)set->count;
}

/* The outputs P (blocks, outputs, 16) of a set. */
void NAME(predict)(const Net *net, const float *w, const Blocks *set, float *work, float *P) {
  Places at;
  find_places(net, &at);
  Block b = blocks_in(work, &at, 1, 0);
  put(b.A + at.units, net->bias ? one() : zero());
  for (int start = 0; start < set->count; start += LANES) {
    const V *x = (const V *)(set->x + (long)start * net->inputs);
    for (int i = 0; i < net->inputs; i++) put(b.A + i, get(x + i));
    forward(net, &at, w, &b);
    outputs(net, b.Z + at.unit[net->layers - 1], (V *)(P + (long)start * at.outputs), at.outputs, 1);
  }
}
