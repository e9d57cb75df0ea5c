#include "core/evaluation/score.h"

#include <math.h>

#include "core/experiment/statistics.h"
#include "core/random.h"

#define LEVEL 0.95
#define RESAMPLES 1000
#define BOOTSTRAP_SEED 17

static double
ratio (double loss, double first, double minimum)
{
  return (loss - minimum) / (first - minimum + TW_SCORE_FLOOR) + TW_SCORE_FLOOR;
}

double
tw_score_mean_log_loss (const TwLosses *losses, guint64 n_steps, double minimum)
{
  double sum = 0, ceiling = log (TW_SCORE_CEILING);

  for (guint64 k = 1; k <= n_steps; k++)
    sum +=
      k < losses->n_rows
        ? log (CLAMP (ratio (losses->loss[k], losses->loss[0], minimum), TW_SCORE_FLOOR, TW_SCORE_CEILING))
        : ceiling;
  return sum / (double)n_steps;
}

static gsize
window_of (guint64 n_steps, gboolean stochastic)
{
  return stochastic ? (gsize)MAX (1, ceil (TW_SCORE_WINDOW * (double)n_steps)) : 1;
}

/* Mean of the rows up to k, `window` of them or as many as there are. */
static double
smoothed (const TwLosses *losses, gsize k, gsize window)
{
  gsize from = k + 1 > window ? k + 1 - window : 0;

  return tw_mean (losses->loss + from, k + 1 - from);
}

double
tw_score_final_loss (const TwLosses *losses, guint64 n_steps, gboolean stochastic)
{
  if (losses->n_rows <= n_steps)
    return INFINITY;
  return smoothed (losses, n_steps, window_of (n_steps, stochastic));
}

double
tw_score_lowest (const TwLosses *losses, guint64 n_steps)
{
  double lowest = INFINITY;

  for (gsize k = 0; k < losses->n_rows && k <= n_steps; k++)
    lowest = MIN (lowest, losses->loss[k]);
  return lowest;
}

/* The first of steps 1 .. n_steps at or below `level`; n_steps + 1 where there is none. */
static guint64
first_at (const TwLosses *losses, guint64 n_steps, double level, gsize window)
{
  guint64 k = 1;

  while (k <= n_steps && (k >= losses->n_rows || smoothed (losses, k, window) > level))
    k = k >= losses->n_rows ? n_steps + 1 : k + 1;
  return k;
}

/* The step from which on all up to K are at or below `level`; the last one is. */
static guint64
settled_at (const TwLosses *losses, guint64 n_steps, double level, gsize window)
{
  guint64 k = n_steps;

  while (k > 1 && smoothed (losses, k - 1, window) <= level)
    k--;
  return k;
}

double
tw_score_speed_up (const TwLosses *fast, const TwLosses *slow, guint64 n_steps, guint64 slow_steps,
                   double minimum, gboolean stochastic, gboolean *capped)
{
  gsize window = window_of (n_steps, stochastic);

  *capped = FALSE;
  if (fast->n_rows == 0)
    return 1; /* the start itself is not finite, for both */
  double above = fast->loss[0] - minimum, final = tw_score_final_loss (fast, n_steps, stochastic);
  if (!(above > 0))
    return 1; /* nothing to do, for both */
  if (!(final < fast->loss[0]))
    return 1 / (double)n_steps;
  double left = MAX (0, final - minimum) / above;
  double level = minimum + above * MAX (MIN (1.1 * left, (1 + left) / 2), TW_SCORE_FLOOR);
  guint64 slow_at = first_at (slow, slow_steps, level, window);
  *capped = slow_at > slow_steps;
  return (double)MIN (slow_at, slow_steps) / (double)settled_at (fast, n_steps, level, window);
}

static TwEstimate
estimate (const double *values, gsize n, TwStatistic statistic)
{
  TwEstimate e = { .value = statistic (values, n) };

  tw_bootstrap_interval (values, n, statistic, LEVEL, RESAMPLES, BOOTSTRAP_SEED, &e.low, &e.high);
  return e;
}

TwEstimate
tw_estimate_mean (const double *values, gsize n)
{
  return estimate (values, n, tw_mean);
}

TwEstimate
tw_estimate_median (const double *values, gsize n)
{
  return estimate (values, n, tw_median);
}

static double
geometric_mean (const double *values, gsize n)
{
  double sum = 0;

  for (gsize i = 0; i < n; i++)
    sum += log (values[i]);
  return exp (sum / (double)n);
}

TwEstimate
tw_estimate_geometric_mean (const double *values, gsize n)
{
  return estimate (values, n, geometric_mean);
}

TwEstimate
tw_estimate_over_problems (const double *values, gsize n_problems, gsize n_seeds, gboolean in_logs)
{
  TwStatistic statistic = in_logs ? geometric_mean : tw_mean;
  g_autofree double *of_problem = g_new (double, n_problems), *resample = g_new (double, n_seeds);
  g_autofree double *found = g_new (double, RESAMPLES);
  TwEstimate e;

  for (gsize p = 0; p < n_problems; p++)
    of_problem[p] = statistic (values + p * n_seeds, n_seeds);
  e.value = tw_interquartile_mean (of_problem, n_problems);
  for (guint b = 0; b < RESAMPLES; b++) {
    TwDraw draw = { BOOTSTRAP_SEED, b };
    for (gsize p = 0; p < n_problems; p++) {
      for (gsize s = 0; s < n_seeds; s++)
        resample[s] =
          values[p * n_seeds + (gsize)(tw_random_uniform (draw, p * n_seeds + s) * (double)n_seeds)];
      of_problem[p] = statistic (resample, n_seeds);
    }
    found[b] = tw_interquartile_mean (of_problem, n_problems);
  }
  e.low = tw_quantile (found, RESAMPLES, (1 - LEVEL) / 2);
  e.high = tw_quantile (found, RESAMPLES, (1 + LEVEL) / 2);
  return e;
}
