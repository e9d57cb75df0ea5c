#include "ui/export-job.h"

#include <math.h>
#include <string.h>

#include "core/error.h"
#include "ui/background.h"

struct _TwExportJob {
  TwExperiment *experiment;
  TwTrace *trace;
  TwFigureOptions figure;
  TwExport what;
  TwExportKind kind;
  char *path, *table; /* table: of a script for matplotlib */
  int permille;       /* atomic; -1: not known */
  GCancellable *cancellable;
  TwExportDone done; /* NULL: nobody waits */
  gpointer data;
};

static void
job_free (gpointer data)
{
  TwExportJob *job = data;

  tw_experiment_free (job->experiment);
  tw_trace_unref (job->trace);
  tw_figure_options_clear (&job->figure);
  g_object_unref (job->cancellable);
  tw_figure_cache_unref (job->what.cache);
  g_free (job->path);
  g_free (job->table);
  g_free (job);
}

char **
tw_export_paths (const TwExportSettings *settings, const char *path)
{
  TwExportKind kind = tw_export_settings_get_kind (settings);
  const char *ending = tw_export_settings_get_ending (settings);
  g_autofree char *stem = g_strndup (path, strlen (path) - strlen (ending));
  char **paths = g_new0 (char *, 3);

  if (kind == TW_EXPORT_ANIMATION && strcmp (ending, ".png") == 0) {
    paths[0] = g_strconcat (stem, "-0001.png", NULL);
    return paths;
  }
  paths[0] = g_strdup (path);
  if (kind == TW_EXPORT_MATPLOTLIB)
    paths[1] = g_strconcat (stem, ".csv", NULL);
  return paths;
}

/* On the worker. */
static gboolean
note_progress (double share, gpointer data)
{
  TwExportJob *job = data;

  if (!isnan (share))
    g_atomic_int_set (&job->permille, (int)(1000 * share));
  return !g_cancellable_is_cancelled (job->cancellable);
}

static void
work (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  TwExportJob *job = data;
  g_autoptr (GPtrArray) outputs = g_ptr_array_new_with_free_func ((GDestroyNotify)tw_output_free);
  GError *error = NULL;
  gboolean good = job->table == NULL || tw_export_write (TW_EXPORT_CSV, &job->what, job->table, outputs, &error);

  good = good && tw_export_write (job->kind, &job->what, job->path, outputs, &error);
  if (good && g_cancellable_is_cancelled (job->cancellable)) {
    g_set_error_literal (&error, TW_ERROR, TW_ERROR_CANCELLED, "Cancelled; nothing was written.");
    good = FALSE;
  }
  if (good && tw_exports_commit (outputs, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
on_worked (GObject *source, GAsyncResult *result, gpointer unused)
{
  TwExportJob *job = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;

  g_task_propagate_boolean (G_TASK (result), &error);
  if (job->done != NULL)
    job->done (error, job->data);
}

TwExportJob *
tw_export_job_start (const TwExportSettings *settings, const TwExperiment *experiment, TwTrace *trace, const char *path,
                     TwFigureCache *cache, TwExportDone done, gpointer data, GError **error)
{
  TwExportJob *job = g_new0 (TwExportJob, 1);
  TwExportKind kind = tw_export_settings_get_kind (settings);
  g_auto (GStrv) paths = tw_export_paths (settings, path);

  job->experiment = tw_experiment_copy (experiment);
  job->trace = tw_trace_ref (trace);
  job->cancellable = g_cancellable_new ();
  job->kind = kind;
  job->path = g_strdup (path);
  job->table = kind == TW_EXPORT_MATPLOTLIB ? g_strdup (paths[1]) : NULL;
  job->done = done;
  job->data = data;
  job->permille = -1;
  job->what = (TwExport){ .experiment = job->experiment, .trace = job->trace, .figure = &job->figure, .csv = job->table,
                          .progress = note_progress, .data = job,
                          .cache = cache != NULL ? tw_figure_cache_ref (cache) : NULL };
  if (!tw_export_settings_read (settings, &job->figure, &job->what.animation, &job->what.seeds, error)) {
    job_free (job);
    return NULL;
  }
  /* Not the task's own cancellable: what is cancelled still says so when the worker has stopped. */
  g_autoptr (GTask) task = g_task_new (NULL, NULL, on_worked, NULL);
  g_task_set_task_data (task, job, job_free);
  tw_background_run (task, work);
  return job;
}

double
tw_export_job_get_progress (TwExportJob *job)
{
  return g_atomic_int_get (&job->permille) / 1000.0;
}

void
tw_export_job_cancel (TwExportJob *job)
{
  g_cancellable_cancel (job->cancellable);
}

void
tw_export_job_drop (TwExportJob *job)
{
  job->done = NULL;
  g_cancellable_cancel (job->cancellable);
}
