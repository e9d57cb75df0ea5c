/* curve-series.h: a metric of all runs of a trace as curves: of one start as it is, of many the median and
 * the quartiles over the starts.
 *
 * Letters: O optimizers, N starts, K steps.
 */
#pragma once

#include "ui/drawing/curves.h"
#include "ui/drawing/metrics.h"
#include "ui/session.h"

G_BEGIN_DECLS

/* At most this many starts enter the quartiles: the first ones. */
#define TW_SERIES_MAX_STARTS 200

typedef struct {
  gsize optimizer;
  TwCurve middle;     /* of the only start, or the median */
  TwCurve low, high;  /* quartiles; n is 0 with one start */
  GArray *storage[3]; /* of double */
} TwSeries;

TwSeries *tw_series_new (gsize optimizer, const TwLineStyle *style);
void tw_series_free (TwSeries *series);
/* Adds the rows that have come since: of the same trace and metric as before. */
void tw_series_grow (TwSeries *series, TwMetric metric, const TwTrace *trace);
/* Index of the last sample at or before `step`; FALSE where there is none. */
gboolean tw_series_sample_at (const TwSeries *series, guint64 step, gsize *sample);

G_END_DECLS
