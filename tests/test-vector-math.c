/* The vector functions against libm in long double, over the ranges they are used in and beyond. */
#include <float.h>
#include <math.h>

#include "core/learned/vector-math.h"

#ifdef TW_REAL_DOUBLE
#define EPSILON DBL_EPSILON
#else
#define EPSILON FLT_EPSILON
#endif

#define APPLY(name)                                                                                          \
  TW_KERNEL static void apply_##name (gsize n, const TwReal *x, TwReal *y)                                   \
  {                                                                                                          \
    for (gsize i = 0; i < n; i += TW_LANES)                                                                  \
      tw_vec_store (y + i, tw_vec_##name (tw_vec_load (x + i)));                                             \
  }
APPLY (sqrt)
APPLY (exp)
APPLY (log)
APPLY (asinh)
APPLY (tanh)
APPLY (sigmoid)

static long double
sigmoid_l (long double x)
{
  return 1 / (1 + expl (-x));
}

typedef struct {
  const char *name;
  void (*apply) (gsize n, const TwReal *x, TwReal *y);
  long double (*exact) (long double x);
  double low, high; /* of x, or with `decades` of its magnitude */
  gboolean decades; /* spaced evenly in log |x|, both signs unless low is for positive x only */
  gboolean positive;
  double most; /* units in the last place */
} Function;

static const Function functions[] = {
  { "sqrt", apply_sqrt, sqrtl, 1e-30, 1e30, TRUE, TRUE, 0.51 },
  { "exp", apply_exp, expl, -86.9, 87.9, FALSE, FALSE, 2 },
  { "exp near 0", apply_exp, expl, 1e-10, 1, TRUE, FALSE, 2 },
  { "log", apply_log, logl, 1e-37, 1e38, TRUE, TRUE, 2 },
  { "log near 1", apply_log, logl, 0.5, 2, FALSE, TRUE, 2 },
  { "asinh", apply_asinh, asinhl, 1e-12, 1e17, TRUE, FALSE, 3 },
  { "asinh near 0", apply_asinh, asinhl, -2, 2, FALSE, FALSE, 3 },
  { "tanh", apply_tanh, tanhl, 1e-12, 1e17, TRUE, FALSE, 3 },
  { "tanh near 0", apply_tanh, tanhl, -12, 12, FALSE, FALSE, 3 },
  { "sigmoid", apply_sigmoid, sigmoid_l, -86, 86, FALSE, FALSE, 3 },
};

#define N 200000

static void
test_accuracy (gconstpointer data)
{
  const Function *f = data;
  g_autofree TwReal *x = g_new (TwReal, N), *y = g_new (TwReal, N);
  double worst = 0, at = 0;

  for (gsize i = 0; i < N; i++) {
    double part = (i / 2 * 2 + 0.5) / N;
    x[i] = f->decades ? f->low * pow (f->high / f->low, part) : f->low + (f->high - f->low) * (i + 0.5) / N;
    if (f->decades && !f->positive && i % 2)
      x[i] = -x[i];
  }
  f->apply (N, x, y);
  for (gsize i = 0; i < N; i++) {
    long double exact = f->exact (x[i]);
    double error = fabsl (y[i] - exact) / (fabsl (exact) * EPSILON);

    if (!(error <= worst)) {
      worst = error;
      at = x[i];
    }
  }
  g_test_message ("%s: %.2f ulp at %g", f->name, worst, at);
  g_assert_cmpfloat (worst, <=, f->most);
}

/* What the Parameter RNN is made of: gated(), gru_mix(), and NaN in one lane only. */
TW_KERNEL static void
apply_gates (gsize n, const TwReal *u, const TwReal *c, const TwReal *h, TwReal *gated, TwReal *mixed)
{
  for (gsize i = 0; i < n; i += TW_LANES) {
    tw_vec_store (gated + i, tw_vec_gated (tw_vec_load (u + i), tw_vec_load (h + i)));
    tw_vec_store (mixed + i, tw_vec_gru_mix (tw_vec_load (u + i), tw_vec_load (c + i), tw_vec_load (h + i)));
  }
}

static void
test_gates (void)
{
  g_autofree TwReal *v = g_new (TwReal, 5 * N);
  TwReal *u = v, *c = v + N, *h = v + 2 * N, *gated = v + 3 * N, *mixed = v + 4 * N;
  g_autoptr (GRand) random = g_rand_new_with_seed (3);

  for (gsize i = 0; i < N; i++) {
    double range = i % 3 == 0 ? 1 : i % 3 == 1 ? 10 : 200;
    u[i] = g_rand_double_range (random, -range, range);
    c[i] = g_rand_double_range (random, -range, range);
    h[i] = g_rand_double_range (random, -1.5, 1.5);
  }
  apply_gates (N, u, c, h, gated, mixed);
  for (gsize i = 0; i < N; i++) {
    double s = sigmoid_l (u[i]);

    g_assert_cmpfloat (fabs (gated[i] - s * h[i]), <=, 3 * EPSILON);
    g_assert_cmpfloat (fabs (mixed[i] - (s * h[i] + (1 - s) * tanh (c[i]))), <=, 4 * EPSILON);
  }
}

static void
test_lanes (void)
{
  for (gsize f = 0; f < G_N_ELEMENTS (functions); f++)
    for (gsize lane = 0; lane < TW_LANES; lane++) {
      TwReal x[TW_LANES], y[TW_LANES], z[TW_LANES];

      for (gsize i = 0; i < TW_LANES; i++)
        x[i] = 0.3 + i;
      functions[f].apply (TW_LANES, x, y);
      x[lane] = NAN;
      functions[f].apply (TW_LANES, x, z);
      for (gsize i = 0; i < TW_LANES; i++)
        if (i == lane)
          g_assert_true (isnan (z[i]));
        else
          g_assert_true (y[i] == z[i]);
      /* the same value in any lane is the same result */
      for (gsize i = 0; i < TW_LANES; i++)
        x[i] = 1.7;
      functions[f].apply (TW_LANES, x, y);
      for (gsize i = 1; i < TW_LANES; i++)
        g_assert_true (y[i] == y[0]);
    }
}

TW_KERNEL static void
lane_tools (const TwReal *x, gsize n, TwReal *out, TwReal *clamped, TwReal *sum)
{
  TwVec v = tw_vec_load (x);
  tw_vec_store (out, tw_vec_select (tw_vec_first_lanes (n), v, tw_vec_set (-1)));
  tw_vec_store (clamped, tw_vec_clamp (v, 1, 2));
  *sum = tw_vec_sum (v);
}

static void
test_lane_tools (void)
{
  TwReal x[TW_LANES + 1], out[TW_LANES], clamped[TW_LANES], sum;

  for (gsize i = 0; i <= TW_LANES; i++)
    x[i] = i;
  for (gsize n = 0; n <= TW_LANES; n++) {
    lane_tools (x + 1, n, out, clamped, &sum); /* not aligned */
    g_assert_cmpfloat (sum, ==, TW_LANES * (TW_LANES + 1) / 2);
    for (gsize i = 0; i < TW_LANES; i++) {
      g_assert_cmpfloat (out[i], ==, i < n ? x[i + 1] : -1);
      g_assert_cmpfloat (clamped[i], ==, CLAMP (x[i + 1], 1, 2));
    }
  }
  x[1] = NAN;
  x[2] = INFINITY;
  lane_tools (x + 1, 0, out, clamped, &sum);
  g_assert_true (isnan (clamped[0]));
  g_assert_cmpfloat (clamped[1], ==, 2);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize f = 0; f < G_N_ELEMENTS (functions); f++) {
    g_autofree char *path = g_strdup_printf ("/vector-math/accuracy/%s", functions[f].name);
    g_test_add_data_func (path, &functions[f], test_accuracy);
  }
  g_test_add_func ("/vector-math/gates", test_gates);
  g_test_add_func ("/vector-math/lanes", test_lanes);
  g_test_add_func ("/vector-math/lane-tools", test_lane_tools);
  return g_test_run ();
}
