/* Which number of a diverged network stopped being finite first, in the order of the computation. */
#ifndef DIVERGENCE_H
#define DIVERGENCE_H
#include "places.h"
#include "stopping.h"

/* The largest magnitude among `count` floats that stand `by` apart; infinity if one is not finite. */
static float largest(const float *x, int64_t count, int64_t by) {
  float most = 0.0f;
  for (int64_t k = 0; k < count; k++) {
    float size = __builtin_fabsf(x[k * by]);
    if (!(size <= LARGEST_FLOAT)) return __builtin_inff();
    if (size > most) most = size;
  }
  return most;
}

/* The first layer with a Z that is not finite among so many examples, or `layers`. Z of the next unit, and of the next
 * example, stand so many floats away. */
static int32_t bad_layer(const Net *net, const Places *at, const float *Z, int64_t unit, int64_t example, int32_t examples) {
  int32_t l = 0;
  for (; l < net->layers; l++)
    for (int32_t e = 0; e < examples; e++)
      if (largest(Z + at->unit[l] * unit + e * example, net->units[l], unit) > LARGEST_FLOAT) return l;
  return l;
}

/* Why a network ends whose first layer with such a Z is `bad`; its parameters and gradients stand `by` apart. */
static End find_divergence(const Net *net, const Places *at, int32_t bad, const float *w, const float *g, int64_t by, Place place) {
  End end = {NOT_FINITE, place.epoch, place.batch, WEIGHTS_TOO_LARGE, 0, 0.0f};
  float weights[MAX_LAYERS], gradients[MAX_LAYERS], most_w = 0.0f, most_g = 0.0f;
  int32_t n_in = net->inputs, L = net->layers;
  for (int32_t l = 0; l < L; n_in = net->units[l++]) {
    int64_t size = (int64_t)net->units[l] * (n_in + 1), start = at->weight[l] * by;
    weights[l] = largest(w + start, size, by), gradients[l] = largest(g + start, size, by);
    if (weights[l] > most_w) most_w = weights[l];
    if (gradients[l] > most_g) most_g = gradients[l];
  }
  if (bad < L) {
    end.quantity = Z_NOT_FINITE, end.layer = bad, end.size = weights[bad];
    return end;
  }
  const float *sizes = most_g >= most_w ? gradients : weights;
  end.size = most_g >= most_w ? most_g : most_w;
  if (most_g > LARGEST_FLOAT) { /* the last such layer: gradients are computed backwards */
    end.quantity = GRADIENT_NOT_FINITE, end.layer = L - 1, end.size = 0.0f;
    while (gradients[end.layer] <= LARGEST_FLOAT) end.layer--;
    return end;
  }
  if (sizes == gradients) end.quantity = GRADIENT_TOO_LARGE;
  while (end.layer < L - 1 && sizes[end.layer] < end.size) end.layer++;
  return end;
}

#endif
