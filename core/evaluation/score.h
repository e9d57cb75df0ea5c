/* score.h: what is told of one run, from its losses alone, and estimates over several.
 *
 * Letters: K steps of the horizon, f_0 .. f_K the losses of a run, f* the minimum, N seeds, P problems.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The logs that are averaged stay within log(1e-6) .. log(1e6); what was not reached counts as the latter. */
#define TW_SCORE_FLOOR 1e-6
#define TW_SCORE_CEILING 1e6
/* Losses of a run whose objective changes from step to step are averaged over this share of the steps. */
#define TW_SCORE_WINDOW 0.02

/* The losses of a run, rows 0 to n_rows - 1; fewer than were asked for where it diverged. */
typedef struct {
  gsize n_rows;
  gboolean diverged;
  double minimum; /* f* of the problem that its seed made, NAN where it is not known */
  double *loss;
} TwLosses;

/* 1/K sum over k = 1 .. K of log(r_k), r_k = (f_k - f*) / (f_0 - f* + 1e-6) + 1e-6 within 1e-6 .. 1e6; rows
 * that a diverged run did not reach count as 1e6.  Rows past K do not count. */
double tw_score_mean_log_loss (const TwLosses *losses, guint64 n_steps, double minimum);
/* f_K, or the mean of the last 2 % of rows where the objective is `stochastic`.  Infinite if diverged. */
double tw_score_final_loss (const TwLosses *losses, guint64 n_steps, gboolean stochastic);
/* The lowest loss of rows 0 .. K; infinite where there is none. */
double tw_score_lowest (const TwLosses *losses, guint64 n_steps);

/* How many times more steps `slow` needs to come down to where `fast` ends: the level is 1.1 times the last
 * r_k of `fast` (half way to 1 where that is more, and at least 1e-6), the answer the first step of `slow` at
 * or below it over the step from which `fast` stays there.  Where `slow` never gets there it counts as
 * `slow_steps`, all it was run for; then *capped is set.  Where `fast` ends no lower than it began, or
 * diverges, it counts as K steps against 1.  Losses of a `stochastic` objective are first averaged over the
 * preceding 2 % of K. */
double tw_score_speed_up (const TwLosses *fast, const TwLosses *slow, guint64 n_steps, guint64 slow_steps,
                          double minimum, gboolean stochastic, gboolean *capped);

typedef struct {
  double value, low, high; /* low .. high: bootstrap 95 % interval */
} TwEstimate;

/* Of a statistic of values (n), by resampling them. */
TwEstimate tw_estimate_mean (const double *values, gsize n);
TwEstimate tw_estimate_median (const double *values, gsize n);
TwEstimate tw_estimate_geometric_mean (const double *values, gsize n);
/* The interquartile mean over problems of each one's mean over seeds: values (P, N), seeds resampled within
 * every problem.  `in_logs`: of geometric means, and all values are above 0. */
TwEstimate tw_estimate_over_problems (const double *values, gsize n_problems, gsize n_seeds,
                                      gboolean in_logs);

G_END_DECLS
