/* Trains a small network for each entry of the catalog, alone and in lockstep, and gives every bit of what comes out:
 * weights, slots, figures, maps, the float64 gradient and losses. No library, no input: numbers are made of integers. */
#include "kernel.h"

typedef struct {
  const char *name;
  int32_t activation, output, loss, answers, outputs, optimizer, batch, count, bias;
  double p0, p1, p2, rate, l1, l2, decay;
  float clip, keep;
} Config;

#define BASE .output = OUT_SIGMOID, .outputs = 1, .batch = 10, .count = 37, .bias = 1, .rate = 0.1, .keep = 1
#define OF(code) {#code, .activation = code, BASE}
#define PAIR(f, l, ...) {#f " " #l, .activation = TANH, BASE, .output = f, .loss = l, __VA_ARGS__}
#define BY(code, ...) {#code, .activation = TANH, BASE, .optimizer = code, .rate = 0.01, .l2 = 0.01, .clip = 0.5f, __VA_ARGS__}
#define WITH(name, ...) {name, .activation = PRELU, BASE, __VA_ARGS__}
#pragma GCC diagnostic ignored "-Woverride-init"
#ifdef __clang__
#pragma clang diagnostic ignored "-Winitializer-overrides"
#endif
static const Config CONFIGS[] = {
    OF(SIGMOID), OF(TANH), OF(RELU), OF(LEAKY_RELU), OF(PRELU), OF(ELU), OF(SELU), OF(SOFTPLUS), OF(GAUSSIAN), OF(GELU),
    OF(SILU), OF(MISH), OF(SINE), OF(LINEAR),
    PAIR(OUT_SIGMOID, MSE), PAIR(OUT_SIGMOID, HALF_SQUARED_ERROR), PAIR(OUT_TANH, MSE), PAIR(OUT_TANH, HALF_SQUARED_ERROR),
    PAIR(OUT_LINEAR, MSE, .answers = NONE_RIGHT), PAIR(OUT_LINEAR, HALF_SQUARED_ERROR, .outputs = 2, .answers = NONE_RIGHT),
    PAIR(OUT_SOFTMAX, CROSS_ENTROPY, .outputs = 3), PAIR(OUT_SIGMOID, CROSS_ENTROPY, .outputs = 3, .answers = LABELS_RIGHT),
    BY(SGD), BY(MOMENTUM, .p0 = 0.9), BY(NESTEROV, .p0 = 0.9), BY(ADAGRAD, .p0 = 1e-10), BY(RMSPROP, .p0 = 0.9, .p1 = 1e-8),
    BY(ADAM, .p0 = 0.9, .p1 = 0.999, .p2 = 1e-8), BY(ADAM, .name = "ADAMW", .p0 = 0.9, .p1 = 0.999, .p2 = 1e-8, .l2 = 0, .decay = 0.01),
    WITH("l1", .l1 = 0.01), WITH("no biases", .bias = 0), WITH("dropout", .keep = 0.75f), WITH("batches of one", .batch = 1),
    WITH("many blocks", .count = 150, .batch = 150, .keep = 0.75f), WITH("whole", .batch = 37),
    WITH("diverging", .activation = LINEAR, .output = OUT_LINEAR, .loss = MSE, .answers = NONE_RIGHT, .rate = 1000),
};
enum { INPUTS = 2, FIRST_UNITS = 5, SECOND_UNITS = 3, MEMBERS = 3, MOST = 48, MOST_EXAMPLES = 160, MOST_UNITS = 16, EPOCHS = 8, SIDE = 10 };

/* [-1, 1): multiplication modulo 2^32. */
static float number(uint32_t k) { return (float)((k * 2654435761u) >> 8) * 0x1p-23f - 1.0f; }

#define ALIGNED __attribute__((aligned(64)))
static float x[MOST_EXAMPLES * INPUTS], t[MOST_EXAMPLES * 3], ALIGNED in_x[MOST_EXAMPLES * INPUTS], ALIGNED in_t[MOST_EXAMPLES * 3];
static double ALIGNED x64[MOST_EXAMPLES * INPUTS], ALIGNED t64[MOST_EXAMPLES * 3], ALIGNED w64[2 * MOST], ALIGNED g64[MOST];
static double ALIGNED room64[6 * MOST_UNITS * MOST_EXAMPLES];
static float ALIGNED arrays[MEMBERS][5][MOST], ALIGNED together[5][MOST * LANES], ALIGNED work[1 << 18], ALIGNED grid[128 * INPUTS];
static float ALIGNED values[MOST_UNITS * 128];
static int32_t orders[MEMBERS][MOST_EXAMPLES], row[MOST], column[MOST];
static uint8_t maps[MOST_UNITS * SIDE * SIDE], out[1 << 18];
static float ranges[MOST_UNITS * 2];
static Row rows[EPOCHS * MEMBERS];
static Run run;
static Group group;
static int32_t written;

