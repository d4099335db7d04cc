/* The passes in float64, of the same text: for a trace of a step, a gradient check, a landscape. Compiled once, not once a body:
 * their speed does not matter. */
#define DOUBLE
#include "activations.c"
#include "outputs.c"

#include "control.h"
#include "passes.h"

#define BUFFERS 6

/* Buffers of a batch, one after another in `work`. */
static Block blocks_in(const Net *net, const Places *at, int blocks, const double *mask, double *work) {
  long size = (long)blocks * at->stride;
  V *p = (V *)work;
  for (int k = 0; k < blocks; k++) {
    put(p + (long)k * at->stride + at->units, net->bias ? one() : zero());
    put(p + 2 * size + (long)k * at->stride + at->units, zero());
  }
  return (Block){p, p + 3 * size, p + size, p + 2 * size, (V *)mask, 0, p + 4 * size, p + 5 * size};
}
static Block block(const Block *all_, const Places *at, const Blocks64 *set, int k) {
  long by = (long)k * at->stride;
  return (Block){all_->A + by, all_->F + by, all_->Z + by, all_->dZ + by, all_->mask ? all_->mask + by : 0,
                 (V *)set->t + (long)k * at->outputs, all_->dA + by, all_->slope + by};
}
static void block_forward(const Net *net, const Places *at, const double *w, const Blocks64 *set, int k, const Block *b) {
  const V *x = (const V *)set->x + (long)k * net->inputs;
  for (int i = 0; i < net->inputs; i++) put(b->A + i, get(x + i));
  forward(net, at, w, b);
}
static int examples_in(const Blocks64 *set, int k) { return set->count - LANES * k < LANES ? set->count - LANES * k : LANES; }
static int blocks_of(const Blocks64 *set) { return (set->count + LANES - 1) / LANES; }

int64_t NAME(work)(const Net *net, int32_t batch) {
  Places at;
  find_places(net, &at);
  return (int64_t)LANES * ((batch + LANES - 1) / LANES) * BUFFERS * at.stride;
}

APART void forward_blocks(const Net *net, const double *w, const Blocks64 *set, const double *mask, double *work) {
  Places at;
  find_places(net, &at);
  int blocks = blocks_of(set), out = at.unit[net->layers - 1];
  Block all_ = blocks_in(net, &at, blocks, mask, work);
  for (int k = 0; k < blocks; k++) {
    Block b = block(&all_, &at, set, k);
    block_forward(net, &at, w, set, k, &b);
    NAME(outputs)(net, b.Z + out, b.A + out, at.outputs, 1);
  }
  settle(work, (long)LANES * blocks * BUFFERS * at.stride);
}
void NAME(forward)(const Net *net, const double *w, const Blocks64 *set, const double *mask, double *work) {
  UNDER_CONTROL(forward_blocks(net, w, set, mask, work));
}

APART void gradient_of_blocks(const Net *net, const double *w, const Blocks64 *set, const double *mask, double *work, double *g) {
  Places at;
  find_places(net, &at);
  int blocks = blocks_of(set), out = at.unit[net->layers - 1];
  Block all_ = blocks_in(net, &at, blocks, mask, work);
  V d_learned[MAX_LAYERS];
  for (int l = 0; l < net->layers; l++) put(d_learned + l, zero());
  for (int k = 0; k < blocks; k++) {
    Block b = block(&all_, &at, set, k);
    NAME(output_delta)(net, b.Z + out, b.t, b.dZ + out, at.outputs, 1, set->count);
    for (int i = 0; i < at.outputs; i++)
      put(b.dZ + out + i, first_lanes(examples_in(set, k), get(b.dZ + out + i), zero()));
    backward(net, &at, w, &b, d_learned);
  }
  gradient(net, all_.A, all_.dZ, blocks, at.stride, g);
  for (int l = 0; l < net->layers - 1; l++)
    if (net->learned[l] >= 0) g[net->learned[l]] = sum(get(d_learned + l)) + 0.0;
  settle(g, net->padded);
  settle(work, (long)LANES * blocks * BUFFERS * at.stride);
}
void NAME(gradient)(const Net *net, const double *w, const Blocks64 *set, const double *mask, double *work, double *g) {
  UNDER_CONTROL(gradient_of_blocks(net, w, set, mask, work, g));
}

/* The buffers of one block serve all of a vector's; Z, if asked for, is copied out. */
APART void losses_of_vectors(const Net *net, const double *w, int32_t vectors, const Blocks64 *set, const double *mask,
                             double *work, double *loss, double *Z) {
  Places at;
  find_places(net, &at);
  Block b = blocks_in(net, &at, 1, mask, work);
  int blocks = blocks_of(set), out = at.unit[net->layers - 1];
  for (int v = 0; v < vectors; v++, w += net->padded) {
    V total = zero();
    for (int k = 0; k < blocks; k++) {
      b.mask = mask ? (V *)mask + (long)k * at.stride : 0;
      block_forward(net, &at, w, set, k, &b);
      if (Z) __builtin_memcpy((V *)Z + ((long)v * blocks + k) * at.stride, b.Z, (size_t)at.stride * sizeof(V));
      const V *t = (const V *)set->t + (long)k * at.outputs;
      V each = NAME(example_losses)(net, b.Z + out, t, b.dZ + out, at.outputs, 1);
      total = add(total, first_lanes(examples_in(set, k), each, zero()));
    }
    loss[v] = one_nan(sum(total) / (double)set->count);
  }
  settle(Z, (long)LANES * vectors * blocks * at.stride);
}
void NAME(losses)(const Net *net, const double *w, int32_t vectors, const Blocks64 *set, const double *mask, double *work,
                  double *loss, double *Z) {
  UNDER_CONTROL(losses_of_vectors(net, w, vectors, set, mask, work, loss, Z));
}
