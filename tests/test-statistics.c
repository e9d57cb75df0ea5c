/* Quantiles, interquartile mean and bootstrap against values worked out by hand and by theory. */
#include <math.h>

#include "core/experiment/statistics.h"
#include "core/random.h"

#define NEAR(a, b) g_assert_cmpfloat_with_epsilon ((a), (b), 1e-12)

static void
test_quantiles (void)
{
  const double values[] = { 7, 1, 3, 5 }, ends[] = { INFINITY, 2, 1 };

  NEAR (tw_quantile (values, 4, 0), 1);
  NEAR (tw_quantile (values, 4, 1), 7);
  NEAR (tw_median (values, 4), 4);
  NEAR (tw_quantile (values, 4, 0.25), 2.5);
  NEAR (tw_quantile (values, 1, 0.3), 7);
  NEAR (tw_median (ends, 3), 2);
  g_assert_true (isinf (tw_quantile (ends, 3, 0.9)));
  NEAR (tw_mean (values, 4), 4);
}

static void
test_interquartile_mean (void)
{
  const double values[] = { 100, 1, 2, 3, 4, 5, 6, -50 }, odd[] = { 9, 1, 2 };

  NEAR (tw_interquartile_mean (values, 8), 3.5);
  /* n = 3: weights 0.25, 1, 0.25 over 1.5. */
  NEAR (tw_interquartile_mean (odd, 3), (0.25 * 1 + 2 + 0.25 * 9) / 1.5);
  NEAR (tw_interquartile_mean (odd, 1), 9);
}

static void
test_bootstrap (void)
{
  enum { N = 400 };
  double values[N], low, high, again_low, again_high;

  tw_random_normals ((TwDraw){ 3, 0 }, 0, N, values);
  tw_bootstrap_interval (values, N, tw_mean, 0.95, 2000, 1, &low, &high);
  tw_bootstrap_interval (values, N, tw_mean, 0.95, 2000, 1, &again_low, &again_high);
  g_assert_true (low == again_low && high == again_high);

  /* Theory: mean -+ 1.96 s / sqrt n; 2000 resamples leave a few percent of scatter. */
  double mean = tw_mean (values, N), squares = 0;
  for (int i = 0; i < N; i++)
    squares += (values[i] - mean) * (values[i] - mean);
  double half = 1.96 * sqrt (squares / N / N);
  g_assert_cmpfloat_with_epsilon (mean - low, half, 0.1 * half);
  g_assert_cmpfloat_with_epsilon (high - mean, half, 0.1 * half);

  tw_bootstrap_interval (values, 1, tw_median, 0.9, 10, 1, &low, &high);
  g_assert_true (low == values[0] && high == values[0]);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/statistics/quantiles", test_quantiles);
  g_test_add_func ("/statistics/interquartile-mean", test_interquartile_mean);
  g_test_add_func ("/statistics/bootstrap", test_bootstrap);
  return g_test_run ();
}
