/* Where each layer's units and parameters begin. The units of all layers lie one after another: the inputs, then each
 * hidden layer, then the output, then the row of ones that multiplies the biases. */
#ifndef PLACES_H
#define PLACES_H
#include "kernel.h"

#ifdef DOUBLE
#define NAME(f) f##64
#else
#define NAME(f) CALL(f)
#endif
#define INTERNAL __attribute__((visibility("hidden"))) /* shared by the files of one body, no part of the interface */

typedef struct {
  int32_t unit[MAX_LAYERS], weight[MAX_LAYERS], units, stride, outputs, dropout;
} Places;

static inline int drops(const Net *net, int l) { return net->keep[l] < 1.0f; }

static void find_places(const Net *net, Places *at) {
  int32_t units = net->inputs, weights = 0, n_in = net->inputs;
  at->dropout = 0;
  for (int32_t l = 0; l < net->layers; l++) {
    int hidden = l < net->layers - 1;
    at->unit[l] = units;
    at->weight[l] = weights;
    weights += net->units[l] * (n_in + 1) + (hidden && net->learned[l] >= 0);
    units += n_in = net->units[l];
    if (hidden && drops(net, l)) at->dropout = 1;
  }
  at->units = units;
  at->stride = units + 1;
  at->outputs = n_in;
}

#endif
