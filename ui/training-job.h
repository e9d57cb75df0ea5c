/* training-job.h: a meta-training on a thread of its own, and what of it can be shown. */
#pragma once

#include "core/meta/training.h"

G_BEGIN_DECLS

typedef struct _TwTrainingJob TwTrainingJob;

typedef struct {
  const char *corpus; /* a corpus that ships, or a file */
  const char *config; /* "KEY=VALUE,..." or "" */
  const char *init;   /* weights to go on from, or NULL */
  guint64 seed;
  double minutes;     /* 0: until it is stopped */
} TwTrainingPlan;

/* Starts a training in `dir`; plan NULL: goes on with the one that is there, until it is stopped. */
TwTrainingJob *tw_training_job_new (const TwTrainingPlan *plan, const char *dir, guint n_threads);
void tw_training_job_stop (TwTrainingJob *job); /* after this iteration, with a checkpoint; returns at once */
void tw_training_job_free (TwTrainingJob *job); /* stops and waits */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwTrainingJob, tw_training_job_free)

typedef struct {
  guint64 iteration;     /* done, earlier calls of the program included */
  gboolean running;
  char *error;           /* what ended it, or NULL */
  guint64 weights_at;    /* iteration of DIR/weights.safetensors; 0 before the first */
  gsize n_entries;
  char **names;          /* (n_entries + 1) problems of the corpus */
  double *objectives;    /* (n_entries) smoothed; NAN before the first */
} TwTrainingNews;
void tw_training_news_clear (TwTrainingNews *news);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TwTrainingNews, tw_training_news_clear)

/* As it is now.  Appends the meta-objectives and shares of diverged runs of the iterations since the last call to
 * the arrays (of double). */
void tw_training_job_read (TwTrainingJob *job, TwTrainingNews *news, GArray *objectives, GArray *diverged);

G_END_DECLS
