#include "ui/metrics.h"

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
  };

  g_return_val_if_fail (metric < TW_N_METRICS, NULL);
  return titles[metric];
}

const char *
tw_metric_why_missing (TwMetric metric, const TwProblem *problem)
{
  const double *minima;

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
  case TW_N_METRICS:
  default:
    g_return_val_if_reached (NAN);
  }
}
