#include "ui/curve-series.h"

#include <math.h>

#include "core/experiment/statistics.h"

#define MAX_SAMPLES 500000  /* of a curve of one start */
#define MAX_STATISTICS 1500 /* samples of a curve over many starts */

TwSeries *
tw_series_new (gsize optimizer, const TwLineStyle *style)
{
  TwSeries *series = g_new0 (TwSeries, 1);

  series->optimizer = optimizer;
  series->middle.style = series->low.style = series->high.style = style;
  series->middle.primary = TRUE;
  for (int i = 0; i < 3; i++)
    series->storage[i] = g_array_new (FALSE, FALSE, sizeof (double));
  return series;
}

void
tw_series_free (TwSeries *series)
{
  if (series == NULL)
    return;
  for (int i = 0; i < 3; i++)
    g_array_unref (series->storage[i]);
  g_free (series);
}

/* Rows for which every start has a number, where a run that diverged counts as infinite from there on.  So
 * that a curve does not end where the first of a hundred runs does. */
static gsize
count_rows (const TwTrace *trace, gsize optimizer, gsize n_starts)
{
  gsize rows = G_MAXSIZE, most = 0;

  for (gsize s = 0; s < n_starts; s++) {
    TwStopReason stop = tw_trace_get_stop_reason (trace, optimizer, s);
    gsize n = tw_trace_get_n_rows (trace, optimizer, s);
    most = MAX (most, n);
    if (stop != TW_STOP_DIVERGED)
      rows = MIN (rows, n);
  }
  return rows == G_MAXSIZE ? most : rows;
}

/* Of the starts that have such a number at all. */
static gsize
gather (TwMetric metric, const TwTrace *trace, gsize optimizer, gsize n_starts, gsize row, double *values)
{
  guint64 interval = tw_problem_get_metric_interval (tw_trace_get_problem (trace));
  gsize n = 0;

  if (tw_metric_is_sparse (metric) && row != tw_trace_get_n_steps (trace) && row % MAX (interval, 1) != 0)
    return 0;
  for (gsize s = 0; s < n_starts; s++) {
    double value = row < tw_trace_get_n_rows (trace, optimizer, s)
                     ? tw_metric_get_value (metric, trace, optimizer, s, row)
                     : INFINITY;
    if (!isnan (value))
      values[n++] = value;
  }
  return n;
}

static void
append (GArray *storage, double value)
{
  g_array_append_val (storage, value);
}

static void
publish (TwCurve *curve, const GArray *storage, gsize stride)
{
  curve->values = (const double *)(const void *)storage->data;
  curve->n = storage->len;
  curve->stride = stride;
}

void
tw_series_grow (TwSeries *series, TwMetric metric, const TwTrace *trace)
{
  gsize n_starts = MIN (tw_trace_get_n_starts (trace), TW_SERIES_MAX_STARTS);
  gsize K = tw_trace_get_n_steps (trace), most = n_starts > 1 ? MAX_STATISTICS : MAX_SAMPLES;
  /* What is measured now and then is asked for where it may be. */
  gsize stride = tw_metric_is_sparse (metric) ? tw_metric_get_interval (metric, trace) : K / most + 1;
  gsize rows = count_rows (trace, series->optimizer, n_starts);
  double values[TW_SERIES_MAX_STARTS];

  for (gsize row = series->storage[0]->len * stride; row < rows; row += stride) {
    if (n_starts == 1) {
      append (series->storage[0], tw_metric_get_value (metric, trace, series->optimizer, 0, row));
      continue;
    }
    gsize n = gather (metric, trace, series->optimizer, n_starts, row, values);
    append (series->storage[0], n > 0 ? tw_median (values, n) : NAN);
    append (series->storage[1], n > 0 ? tw_quantile (values, n, 0.25) : NAN);
    append (series->storage[2], n > 0 ? tw_quantile (values, n, 0.75) : NAN);
  }
  series->middle.bridged = tw_metric_is_sparse (metric);
  publish (&series->middle, series->storage[0], stride);
  publish (&series->low, series->storage[1], stride);
  publish (&series->high, series->storage[2], stride);
}

gboolean
tw_series_sample_at (const TwSeries *series, guint64 step, gsize *sample)
{
  if (series->middle.n == 0)
    return FALSE;
  *sample = MIN (step / MAX (series->middle.stride, 1), series->middle.n - 1);
  while (series->middle.bridged && *sample > 0 && isnan (series->middle.values[*sample]))
    (*sample)--;
  return TRUE;
}