static void give(const void *from, size_t size) {
  __builtin_memcpy(out + written, from, size);
  written += (int32_t)size;
}

/* Examples in blocks of sixteen lanes; the rest stays 0. */
static void into_lanes(const float *from, float *lanes, double *lanes64, int32_t count, int32_t width) {
  for (int32_t e = 0; e < count; e++)
    for (int32_t i = 0; i < width; i++) {
      int32_t place = (e / LANES * width + i) * LANES + e % LANES;
      lanes[place] = from[e * width + i];
      if (lanes64) lanes64[place] = from[e * width + i];
    }
}

int32_t configs(void) { return (int32_t)(sizeof CONFIGS / sizeof *CONFIGS); }
const char *name_of(int32_t k) { return CONFIGS[k].name; }
const uint8_t *bytes(void) { return out; }

/* The length of what `bytes` then holds. */
int32_t results(int32_t k) {
  const Config *c = CONFIGS + k;
  int32_t units[] = {FIRST_UNITS, SECOND_UNITS, c->outputs}, activation[] = {c->activation, c->activation}, learned[] = {-1, -1};
  double parameter[] = {0.5, 0.5};
  float keep[] = {c->keep, 1};
  int32_t n_in = INPUTS, before = 0, unit = INPUTS, all_units = INPUTS + FIRST_UNITS + SECOND_UNITS + c->outputs, P = 0;
  written = 0;
  __builtin_memset(arrays, 0, sizeof arrays);
  __builtin_memset(together, 0, sizeof together);
  for (int32_t l = 0; l < 3; l++) {
    for (int32_t u = unit; u < unit + units[l]; u++)
      for (int32_t j = 0; j <= n_in; j++, P++) {
        row[P] = u * 64, column[P] = (j < n_in ? before + j : all_units) * 64;
        for (int32_t m = 0; m < MEMBERS; m++) arrays[m][4][P] = j < n_in;
      }
    before = unit, unit += n_in = units[l];
    if (l < 2 && c->activation == PRELU) row[P] = column[P] = all_units * 64, learned[l] = P++;
  }
  for (int32_t p = P; p < MOST; p++) row[p] = column[p] = all_units * 64;
  Net net = {INPUTS, 3, c->bias, c->output, c->loss, c->answers, (P + 15) / 16 * 16, units, activation, parameter, learned, keep, row, column};
  int32_t K = c->outputs;
  for (int32_t e = 0; e < c->count; e++) {
    for (int32_t i = 0; i < INPUTS; i++) x[e * INPUTS + i] = 3 * number((uint32_t)(e * INPUTS + i + 1));
    for (int32_t i = 0; i < K; i++) t[e * K + i] = K == 3 && c->output == OUT_SOFTMAX ? e % 3 == i : (float)(e >> i & 1);
  }
  __builtin_memset(in_x, 0, sizeof in_x), __builtin_memset(in_t, 0, sizeof in_t);
  __builtin_memset(x64, 0, sizeof x64), __builtin_memset(t64, 0, sizeof t64);
  into_lanes(x, in_x, x64, c->count, INPUTS), into_lanes(t, in_t, t64, c->count, K);

  double rates[EPOCHS * MEMBERS];
  for (int32_t e = 0; e < EPOCHS * MEMBERS; e++) rates[e] = c->rate;
  Limits most = {1 << 20, EPOCHS, rates};
  Done done;
  for (int32_t m = MEMBERS - 1; m >= 0; m--) { /* the first member last: it is looked at below */
    float *own = arrays[m][0];
    for (int32_t p = 0; p < P; p++) own[p] = (arrays[m][4][p] || c->bias) ? number((uint32_t)(p + 1 + 100 * m)) : 0;
    for (int32_t p = 0; p < 2 * MOST; p++) w64[p] = p < P ? own[p] : p >= net.padded && p < net.padded + P ? own[p - net.padded] / 2 : 0;
    run = (Run){
        .net = &net, .train = {c->count, x, t}, .sets = {{c->count, in_x, in_t}, {c->count / 2, in_x, in_t}}, .batch_size = c->batch,
        .rule = {c->optimizer, c->l2 > 0 || c->decay > 0, c->clip, 1e28f, c->p0, c->p1, c->p2, c->l1, c->l2, c->decay, arrays[m][4], 0},
        .stop = {__builtin_nan(""), 1e-4, EPOCHS - 2, 1}, .work = work,
        .state = {own, arrays[m][1], arrays[m][2], arrays[m][3], orders[m], 1, 1, __builtin_inf(), 0, {1 + (uint64_t)m, 2, 3, 1}, {4 + (uint64_t)m, 5, 6, 1}, {0}}};
    CALL(draw_order)(&run.state.shuffle, orders[m], c->count);
    for (int32_t a = 0; a < 5; a++)
      for (int32_t p = 0; p < MOST; p++) together[a][p * LANES + m] = arrays[m][a][p];
    group.train[m] = run.train, group.rule[m] = run.rule, group.stop[m] = run.stop, group.state[m] = run.state;
    __builtin_memcpy(group.sets[m], run.sets, sizeof run.sets);
  }
  forward64(&net, w64, &(Blocks64){c->count, x64, t64}, 0, room64);
  gradient64(&net, w64, &(Blocks64){c->count, x64, t64}, 0, room64, g64);
  give(g64, (size_t)net.padded * sizeof *g64);
  losses64(&net, w64, 2, &(Blocks64){c->count, x64, t64}, 0, room64, g64, 0);
  give(g64, 2 * sizeof *g64);

  static int32_t kept[MEMBERS][MOST_EXAMPLES];
  __builtin_memcpy(kept, orders, sizeof orders);
  CALL(train)(&run, &most, rows, &done);
  for (int32_t a = 0; a < 4; a++) give(arrays[0][a], (size_t)net.padded * sizeof(float));
  give(rows, (size_t)done.epochs * sizeof *rows);
  give(&run.state.end, sizeof run.state.end);
  give(&run.place, sizeof run.place);

  for (int32_t e = 0; e < SIDE * SIDE; e++) {
    float point[] = {(float)(e % SIDE) - 4.5f, (float)(e / SIDE) - 4.5f};
    for (int32_t i = 0; i < INPUTS; i++) grid[(e / LANES * INPUTS + i) * LANES + e % LANES] = point[i];
  }
  int32_t shown = all_units - INPUTS;
  CALL(evaluate)(&net, arrays[0][0], &(Blocks){SIDE * SIDE, grid, 0}, INPUTS, shown, work, values, 112);
  CALL(quantise)(values, shown, SIDE * SIDE, 112, maps, ranges);
  give(maps, (size_t)(shown * SIDE * SIDE));
  give(ranges, (size_t)shown * 2 * sizeof(float));

  __builtin_memcpy(orders, kept, sizeof orders);
  group.net = &net, group.members = MEMBERS, group.batch_size = c->batch, group.work = work, group.place = (Place){0, 0, 0};
  group.rule[0].weight = together[4];
  group.state[0].w = together[0], group.state[0].g = together[1], group.state[0].slot0 = together[2], group.state[0].slot1 = together[3];
  CALL(train_group)(&group, &most, rows, &done);
  give(together[0], (size_t)net.padded * LANES * sizeof(float));
  for (int32_t m = 0; m < MEMBERS; m++) give(&group.state[m].end, sizeof(End));
  return written;
}

