/* Figures and reports come out whole and repeatable, and say why where they do not. */
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "core/error.h"
#include "core/experiment/runner.h"
#include "core/experiment/snapshots.h"
#include "ui/drawing/figure.h"
#include "ui/drawing/report.h"

static TwTrace *
run (const char *problem, const char *formula, const char *const *optimizers, guint n_starts)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TwExperiment) experiment = tw_experiment_new ();
  experiment->problem = g_strdup (problem);
  experiment->formula = g_strdup (formula);
  for (; *optimizers != NULL; optimizers++)
    g_ptr_array_add (experiment->optimizers, g_strdup (*optimizers));
  experiment->n_random_starts = n_starts;
  experiment->steps = 120;
  TwTrace *trace = tw_run_experiment (experiment, 1, NULL, &error);
  g_assert_no_error (error);
  return trace;
}

static void
test_figures (void)
{
  static const char *const some[] = { "sgd,lr=0.001", "adam,lr=0.05", "sgd,lr=10", NULL };
  static const struct {
    const char *problem, *formula, *ending, *magic;
    guint starts;
  } cases[] = {
    { "rosenbrock", NULL, ".png", "\211PNG", 0 }, { "rosenbrock", NULL, ".svg", "<?xml", 4 },
    { "rosenbrock", NULL, ".pdf", "%PDF", 0 },    { NULL, "sin(x)*cos(y)", ".PNG", "\211PNG", 0 },
    { NULL, "x^2+y^2", ".svg", "<?xml", 0 },      { NULL, "log(x)", ".pdf", "%PDF", 3 },
  };
  g_autofree char *folder = g_dir_make_tmp ("thalweg-XXXXXX", NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (TwTrace) trace = run (cases[i].problem, cases[i].formula, some, cases[i].starts);
    g_autofree char *name = g_strconcat ("figure", cases[i].ending, NULL);
    g_autofree char *path = g_build_filename (folder, name, NULL), *first = NULL, *second = NULL;
    gsize n_first, n_second;
    g_assert_true (tw_figure_save_comparison (trace, path, &error));
    g_assert_no_error (error);
    g_assert_true (g_file_get_contents (path, &first, &n_first, NULL));
    g_assert_true (tw_figure_save_comparison (trace, path, &error));
    g_assert_true (g_file_get_contents (path, &second, &n_second, NULL));
    g_assert_cmpuint (n_first, >, 3000);
    g_assert_cmpmem (first, strlen (cases[i].magic), cases[i].magic, strlen (cases[i].magic));
    g_assert_cmpmem (first, n_first, second, n_second);
    g_unlink (path);
  }
  g_rmdir (folder);
}

static void
test_figure_errors (void)
{
  static const char *const some[] = { "sgd", NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (TwTrace) trace = run ("booth", NULL, some, 0);
  g_assert_false (tw_figure_save_comparison (trace, "figure.gif", &error));
  g_assert_error (error, TW_ERROR, TW_ERROR_INPUT);
  g_clear_error (&error);
  g_assert_false (tw_figure_save_comparison (trace, ".png", &error));
  g_assert_error (error, TW_ERROR, TW_ERROR_INPUT);
  g_clear_error (&error);
  g_assert_false (tw_figure_save_comparison (trace, "/nowhere/at/all/figure.png", &error));
  g_assert_error (error, TW_ERROR, TW_ERROR_OUTPUT);
}

typedef struct {
  double last, stop_at;
  gboolean falls;
  gsize n;
} Told;

static gboolean
note_share (double share, gpointer data)
{
  Told *told = data;

  told->falls = told->falls || share < told->last;
  told->last = share;
  told->n++;
  return share < told->stop_at;
}

/* The plane of a network takes long: a report tells how far it is, from beginning to end, and can be stopped in it. */
static void
test_report_progress (void)
{
  g_autoptr (TwExperiment) experiment = tw_experiment_new ();
  g_autoptr (GError) error = NULL;
  Told told = { .stop_at = 2 };
  const TwFigureWork work = { 1, NULL, note_share, &told };
  const TwFigureOptions look = { 0 };

  experiment->problem = g_strdup ("mlp,data=moons,hidden=6,rows=200");
  experiment->steps = 30;
  tw_experiment_insert_optimizer (experiment, 0, "adam,lr=0.02", NULL, -1);
  g_autoptr (TwRunner) runner = tw_runner_start_within (experiment, 1, 0, TW_SNAPSHOTS_BYTES, &error);
  g_assert_no_error (error);
  tw_runner_wait (runner);
  TwTrace *trace = tw_runner_get_trace (runner);

  g_autoptr (GBytes) bytes = tw_report_render (experiment, &trace, 1, TW_REPORT_PDF, &look, &work, &error);
  g_assert_no_error (error);
  g_assert_nonnull (bytes);
  g_assert_cmpuint (told.n, >, 8);
  g_assert_false (told.falls);
  g_assert_cmpfloat (told.last, >=, 0.75);
  g_assert_cmpfloat (told.last, <=, 1);
  for (int kind = TW_REPORT_PDF; kind <= TW_REPORT_HTML; kind++) {
    told = (Told){ .stop_at = 0.6 }; /* the third of four figures */
    g_assert_null (tw_report_render (experiment, &trace, 1, (TwReportKind)kind, &look, &work, &error));
    g_assert_error (error, TW_ERROR, TW_ERROR_CANCELLED);
    g_assert_cmpfloat (told.last, <, 0.75);
    g_clear_error (&error);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/figure/figures", test_figures);
  g_test_add_func ("/figure/figure-errors", test_figure_errors);
  g_test_add_func ("/figure/report-progress", test_report_progress);
  return g_test_run ();
}
