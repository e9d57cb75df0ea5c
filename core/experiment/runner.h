/* runner.h: runs an experiment on worker threads and fills a trace. */
#pragma once

#include <gio/gio.h>

#include "core/experiment/experiment.h"
#include "core/experiment/trace.h"

G_BEGIN_DECLS

typedef struct _TwRunner TwRunner;

/* Checks the experiment, takes the memory, and starts `n_threads` workers (0: one per processor).
 * Runs of one optimizer from many starts are stepped in batches of fixed size. */
TwRunner *tw_runner_start (const TwExperiment *experiment, guint n_threads, GError **error);
TwTrace *tw_runner_get_trace (TwRunner *runner);     /* (transfer none) readable while it fills */
gboolean tw_runner_is_done (TwRunner *runner);
void tw_runner_cancel (TwRunner *runner);            /* at the next step; returns at once */
void tw_runner_wait (TwRunner *runner);
/* Called once on a worker thread when all runs have ended. */
void tw_runner_set_done_callback (TwRunner *runner, void (*done) (gpointer), gpointer data);
void tw_runner_free (TwRunner *runner);              /* cancels and waits */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwRunner, tw_runner_free)

/* All in one: start, wait, take the trace. */
TwTrace *tw_run_experiment (const TwExperiment *experiment, guint n_threads, GCancellable *cancellable,
                            GError **error);

G_END_DECLS
