/* What the library is: its interface, and the bodies that this processor can run. Compiled once. */
#include "kernel.h"
#if defined(__x86_64__)
#include <cpuid.h>
#endif

int32_t kernel_interface(void) { return INTERFACE; }

/* A bit for each body that can run: 1 base, 2 avx2, 4 avx512. Asked of the processor itself: __builtin_cpu_supports
 * needs a part of the compiler's own library that not every compiler has, and without it finds nothing. */
int32_t kernel_bodies(void) {
  int32_t found = 1;
#if defined(__x86_64__)
  uint32_t a, b, c, d, saved, high;
  if (!__get_cpuid(1, &a, &b, &c, &d) || !(c & bit_OSXSAVE)) return found;
  __asm__ volatile("xgetbv" : "=a"(saved), "=d"(high) : "c"(0)); /* the registers that the system saves */
  if ((saved & 0x06) != 0x06 || !__get_cpuid_count(7, 0, &a, &b, &c, &d)) return found;
  if (b & bit_AVX2) found |= 2;
  uint32_t wide = bit_AVX512F | bit_AVX512DQ | bit_AVX512BW | bit_AVX512VL;
  if ((saved & 0xe6) == 0xe6 && (b & wide) == wide) found |= 4;
#endif
  return found;
}
