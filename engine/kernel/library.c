/* What the library is: its interface, and the bodies that this processor can run. Compiled once. */
#include "kernel.h"

int32_t kernel_interface(void) { return INTERFACE; }

/* A bit for each body that can run: 1 base, 2 avx2, 4 avx512. */
int32_t kernel_bodies(void) {
  int32_t found = 1;
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx2")) found |= 2;
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw") &&
      __builtin_cpu_supports("avx512vl"))
    found |= 4;
#endif
  return found;
}
