/* runner.h: runs an experiment on worker threads and fills a trace.
 *
 * A job is one optimizer from up to 64 starts, stepped as one batch.  The cut into jobs does not depend on
 * the number of threads, and random draws are addressed by seed, start and step, so neither do the results.
 */
#pragma once

#include <gio/gio.h>

#include "core/experiment/experiment.h"
#include "core/experiment/trace.h"

G_BEGIN_DECLS

typedef struct _TwRunner TwRunner;

#define TW_RUNNER_MAX_THREADS 1024

/* Checks the experiment, takes the memory, and starts `n_threads` workers (0: one per processor).
 * Runs of one optimizer from many starts are stepped in batches of fixed size. */
TwRunner *tw_runner_start (const TwExperiment *experiment, guint n_threads, GError **error);
/* The same with another budget for probes than TW_TRACE_PROBE_BYTES; 0 for none. */
TwRunner *tw_runner_start_with_probes (const TwExperiment *experiment, guint n_threads, gsize probe_bytes,
                                       GError **error);
/* With probes, and whole positions at a few steps for who watches: within TW_SNAPSHOTS_BYTES (snapshots.h). */
TwRunner *tw_runner_start_watched (const TwExperiment *experiment, guint n_threads, GError **error);
/* With budgets for both; 0 for none. */
TwRunner *tw_runner_start_within (const TwExperiment *experiment, guint n_threads, gsize probe_bytes, gsize snapshot_bytes,
                                  GError **error);
TwTrace *tw_runner_get_trace (TwRunner *runner); /* (transfer none) readable while it fills */
gboolean tw_runner_is_done (TwRunner *runner);
double tw_runner_get_progress (TwRunner *runner); /* 0 to 1: the share of all steps that is done */
void tw_runner_cancel (TwRunner *runner);         /* at the next step; returns at once */
void tw_runner_wait (TwRunner *runner);
gboolean tw_runner_wait_until (TwRunner *runner, gint64 end_time); /* monotonic; FALSE: not done by then */
/* Called once when all runs have ended, on a worker thread; at once if they have ended already. */
void tw_runner_set_done_callback (TwRunner *runner, void (*done) (gpointer), gpointer data);
/* What went wrong after the start (a weight file that vanished); its runs count as cancelled.  When done. */
const GError *tw_runner_get_error (TwRunner *runner);
void tw_runner_free (TwRunner *runner); /* cancels and waits */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwRunner, tw_runner_free)

/* All in one: start, wait, take the trace.  Cancelled: NULL and TW_ERROR_CANCELLED. */
TwTrace *tw_run_experiment (const TwExperiment *experiment, guint n_threads, GCancellable *cancellable,
                            GError **error);

G_END_DECLS
