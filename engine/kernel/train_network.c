/* One network, an example a lane: training and measuring. Compiled once for each width of native vectors. */
#include "control.h"
#include "divergence.h"
#include "evaluation.h"
#include "random.h"
#include "stopping.h"

static int32_t blocks_of(int32_t examples) { return (examples + LANES - 1) / LANES; }

/* A batch of more blocks than CHUNK goes through the network so many at a time, which fit the processor's cache. */
#define CHUNK 8
static int chunk_of(int blocks) { return blocks < CHUNK ? blocks : CHUNK; }

/* Buffers of a batch, one after another in `work`: of a chunk's blocks; then, with dropout, the masks of all blocks; then
 * the sixteen lanes of each parameter's gradient, where there are several chunks. */
typedef struct { Block first; V *G; } Buffers;
static Buffers buffers_in(float *work, const Places *at, int blocks) {
  long chunk = chunk_of(blocks), size = chunk * at->stride;
  V *p = (V *)work, *t = p + (at->dropout ? 4 : 3) * size, *mask = t + chunk * at->outputs;
  if (!at->dropout) return (Buffers){{p, p, p + size, p + 2 * size, 0, t}, mask};
  return (Buffers){{p, p + 3 * size, p + size, p + 2 * size, mask, t}, mask + (long)blocks * at->stride};
}
/* The buffers of a block of the batch. */
static Block block(const Buffers *all_, const Places *at, int index) {
  const Block *first = &all_->first;
  long place = index % CHUNK, by = place * at->stride;
  return (Block){first->A + by, first->F + by, first->Z + by, first->dZ + by,
                 first->mask ? first->mask + (long)index * at->stride : 0, first->t + place * at->outputs};
}

int64_t NAME(work_floats)(const Net *net, int32_t batch_size) {
  Places at;
  find_places(net, &at);
  int64_t blocks = blocks_of(batch_size), chunk = chunk_of((int)blocks);
  return LANES * (chunk * ((at.dropout ? 4 : 3) * (int64_t)at.stride + at.outputs) + (at.dropout ? blocks * at.stride : 0) +
                  (blocks > CHUNK ? net->padded : 0));
}

void NAME(draw_order)(Stream *stream, int32_t *order, int32_t n) { shuffle(stream, order, n); }

/* Sixteen examples out of the set's rows into lanes. Lanes past `count` hold the first again, so that what is computed
 * in them is as finite as the rest; their dZ is 0. */
INLINE void gather(const Rows *set, const int32_t *order, int count, int inputs, int outputs, const Block *b) {
  const float *x[LANES], *t[LANES];
  for (int k = 0; k < LANES; k++) {
    long example = order[k < count ? k : 0];
    x[k] = set->x + example * inputs;
    t[k] = set->t + example * outputs;
  }
  for (int i = 0; i < inputs; i++) put(b->A + i, from(x, i));
  for (int i = 0; i < outputs; i++) put(b->t + i, from(t, i));
}

/* Masks of a batch: layer by layer, unit by unit, example by example. */
static void draw_masks(const Net *net, const Places *at, Stream *s, V *masks, int examples) {
  for (int l = 0; l < net->layers - 1; l++) {
    float keep = net->keep[l], grown = 1.0f / keep;
    if (!drops(net, l)) continue;
    for (int u = at->unit[l]; u < at->unit[l] + net->units[l]; u++)
      for (int k = 0; k < examples; k++)
        ((float *)(masks + (long)(k / LANES) * at->stride + u))[k % LANES] = uniform(s) < keep ? grown : 0.0f;
  }
}

/* Block k of the batch order[0 .. m) through the network. */
static Block pass_forward(Run *run, const Places *at, const Buffers *all_, const int32_t *order, int k, int count) {
  Block b = block(all_, at, k);
  gather(&run->train, order + LANES * k, count, run->net->inputs, at->outputs, &b);
  forward(run->net, at, run->state.w, &b);
  return b;
}
static int examples_in(int m, int k) { return m - LANES * k < LANES ? m - LANES * k : LANES; }

/* The gradient of the mean loss over the batch order[0 .. m). */
static void batch_gradient(Run *run, const Places *at, const Buffers *all_, const int32_t *order, int m) {
  const Net *net = run->net;
  State *s = &run->state;
  int blocks = blocks_of(m), out = at->unit[net->layers - 1], K = at->outputs, P = net->padded;
  V d_learned[MAX_LAYERS];
  for (int l = 0; l < net->layers - 1; l++) put(d_learned + l, zero());
  for (int p = 0; p < P && blocks > CHUNK; p++) put(all_->G + p, zero());
  for (int k = 0; k < blocks; k++) {
    int count = examples_in(m, k);
    Block b = pass_forward(run, at, all_, order, k, count);
    NAME(output_delta)(net, b.Z + out, b.t, b.dZ + out, K, 1, m);
    for (int i = out; i < out + K && count < LANES; i++) put(b.dZ + i, first_lanes(count, get(b.dZ + i), zero()));
    backward(net, at, s->w, &b, d_learned);
    if (blocks > CHUNK && (k % CHUNK == CHUNK - 1 || k == blocks - 1))
      add_to_lanes(net, at, all_->first.A, all_->first.dZ, k % CHUNK + 1, all_->G);
  }
  if (blocks > CHUNK) sum_lanes(all_->G, P, s->g);
  else gradient(net, all_->first.A, all_->first.dZ, blocks, at->stride, s->g);
  for (int l = 0; l < net->layers - 1; l++)
    if (net->learned[l] >= 0) s->g[net->learned[l]] = sum(get(d_learned + l)) + 0.0f;
}

