/* Random numbers: SFC64 (Chris Doty-Humphrey), the same stream as NumPy's bit generator of that name, and what is made of it. */
#ifndef RANDOM_H
#define RANDOM_H
#include "kernel.h"

static inline uint64_t draw(Stream *s) {
  uint64_t r = s->a + s->b + s->counter++;
  s->a = s->b ^ (s->b >> 11);
  s->b = s->c + (s->c << 3);
  s->c = ((s->c << 24) | (s->c >> 40)) + r;
  return r;
}

/* Fisher and Yates from the end: the upper 32 bits of a draw, times the number of choices, give the choice. */
static inline void shuffle(Stream *s, int32_t *order, int32_t n) {
  for (int32_t i = 0; i < n; i++) order[i] = i;
  for (int32_t i = n - 1; i > 0; i--) {
    int32_t j = (int32_t)(((draw(s) >> 32) * (uint64_t)(i + 1)) >> 32), t = order[i];
    order[i] = order[j];
    order[j] = t;
  }
}

/* One of [0, 1) with 24 bits. */
static inline float uniform(Stream *s) { return (float)(draw(s) >> 40) * 0x1p-24f; }

#endif
