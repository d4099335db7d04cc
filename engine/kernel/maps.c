/* The outputs of units for many points, and maps of them in bytes. Compiled once for each width of native vectors. */
#include "control.h"
#include "evaluation.h"

APART void evaluate_blocks(const Net *net, const float *w, const Blocks *set, int32_t first, int32_t units, float *work,
                           float *values, int64_t by) {
  Places at;
  find_places(net, &at);
  Block b = one_block(net, &at, work);
  int out = at.unit[net->layers - 1];
  for (int start = 0; start < set->count; start += LANES, values += LANES) {
    const V *x = (const V *)(set->x + (long)start * net->inputs);
    for (int i = 0; i < net->inputs; i++) put(b.A + i, get(x + i));
    forward(net, &at, w, &b);
    NAME(outputs)(net, b.Z + out, b.A + out, at.outputs, 1);
    for (int u = 0; u < units; u++) store(values + u * by, one_nans(get(b.A + first + u)));
  }
}
void NAME(evaluate)(const Net *net, const float *w, const Blocks *set, int32_t first, int32_t units, float *work,
                    float *values, int64_t by) {
  UNDER_CONTROL(evaluate_blocks(net, w, set, first, units, work, values, by));
}

#define MOST (LARGEST_FLOAT / 4)
#define LEAST_SPAN (1.17549435e-38f * 255) /* a span too small to divide 255 by counts as none */

typedef struct { float low, high; } Range;

/* The ends of a map; NaN or infinity if it is not finite. */
static Range ends(const float *map, int count) {
  V low = all(map[0]), high = low, odd = zero();
  for (int k = 0; k < count; k += LANES) {
    V v = load(map + k);
    if (count - k < LANES) v = first_lanes(count - k, v, all(map[0]));
    low = smaller(v, low);
    high = larger(v, high);
    odd = add(odd, sub(v, v));
  }
  Range r = {map[0], map[0]};
  for (int k = 0; k < LANES; k++) {
    float l = ((float *)&low)[k], h = ((float *)&high)[k];
    if (l < r.low) r.low = l;
    if (h > r.high) r.high = h;
  }
  float nothing = sum(odd); /* 0, or NaN */
  return (Range){r.low + nothing, r.high + nothing};
}

/* Sixteen numbers from 0 to 255, cut to whole ones. */
static void put_bytes(V v, uint8_t *to) {
#if defined(__x86_64__) && NATIVE == 16
  _mm_storeu_si128((__m128i *)to, _mm512_cvtepi32_epi8(_mm512_cvttps_epi32((__m512)v.a)));
#elif defined(__x86_64__) && NATIVE == 8
  __m256i words = _mm256_permute4x64_epi64(_mm256_packs_epi32(_mm256_cvttps_epi32((__m256)v.a), _mm256_cvttps_epi32((__m256)v.b)), 0xd8);
  _mm_storeu_si128((__m128i *)to, _mm_packus_epi16(_mm256_castsi256_si128(words), _mm256_extracti128_si256(words, 1)));
#elif defined(__x86_64__)
  __m128i low = _mm_packs_epi32(_mm_cvttps_epi32((__m128)v.a), _mm_cvttps_epi32((__m128)v.b));
  __m128i high = _mm_packs_epi32(_mm_cvttps_epi32((__m128)v.c), _mm_cvttps_epi32((__m128)v.d));
  _mm_storeu_si128((__m128i *)to, _mm_packus_epi16(low, high));
#else
  typedef uint8_t natb __attribute__((vector_size(NATIVE)));
#define BYTEK(k) { natb b = __builtin_convertvector(__builtin_convertvector(v.k, nati), natb); __builtin_memcpy(to, &b, NATIVE); to += NATIVE; }
  EACH(BYTEK)
#endif
}

APART void quantise_maps(float *values, int32_t maps, int32_t count, int64_t by, uint8_t *bytes, float *range) {
  for (int m = 0; m < maps; m++, values += by, bytes += count, range += 2) {
    Range r = ends(values, count);
    if (!(r.high - r.low <= LARGEST_FLOAT)) {
      for (int k = 0; k < count; k += LANES) {
        V v = load(values + k);
        v = where_equal(v, v, v, zero());
        store(values + k, smaller(larger(v, all(-MOST)), all(MOST)));
      }
      r = ends(values, count);
    }
    float span = r.high - r.low, scale = span > LEAST_SPAN ? 255.0f / span : 0.0f;
    V low = all(r.low), by_ = all(scale), half = all(0.5f);
    uint8_t last[LANES];
    int whole_ = count - count % LANES;
    for (int k = 0; k < whole_; k += LANES) put_bytes(add(mul(sub(load(values + k), low), by_), half), bytes + k);
    if (whole_ < count) {
      put_bytes(add(mul(sub(load(values + whole_), low), by_), half), last);
      __builtin_memcpy(bytes + whole_, last, (size_t)(count - whole_));
    }
    range[0] = r.low, range[1] = r.high;
  }
}
void NAME(quantise)(float *values, int32_t maps, int32_t count, int64_t by, uint8_t *bytes, float *range) {
  UNDER_CONTROL(quantise_maps(values, maps, count, by, bytes, range));
}
