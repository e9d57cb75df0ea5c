#include "ui/drawing/metrics.h"

#include <math.h>
#include <string.h>

const char *
tw_metric_get_title (TwMetric metric)
{
  static const char *const titles[TW_N_METRICS] = {
    [TW_METRIC_LOSS] = "Loss",
    [TW_METRIC_EXCESS] = "Loss above minimum",
    [TW_METRIC_GRADIENT] = "Gradient norm",
    [TW_METRIC_STEP] = "Step length",
    [TW_METRIC_RATE] = "Learning rate",
    [TW_METRIC_DISTANCE] = "Distance to minimum",
    [TW_METRIC_TRAIN_LOSS] = "Training loss",
    [TW_METRIC_TEST_LOSS] = "Test loss",
    [TW_METRIC_TEST_ACCURACY] = "Test accuracy",
  };

  g_return_val_if_fail (metric < TW_N_METRICS, NULL);
  return titles[metric];
}

/* Its column among those of the problem; -1: it has none. */
static int
measured_column (TwMetric metric, const TwProblem *problem)
{
  static const char *const names[] = { "train_loss", "test_loss", "test_accuracy" };
  gsize n;
  const char *const *own = tw_problem_get_metric_names (problem, &n);

  for (gsize i = 0; i < n && tw_metric_is_sparse (metric); i++)
    if (strcmp (own[i], names[metric - TW_METRIC_TRAIN_LOSS]) == 0)
      return (int)i;
  return -1;
}

gboolean
tw_metric_is_sparse (TwMetric metric)
{
  return metric >= TW_METRIC_TRAIN_LOSS;
}

gboolean
tw_metric_may_be_log (TwMetric metric)
{
  return metric != TW_METRIC_TEST_ACCURACY;
}

gsize
tw_metric_count (const TwProblem *problem)
{
  gsize n = TW_N_METRICS;

  while (n > TW_METRIC_TRAIN_LOSS && measured_column ((TwMetric)(n - 1), problem) < 0)
    n--;
  return n;
}

gsize
tw_metric_get_interval (TwMetric metric, const TwTrace *trace)
{
  guint64 a = tw_trace_get_n_steps (trace), b = tw_problem_get_metric_interval (tw_trace_get_problem (trace));

  if (!tw_metric_is_sparse (metric))
    return 1;
  while (b > 0) { /* their greatest common divisor */
    guint64 rest = a % b;
    a = b;
    b = rest;
  }
  return (gsize)MAX (a, 1);
}

const char *
tw_metric_why_missing (TwMetric metric, const TwProblem *problem)
{
  const double *minima;

  if (tw_metric_is_sparse (metric) && measured_column (metric, problem) < 0)
    return metric == TW_METRIC_TEST_ACCURACY ? "Only networks that tell classes apart have an accuracy."
                                             : "Only networks that learn from data have rows to measure it on.";
  if (tw_metric_is_sparse (metric) && tw_problem_get_metric_interval (problem) == 0)
    return "It is measured after the last step only; with report_every=50 in the settings of the problem also after "
           "every 50th.";

  if (metric == TW_METRIC_EXCESS && !isfinite (tw_problem_get_minimum (problem)))
    return "The least loss of this problem is not known, so nothing can be measured from it.";
  if (metric == TW_METRIC_DISTANCE && (tw_problem_get_minima (problem, &minima) == 0 ||
                                       tw_problem_get_dim (problem) > TW_TRACE_MAX_COORDINATES))
    return "It is not known where the minimum of this problem is, so there is no distance to it.";
  return NULL;
}

static double
distance (const double *a, const double *b, gsize n)
{
  double sum = 0;

  for (gsize i = 0; i < n; i++)
    sum += (a[i] - b[i]) * (a[i] - b[i]);
  return sqrt (sum);
}

static double
distance_to_minimum (const TwTrace *trace, const double *theta)
{
  const double *minima;
  const TwProblem *problem = tw_trace_get_problem (trace);
  gsize n = tw_problem_get_minima (problem, &minima), D = tw_problem_get_dim (problem);
  double least = INFINITY;

  if (D != tw_trace_get_n_coordinates (trace))
    return NAN;
  for (gsize i = 0; i < n; i++)
    least = MIN (least, distance (theta, minima + i * D, D));
  return n > 0 ? least : NAN;
}

static double
learning_rate (const TwTrace *trace, gsize optimizer, gsize start, gsize row)
{
  gsize n, count;
  const TwProbe *probes = tw_trace_get_probes (trace, optimizer, &n);

  if (row == 0)
    return NAN; /* what belongs to a step is 0 before the first */
  for (gsize p = 0; p < n; p++) {
    gboolean is_log = strcmp (probes[p].name, "log_lr") == 0;
    if (!is_log && strcmp (probes[p].name, "lr") != 0)
      continue;
    const float *values = tw_trace_get_probe (trace, optimizer, start, p, row, &count);
    double sum = 0;
    if (values == NULL || count == 0)
      return NAN;
    for (gsize i = 0; i < count; i++)
      sum += (double)values[i];
    return is_log ? exp (sum / (double)count) : sum / (double)count;
  }
  return NAN;
}

/* What was measured at exactly this row. */
static double
measured (TwMetric metric, const TwTrace *trace, gsize optimizer, gsize start, gsize row)
{
  gsize low = 0, high = tw_trace_get_n_metric_rows (trace, optimizer, start), n = high, width;
  const guint64 *steps = tw_trace_get_metric_steps (trace, optimizer, start);
  int column = measured_column (metric, tw_trace_get_problem (trace));

  tw_problem_get_metric_names (tw_trace_get_problem (trace), &width);
  while (low < high) {
    gsize middle = (low + high) / 2;
    if (steps[middle] < row)
      low = middle + 1;
    else
      high = middle;
  }
  if (column < 0 || low >= n || steps[low] != row)
    return NAN;
  return tw_trace_get_metrics (trace, optimizer, start)[low * width + (gsize)column];
}

double
tw_metric_get_value (TwMetric metric, const TwTrace *trace, gsize optimizer, gsize start, gsize row)
{
  gsize stride = tw_trace_get_n_coordinates (trace);
  const double *theta = tw_trace_get_theta (trace, optimizer, start);

  switch (metric) {
  case TW_METRIC_LOSS:
    return tw_trace_get_loss (trace, optimizer, start)[row];
  case TW_METRIC_EXCESS:
    return tw_trace_get_loss (trace, optimizer, start)[row] -
           tw_problem_get_minimum (tw_trace_get_problem (trace));
  case TW_METRIC_GRADIENT:
    return tw_trace_get_grad_norm (trace, optimizer, start)[row];
  case TW_METRIC_STEP:
    return row > 0 ? distance (theta + row * stride, theta + (row - 1) * stride, stride) : NAN;
  case TW_METRIC_RATE:
    return learning_rate (trace, optimizer, start, row);
  case TW_METRIC_DISTANCE:
    return distance_to_minimum (trace, theta + row * stride);
  case TW_METRIC_TRAIN_LOSS:
  case TW_METRIC_TEST_LOSS:
  case TW_METRIC_TEST_ACCURACY:
    return measured (metric, trace, optimizer, start, row);
  case TW_N_METRICS:
  default:
    g_return_val_if_reached (NAN);
  }
}
