/* tuning.h: the learning rate of each optimizer of an experiment, searched with the same effort for all.
 *
 * Each gets the same number of trials, of the same number of steps, from the same starts (the first
 * TW_TUNING_MAX_STARTS of the experiment).  Two thirds of the trials cover 1e-6 to 10, or to the largest that makes
 * a difference (tw_optimizer_get_largest_lr()), evenly in the logarithm, the rest lie between the neighbours of the
 * best of those.  A trial is judged by the median over starts of its last loss (averaged over the last 2 % of steps
 * where there is noise); one that diverges from any start counts as infinite.
 */
#pragma once

#include <gio/gio.h>

#include "core/experiment/experiment.h"

G_BEGIN_DECLS

#define TW_TUNING_MAX_STARTS 4
#define TW_TUNING_MIN_BUDGET 6

/* Of one optimizer. */
typedef struct {
  guint n;       /* trials; 0: it was not tuned (not asked for, or it has no learning rate) */
  double *lr;    /* (n) ascending */
  double *loss;  /* (n) INFINITY where it diverged */
  gsize best;    /* index of the lowest loss; where several are as low, the middle one of them */
  char *spec;    /* with the best learning rate; NULL where every trial diverged */
} TwSensitivity;

typedef struct {
  gsize n_optimizers;         /* O */
  TwSensitivity *optimizers;  /* (O) */
  double minimum;             /* of the problem, NAN where it is not known */
  guint budget;
  gsize n_starts;
} TwTuning;

/* `which` (O): those to tune.  `progress` gets the share that is done, on the calling thread.
 * Errors: what the experiment has wrong, nothing to tune, more losses than fit in memory, cancelled. */
TwTuning *tw_tune (const TwExperiment *experiment, const gboolean *which, guint budget, guint n_threads,
                   GCancellable *cancellable, void (*progress) (double share, gpointer data), gpointer data,
                   GError **error);
void tw_tuning_free (TwTuning *tuning);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwTuning, tw_tuning_free)

/* Whether a spec names an optimizer with a learning rate. */
gboolean tw_tuning_can_tune (const char *spec);

G_END_DECLS
