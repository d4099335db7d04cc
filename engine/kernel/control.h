/* The processor's floating-point control during a call: round to nearest, no exception traps, denormal numbers kept. */
#ifndef CONTROL_H
#define CONTROL_H
#include <stdint.h>

#if defined(__x86_64__)
#include <immintrin.h>
static inline uint64_t usual_control(void) {
  uint64_t before = _mm_getcsr();
  _mm_setcsr(0x1f80);
  return before;
}
static inline void restore_control(uint64_t before) { _mm_setcsr((uint32_t)before); }
#elif defined(__aarch64__)
static inline uint64_t usual_control(void) {
  uint64_t before;
  __asm__ volatile("mrs %0, fpcr" : "=r"(before));
  __asm__ volatile("msr fpcr, %0" : : "r"((uint64_t)0) : "memory");
  return before;
}
static inline void restore_control(uint64_t before) { __asm__ volatile("msr fpcr, %0" : : "r"(before) : "memory"); }
#else /* WebAssembly always behaves so */
static inline uint64_t usual_control(void) { return 0; }
static inline void restore_control(uint64_t before) { (void)before; }
#endif

/* An exported call sets the control and calls a function that is not inlined, so that no arithmetic moves out of it. */
#define APART static __attribute__((noinline))
#define UNDER_CONTROL(statement)         \
  do {                                   \
    uint64_t before_ = usual_control();  \
    statement;                           \
    restore_control(before_);            \
  } while (0)

#endif
