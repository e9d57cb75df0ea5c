#include <stdio.h>
#include <unistd.h>

#include "app/command.h"
#include "app/eval-table.h"
#include "core/error.h"
#include "core/evaluation/report.h"
#include "core/experiment/runner.h"

#define DEFAULT_BUDGET 30
#define PROGRESS_SECONDS 0.2

/* As given; NULL where not. */
typedef struct {
  char *suite, *budget, *seeds, *seed, *threads, *json, *html, *baselines, *families;
  char **weights, **learned_lr, **rest;
} Options;

static void
options_clear (Options *options)
{
  char **texts[] = { &options->suite, &options->budget,    &options->seeds,
                     &options->seed,  &options->threads,   &options->json,
                     &options->html,  &options->baselines, &options->families };
  char ***lists[] = { &options->weights, &options->learned_lr, &options->rest };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    g_clear_pointer (texts[i], g_free);
  for (gsize i = 0; i < G_N_ELEMENTS (lists); i++)
    g_clear_pointer (lists[i], g_strfreev);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

typedef struct {
  gint64 start, last;
  gboolean terminal, told;
  GCancellable *cancellable;
} Progress;

/* "37 %  rastrigin, about 1:20 left", and where an interrupt is noticed. */
static void
show_progress (double done, const char *what, gpointer data)
{
  Progress *progress = data;
  gint64 now = g_get_monotonic_time ();
  double elapsed = (double)(now - progress->start) / G_USEC_PER_SEC;

  if (tw_interrupted ())
    g_cancellable_cancel (progress->cancellable);
  if (!progress->terminal || (double)(now - progress->last) / G_USEC_PER_SEC < PROGRESS_SECONDS ||
      elapsed < 1)
    return;
  progress->last = now;
  progress->told = TRUE;
  fprintf (stderr, "\r\033[K%3.0f %%  %s", 100 * done, what);
  if (done > 0.02) {
    int left = (int)(elapsed * (1 - done) / done);
    fprintf (stderr, ", about %d:%02d left", left / 60, left % 60);
  }
  fflush (stderr);
}

static gboolean
read_numbers (const Options *options, TwEvaluationOptions *read, GError **error)
{
  guint64 budget = options->baselines != NULL ? 0 : DEFAULT_BUDGET, seeds = 0, seed = 0, threads = 0;

  if (!tw_read_whole ("budget", options->budget, 0, TW_EVALUATION_MAX_BUDGET, &budget, error) ||
      !tw_read_whole ("seeds", options->seeds, 1, TW_SUITE_MAX_SEEDS, &seeds, error) ||
      !tw_read_whole ("seed", options->seed, 0, G_MAXINT32, &seed, error) ||
      !tw_read_whole ("threads", options->threads, 1, TW_RUNNER_MAX_THREADS, &threads, error))
    return FALSE;
  read->budget = (guint)budget;
  read->n_seeds = (guint)seeds;
  read->seed = seed;
  read->n_threads = (guint)threads;
  return TRUE;
}

static gboolean
check_outputs (const Options *options, GError **error)
{
  const char *const paths[] = { options->json, options->html };

  return tw_check_outputs (paths, G_N_ELEMENTS (paths), error);
}

/* Both beside their targets before either takes its place. */
static gboolean
write_outputs (const TwEvaluation *evaluation, const Options *options, GError **error)
{
  g_autoptr (TwOutput) json = NULL;
  g_autoptr (TwOutput) html = NULL;

  if (options->json != NULL) {
    json = tw_output_new (options->json, error);
    if (json == NULL)
      return FALSE;
    tw_report_json (evaluation, json);
    if (!tw_output_finish (json, error))
      return FALSE;
  }
  if (options->html != NULL) {
    html = tw_output_new (options->html, error);
    if (html == NULL)
      return FALSE;
    tw_report_html (evaluation, html);
    if (!tw_output_finish (html, error))
      return FALSE;
  }
  return (json == NULL || tw_output_commit (json, error)) && (html == NULL || tw_output_commit (html, error));
}

static gboolean
evaluate (const Options *options, GError **error)
{
  g_auto (GStrv) families = options->families != NULL ? g_strsplit (options->families, ",", -1) : NULL;
  TwEvaluationOptions read = {
    .weights = (const char *const *)options->weights,
    .learned_lr = (const char *const *)options->learned_lr,
    .families = (const char *const *)families,
    .baselines = options->baselines,
  };
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Progress progress = { g_get_monotonic_time (), 0, isatty (STDERR_FILENO), FALSE, cancellable };

  if (!read_numbers (options, &read, error) || !check_outputs (options, error))
    return FALSE;
  TwSuite *suite = tw_suite_open (options->suite != NULL ? options->suite : "test", error);
  if (suite == NULL)
    return FALSE;
  g_autoptr (TwEvaluation) evaluation =
    tw_evaluate (suite, &read, cancellable, show_progress, &progress, error);
  if (progress.told)
    fputs ("\r\033[K", stderr);
  if (evaluation == NULL || !write_outputs (evaluation, options, error))
    return FALSE;
  if ((options->json == NULL || !tw_output_is_stdout (options->json)) &&
      (options->html == NULL || !tw_output_is_stdout (options->html)))
    tw_print_evaluation (evaluation);
  return TRUE;
}

int
tw_command_eval (int argc, char **argv)
{
  g_auto (Options) options = { 0 };
  g_autoptr (GError) error = NULL;
  int status;
#define TEXT(field) 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_FILENAME, &options.field
#define LIST(field) 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_FILENAME_ARRAY, &options.field
  const GOptionEntry entries[] = {
    { "suite", TEXT (suite), "problems to compare on: test (the default), unseen, fresh, validation, networks, smoke, or a JSON file",
      "NAME|FILE" },
    { "weights", LIST (weights), "a learned optimizer, untuned; several may be given (default)", "FILE" },
    { "learned-lr", LIST (learned_lr),
      "its initial learning rate, where not its default; several may be given", "X" },
    { "families", TEXT (families), "baselines to tune (sgd,momentum,nesterov,rmsprop,adam)", "A,B,..." },
    { "budget", TEXT (budget), "settings each of them is tried with on each problem (30); 0: none is tuned",
      "N" },
    { "baselines", TEXT (baselines), "take tuned settings from the --json of an earlier evaluation", "FILE" },
    { "seeds", TEXT (seeds), "how many to report on (what the suite says)", "N" },
    { "seed", TEXT (seed), "the first of them (0)", "N" },
    { "threads", TEXT (threads), "how many to use (one per processor); results do not depend on it", "N" },
    { "json", TEXT (json), "all that was found", "FILE" },
    { "html", TEXT (html), "a page with tables and curves, in one file", "FILE" },
    { G_OPTION_REMAINING, LIST (rest), NULL, NULL },
    G_OPTION_ENTRY_NULL,
  };
#undef TEXT
#undef LIST

  if (!tw_parse_options (
        "eval", NULL,
        "Compares learned optimizers, untuned, with baselines that are tuned on each problem of a suite.",
        "Examples:\n"
        "  The suite of the project, with a page to look at:\n"
        "    thalweg eval --html comparison.html\n"
        "  Which of two weight files is better, without tuning anything:\n"
        "    thalweg eval --suite validation --budget 0 --weights a.safetensors --weights b.safetensors\n"
        "  The same against tuned baselines that were found before:\n"
        "    thalweg eval --suite validation --json tuned.json\n"
        "    thalweg eval --suite validation --baselines tuned.json --weights a.safetensors\n",
        entries, &argc, &argv, &status))
    return status;
  if (options.rest != NULL)
    return tw_fail (TW_EXIT_INPUT, "\"%s\": eval takes options only (see thalweg eval --help)",
                    options.rest[0]);

  tw_interrupts_catch (TRUE);
  gboolean done = evaluate (&options, &error);
  tw_interrupts_catch (FALSE);
  if (!done && g_error_matches (error, TW_ERROR, TW_ERROR_CANCELLED))
    return tw_fail (TW_EXIT_INTERRUPTED, "%s", error->message);
  return done ? tw_finish_stdout () : tw_fail_error (error);
}
