#!/usr/bin/env bash
# Zig 0.17.1 (ziglang 0.17.1), its C compiler on x86-64 Linux
# __builtin_cpu_supports says that the processor has no SSE2, which every x86-64 processor has, and no other extension: code
# that chooses its fastest body by it takes the slowest one, with neither a warning nor an error. cpuid answers rightly.
# Seen: 0 from the builtin, in a program and in a shared library; 1 from cpuid.
set -eu
[ "$(uname -m)" = x86_64 ] || { echo "needs an x86-64 machine"; exit 1; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet ziglang==0.17.1
cat > "$folder/ask.c" <<'C'
#include <cpuid.h>
int by_builtin(void) {
  __builtin_cpu_init();
  return __builtin_cpu_supports("sse2") != 0;
}
int by_cpuid(void) {
  unsigned a, b, c, d;
  return __get_cpuid(1, &a, &b, &c, &d) && (d & bit_SSE2) != 0;
}
int main(void) { return by_builtin() + 2 * by_cpuid(); }
C
export ZIG_GLOBAL_CACHE_DIR="$folder/cache"
"$folder/venv/bin/python" -m ziglang cc -O2 "$folder/ask.c" -o "$folder/ask"
"$folder/venv/bin/python" -m ziglang cc -O2 -fPIC -shared "$folder/ask.c" -o "$folder/ask.so"
program=0
"$folder/ask" || program=$?
"$folder/venv/bin/python" - "$folder/ask.so" "$program" <<'PYTHON'
import ctypes
import sys

library, program = ctypes.CDLL(sys.argv[1]), int(sys.argv[2])
seen = {"program": (program & 1, program >> 1), "shared library": (library.by_builtin(), library.by_cpuid())}
print("SSE2 by the builtin and by cpuid:", seen)
if seen != {"program": (0, 1), "shared library": (0, 1)}:
    raise SystemExit("changed: 0 from __builtin_cpu_supports and 1 from cpuid were expected")
PYTHON
