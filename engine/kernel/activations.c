/* Activations on sixteen examples: A = f(Z), and dZ = dA f'(Z) in place. A row here for each entry of the registry. */
#include "activations.h"

#define GELU_SCALE ((real)0.7978845608028654)
#define GELU_CUBE ((real)0.044715)
#define SELU_SCALE ((real)1.0507009873554805)
#define SELU_ALPHA ((real)1.6732632423543772)
#define MISH_FLAT 20.0f /* from there on tanh(softplus(z)) is 1, in float64 too, and e^2z is a float32 */

INLINE V step_of(V z) { return positive(z, one(), zero()); }
INLINE V elu(V z, V alpha) { return add(mul(vexpm1(at_most(z, zero())), alpha), at_least(z, zero())); }
INLINE V elu_slope(V z, V alpha) { return positive(z, one(), mul(vexp(at_most(z, zero())), alpha)); }
INLINE V gelu_tanh(V z) { return vtanh(mul(mul(add(mul(mul(z, z), all(GELU_CUBE)), one()), z), all(GELU_SCALE))); }
INLINE V gelu(V z) { return mul(mul(add(gelu_tanh(z), one()), all(0.5f)), z); }
INLINE V gelu_slope(V z) {
  V t = gelu_tanh(z), inner = mul(add(mul(mul(z, z), all(3 * GELU_CUBE * GELU_SCALE)), all(GELU_SCALE)), z);
  return mul(add(add(mul(inner, sub(one(), mul(t, t))), t), one()), all(0.5f));
}
INLINE V silu_slope(V z) {
  V p = vsigmoid(z);
  return mul(p, add(mul(sub(one(), p), z), one()));
}
INLINE V mish(V z) {
  V e = vexp(at_most(z, all(MISH_FLAT))), n = mul(add(e, all(2.0f)), e);
  return mul(quot(n, add(n, all(2.0f))), z);
}
INLINE V mish_slope(V z) {
  V low = at_most(z, all(MISH_FLAT)), e = vexp(low), q = add(mul(add(e, all(2.0f)), e), all(2.0f));
  V d = mul(quot(mul(add(e, one()), e), q), low); /* not z: the term would grow again past 1e10 */
  return add(quot(sub(mul(d, all(4.0f)), all(2.0f)), q), one());
}

#define CASE(code, expression) \
  case code:                   \
    for (int u = 0; u < n; u++) { V z = get(Z + u); put(A + u, expression); } \
    break;
void NAME(activate)(int code, const V *parameter, const V *Z, V *A, int n) {
  V p = get(parameter);
  switch (code) {
    CASE(SIGMOID, vsigmoid(z))
    CASE(TANH, vtanh(z))
    CASE(RELU, at_least(z, zero()))
    CASE(LEAKY_RELU, positive(z, z, mul(z, p)))
    CASE(PRELU, add(mul(at_most(z, zero()), p), at_least(z, zero())))
    CASE(ELU, elu(z, p))
    CASE(SELU, mul(elu(z, all(SELU_ALPHA)), all(SELU_SCALE)))
    CASE(SOFTPLUS, vsoftplus(z))
    CASE(GAUSSIAN, vexp(negative(mul(z, z))))
    CASE(GELU, gelu(z))
    CASE(SILU, mul(vsigmoid(z), z))
    CASE(MISH, mish(z))
    CASE(SINE, vsincos(z).sine)
    CASE(LINEAR, z)
  }
}
#undef CASE
#define CASE(code, expression) \
  case code:                   \
    for (int u = 0; u < n; u++) { V z = get(Z + u), a = get(A + u); (void)z; (void)a; put(dA + u, mul(get(dA + u), expression)); } \
    break;
void NAME(slope)(int code, const V *parameter, const V *Z, const V *A, V *dA, int n) {
  V p = get(parameter);
  switch (code) {
    CASE(SIGMOID, mul(sub(one(), a), a))
    CASE(TANH, sub(one(), mul(a, a)))
    CASE(RELU, step_of(a))
    CASE(LEAKY_RELU, positive(z, one(), p))
    CASE(PRELU, positive(z, one(), p))
    CASE(ELU, elu_slope(z, p))
    CASE(SELU, mul(elu_slope(z, all(SELU_ALPHA)), all(SELU_SCALE)))
    CASE(SOFTPLUS, vsigmoid(z))
    CASE(GAUSSIAN, mul(mul(z, a), all(-2.0f)))
    CASE(GELU, gelu_slope(z))
    CASE(SILU, silu_slope(z))
    CASE(MISH, mish_slope(z))
    CASE(SINE, vsincos(z).cosine)
    case LINEAR: break;
  }
}
#undef CASE
