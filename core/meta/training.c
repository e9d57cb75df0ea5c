#include "core/meta/training.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/error.h"
#include "core/meta/ranks.h"
#include "core/output.h"

#define HEADER "iteration,meta_objective,gradient_norm,meta_lr,runs,diverged,mean_steps,run_steps,seconds\n"

struct _TwTraining {
  TwTrainer *trainer;
  char *dir;
  FILE *progress;
  gint64 begun, kept; /* monotonic time; begun: as if it had never been stopped */
  double checkpoint_seconds;
  guint64 snapshot_iterations;
};

static char *
path_in (const char *dir, const char *name)
{
  return g_build_filename (dir, name, NULL);
}

static gboolean
fail_output (GError **error, const char *path)
{
  g_set_error (error, TW_ERROR, TW_ERROR_OUTPUT, "%s: can't be written: %s", path, g_strerror (errno));
  return FALSE;
}

/* The last field of a row of progress.csv, in microseconds. */
static gint64
read_spent (const char *row)
{
  const char *comma = strrchr (row, ',');
  double seconds = comma != NULL ? g_ascii_strtod (comma + 1, NULL) : 0;

  return isfinite (seconds) && seconds > 0 && seconds < 1e12 ? (gint64) (seconds * 1e6) : 0;
}

/* progress.csv with the rows before `iteration` of what `old` holds: a program that was killed may have written
 * some that its last checkpoint does not know. */
static gboolean
open_progress (TwTraining *training, const char *old, guint64 iteration, GError **error)
{
  g_autofree char *path = path_in (training->dir, "progress.csv");
  g_autoptr (GString) text = g_string_new (HEADER);
  g_auto (GStrv) lines = g_strsplit (old, "\n", -1);
  g_autoptr (GError) why = NULL;

  for (guint i = 1; lines[0] != NULL && lines[i] != NULL && lines[i + 1] != NULL; i++) {
    if (g_ascii_strtoull (lines[i], NULL, 10) >= iteration)
      continue;
    g_string_append_printf (text, "%s\n", lines[i]);
    training->begun = training->kept - read_spent (lines[i]);
  }
  if (!g_file_set_contents (path, text->str, (gssize) text->len, &why)) {
    g_set_error_literal (error, TW_ERROR, TW_ERROR_OUTPUT, why->message);
    return FALSE;
  }
  training->progress = g_fopen (path, "a");
  return training->progress != NULL || fail_output (error, path);
}

static TwTraining *
training_new (TwTrainer *trainer, const char *dir, const char *old_progress, GError **error)
{
  g_autoptr (TwTraining) training = g_new0 (TwTraining, 1);

  training->trainer = trainer;
  training->dir = g_strdup (dir);
  training->begun = training->kept = g_get_monotonic_time ();
  training->checkpoint_seconds = 60;
  gboolean ready = TRUE;
  if (tw_ranks_is_first ())
    ready = (g_mkdir_with_parents (dir, 0777) == 0 || fail_output (error, dir))
            && open_progress (training, old_progress, tw_trainer_get_iteration (trainer), error);
  /* Where rank 0 can't write, the others have nothing to wait for. */
  if (!tw_ranks_decide (ready) || !tw_training_keep (training, error))
    return NULL;
  return g_steal_pointer (&training);
}

/* What is learned in a folder is not written over. */
static gboolean
check_vacant (const char *dir, GError **error)
{
  g_autofree char *checkpoint = path_in (dir, "checkpoint");

  return !tw_ranks_decide (g_file_test (checkpoint, G_FILE_TEST_EXISTS))
         || tw_refuse (error, "%s: there is a training already; resume it, or take another folder", dir);
}

static gboolean
is_same_folder (const char *a, const char *b)
{
  g_autofree char *first = g_canonicalize_filename (a, NULL), *second = g_canonicalize_filename (b, NULL);

  return g_str_equal (first, second);
}

TwTraining *
tw_training_new (TwTrainer *trainer, const char *dir, GError **error)
{
  if (!check_vacant (dir, error)) {
    tw_trainer_free (trainer);
    return NULL;
  }
  return training_new (trainer, dir, "", error);
}

