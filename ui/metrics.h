/* metrics.h: what can be drawn over the steps of a run. */
#pragma once

#include "core/experiment/trace.h"

G_BEGIN_DECLS

typedef enum {
  TW_METRIC_LOSS,
  TW_METRIC_EXCESS,   /* loss minus the known minimum */
  TW_METRIC_GRADIENT, /* norm, where it was taken */
  TW_METRIC_STEP,     /* distance from the iterate before, over the coordinates that are kept */
  TW_METRIC_RATE,     /* learning rate; of the learned optimizer the geometric mean over its coordinates */
  TW_METRIC_DISTANCE, /* to the nearest known minimum */
  TW_N_METRICS
} TwMetric;

const char *tw_metric_get_title (TwMetric metric); /* "Gradient norm" */
/* Why a problem has no such number, as a sentence; NULL where it has. */
const char *tw_metric_why_missing (TwMetric metric, const TwProblem *problem);
/* At a row that the run has.  NAN where there is no such number: no step leads to row 0, some optimizers have
 * no learning rate. */
double tw_metric_get_value (TwMetric metric, const TwTrace *trace, gsize optimizer, gsize start, gsize row);

G_END_DECLS
