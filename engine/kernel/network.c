/* One network, an example a lane: training and measuring. Compiled once for each width of native vectors. */
#include "control.h"
#include "divergence.h"
#include "evaluation.h"
#include "random.h"
#include "stopping.h"

static int32_t blocks_of(int32_t examples) { return (examples + LANES - 1) / LANES; }

/* Buffers for so many blocks, one after another in `work`. */
static Block blocks_in(float *work, const Places *at, int blocks) {
  long size = (long)blocks * at->stride;
  V *p = (V *)work;
  if (at->dropout) return (Block){p, p + 3 * size, p + size, p + 2 * size, p + 4 * size, p + 5 * size};
  return (Block){p, p, p + size, p + 2 * size, 0, p + 3 * size};
}
static Block block(const Block *first, const Places *at, int index) {
  long by = (long)index * at->stride;
  return (Block){first->A + by, first->F + by, first->Z + by, first->dZ + by, first->mask ? first->mask + by : 0,
                 first->t + (long)index * at->outputs};
}

int64_t NAME(work_floats)(const Net *net, int32_t batch_size) {
  Places at;
  find_places(net, &at);
  return (int64_t)LANES * blocks_of(batch_size) * (5 * at.stride + at.outputs);
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
static int train_batch(Run *run, const Places *at, const Block *first, const int32_t *order, int m, double rate) {
  const Net *net = run->net;
  State *s = &run->state;
  int blocks = blocks_of(m), out = at->unit[net->layers - 1];
  V d_learned[MAX_LAYERS];
  for (int l = 0; l < net->layers - 1; l++) put(d_learned + l, zero());
  if (at->dropout) draw_masks(net, at, &s->dropout, first, m);
  for (int k = 0; k < blocks; k++) {
    Block b = block(first, at, k);
    int count = m - LANES * k < LANES ? m - LANES * k : LANES;
    gather(&run->train, order + LANES * k, count, net->inputs, at->outputs, &b);
    forward(net, at, s->w, &b);
    output_delta(net, b.Z + out, b.t, b.dZ + out, at->outputs, 1, delta_factor(net, at->outputs, m));
    for (int i = 0; i < at->outputs && count < LANES; i++) put(b.dZ + out + i, first_lanes(count, get(b.dZ + out + i), zero()));
    backward(net, at, s->w, &b, d_learned);
  }
  gradient(net, first->A, first->dZ, blocks, at->stride, s->g);
  for (int l = 0; l < net->layers - 1; l++)
    if (net->learned[l] >= 0) s->g[net->learned[l]] = sum(get(d_learned + l)) + 0.0f;
  float squared;
  Rule *rule = &run->rule;
  int P = net->padded;
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

/* Says what was not finite when the step was refused, and leaves the gradient at 0. */
static void diverge(Run *run, const Places *at, const Block *first, int m) {
  State *s = &run->state;
  Seen seen = {(const float *)first->Z, s->w, s->g, (long)LANES * at->stride, LANES, 1, 1};
  s->end = find_divergence(run->net, at, seen, m, run->place);
  __builtin_memset(s->g, 0, (size_t)run->net->padded * sizeof(float));
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
  Block first = blocks_in(run->work, &at, blocks);
  while (done->batches < most->batches && done->epochs < most->epochs && s->end.why == GOES_ON) {
    if (!place->used || !done->batches) /* the measurement before uses the same buffers */
      for (int k = 0; k < blocks; k++) {
        put(first.A + (long)k * at.stride + at.units, run->net->bias ? one() : zero());
        put(first.dZ + (long)k * at.stride + at.units, zero());
      }
    int m = N - place->used < size ? N - place->used : size;
    if (!train_batch(run, &at, &first, s->order + place->used, m, most->rates[done->epochs])) {
      diverge(run, &at, &first, m);
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
