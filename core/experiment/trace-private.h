/* trace-private.h: how the runner fills a trace. */
#pragma once

#include "core/experiment/snapshots.h"
#include "core/experiment/trace.h"

G_BEGIN_DECLS

/* One run.  A worker writes a row into the columns, then publishes it by storing n_rows (release). */
typedef struct {
  gsize n_rows;
  int stop; /* TwStopReason */
  guint64 evaluations;
  double seconds;
  double *loss;      /* (K + 1) */
  double *grad_norm; /* (K + 1) */
  double *theta;     /* (K + 1, kept) */
  double *phi;       /* (K + 1, kept) or NULL */
  gsize n_measured;
  guint64 *metric_steps; /* (K / interval + 2) or NULL where there are no metrics */
  double *metrics;       /* (K / interval + 2, metrics) */
} TwTraceRun;

/* Bytes of the columns of one run, and whether those of a whole trace are too many. */
double tw_trace_column_bytes (const TwProblem *problem, gboolean attends, guint64 n_steps);
gboolean tw_trace_check_bytes (double bytes, GError **error);
/* `optimizers` (n) made for this problem, one per spec: what they attend and show is copied.
 * probe_bytes: the budget of probes, 0 for none. */
TwTrace *tw_trace_new (TwProblem *problem, TwOptimizer *const *optimizers, char *const *specs, gsize n,
                       gsize n_starts, guint64 n_steps, guint64 seed, gsize probe_bytes, GError **error);
TwTraceRun *tw_trace_get_run (TwTrace *trace, gsize optimizer, gsize start);
gsize tw_trace_get_n_sampled (const TwTrace *trace);    /* starts 0 to n - 1 have probes */
gsize tw_trace_get_n_probe_rows (const TwTrace *trace); /* and of these rows 0 to n - 1 */
/* Where row k of a sampled run goes: (count, width). */
float *tw_trace_get_probe_slot (TwTrace *trace, gsize optimizer, gsize start, gsize probe, gsize k);

/* Before the first step: keeps whole positions, within so many bytes; none for landscapes, whose positions are
 * kept anyway. */
void tw_trace_keep_snapshots (TwTrace *trace, gsize budget);
const TwSnapshots *tw_trace_get_snapshots (const TwTrace *trace); /* NULL: none */

/* After the row was written; readers may then use it. */
static inline void
tw_trace_run_publish (TwTraceRun *run, gsize n_rows)
{
  __atomic_store_n (&run->n_rows, n_rows, __ATOMIC_RELEASE);
}

/* Where the next metrics go, to be written before they are published by counting n_measured. */
static inline void
tw_trace_run_publish_metrics (TwTraceRun *run)
{
  __atomic_store_n (&run->n_measured, run->n_measured + 1, __ATOMIC_RELEASE);
}

static inline void
tw_trace_run_end (TwTraceRun *run, TwStopReason reason, guint64 evaluations, double seconds)
{
  __atomic_store_n (&run->evaluations, evaluations, __ATOMIC_RELAXED);
  __atomic_store (&run->seconds, &seconds, __ATOMIC_RELAXED);
  __atomic_store_n (&run->stop, reason, __ATOMIC_RELEASE);
}

G_END_DECLS
