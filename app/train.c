#include <malloc.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "app/command.h"
#include "app/help.h"
#include "core/error.h"
#include "core/meta/ranks.h"
#include "core/meta/training.h"

typedef struct {
  char *corpus, *config, *init, *resume, *out, *minutes, *iterations, *threads, *seed, *snapshots;
  char **rest;
} Options;

static void
options_clear (Options *o)
{
  char **texts[] = { &o->corpus,  &o->config,     &o->init,    &o->resume, &o->out,
                     &o->minutes, &o->iterations, &o->threads, &o->seed,   &o->snapshots };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    g_clear_pointer (texts[i], g_free);
  g_clear_pointer (&o->rest, g_strfreev);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

typedef struct {
  double seconds;        /* of this call; infinite where not asked for */
  guint64 iterations;    /* in all */
  guint64 threads, seed, snapshots;
} Limits;

static gboolean
read_limits (const Options *o, Limits *limits, GError **error)
{
  double minutes = INFINITY;

  *limits = (Limits){ .iterations = G_MAXUINT64, .threads = g_get_num_processors () };
  if (o->minutes != NULL && o->iterations != NULL) {
    g_set_error_literal (error, TW_ERROR, TW_ERROR_INPUT, "--minutes and --iterations: one of them is enough");
    return FALSE;
  }
  if (o->minutes != NULL && !tw_parse_number (o->minutes, &minutes, error)) {
    g_prefix_error (error, "--minutes: ");
    return FALSE;
  }
  if (!(minutes > 0)) {
    g_set_error (error, TW_ERROR, TW_ERROR_INPUT, "--minutes: %s is not above 0", o->minutes);
    return FALSE;
  }
  limits->seconds = 60 * minutes;
  return tw_read_whole ("iterations", o->iterations, 1, G_MAXINT64, &limits->iterations, error)
         && tw_read_whole ("threads", o->threads, 1, 1024, &limits->threads, error)
         && tw_read_whole ("seed", o->seed, 0, G_MAXINT64, &limits->seed, error)
         && tw_read_whole ("snapshots", o->snapshots, 1, G_MAXINT64, &limits->snapshots, error);
}

static TwTraining *
begin (const Options *o, const Limits *limits, GError **error)
{
  g_autoptr (TwHrnnWeights) init = NULL;

  if (o->out == NULL) {
    g_set_error_literal (error, TW_ERROR, TW_ERROR_INPUT, "nowhere to write to: give --out DIR");
    return NULL;
  }
  g_autofree char *text = g_strconcat ("train", o->config != NULL && *o->config != '\0' ? "," : "",
                                       o->config != NULL ? o->config : "", NULL);
  g_autoptr (TwSpec) config = tw_spec_parse (text, error);
  if (config == NULL)
    return NULL;
  if (o->init != NULL && (init = tw_hrnn_weights_find (o->init, error)) == NULL)
    return NULL;
  TwCorpus *corpus = tw_corpus_open (o->corpus != NULL ? o->corpus : "default", error);
  if (corpus == NULL)
    return NULL;
  TwTrainer *trainer = tw_trainer_new (corpus, config, init, limits->seed, error);
  if (trainer == NULL) {
    g_prefix_error (error, "--config: ");
    tw_corpus_free (corpus);
    return NULL;
  }
  return tw_training_new (trainer, o->out, error);
}

static TwTraining *
open_training (const Options *o, const Limits *limits, GError **error)
{
  if (o->resume == NULL)
    return begin (o, limits, error);
  if (o->corpus != NULL || o->config != NULL || o->init != NULL || o->seed != NULL) {
    g_set_error_literal (error, TW_ERROR, TW_ERROR_INPUT,
                         "--resume: the corpus, settings, weights and seed are those of that training");
    return NULL;
  }
  return tw_training_resume (o->resume, o->out, error);
}

/* What is told while it runs: smoothed over about the last hundred iterations. */
typedef struct {
  double objective, norm, diverged;
  gint64 begun, told;
  guint64 first;
} Meter;

static void
meter_add (Meter *meter, const TwTrainerProgress *p)
{
  double share = (double) p->n_diverged / (double) p->n_runs;
  guint64 n = p->iteration - meter->first + 1;
  double weight = n < 100 ? 1.0 / (double) n : 0.01;

  if (isfinite (p->meta_objective))
    meter->objective += weight * (p->meta_objective - meter->objective);
  if (isfinite (p->gradient_norm))
    meter->norm += weight * (p->gradient_norm - meter->norm);
  meter->diverged += weight * (share - meter->diverged);
}

static void
tell (Meter *meter, const TwTrainerProgress *p, const Limits *limits)
{
  gint64 now = g_get_monotonic_time ();
  gboolean terminal = isatty (STDERR_FILENO);
  double spent = (double) (now - meter->begun) * 1e-6;

  if (now - meter->told < (terminal ? 250000 : 30000000))
    return;
  meter->told = now;
  double share = isfinite (limits->seconds) ? spent / limits->seconds
                 : limits->iterations < G_MAXUINT64
                   ? (double) (p->iteration + 1 - meter->first) / (double) (limits->iterations - meter->first)
                   : NAN;
  if (terminal)
    fputs ("\r\033[K", stderr);
  if (isfinite (share)) {
    double left = share > 0 ? spent * (1 - share) / share : NAN;
    int full = (int) (CLAMP (share, 0, 1) * 20);
    fprintf (stderr, "[%.*s%.*s] %3.0f %%  %.0f:%02.0f left  ", full, "####################", 20 - full,
             "....................", 100 * share, floor (left / 60), fmod (floor (left), 60));
  }
  fprintf (stderr, "iteration %" G_GUINT64_FORMAT "  meta-objective %.3f  gradient %.3g  diverged %.1f %%%s",
           p->iteration + 1, meter->objective, meter->norm, 100 * meter->diverged, terminal ? "" : "\n");
  fflush (stderr);
}

static void
print_families (const TwTrainer *trainer)
{
  const TwCorpus *corpus = tw_trainer_get_corpus (trainer);
  const double *objectives = tw_trainer_get_entry_objectives (trainer);

  puts ("\nmeta-objective by problem of the corpus, smoothed:");
  for (gsize i = 0; i < tw_corpus_get_n_entries (corpus); i++)
    if (isfinite (objectives[i]))
      printf ("%10.3f  %s\n", objectives[i], tw_corpus_get_entry_name (corpus, i));
}

static gboolean
train (TwTraining *training, const Limits *limits, GError **error)
{
  TwTrainer *trainer = tw_training_get_trainer (training);
  Meter meter = { .begun = g_get_monotonic_time (), .first = tw_trainer_get_iteration (trainer) };

  tw_training_set_intervals (training, 60, limits->snapshots);
  while (tw_trainer_get_iteration (trainer) < limits->iterations
         && tw_ranks_decide (!tw_interrupted ()
                             && (double) (g_get_monotonic_time () - meter.begun) * 1e-6 < limits->seconds)) {
    TwTrainerProgress progress;
    if (!tw_training_iterate (training, (guint) limits->threads, &progress, error))
      return FALSE;
    meter_add (&meter, &progress);
    if (tw_ranks_is_first ())
      tell (&meter, &progress, limits);
  }
  if (tw_ranks_is_first () && isatty (STDERR_FILENO))
    fputs ("\r\033[K", stderr);
  if (!tw_training_keep (training, error))
    return FALSE;
  if (!tw_ranks_is_first ())
    return TRUE;
  printf ("%" G_GUINT64_FORMAT " iterations, meta-objective %.4f, diverged %.2f %%\n",
          tw_trainer_get_iteration (trainer), meter.objective, 100 * meter.diverged);
  print_families (trainer);
  return TRUE;
}

/* Every rank meets the same errors in its options and files; one of them tells. */
static int
fail (const GError *error)
{
  if (tw_ranks_is_first ())
    return tw_fail_error (error);
  return error == NULL || g_error_matches (error, TW_ERROR, TW_ERROR_OUTPUT) ? TW_EXIT_OUTPUT : TW_EXIT_INPUT;
}

static int
train_command (int argc, char **argv)
{
  g_auto (Options) o = { 0 };
  g_autoptr (GError) error = NULL;
  Limits limits;
  int status;
#define TEXT(field) 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_FILENAME, &o.field
  const GOptionEntry entries[] = {
    { "out", TEXT (out), "the folder of the training: weights, progress, checkpoint", "DIR" },
    { "corpus", TEXT (corpus), "what to learn from: a corpus that ships (default, ...) or a file", "FILE" },
    { "config", TEXT (config), "settings, as listed below", "KEY=VALUE,..." },
    { "init", TEXT (init), "weights to go on from; their shape counts", "FILE" },
    { "resume", TEXT (resume), "go on with a training that was stopped, to the same bits", "DIR" },
    { "minutes", TEXT (minutes), "how long", "M" },
    { "iterations", TEXT (iterations), "or how many iterations in all", "N" },
    { "threads", TEXT (threads), "how many to use (one per processor); results do not depend on it", "N" },
    { "seed", TEXT (seed), "of all that is random (0)", "N" },
    { "snapshots", TEXT (snapshots), "keep the weights every so many iterations", "N" },
    { G_OPTION_REMAINING, 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_FILENAME_ARRAY, &o.rest, NULL, NULL },
    G_OPTION_ENTRY_NULL,
  };
#undef TEXT
  g_autoptr (GString) keys = g_string_new (
    "Examples:\n"
    "  Half an hour from scratch, then another half; the folder has all that was learned:\n"
    "    thalweg train --out mine --minutes 30\n"
    "    thalweg train --resume mine --minutes 30\n"
    "  Try what came out:\n"
    "    thalweg show --problem beale --optimizer learned,weights=mine/weights.safetensors\n"
    "  A smaller one of two levels, with short unrolls:\n"
    "    thalweg train --out small --config hidden=8x12,unroll_mean=30 --iterations 2000\n"
    "  On several machines (built with -Dmpi=enabled):\n"
    "    mpirun -np 4 thalweg train --out mine --threads 2\n"
    "\n"
    "Settings of --config:\n");
  for (const TwParam *p = tw_trainer_params (); p->key != NULL; p++) {
    g_autofree char *initial = p->choices != NULL ? g_strdup (p->choices) : g_strdup_printf ("%g", p->initial);
    g_autofree char *left = g_strdup_printf ("  %-14s %s", p->key, initial);
    tw_help_append (keys, left, 30, p->summary);
  }

  if (!tw_parse_options ("train", "",
                         "Meta-trains a learned optimizer: makes it better at the problems of a corpus.\n"
                         "Ctrl-C ends it with a checkpoint; a training that was killed resumes from its last one.",
                         keys->str, entries, &argc, &argv, &status))
    return status;
  if (o.rest != NULL)
    return tw_fail (TW_EXIT_INPUT, "\"%s\": this command takes options only (see thalweg train --help)", o.rest[0]);
  if (!read_limits (&o, &limits, &error))
    return fail (error);
  g_autoptr (TwTraining) training = open_training (&o, &limits, &error);
  if (training == NULL)
    return fail (error);
  tw_interrupts_catch (TRUE);
  if (!train (training, &limits, &error))
    return fail (error);
  return tw_finish_stdout ();
}

int
tw_command_train (int argc, char **argv)
{
#ifdef __GLIBC__
  /* The tapes of the next episode are as large as those of the last: memory that goes back to the system would
   * have to be cleared by it again, which took a third of the time, and with long unrolls most of it.  One arena, as
   * those of other threads have no room for what is that large. */
  mallopt (M_ARENA_MAX, 1);
  mallopt (M_MMAP_THRESHOLD, G_MAXINT);
  mallopt (M_TRIM_THRESHOLD, G_MAXINT);
#endif
  tw_ranks_init (&argc, &argv);
  int status = train_command (argc, argv);
  tw_ranks_finish ();
  return status;
}
