#include "app/run.h"

#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "app/command.h"
#include "app/table.h"
#include "config.h"
#include "core/error.h"
#include "core/experiment/export.h"
#include "core/experiment/runner.h"
#ifdef TW_HAVE_GUI
#include "ui/drawing/figure.h"
#endif

/* Progress is told on a terminal, after this time and then this often. */
#define QUIET_SECONDS 1.0
#define PROGRESS_SECONDS 0.2

static volatile sig_atomic_t interrupted;

static void
note_interrupt (int number)
{
  interrupted = number;
}

static void
catch_interrupts (void (*handler) (int))
{
  struct sigaction action = { .sa_handler = handler };

  sigemptyset (&action.sa_mask);
  sigaction (SIGINT, &action, NULL);
  sigaction (SIGTERM, &action, NULL);
}

/* Waits for the end, or for an interrupt. */
static void
watch (TwRunner *runner)
{
  gint64 start = g_get_monotonic_time ();
  gboolean terminal = isatty (STDERR_FILENO), told = FALSE;

  while (
    !tw_runner_wait_until (runner, g_get_monotonic_time () + (gint64)(PROGRESS_SECONDS * G_USEC_PER_SEC))) {
    if (interrupted)
      tw_runner_cancel (runner);
    if (!terminal || g_get_monotonic_time () - start < QUIET_SECONDS * G_USEC_PER_SEC)
      continue;
    fprintf (stderr, "\r%3.0f %%", 100 * tw_runner_get_progress (runner));
    told = TRUE;
  }
  if (told)
    fputs ("\r\033[K", stderr);
}

static gboolean
save_plot (TwTrace *trace, const char *path, GError **error)
{
#ifdef TW_HAVE_GUI
  return tw_figure_save_comparison (trace, path, error);
#else
  g_return_val_if_reached (FALSE); /* refused before anything ran */
#endif
}

/* All are written beside their targets before the first takes its place: either all change or none. */
static gboolean
write_outputs (const TwExperiment *experiment, TwTrace *trace, const TwExperimentOptions *options,
               GError **error)
{
  const char *paths[] = { options->csv, options->json, options->save };
  g_autoptr (GPtrArray) outputs = g_ptr_array_new_with_free_func ((GDestroyNotify)tw_output_free);

  for (gsize i = 0; i < G_N_ELEMENTS (paths); i++) {
    if (paths[i] == NULL)
      continue;
    TwOutput *output = tw_output_new (paths[i], error);
    if (output == NULL)
      return FALSE;
    g_ptr_array_add (outputs, output);
    if (paths[i] == options->csv) {
      tw_export_csv (trace, output);
    } else if (paths[i] == options->json) {
      tw_export_json (trace, output);
    } else {
      g_autofree char *json = tw_experiment_to_json (experiment);
      tw_output_write (output, json);
    }
    if (!tw_output_finish (output, error))
      return FALSE;
  }
  if (interrupted) {
    g_set_error_literal (error, TW_ERROR, TW_ERROR_CANCELLED, "interrupted; nothing was written");
    return FALSE;
  }
  if (options->plot != NULL && !save_plot (trace, options->plot, error))
    return FALSE;
  for (guint i = 0; i < outputs->len; i++)
    if (!tw_output_commit (outputs->pdata[i], error))
      return FALSE;
  return TRUE;
}

static gboolean
writes_to_stdout (const TwExperimentOptions *options)
{
  const char *paths[] = { options->csv, options->json, options->plot, options->save };

  for (gsize i = 0; i < G_N_ELEMENTS (paths); i++)
    if (paths[i] != NULL && tw_output_is_stdout (paths[i]))
      return TRUE;
  return FALSE;
}

static int
run (const TwExperiment *experiment, const TwExperimentOptions *options, GError **error)
{
  guint n_threads;

  if (!tw_experiment_options_threads (options, &n_threads, error) ||
      !tw_experiment_options_check_outputs (options, error))
    return FALSE;
  /* No probes: nothing here shows them. */
  g_autoptr (TwRunner) runner = tw_runner_start_with_probes (experiment, n_threads, 0, error);
  if (runner == NULL)
    return FALSE;
  watch (runner);
  if (tw_runner_get_error (runner) != NULL) {
    g_propagate_error (error, g_error_copy (tw_runner_get_error (runner)));
    return FALSE;
  }
  TwTrace *trace = tw_runner_get_trace (runner);
  if (!write_outputs (experiment, trace, options, error))
    return FALSE;
  if (!writes_to_stdout (options))
    tw_print_table (trace);
  return TRUE;
}

int
tw_run_and_write (const TwExperiment *experiment, const TwExperimentOptions *options)
{
  g_autoptr (GError) error = NULL;

  catch_interrupts (note_interrupt);
  gboolean done = run (experiment, options, &error);
  catch_interrupts (SIG_DFL);
  if (!done && g_error_matches (error, TW_ERROR, TW_ERROR_CANCELLED))
    return tw_fail (TW_EXIT_INTERRUPTED, "%s", error->message);
  return done ? tw_finish_stdout () : tw_fail_error (error);
}

int
tw_command_run (int argc, char **argv)
{
  g_auto (TwExperimentOptions) options = { 0 };
  g_autofree GOptionEntry *entries = tw_experiment_options_entries (&options);
  g_autoptr (GError) error = NULL;
  int status;

  if (!tw_parse_options (
        "run", "[EXPERIMENT]",
        "Runs optimizers on a problem without a window and prints how far they got.\n"
        "Options override what the experiment file says.",
        "SPEC is NAME[,KEY=VALUE]..., as in adam,lr=0.01,beta1=0.9 or learned,weights=FILE.\n"
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
        "  Keep an experiment, and run it again with more steps:\n"
        "    thalweg run --problem booth --optimizer adam --save booth.thalweg\n"
        "    thalweg run booth.thalweg --steps 1000\n",
        entries, &argc, &argv, &status))
    return status;

  g_autoptr (TwExperiment) experiment = tw_experiment_options_read (&options, FALSE, &error);
  return experiment != NULL ? tw_run_and_write (experiment, &options) : tw_fail_error (error);
}
