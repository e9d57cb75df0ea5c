#include "core/learned/vector-math.h"
#include "core/tasks/network-private.h"

/* Hendrycks and Gimpel 2016, the tanh form: x / 2 (1 + tanh (sqrt (2 / pi) (x + 0.044715 x^3))). */
#define GELU_SCALE ((TwReal)0.7978845608028654)
#define GELU_CUBIC ((TwReal)0.044715)

TW_VEC_INLINE TwVec
act (TwActivation activation, TwVec x)
{
  switch (activation) {
  case TW_ACT_RELU:
    return tw_vec_select (x < 0, (TwVec){}, x); /* NaN stays */
  case TW_ACT_TANH:
    return tw_vec_tanh (x);
  case TW_ACT_SIGMOID:
    return tw_vec_sigmoid (x);
  case TW_ACT_GELU:
    return (TwReal)0.5 * x * (1 + tw_vec_tanh (GELU_SCALE * (x + GELU_CUBIC * x * x * x)));
  default:
    return x;
  }
}

TW_VEC_INLINE TwVec
slope (TwActivation activation, TwVec out, TwVec x)
{
  switch (activation) {
  case TW_ACT_RELU:
    return tw_vec_select (out > 0, tw_vec_set (1), (TwVec){});
  case TW_ACT_TANH:
    return 1 - out * out;
  case TW_ACT_SIGMOID:
    return out * (1 - out);
  case TW_ACT_GELU: {
    TwVec t = tw_vec_tanh (GELU_SCALE * (x + GELU_CUBIC * x * x * x));
    return (TwReal)0.5 * (1 + t) + (TwReal)0.5 * x * (1 - t * t) * GELU_SCALE * (1 + 3 * GELU_CUBIC * x * x);
  }
  default:
    return tw_vec_set (1);
  }
}

/* One loop per activation, so that each is straight code. */
TW_VEC_INLINE void
map (TwActivation activation, gsize n, TwReal *values)
{
  gsize i = 0;

  for (; i + TW_LANES <= n; i += TW_LANES)
    tw_vec_store (values + i, act (activation, tw_vec_load (values + i)));
  if (i < n) {
    TwVec rest = {};
    memcpy (&rest, values + i, (n - i) * sizeof *values);
    rest = act (activation, rest);
    memcpy (values + i, &rest, (n - i) * sizeof *values);
  }
}

TW_VEC_INLINE void
map_back (TwActivation activation, gsize n, const TwReal *out, const TwReal *before, TwReal *delta)
{
  gsize i = 0;

  for (; i + TW_LANES <= n; i += TW_LANES) {
    TwVec x = before != NULL ? tw_vec_load (before + i) : (TwVec){};
    tw_vec_store (delta + i, tw_vec_load (delta + i) * slope (activation, tw_vec_load (out + i), x));
  }
  if (i < n) {
    TwVec o = {}, x = {}, d = {};
    gsize size = (n - i) * sizeof *out;
    memcpy (&o, out + i, size);
    memcpy (&d, delta + i, size);
    if (before != NULL)
      memcpy (&x, before + i, size);
    d *= slope (activation, o, x);
    memcpy (delta + i, &d, size);
  }
}

TW_KERNEL void
tw_activate (TwActivation activation, gsize n, TwReal *values, TwReal *before)
{
  switch (activation) {
  case TW_ACT_RELU:
    map (TW_ACT_RELU, n, values);
    break;
  case TW_ACT_TANH:
    map (TW_ACT_TANH, n, values);
    break;
  case TW_ACT_SIGMOID:
    map (TW_ACT_SIGMOID, n, values);
    break;
  case TW_ACT_GELU:
    memcpy (before, values, n * sizeof *values);
    map (TW_ACT_GELU, n, values);
    break;
  case TW_ACT_NONE:
    break;
  }
}

TW_KERNEL void
tw_activate_back (TwActivation activation, gsize n, const TwReal *out, const TwReal *before, TwReal *delta)
{
  switch (activation) {
  case TW_ACT_RELU:
    map_back (TW_ACT_RELU, n, out, NULL, delta);
    break;
  case TW_ACT_TANH:
    map_back (TW_ACT_TANH, n, out, NULL, delta);
    break;
  case TW_ACT_SIGMOID:
    map_back (TW_ACT_SIGMOID, n, out, NULL, delta);
    break;
  case TW_ACT_GELU:
    map_back (TW_ACT_GELU, n, out, before, delta);
    break;
  case TW_ACT_NONE:
    break;
  }
}