TwTraining *
tw_training_resume (const char *from, const char *dir, GError **error)
{
  g_autofree char *checkpoint = path_in (from, "checkpoint"), *progress = path_in (from, "progress.csv");
  g_autofree char *old = NULL;

  if (dir != NULL && !is_same_folder (from, dir) && !check_vacant (dir, error))
    return NULL;
  TwTrainer *trainer = tw_trainer_load (checkpoint, error);
  if (trainer == NULL)
    return NULL;
  /* Without it only the curve's beginning is lost. */
  if (!g_file_get_contents (progress, &old, NULL, NULL))
    old = g_strdup ("");
  return training_new (trainer, dir != NULL ? dir : from, old, error);
}

void
tw_training_free (TwTraining *training)
{
  if (training == NULL)
    return;
  if (training->progress != NULL)
    fclose (training->progress);
  tw_trainer_free (training->trainer);
  g_free (training->dir);
  g_free (training);
}

TwTrainer *
tw_training_get_trainer (TwTraining *training)
{
  return training->trainer;
}

void
tw_training_set_intervals (TwTraining *training, double checkpoint_seconds, guint64 snapshot_iterations)
{
  training->checkpoint_seconds = checkpoint_seconds;
  training->snapshot_iterations = snapshot_iterations;
}

gboolean
tw_training_keep (TwTraining *training, GError **error)
{
  g_autofree char *checkpoint = path_in (training->dir, "checkpoint");
  g_autofree char *path = path_in (training->dir, "weights.safetensors");
  g_autoptr (TwHrnnWeights) weights = tw_trainer_get_weights (training->trainer);

  training->kept = g_get_monotonic_time ();
  gboolean kept = (!tw_ranks_is_first () || tw_hrnn_weights_save (weights, path, error));
  return tw_ranks_decide (kept) && tw_ranks_decide (tw_trainer_save (training->trainer, checkpoint, error));
}

static gboolean
keep_snapshot (TwTraining *training, GError **error)
{
  g_autofree char *name =
    g_strdup_printf ("weights-%07" G_GUINT64_FORMAT ".safetensors", tw_trainer_get_iteration (training->trainer));
  g_autofree char *path = path_in (training->dir, name);
  g_autoptr (TwHrnnWeights) weights = tw_trainer_get_weights (training->trainer);

  return tw_hrnn_weights_save (weights, path, error);
}

/* An empty field where the number is not finite. */
static void
print_number (FILE *file, double value)
{
  g_autofree char *text = isfinite (value) ? tw_format_number (value) : g_strdup ("");

  fprintf (file, ",%s", text);
}

/* The row of an iteration and, where one is due, a snapshot. */
static gboolean
note_iteration (TwTraining *training, const TwTrainerProgress *progress, gint64 now, GError **error)
{
  fprintf (training->progress, "%" G_GUINT64_FORMAT, progress->iteration);
  print_number (training->progress, progress->meta_objective);
  print_number (training->progress, progress->gradient_norm);
  print_number (training->progress, progress->lr);
  fprintf (training->progress, ",%" G_GSIZE_FORMAT ",%" G_GSIZE_FORMAT, progress->n_runs, progress->n_diverged);
  print_number (training->progress, progress->mean_steps);
  fprintf (training->progress, ",%" G_GUINT64_FORMAT, progress->run_steps);
  print_number (training->progress, (double) ((now - training->begun) / 1000) * 1e-3);
  if (fputc ('\n', training->progress) == EOF || fflush (training->progress) != 0)
    return fail_output (error, "progress.csv");
  return training->snapshot_iterations == 0 || (progress->iteration + 1) % training->snapshot_iterations != 0
         || keep_snapshot (training, error);
}

gboolean
tw_training_iterate (TwTraining *training, guint n_threads, TwTrainerProgress *progress, GError **error)
{
  tw_trainer_iterate (training->trainer, n_threads, progress);
  gint64 now = g_get_monotonic_time ();

  if (!tw_ranks_decide (!tw_ranks_is_first () || note_iteration (training, progress, now, error)))
    return FALSE;
  if (tw_ranks_decide ((double) (now - training->kept) * 1e-6 >= training->checkpoint_seconds))
    return tw_training_keep (training, error);
  return TRUE;
}
