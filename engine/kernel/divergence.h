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

/* Numbers of one network: Z of unit u and example e is at (e / 16) block + u unit + (e % 16) example; parameters and
 * gradients stand `by` apart. */
typedef struct {
  const float *Z, *w, *g;
  int64_t block, unit, example, by;
} Seen;

static End find_divergence(const Net *net, const Places *at, Seen s, int32_t examples, Place place) {
  End end = {NOT_FINITE, place.epoch, place.batch, Z_NOT_FINITE, 0, 0.0f};
  int n_in = net->inputs, layer_size[MAX_LAYERS];
  float most_g = 0.0f, most_w = 0.0f;
  int g_layer = 0, w_layer = 0;
  for (int l = 0; l < net->layers; n_in = net->units[l++]) {
    layer_size[l] = net->units[l] * (n_in + 1);
    float w = largest(s.w + at->weight[l] * s.by, layer_size[l], s.by);
    if (w > most_w) most_w = w, w_layer = l;
    for (int32_t e = 0; e < examples; e++)
      if (largest(s.Z + e / LANES * s.block + at->unit[l] * s.unit + e % LANES * s.example, net->units[l], s.unit) > LARGEST_FLOAT) {
        end.layer = l, end.size = w;
        return end;
      }
  }
  for (int l = net->layers - 1; l >= 0; l--) {
    float g = largest(s.g + at->weight[l] * s.by, layer_size[l], s.by);
    if (g > LARGEST_FLOAT) {
      end.quantity = GRADIENT_NOT_FINITE, end.layer = l;
      return end;
    }
    if (g >= most_g) most_g = g, g_layer = l;
  }
  int gradient = most_g >= most_w;
  end.quantity = gradient ? GRADIENT_TOO_LARGE : WEIGHTS_TOO_LARGE;
  end.layer = gradient ? g_layer : w_layer;
  end.size = gradient ? most_g : most_w;
  return end;
}

#endif
