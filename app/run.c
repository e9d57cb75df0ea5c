#include "app/run.h"

#include <math.h>
#include <stdio.h>
#include <unistd.h>

#include "app/command.h"
#include "app/table.h"
#include "core/error.h"
#include "core/experiment/runner.h"

/* Progress is told on a terminal, after this time and then this often. */
#define QUIET_SECONDS 1.0
#define PROGRESS_SECONDS 0.2

/* Waits for the end, or for an interrupt. */
static void
watch (TwRunner *runner)
{
  gint64 start = g_get_monotonic_time ();
  gboolean terminal = isatty (STDERR_FILENO), told = FALSE;

  while (
    !tw_runner_wait_until (runner, g_get_monotonic_time () + (gint64)(PROGRESS_SECONDS * G_USEC_PER_SEC))) {
    if (tw_interrupted ())
      tw_runner_cancel (runner);
    if (!terminal || g_get_monotonic_time () - start < QUIET_SECONDS * G_USEC_PER_SEC)
      continue;
    fprintf (stderr, "\r%3.0f %%", 100 * tw_runner_get_progress (runner));
    told = TRUE;
  }
  if (told)
    fputs ("\r\033[K", stderr);
}

/* Between the frames of an animation. */
static gboolean
go_on (double share, gpointer data)
{
  static gint64 begun, told;
  gint64 now = g_get_monotonic_time ();

  if (begun == 0)
    begun = now;
  if (isatty (STDERR_FILENO)) {
    if (isnan (share) && told > 0)
      fputs ("\r\033[K", stderr);
    else if (now - begun > QUIET_SECONDS * G_USEC_PER_SEC && now - told > PROGRESS_SECONDS * G_USEC_PER_SEC) {
      fprintf (stderr, "\rdrawing %3.0f %%", 100 * share);
      told = now;
    }
  }
  return !tw_interrupted ();
}

static int
run (const TwExperiment *experiment, const TwExperimentOptions *options, GError **error)
{
  guint n_threads;

  if (!tw_experiment_options_threads (options, &n_threads, error) ||
      !tw_output_options_check (&options->outputs, error))
    return FALSE;
  g_autoptr (TwRunner) runner = tw_outputs_start_run (&options->outputs, experiment, n_threads, error);
  if (runner == NULL)
    return FALSE;
  watch (runner);
  if (tw_runner_get_error (runner) != NULL) {
    g_propagate_error (error, g_error_copy (tw_runner_get_error (runner)));
    return FALSE;
  }
  TwTrace *trace = tw_runner_get_trace (runner);
  if (tw_interrupted ()) {
    g_set_error_literal (error, TW_ERROR, TW_ERROR_CANCELLED, "interrupted; nothing was written");
    return FALSE;
  }
  if (!tw_outputs_write (&options->outputs, experiment, trace, n_threads, go_on, error))
    return FALSE;
  if (!options->quiet && !tw_output_options_to_stdout (&options->outputs))
    tw_print_table (trace);
  return TRUE;
}

int
tw_run_and_write (const TwExperiment *experiment, const TwExperimentOptions *options)
{
  g_autoptr (GError) error = NULL;

  tw_interrupts_catch (TRUE);
  gboolean done = run (experiment, options, &error);
  tw_interrupts_catch (FALSE);
  if (!done && g_error_matches (error, TW_ERROR, TW_ERROR_CANCELLED))
    return tw_fail (TW_EXIT_INTERRUPTED, "%s", error->message);
  return done ? tw_finish_stdout () : tw_fail_error (error);
}

static const char run_help[] =
  "SPEC is NAME[,KEY=VALUE]..., as in adam,lr=0.01,beta1=0.9 or learned,weights=FILE.\n"
  "A comma that belongs to a VALUE is written \\, with a backslash.\n"
  "FILE may be - for standard output.\n"
  "\n"
  "Examples:\n"
  "  Three optimizers from one start, all steps in a table:\n"
  "    thalweg run --problem rosenbrock --start -1.2,1 --optimizer sgd,lr=0.001 \\\n"
  "      --optimizer adam,lr=0.05 --optimizer learned --csv steps.csv\n"
  "  One optimizer with two learning rates from 100 random starts:\n"
  "    thalweg run --problem beale --starts 100 --optimizer adam,lr=0.01 \\\n"
  "      --optimizer adam,lr=0.1 --json summary.json\n"
  "  A formula with noisy gradients:\n"
  "    thalweg run --formula 'x^2 + 5*y^2 + sin(3*x)' --domain -3,3,-3,3 --noise 0.1 \\\n"
  "      --optimizer momentum --plot figure.pdf\n"
  "  A network that learns from a table, its last column the class:\n"
  "    thalweg run --problem mlp,data=flowers.csv,hidden=16 --steps 400 \\\n"
  "      --optimizer adam,lr=0.01 --optimizer learned\n"
  "  Keep an experiment, and run it again with more steps:\n"
  "    thalweg run --problem booth --optimizer learned --save booth.thalweg\n"
  "    thalweg run booth.thalweg --steps 1000\n";

int
tw_command_run (int argc, char **argv)
{
  g_auto (TwExperimentOptions) options = { 0 };
  g_autofree GOptionEntry *entries = tw_experiment_options_entries (&options);
  g_autofree char *help = tw_outputs_describe_views (run_help);
  g_autoptr (GError) error = NULL;
  int status;

  if (!tw_parse_options (
        "run", "[EXPERIMENT]",
        "Runs optimizers on a problem without a window and prints how far they got.\n"
        "Options override what the experiment file says.",
        help, entries, &argc, &argv, &status))
    return status;

  g_autoptr (TwExperiment) experiment = tw_experiment_options_read (&options, FALSE, &error);
  return experiment != NULL ? tw_run_and_write (experiment, &options) : tw_fail_error (error);
}

static const char export_help[] =
  "Examples:\n"
  "  A figure for one column of a journal, told apart in grey:\n"
  "    thalweg export booth.thalweg --plot booth.pdf --figure-size column --figure-theme print\n"
  "  The activations of the learned optimizer on a slide:\n"
  "    thalweg export booth.thalweg --plot inside.svg --figure-view activations --figure-size slide\n"
  "  Ten seconds for a web page, and a report over five seeds:\n"
  "    thalweg export booth.thalweg --animate booth.webp --figure-size 640x480px\n"
  "    thalweg export booth.thalweg --report booth.html --report-seeds 5\n"
  "  The same picture from LaTeX or matplotlib:\n"
  "    thalweg export booth.thalweg --pgfplots booth.tex --csv booth.csv --matplotlib booth.py\n";

int
tw_command_export (int argc, char **argv)
{
  g_auto (TwExperimentOptions) options = { .quiet = TRUE };
  g_autofree GOptionEntry *entries = tw_experiment_options_entries (&options);
  g_autofree char *help = tw_outputs_describe_views (export_help);
  g_autoptr (GError) error = NULL;
  int status;

  if (!tw_parse_options (
        "export", "EXPERIMENT",
        "Writes figures, animations, reports and tables of an experiment, and prints nothing.\n"
        "Options override what the experiment file says.",
        help, entries, &argc, &argv, &status))
    return status;
  if (!tw_output_options_any (&options.outputs))
    return tw_fail (TW_EXIT_INPUT, "nothing to write: give --plot, --animate, --report or another file "
                                   "(see thalweg export --help)");
  g_autoptr (TwExperiment) experiment = tw_experiment_options_read (&options, FALSE, &error);
  return experiment != NULL ? tw_run_and_write (experiment, &options) : tw_fail_error (error);
}
