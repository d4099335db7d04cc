/* Calls of the kernel on another machine: a program that reads orders from its input, without any library.
 *
 * An order is three numbers of 64 bits: WRITE or READ, an address and a count of bytes, which follow or are the answer; or
 * CALL_ and which function, and its arguments follow, eight more numbers. The first answer is the address of `memory`.
 */
#include "kernel.h"

enum { WRITE, READ, CALL_ };
static char memory[1 << 28] __attribute__((aligned(64)));

static long linux(long number, long a, void *b, long c) {
  register long x0 __asm__("x0") = a, x2 __asm__("x2") = c, x8 __asm__("x8") = number;
  register void *x1 __asm__("x1") = b;
  __asm__ volatile("svc 0" : "+r"(x0) : "r"(x1), "r"(x2), "r"(x8) : "memory");
  return x0;
}
static void all_of(long number, long file, char *bytes, int64_t count) {
  while (count > 0) {
    long done = linux(number, file, bytes, count);
    if (done <= 0) linux(94, 0, 0, 0);
    bytes += done, count -= done;
  }
}
static void take(void *bytes, int64_t count) { all_of(63, 0, bytes, count); }
static void give(void *bytes, int64_t count) { all_of(64, 1, bytes, count); }

void *memcpy(void *to, const void *from, size_t size) {
  for (volatile char *p = to; size--;) *p++ = *(const char *)from, from = (const char *)from + 1;
  return to;
}
void *memset(void *to, int byte, size_t size) {
  for (volatile char *p = to; size--;) *p++ = (char)byte;
  return to;
}

typedef void Function(int64_t, int64_t, int64_t, int64_t, int64_t, int64_t, int64_t, int64_t);
static void *const functions[] = {CALL(draw_order), CALL(train), CALL(train_group), CALL(measure), CALL(measure_group),
                                  CALL(evaluate), CALL(quantise), forward64, gradient64, losses64};

void _start(void) {
  int64_t base = (int64_t)memory, order[3], a[8];
  give(&base, sizeof base);
  for (;;) {
    take(order, sizeof order);
    if (order[0] == WRITE) take((char *)order[1], order[2]);
    else if (order[0] == READ) give((char *)order[1], order[2]);
    else {
      take(a, sizeof a);
      ((Function *)functions[order[1]])(a[0], a[1], a[2], a[3], a[4], a[5], a[6], a[7]);
    }
  }
}