/* One mini-batch: 0 if the step would have left the range of numbers that can be squared. */
static int train_batch(Run *run, const Places *at, const Buffers *all_, const int32_t *order, int m, double rate) {
  State *s = &run->state;
  if (at->dropout) draw_masks(run->net, at, &s->dropout, all_->first.mask, m);
  batch_gradient(run, at, all_, order, m);
  float squared;
  const Rule *rule = &run->rule;
  int P = run->net->padded;
  if (!within(rule, s->w, s->g, P, &squared)) return 0;
  if (rule->clip > 0) {
    V factor = all(clip_factor(rule->clip, squared));
    FOR_PARAMETERS store(s->g + p, mul(load(s->g + p), factor));
  }
  Numbers n = step_numbers(rule, rate, s);
  Coefficients c = {all(n.rate), all(n.c0), all(n.c1), all(n.rest), all(n.l1), all(n.l2), all(n.decay)};
  step(rule, c, P, s->w, s->g, s->slot0, s->slot1);
  return 1;
}

/* Finds what was not finite when the step was refused, and sets the gradient to 0. */
static void diverge(Run *run, const Places *at, const Buffers *all_, const int32_t *order, int m) {
  State *s = &run->state;
  const Net *net = run->net;
  int32_t bad = net->layers;
  for (int k = 0; k < blocks_of(m); k++) {
    Block b = pass_forward(run, at, all_, order, k, examples_in(m, k));
    int32_t own = bad_layer(net, at, (const float *)b.Z, LANES, 1, examples_in(m, k));
    if (own < bad) bad = own;
  }
  s->end = find_divergence(net, at, bad, s->w, s->g, 1, run->place);
  __builtin_memset(s->g, 0, (size_t)net->padded * sizeof(float));
}

/* ---- measuring */

void NAME(measure_weights)(const Net *net, const Rule *rule, const float *w, const float *weight, const Blocks *sets, float *work, Row *row) {
  Places at;
  find_places(net, &at);
  Block b = one_block(net, &at, work);
  for (int k = 0; k < SETS; k++) measure_set(net, &at, w, sets + k, &b, row->loss + k, row->right + k);
  row->penalty = penalty(rule, w, weight, net->padded);
}

static void measure_run(Run *run, Row *row) {
  NAME(measure_weights)(run->net, &run->rule, run->state.w, run->rule.weight, run->sets, run->work, row);
}

void NAME(measure)(Run *run, Row *row) { UNDER_CONTROL(measure_run(run, row)); }

/* ---- training */

APART void train_run(Run *run, const Limits *most, Row *rows, Done *done) {
  Places at;
  find_places(run->net, &at);
  State *s = &run->state;
  Place *place = &run->place;
  *done = (Done){0, 0};
  int N = run->train.count, size = run->batch_size < N ? run->batch_size : N, blocks = blocks_of(size);
  Buffers all_ = buffers_in(run->work, &at, blocks);
  while (done->batches < most->batches && done->epochs < most->epochs && s->end.why == GOES_ON) {
    if (!place->used || !done->batches) /* the measurement before uses the same buffers */
      for (int k = 0; k < chunk_of(blocks); k++) {
        Block b = block(&all_, &at, k);
        put(b.A + at.units, run->net->bias ? one() : zero());
        put(b.dZ + at.units, zero());
      }
    int m = N - place->used < size ? N - place->used : size;
    if (!train_batch(run, &at, &all_, s->order + place->used, m, most->rates[done->epochs])) {
      diverge(run, &at, &all_, s->order + place->used, m);
      break;
    }
    done->batches++;
    place->batch++;
    place->used += m;
    if (place->used < N) continue;
    *place = (Place){place->epoch + 1, 0, 0};
    Row *row = rows + done->epochs++;
    measure_run(run, row);
    int32_t why = ended_by(&run->stop, run->sets, s, row);
    if (why != GOES_ON) s->end = (End){.why = why, .epoch = place->epoch};
    shuffle(&s->shuffle, s->order, N);
  }
  int P = run->net->padded;
  settle(s->w, P), settle(s->g, P), settle(s->slot0, P), settle(s->slot1, P);
}
void NAME(train)(Run *run, const Limits *most, Row *rows, Done *done) {
  UNDER_CONTROL(train_run(run, most, rows, done));
}
