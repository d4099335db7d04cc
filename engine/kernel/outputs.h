/* Outputs with their losses, over sixteen examples: K outputs, which stand `by` V apart. */
#ifndef OUTPUTS_H
#define OUTPUTS_H
#include "activations.h"

INTERNAL void NAME(outputs)(const Net *net, const V *Z, V *P, int K, int by);
/* dL/dZ of the mean over m examples. */
INTERNAL void NAME(output_delta)(const Net *net, const V *Z, const V *t, V *dZ, int K, int by, int m);
/* The loss of each example; P is overwritten. */
INTERNAL V NAME(example_losses)(const Net *net, const V *Z, const V *t, V *P, int K, int by);

#endif
