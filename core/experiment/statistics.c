#include "core/experiment/statistics.h"

#include <math.h>

#include "core/random.h"

static int
compare (gconstpointer a, gconstpointer b, gpointer unused)
{
  double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

static double *
sorted (const double *values, gsize n)
{
  double *copy = g_memdup2 (values, n * sizeof *values);

  g_qsort_with_data (copy, (gint) n, sizeof *copy, compare, NULL);
  return copy;
}

static double
quantile_of_sorted (const double *values, gsize n, double q)
{
  double place = q * (double) (n - 1);
  gsize below = (gsize) floor (place);
  double share = place - (double) below;

  /* Not below + share * difference: with infinities that would be NaN where the share is 0. */
  if (share == 0 || values[below] == values[below + 1])
    return values[below];
  return (1 - share) * values[below] + share * values[below + 1];
}

double
tw_quantile (const double *values, gsize n, double q)
{
  g_return_val_if_fail (n >= 1 && q >= 0 && q <= 1, NAN);
  g_autofree double *copy = sorted (values, n);

  return quantile_of_sorted (copy, n, q);
}

double
tw_median (const double *values, gsize n)
{
  return tw_quantile (values, n, 0.5);
}

double
tw_mean (const double *values, gsize n)
{
  double sum = 0;

  for (gsize i = 0; i < n; i++)
    sum += values[i];
  return sum / (double) n;
}

double
tw_interquartile_mean (const double *values, gsize n)
{
  g_return_val_if_fail (n >= 1, NAN);
  g_autofree double *copy = sorted (values, n);
  double from = 0.25 * (double) n, to = 0.75 * (double) n, sum = 0;

  for (gsize i = 0; i < n; i++) {
    double weight = MIN ((double) (i + 1), to) - MAX ((double) i, from);
    if (weight > 0)
      sum += weight * copy[i];
  }
  return sum / (to - from);
}

void
tw_bootstrap_interval (const double *values, gsize n, TwStatistic statistic, double level, guint n_resamples,
                       guint64 seed, double *low, double *high)
{
  g_return_if_fail (n >= 1 && n_resamples >= 2 && level > 0 && level < 1);
  g_autofree double *resample = g_new (double, n);
  g_autofree double *found = g_new (double, n_resamples);

  for (guint b = 0; b < n_resamples; b++) {
    TwDraw draw = { seed, b };
    for (gsize i = 0; i < n; i++)
      resample[i] = values[(gsize) (tw_random_uniform (draw, i) * (double) n)];
    found[b] = statistic (resample, n);
  }
  g_autofree double *in_order = sorted (found, n_resamples);
  *low = quantile_of_sorted (in_order, n_resamples, (1 - level) / 2);
  *high = quantile_of_sorted (in_order, n_resamples, (1 + level) / 2);
}
