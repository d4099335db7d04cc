/* The figures of an epoch, and whether they end a network. */
#ifndef STOPPING_H
#define STOPPING_H
#include "places.h"

/* The figures of one network under the weights w, in train_network.c; `work` as for a batch of one. */
INTERNAL void NAME(measure_weights)(const Net *, const Rule *, const float *w, const float *weight, const Blocks *sets, float *work, Row *);

/* Counts the epochs without improvement; why the network ends, or GOES_ON. */
static int32_t ended_by(const Stop *stop, const Blocks *sets, State *s, const Row *row) {
  double train = (double)row->loss[0], watched = (double)row->loss[stop->monitored];
  if (watched < s->best - stop->improvement) s->best = watched, s->waited = 0;
  else s->waited++;
  if (sets[0].count && !(train <= (double)LARGEST_FLOAT)) return LOSS_NOT_FINITE;
  if (train <= stop->train_loss) return REACHED;
  return stop->patience && s->waited >= stop->patience ? IMPATIENT : GOES_ON;
}

#endif
