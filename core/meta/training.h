/* training.h: a training as a folder, which the command line and the window share.
 *
 *   DIR/weights.safetensors          the weights at the last checkpoint
 *   DIR/checkpoint                   everything, to go on from
 *   DIR/progress.csv                 a row per iteration
 *   DIR/weights-ITERATION.safetensors  snapshots, where they are asked for
 *
 * progress.csv: iteration,meta_objective,gradient_norm,meta_lr,runs,diverged,mean_steps,run_steps,seconds;
 * `seconds` is the time that it has been trained, without the time when it was stopped.
 */
#pragma once

#include "core/meta/trainer.h"

G_BEGIN_DECLS

typedef struct _TwTraining TwTraining;

/* A new training in `dir`, which is made where it is missing; takes `trainer`.  Errors: TW_ERROR_INPUT where
 * there is a training already, TW_ERROR_OUTPUT where the folder can't be written. */
TwTraining *tw_training_new (TwTrainer *trainer, const char *dir, GError **error);
/* Goes on with the training in `from`, writing to `dir` (NULL: the same).  Errors as above: another training in `dir`
 * is not written over. */
TwTraining *tw_training_resume (const char *from, const char *dir, GError **error);
void tw_training_free (TwTraining *training);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwTraining, tw_training_free)

TwTrainer *tw_training_get_trainer (TwTraining *training);
/* Seconds between checkpoints (60), and iterations between snapshots (0: none). */
void tw_training_set_intervals (TwTraining *training, double checkpoint_seconds, guint64 snapshot_iterations);

/* One iteration, its row, and a checkpoint where one is due. */
gboolean tw_training_iterate (TwTraining *training, guint n_threads, TwTrainerProgress *progress, GError **error);
/* A checkpoint now: before the program ends. */
gboolean tw_training_keep (TwTraining *training, GError **error);

G_END_DECLS
