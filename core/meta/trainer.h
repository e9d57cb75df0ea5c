/* trainer.h: meta-training: makes weights of a learned optimizer better on a corpus of problems.
 *
 * A meta-batch is cut into groups.  Each group is an episode: runs of problems drawn from the corpus, each from a
 * random start with a random initial learning rate, stepped in partial unrolls whose number and lengths are drawn
 * from shifted exponential distributions; then the next episode begins.  The groups are at unlike places of their
 * episodes.  An iteration takes one partial unroll of every group, and one update of the weights with the mean of
 * their gradients, each clipped.
 *
 * Everything is a function of the options, the corpus and the seed: not of the number of threads, nor of being
 * stopped and resumed.
 */
#pragma once

#include <gio/gio.h>

#include "core/learned/hrnn-weights.h"
#include "core/meta/corpus.h"
#include "core/spec.h"

G_BEGIN_DECLS

typedef struct _TwTrainer TwTrainer;

/* The keys of --config: shape and switches of the network, batch, unrolls, meta-optimizer. */
const TwParam *tw_trainer_params (void);

/* Takes `corpus` where it succeeds.  `config` is a spec whose name does not matter ("train,meta_lr=0.001"); `init` are weights to go on from, whose
 * shape then counts, or NULL.  Errors: bad keys and values. */
TwTrainer *tw_trainer_new (TwCorpus *corpus, const TwSpec *config, const TwHrnnWeights *init, guint64 seed,
                           GError **error);
void tw_trainer_free (TwTrainer *trainer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwTrainer, tw_trainer_free)

typedef struct {
  guint64 iteration;      /* the one that was done, from 0 */
  double meta_objective;  /* mean over the runs that count; NAN where none does */
  double gradient_norm;   /* after each group's clipping */
  double lr;              /* of the meta-optimizer */
  gsize n_runs, n_diverged;
  double mean_steps;      /* length of the partial unrolls */
  guint64 run_steps;      /* steps times runs that were done */
} TwTrainerProgress;

/* One iteration on up to n_threads threads.  Collective (ranks.h): the groups are shared out among the ranks,
 * which all end with the same weights, the same for any number of them but for rounding. */
void tw_trainer_iterate (TwTrainer *trainer, guint n_threads, TwTrainerProgress *progress);
guint64 tw_trainer_get_iteration (const TwTrainer *trainer);  /* iterations done */
/* Mean objective of each corpus entry, smoothed over its last episodes; NAN before the first.  (n_entries) */
const double *tw_trainer_get_entry_objectives (const TwTrainer *trainer);
const TwCorpus *tw_trainer_get_corpus (const TwTrainer *trainer);
/* A copy of the weights as they are, or of their running average with average=, with provenance. */
TwHrnnWeights *tw_trainer_get_weights (const TwTrainer *trainer);

/* Collective where there are several ranks; rank 0 writes, and every rank loads.
 * A checkpoint holds everything: a trainer made from it goes on to the same bits.  Whole or not at all.  Errors:
 * TW_ERROR_OUTPUT, and for loading TW_ERROR_INPUT: not a checkpoint, damaged, of another version. */
gboolean tw_trainer_save (const TwTrainer *trainer, const char *path, GError **error);
TwTrainer *tw_trainer_load (const char *path, GError **error);

G_END_DECLS
