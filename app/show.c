#include "app/command.h"
#include "app/experiment-options.h"
#include "app/run.h"
#include "config.h"
#ifdef TW_HAVE_GUI
#include <gtk/gtk.h>
#include <locale.h>

#include "ui/show.h"
#endif

static int
open_window (const TwExperiment *experiment, const char *file, int *argc, char ***argv)
{
#ifdef TW_HAVE_GUI
  /* GTK would take on the numbers of the locale too, and files written from the window would have other bytes than
   * those of the command line. */
  gtk_disable_setlocale ();
  setlocale (LC_MESSAGES, "");
  setlocale (LC_TIME, "");
  return tw_ui_show (experiment, file, argc, argv);
#else
  return tw_fail (TW_EXIT_INPUT,
                  "this thalweg was built without the window; thalweg run works (see thalweg --help)");
#endif
}

int
tw_command_show (int argc, char **argv)
{
  g_auto (TwExperimentOptions) options = { 0 };
  g_autofree GOptionEntry *entries = tw_experiment_options_entries (&options);
  g_autoptr (TwExperiment) experiment = NULL;
  g_autoptr (GError) error = NULL;
  int status;

  if (!tw_parse_options (
        "show", "[EXPERIMENT]",
        "Opens the window on an experiment, playing.  With nothing given it is lesson one.",
        "SPEC is NAME[,KEY=VALUE]..., as in adam,lr=0.01,beta1=0.9 or learned,weights=FILE.\n"
        "A comma that belongs to a VALUE is written \\, with a backslash.\n"
        "Outputs, where asked for, are written before the window opens.\n"
        "\n"
        "Examples:\n"
        "  The first lesson:\n"
        "    thalweg show\n"
        "  Two optimizers on a landscape with four minima; a start can be dragged:\n"
        "    thalweg show --problem himmelblau --optimizer momentum --optimizer learned\n"
        "  The same optimizer with two learning rates, on a landscape of your own:\n"
        "    thalweg show --formula 'x^2 + 5*y^2 + sin(3*x)' --start 2,2 \\\n"
        "      --optimizer adam,lr=0.01 --optimizer adam,lr=0.1\n"
        "  A network that learns from a table, its last column the class:\n"
        "    thalweg show --problem mlp,data=flowers.csv,hidden=16 --optimizer adam,lr=0.01\n"
        "  An experiment that was kept:\n"
        "    thalweg show booth.thalweg\n",
        entries, &argc, &argv, &status))
    return status;
  if (tw_experiment_options_any (&options) || tw_output_options_any (&options.outputs)) {
    experiment = tw_experiment_options_read (&options, TRUE, &error);
    if (experiment == NULL)
      return tw_fail_error (error);
  }
  guint n_threads;
  if (!tw_experiment_options_threads (&options, &n_threads, &error))
    return tw_fail_error (error);
  if (tw_output_options_any (&options.outputs)) {
    status = tw_run_and_write (experiment, &options);
    if (status != TW_EXIT_OK)
      return status;
  }
  return open_window (experiment, tw_experiment_options_unchanged_file (&options), &argc, &argv);
}
