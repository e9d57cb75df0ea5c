/* statistics.h: what comparisons report of a handful of runs. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Quantile q in [0, 1] of values (n >= 1), by linear interpolation (type 7 of Hyndman and Fan 1996).
 * Infinite values sort to the ends; NaN is not allowed. */
double tw_quantile (const double *values, gsize n, double q);
double tw_median (const double *values, gsize n);
/* Mean of the middle half, with fractional weights at its edges (Agarwal et al. 2021). */
double tw_interquartile_mean (const double *values, gsize n);
double tw_mean (const double *values, gsize n);

/* The percentile bootstrap (Efron 1979): the central `level` (0.95) of the statistic over resamples with
 * replacement.  Deterministic for a seed. */
typedef double (*TwStatistic) (const double *values, gsize n);
void tw_bootstrap_interval (const double *values, gsize n, TwStatistic statistic, double level, guint n_resamples,
                            guint64 seed, double *low, double *high);

G_END_DECLS