#ifdef MAIN
/* A program: a line for each configuration, its name and its bytes. Without a library where there is none for the target. */
#ifdef __aarch64__
static long linux(long number_, long a, const void *b, long c) {
  register long x0 __asm__("x0") = a, x2 __asm__("x2") = c, x8 __asm__("x8") = number_;
  register const void *x1 __asm__("x1") = b;
  __asm__ volatile("svc 0" : "+r"(x0) : "r"(x1), "r"(x2), "r"(x8) : "memory");
  return x0;
}
static void say(const char *text, int32_t size) {
  while (size > 0) {
    long done = linux(64, 1, text, size);
    if (done <= 0) linux(94, 1, 0, 0);
    text += done, size -= (int32_t)done;
  }
}
void *memcpy(void *to, const void *from, size_t size) {
  for (volatile uint8_t *p = to; size--;) *p++ = *(const uint8_t *)from, from = (const uint8_t *)from + 1;
  return to;
}
void *memset(void *to, int byte, size_t size) {
  for (volatile uint8_t *p = to; size--;) *p++ = (uint8_t)byte;
  return to;
}
#else
#include <stdio.h>
static void say(const char *text, int32_t size) { fwrite(text, 1, (size_t)size, stdout); }
#endif
static char line[2 * sizeof out + 64];
int main(void) {
  for (int32_t k = 0; k < configs(); k++) {
    int32_t length = 0, size = results(k);
    for (const char *c = name_of(k); *c; c++) line[length++] = *c;
    line[length++] = '\t';
    for (int32_t i = 0; i < size; i++) line[length++] = "0123456789abcdef"[out[i] >> 4], line[length++] = "0123456789abcdef"[out[i] & 15];
    line[length++] = '\n';
    say(line, length);
  }
  return 0;
}
#ifdef __aarch64__
void _start(void) {
  main();
  linux(94, 0, 0, 0);
}
#endif
#endif
