/* batch.h: many short experiments at once, each on one thread, with their losses kept. */
#pragma once

#include <gio/gio.h>

#include "core/evaluation/score.h"
#include "core/experiment/experiment.h"

G_BEGIN_DECLS

typedef struct _TwBatch TwBatch;

TwBatch *tw_batch_new (void);
void tw_batch_free (TwBatch *batch);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwBatch, tw_batch_free)
/* Adds tasks for `specs` (n), cut so that each is short.  losses (n) must live until the batch has run. */
void tw_batch_add (TwBatch *batch, const TwExperiment *problem, guint64 seed, guint64 n_steps,
                   const char *const *specs, gsize n, TwLosses *losses);
/* The experiment from one start each, of its first `most`, without optimizers: (TwExperiment *). */
GPtrArray *tw_batch_make_starts (const TwExperiment *experiment, const TwProblem *problem, gsize most);
/* Runs all of them.  `tick` is called now and then with the share that is done.  FALSE: an error, or
 * cancelled. */
gboolean tw_batch_run (TwBatch *batch, guint n_threads, GCancellable *cancellable,
                       void (*tick) (double share, gpointer data), gpointer data, GError **error);
void tw_losses_clear (TwLosses *losses);

G_END_DECLS
