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
  /* Of networks that learn from data, at the steps where they are measured (report_every): */
  TW_METRIC_TRAIN_LOSS, /* over all rows that are trained on */
  TW_METRIC_TEST_LOSS,  /* over the rows held out */
  TW_METRIC_TEST_ACCURACY,
  TW_N_METRICS
} TwMetric;

const char *tw_metric_get_title (TwMetric metric); /* "Gradient norm" */
/* Metrics 0 to n - 1 mean something for this problem, whether or not it has them. */
gsize tw_metric_count (const TwProblem *problem);
/* Why a problem has no such number, as a sentence; NULL where it has. */
const char *tw_metric_why_missing (TwMetric metric, const TwProblem *problem);
/* It is measured at some steps only: its curve joins what there is. */
gboolean tw_metric_is_sparse (TwMetric metric);
/* Every how many steps it may be measured, the last one included: 1 where it is not sparse. */
gsize tw_metric_get_interval (TwMetric metric, const TwTrace *trace);
/* A logarithm makes sense of it. */
gboolean tw_metric_may_be_log (TwMetric metric);
/* At a row that the run has.  NAN where there is no such number: no step leads to row 0, some optimizers have
 * no learning rate, and networks are measured now and then. */
double tw_metric_get_value (TwMetric metric, const TwTrace *trace, gsize optimizer, gsize start, gsize row);

G_END_DECLS
