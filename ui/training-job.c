#include "ui/training-job.h"

#include <math.h>

#include "core/error.h"

/* The weights beside the curves are of the last checkpoint. */
#define CHECKPOINT_SECONDS 5

struct _TwTrainingJob {
  GThread *thread;
  char *dir, *corpus, *config, *init;
  gboolean resume;
  guint64 seed;
  double minutes;
  guint n_threads;
  int stopped; /* atomic */
  GMutex lock; /* of all below */
  TwTrainingNews news;
  GArray *objectives, *diverged; /* of double: not read yet */
};

void
tw_training_news_clear (TwTrainingNews *news)
{
  g_clear_pointer (&news->error, g_free);
  g_clear_pointer (&news->names, g_strfreev);
  g_clear_pointer (&news->objectives, g_free);
}

static TwTraining *
begin (TwTrainingJob *job, GError **error)
{
  if (job->resume)
    return tw_training_resume (job->dir, NULL, error);
  g_autofree char *text = g_strconcat ("train", *job->config != '\0' ? "," : "", job->config, NULL);
  g_autoptr (TwSpec) config = tw_spec_parse (text, error);
  g_autoptr (TwHrnnWeights) init = NULL;
  if (config == NULL)
    return NULL;
  if (job->init != NULL && (init = tw_hrnn_weights_find (job->init, error)) == NULL)
    return NULL;
  TwCorpus *corpus = tw_corpus_open (job->corpus, error);
  if (corpus == NULL)
    return NULL;
  TwTrainer *trainer = tw_trainer_new (corpus, config, init, job->seed, error);
  if (trainer == NULL) {
    tw_corpus_free (corpus);
    return NULL;
  }
  return tw_training_new (trainer, job->dir, error);
}

static void
note_names (TwTrainingJob *job, TwTrainer *trainer)
{
  const TwCorpus *corpus = tw_trainer_get_corpus (trainer);
  gsize n = tw_corpus_get_n_entries (corpus);

  g_mutex_lock (&job->lock);
  job->news.n_entries = n;
  job->news.names = g_new0 (char *, n + 1);
  job->news.objectives = g_new (double, n);
  for (gsize i = 0; i < n; i++) {
    job->news.names[i] = g_strdup (tw_corpus_get_entry_name (corpus, i));
    job->news.objectives[i] = NAN;
  }
  job->news.iteration = tw_trainer_get_iteration (trainer);
  job->news.weights_at = MAX (job->news.iteration, 1);
  g_mutex_unlock (&job->lock);
}

static void
note_progress (TwTrainingJob *job, TwTrainer *trainer, const TwTrainerProgress *progress, gboolean kept)
{
  const double *objectives = tw_trainer_get_entry_objectives (trainer);
  double share = (double)progress->n_diverged / (double)MAX (progress->n_runs, 1);

  g_mutex_lock (&job->lock);
  job->news.iteration = progress->iteration + 1;
  if (kept)
    job->news.weights_at = progress->iteration + 1;
  for (gsize i = 0; i < job->news.n_entries; i++)
    job->news.objectives[i] = objectives[i];
  g_array_append_val (job->objectives, progress->meta_objective);
  g_array_append_val (job->diverged, share);
  g_mutex_unlock (&job->lock);
}

static gboolean
train (TwTrainingJob *job, GError **error)
{
  g_autoptr (TwTraining) training = begin (job, error);
  gint64 now = g_get_monotonic_time (), kept_at = now;
  gint64 end = job->minutes > 0 ? now + (gint64)(job->minutes * 60 * G_USEC_PER_SEC) : G_MAXINT64;

  if (training == NULL)
    return FALSE;
  TwTrainer *trainer = tw_training_get_trainer (training);
  /* Checkpoints are ours to time: the page must know when there are new weights. */
  tw_training_set_intervals (training, INFINITY, 0);
  note_names (job, trainer);
  while (!g_atomic_int_get (&job->stopped) && now < end) {
    TwTrainerProgress progress;
    if (!tw_training_iterate (training, job->n_threads, &progress, error))
      return FALSE;
    now = g_get_monotonic_time ();
    gboolean due = now - kept_at > CHECKPOINT_SECONDS * G_USEC_PER_SEC;
    if (due && !tw_training_keep (training, error))
      return FALSE;
    if (due)
      kept_at = now;
    note_progress (job, trainer, &progress, due);
  }
  return tw_training_keep (training, error);
}

static gpointer
work (gpointer data)
{
  TwTrainingJob *job = data;
  g_autoptr (GError) error = NULL;
  gboolean done = train (job, &error);

  g_mutex_lock (&job->lock);
  job->news.running = FALSE;
  if (!done)
    job->news.error = g_strdup (error->message);
  else
    job->news.weights_at = job->news.iteration;
  g_mutex_unlock (&job->lock);
  return NULL;
}

TwTrainingJob *
tw_training_job_new (const TwTrainingPlan *plan, const char *dir, guint n_threads)
{
  TwTrainingJob *job = g_new0 (TwTrainingJob, 1);

  job->dir = g_strdup (dir);
  job->n_threads = n_threads;
  job->resume = plan == NULL;
  if (plan != NULL) {
    job->corpus = g_strdup (plan->corpus);
    job->config = g_strdup (plan->config);
    job->init = g_strdup (plan->init);
    job->seed = plan->seed;
    job->minutes = plan->minutes;
  }
  g_mutex_init (&job->lock);
  job->objectives = g_array_new (FALSE, FALSE, sizeof (double));
  job->diverged = g_array_new (FALSE, FALSE, sizeof (double));
  job->news.running = TRUE;
  job->thread = g_thread_new ("training", work, job);
  return job;
}

void
tw_training_job_stop (TwTrainingJob *job)
{
  g_atomic_int_set (&job->stopped, TRUE);
}

void
tw_training_job_free (TwTrainingJob *job)
{
  if (job == NULL)
    return;
  tw_training_job_stop (job);
  g_thread_join (job->thread);
  tw_training_news_clear (&job->news);
  g_array_unref (job->objectives);
  g_array_unref (job->diverged);
  g_mutex_clear (&job->lock);
  g_free (job->dir);
  g_free (job->corpus);
  g_free (job->config);
  g_free (job->init);
  g_free (job);
}

void
tw_training_job_read (TwTrainingJob *job, TwTrainingNews *news, GArray *objectives, GArray *diverged)
{
  g_mutex_lock (&job->lock);
  *news = job->news;
  news->error = g_strdup (job->news.error);
  news->names = g_strdupv (job->news.names);
  news->objectives = g_memdup2 (job->news.objectives, job->news.n_entries * sizeof (double));
  g_array_append_vals (objectives, job->objectives->data, job->objectives->len);
  g_array_append_vals (diverged, job->diverged->data, job->diverged->len);
  g_array_set_size (job->objectives, 0);
  g_array_set_size (job->diverged, 0);
  g_mutex_unlock (&job->lock);
}
