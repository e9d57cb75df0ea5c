/* trace.h: what happened: everything recorded while an experiment ran.
 *
 * Memory is taken before the first step and bounded: see tw_trace_get_bytes().  A trace is filled by worker
 * threads while others read: rows below tw_trace_get_n_rows() of a run are final.
 *
 * Losses, gradient norms and positions are exact and complete, and refused beforehand where they would need
 * more than TW_TRACE_COLUMN_BYTES.  Probes are a sample: if those of all runs would need more than their
 * budget, only the first starts are sampled, the same for every optimizer; if one start is still too much,
 * only its first rows.
 *
 * Letters: O optimizers, N starts, K steps (rows 0 to K), D coordinates.
 */
#pragma once

#include "core/optimizers/optimizer.h"

G_BEGIN_DECLS

typedef struct _TwTrace TwTrace;

/* At most this many bytes of probes per trace; runs and rows beyond it are not sampled. */
#define TW_TRACE_PROBE_BYTES ((gsize)256 << 20)
/* At most this many bytes of losses, gradient norms and positions. */
#define TW_TRACE_COLUMN_BYTES ((gsize)2 << 30)
/* Problems of more coordinates than this keep an evenly spaced sample of them. */
#define TW_TRACE_MAX_COORDINATES 64

typedef enum {
  TW_STOP_RUNNING,   /* not ended yet */
  TW_STOP_BUDGET,    /* all steps done */
  TW_STOP_CONVERGED, /* all steps done, and the last gradient is below 1e-9 times (1 + the first) */
  TW_STOP_DIVERGED,  /* loss, gradient or a coordinate stopped being finite; rows end before that */
  TW_STOP_CANCELLED, /* the user stopped it */
} TwStopReason;

TwTrace *tw_trace_ref (TwTrace *trace);
void tw_trace_unref (TwTrace *trace);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwTrace, tw_trace_unref)

TwProblem *tw_trace_get_problem (const TwTrace *trace); /* (transfer none) */
gsize tw_trace_get_n_optimizers (const TwTrace *trace); /* O */
gsize tw_trace_get_n_starts (const TwTrace *trace);     /* N */
guint64 tw_trace_get_n_steps (const TwTrace *trace);    /* K as asked for */
guint64 tw_trace_get_seed (const TwTrace *trace);
const char *tw_trace_get_optimizer_spec (const TwTrace *trace, gsize optimizer);
gsize tw_trace_get_bytes (const TwTrace *trace); /* all memory it holds */
gboolean tw_trace_attends (const TwTrace *trace, gsize optimizer);
/* Coordinates that are kept: all where D <= TW_TRACE_MAX_COORDINATES. */
gsize tw_trace_get_n_coordinates (const TwTrace *trace);
const gsize *tw_trace_get_coordinates (const TwTrace *trace); /* (n) row of each, ascending */
/* Of kept coordinate i: its tensor, and its name: "x", "y", or "weights[12]". */
gsize tw_trace_get_coordinate_tensor (const TwTrace *trace, gsize i);
char *tw_trace_name_coordinate (const TwTrace *trace, gsize i);

/* Of run (optimizer, start): rows recorded so far (0 to K + 1), and the columns. */
gsize tw_trace_get_n_rows (const TwTrace *trace, gsize optimizer, gsize start);
const double *tw_trace_get_loss (const TwTrace *trace, gsize optimizer, gsize start); /* (rows) at theta */
const double *tw_trace_get_grad_norm (const TwTrace *trace, gsize optimizer,
                                      gsize start); /* (rows) where taken */
const double *tw_trace_get_theta (const TwTrace *trace, gsize optimizer, gsize start); /* (rows, kept) */
const double *tw_trace_get_phi (const TwTrace *trace, gsize optimizer, gsize start);   /* same, or NULL */
TwStopReason tw_trace_get_stop_reason (const TwTrace *trace, gsize optimizer, gsize start);
/* One word: "budget", "converged", "diverged", "cancelled", "running". */
const char *tw_stop_reason_name (TwStopReason reason);
/* In words: "diverged at step 37", the first step where something was not finite. */
char *tw_trace_describe_stop (const TwTrace *trace, gsize optimizer, gsize start);
/* Of all starts: "97 ran all steps, 3 diverged"; of a single one as above. */
char *tw_trace_describe_stops (const TwTrace *trace, gsize optimizer);
/* Evaluations of the loss or the gradient (or both in one) that this run used. */
guint64 tw_trace_get_evaluations (const TwTrace *trace, gsize optimizer, gsize start);
/* Its share of the time its batch took; 0 until it has ended. */
double tw_trace_get_seconds (const TwTrace *trace, gsize optimizer, gsize start);

/* Metrics of the problem (tw_problem_get_metric_names), measured at step 0, at every interval and at step K:
 * rows so far, the step of each, and values (rows, metrics). */
gsize tw_trace_get_n_metric_rows (const TwTrace *trace, gsize optimizer, gsize start);
const guint64 *tw_trace_get_metric_steps (const TwTrace *trace, gsize optimizer, gsize start);
const double *tw_trace_get_metrics (const TwTrace *trace, gsize optimizer, gsize start);
/* Those at step K; NULL where the run did not get there or there are none. */
const double *tw_trace_get_final_metrics (const TwTrace *trace, gsize optimizer, gsize start);

/* Probes of an optimizer.  Row k holds the state after k updates (row 0: before the first), as theta does. */
const TwProbe *tw_trace_get_probes (const TwTrace *trace, gsize optimizer, gsize *n);
/* (count, width) at row k: of all kept coordinates, all tensors, or the run (count 1).
 * NULL where this run or row was not sampled. */
const float *tw_trace_get_probe (const TwTrace *trace, gsize optimizer, gsize start, gsize probe, gsize k,
                                 gsize *count);

/* Whole positions at a few steps (snapshots.h), where they are kept: tw_runner_start_watched().  Their steps (n),
 * the same for every run; n is 0 where there are none.  Of starts from the n-th on none are kept. */
const guint64 *tw_trace_get_snapshot_steps (const TwTrace *trace, gsize *n);
gsize tw_trace_get_n_snapshot_starts (const TwTrace *trace);
/* How many of them run (optimizer, start) has so far, and the i-th (D). */
gsize tw_trace_get_n_snapshots (const TwTrace *trace, gsize optimizer, gsize start);
const float *tw_trace_get_snapshot (const TwTrace *trace, gsize optimizer, gsize start, gsize i);
/* That which is nearest to a step; FALSE: there is none. */
gboolean tw_trace_find_snapshot (const TwTrace *trace, gsize optimizer, gsize start, guint64 step, gsize *i);
/* Where the gradient was taken then (D); NULL where that was the position, or there was no room to keep it. */
const float *tw_trace_get_attended_snapshot (const TwTrace *trace, gsize optimizer, gsize start, gsize i);

/* The last and the lowest loss of the rows so far; NAN where there is none. */
double tw_trace_get_final_loss (const TwTrace *trace, gsize optimizer, gsize start);
double tw_trace_get_best_loss (const TwTrace *trace, gsize optimizer, gsize start);
/* First row whose loss is at most `tolerance` above the known minimum, or -1. */
gint64 tw_trace_steps_to_tolerance (const TwTrace *trace, gsize optimizer, gsize start, double tolerance);

G_END_DECLS
