/* Whether an epoch's figures end a network. */
#ifndef STOPPING_H
#define STOPPING_H
#include "kernel.h"

/* Counts the epochs without improvement, and says why the network ends, or GOES_ON. */
static int32_t ended_by(const Stop *stop, const Blocks *sets, State *s, const Row *row) {
  double train = (double)row->loss[0], watched = (double)row->loss[stop->monitored];
  if (watched < s->best - stop->improvement) s->best = watched, s->waited = 0;
  else s->waited++;
  if (sets[0].count && !(train <= (double)LARGEST_FLOAT)) return LOSS_NOT_FINITE;
  if (train <= stop->train_loss) return REACHED;
  return stop->patience && s->waited >= stop->patience ? IMPATIENT : GOES_ON;
}

#endif
