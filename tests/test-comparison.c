/* Labels and order of optimizers, the table that compares them, tuning with equal effort. */
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "core/error.h"
#include "core/evaluation/tuning.h"
#include "core/experiment/comparison.h"
#include "core/experiment/own-landscapes.h"
#include "core/experiment/runner.h"

static TwExperiment *
experiment_of (const char *problem, const char *const *specs)
{
  TwExperiment *experiment = tw_experiment_new ();

  experiment->problem = g_strdup (problem);
  for (; *specs != NULL; specs++)
    g_ptr_array_add (experiment->optimizers, g_strdup (*specs));
  return experiment;
}

#define EXPERIMENT(problem, ...) experiment_of (problem, (const char *const[]){ __VA_ARGS__, NULL })

static void
assert_optimizer (const TwExperiment *e, gsize i, const char *spec, const char *label, int style)
{
  g_assert_cmpstr (e->optimizers->pdata[i], ==, spec);
  g_assert_cmpstr (tw_experiment_get_label (e, i), ==, label);
  g_assert_cmpint (tw_experiment_get_line_style (e, i), ==, style);
}

static void
test_looks (void)
{
  g_autoptr (TwExperiment) e = EXPERIMENT ("rosenbrock", "sgd", "adam", "lion");

  tw_experiment_set_label (e, 1, "my Adam");
  tw_experiment_set_line_style (e, 2, 7);
  tw_experiment_move_optimizer (e, 2, 0);
  assert_optimizer (e, 0, "lion", NULL, 7);
  assert_optimizer (e, 1, "sgd", NULL, -1);
  assert_optimizer (e, 2, "adam", "my Adam", -1);
  tw_experiment_insert_optimizer (e, 3, "adam,lr=1", "its copy", 3);
  tw_experiment_remove_optimizer (e, 1);
  tw_experiment_set_label (e, 0, "");
  g_assert_cmpuint (e->optimizers->len, ==, 3);
  assert_optimizer (e, 0, "lion", NULL, 7);

  /* They are in the file, and a plain one is plain text there. */
  g_autofree char *json = tw_experiment_to_json (e);
  g_autoptr (GError) error = NULL;
  g_autoptr (TwExperiment) back = tw_experiment_from_json ("x", json, -1, &error);
  g_assert_no_error (error);
  assert_optimizer (back, 0, "lion", NULL, 7);
  assert_optimizer (back, 1, "adam", "my Adam", -1);
  assert_optimizer (back, 2, "adam,lr=1", "its copy", 3);
  g_autoptr (TwExperiment) plain = EXPERIMENT ("rosenbrock", "sgd");
  g_autofree char *text = tw_experiment_to_json (plain);
  g_assert_nonnull (strstr (text, "\n    \"sgd\"\n"));
  g_autoptr (TwExperiment) copy = tw_experiment_copy (back);
  assert_optimizer (copy, 2, "adam,lr=1", "its copy", 3);
}

static void
test_looks_refused (void)
{
  static const struct {
    const char *optimizer, *message;
  } cases[] = {
    { "{ \"label\": \"a\" }", "optimizers[0]: its \"optimizer\" is missing" },
    { "{ \"optimizer\": \"sgd\", \"colour\": 3 }",
      "optimizers[0].colour: there is no such key; there are optimizer, label and style" },
    { "{ \"optimizer\": \"sgd\", \"style\": 256 }", "optimizers[0].style: expected a whole number from 0 to 255" },
    { "{ \"optimizer\": 5 }", "optimizers[0].optimizer: expected text but found a number" },
    { "7", "optimizers[0]: expected text but found a number" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *json =
      g_strdup_printf ("{ \"format\": \"thalweg-experiment\", \"version\": 1, \"problem\": \"beale\", \"optimizers\": [%s] }",
                       cases[i].optimizer);
    g_autofree char *expected = g_strconcat ("e: ", cases[i].message, NULL);
    g_autoptr (GError) error = NULL;
    g_assert_null (tw_experiment_from_json ("e", json, -1, &error));
    g_assert_error (error, TW_ERROR, TW_ERROR_INPUT);
    g_assert_cmpstr (error->message, ==, expected);
  }
}

/* x^2 + y^2 from (1, 0): gradient descent multiplies by 1 - 2 lr in every step. */
static void
test_table (void)
{
  g_autoptr (TwExperiment) e = EXPERIMENT (NULL, "sgd,lr=0.25", "sgd,lr=1000");
  const double start[2] = { 1, 0 };
  g_autoptr (GError) error = NULL;

  e->formula = g_strdup ("x^2 + y^2");
  e->minimum = 0;
  e->steps = 60;
  g_array_append_vals (e->starts, start, 2);
  g_autoptr (TwTrace) trace = tw_run_experiment (e, 1, NULL, &error);
  g_assert_no_error (error);
  TwComparisonRow *rows = tw_comparison_new (trace, 1e-2);
  g_assert_cmpfloat (rows[0].final_loss, ==, ldexp (1, -120));
  g_assert_cmpfloat (rows[0].best_loss, ==, ldexp (1, -120));
  g_assert_cmpfloat (rows[0].steps, ==, 4); /* 2^-8 is the first below 0.01 */
  g_assert_cmpuint (rows[0].n_reached, ==, 1);
  g_assert_cmpuint (rows[0].evaluations, ==, tw_trace_get_evaluations (trace, 0, 0));
  g_assert_cmpstr (rows[0].why, ==, "converged within 60 steps");
  g_assert_true (g_str_has_prefix (rows[1].why, "diverged at step "));
  g_assert_true (isnan (rows[1].steps));

  const char *names[2] = { "mine\tand", NULL };
  g_autofree char *tsv = tw_comparison_to_tsv (trace, rows, names);
  g_auto (GStrv) lines = g_strsplit (tsv, "\n", -1);
  g_assert_cmpuint (g_strv_length (lines), ==, 4); /* heading, two rows, the empty end */
  for (int i = 0; i < 3; i++) {
    g_auto (GStrv) cells = g_strsplit (lines[i], "\t", -1);
    g_assert_cmpuint (g_strv_length (cells), ==, 7);
    if (i == 1) {
      g_assert_cmpstr (cells[0], ==, "mine and");
      g_assert_cmpfloat (g_ascii_strtod (cells[1], NULL), ==, ldexp (1, -120));
      g_assert_cmpstr (cells[3], ==, "4");
      g_assert_cmpstr (cells[4], ==, "1");
    }
    if (i == 2) {
      g_assert_cmpstr (cells[0], ==, "sgd,lr=1000");
      g_assert_cmpstr (cells[3], ==, "");
      g_assert_cmpstr (cells[4], ==, "0");
    }
  }
  tw_comparison_free (rows, 2);
}

/* Three starts at 1, 2 and 4 need 4, 5 and 6 steps; the fourth can't get there in time. */
static void
test_table_of_starts (void)
{
  g_autoptr (TwExperiment) e = EXPERIMENT (NULL, "sgd,lr=0.25");
  const double starts[8] = { 1, 0, 2, 0, 4, 0, 1e6, 0 };

  e->formula = g_strdup ("x^2 + y^2");
  e->minimum = 0;
  e->steps = 8;
  g_array_append_vals (e->starts, starts, 8);
  g_autoptr (TwTrace) trace = tw_run_experiment (e, 1, NULL, NULL);
  TwComparisonRow *rows = tw_comparison_new (trace, 1e-2);
  g_assert_cmpuint (rows[0].n_reached, ==, 3);
  g_assert_cmpuint (rows[0].n_runs, ==, 4);
  g_assert_cmpfloat (rows[0].steps, ==, 5);
  g_assert_cmpfloat (rows[0].final_loss, ==, 10 * ldexp (1, -16));
  g_assert_cmpstr (rows[0].why, ==, "4 ran all steps");
  tw_comparison_free (rows, 1);
}

static void
count_up (double share, gpointer data)
{
  double *last = data;

  g_assert_cmpfloat (share, >=, *last);
  g_assert_cmpfloat (share, <=, 1 + 1e-9);
  *last = share;
}

/* Of x^2 + y^2 the best rate of gradient descent is 0.5, and from 1 on it diverges. */
static void
test_tuning (void)
{
  g_autoptr (TwExperiment) e = EXPERIMENT (NULL, "sgd,weight_decay=0", "adam", "learned");
  const double starts[4] = { 1, 0.5, -2, 1 };
  const gboolean which[3] = { TRUE, TRUE, FALSE };
  g_autoptr (GError) error = NULL;
  double share = 0;

  e->formula = g_strdup ("x^2 + y^2");
  e->minimum = 0;
  e->steps = 30;
  g_array_append_vals (e->starts, starts, 4);
  g_autoptr (TwTuning) tuning = tw_tune (e, which, 24, 2, NULL, count_up, &share, &error);
  g_assert_no_error (error);
  g_assert_cmpfloat (share, >, 0.9);
  g_assert_cmpuint (tuning->n_starts, ==, 2);
  for (int o = 0; o < 2; o++) {
    const TwSensitivity *curve = &tuning->optimizers[o];
    g_assert_cmpuint (curve->n, ==, 24);
    for (guint i = 1; i < curve->n; i++)
      g_assert_cmpfloat (curve->lr[i - 1], <=, curve->lr[i]);
    for (guint i = 0; i < curve->n; i++)
      g_assert_cmpfloat (curve->loss[curve->best], <=, curve->loss[i]);
    /* What is promised is what one gets. */
    g_autoptr (TwExperiment) best = tw_experiment_copy (e);
    tw_experiment_set_optimizer (best, 0, curve->spec);
    g_autoptr (TwTrace) trace = tw_run_experiment (best, 1, NULL, &error);
    g_assert_no_error (error);
    double median = (tw_trace_get_final_loss (trace, 0, 0) + tw_trace_get_final_loss (trace, 0, 1)) / 2;
    g_assert_cmpfloat_with_epsilon (median, curve->loss[curve->best], 1e-12 + 1e-9 * median);
  }
  const TwSensitivity *sgd = &tuning->optimizers[0];
  g_assert_cmpfloat_with_epsilon (sgd->lr[sgd->best], 0.5, 0.12);
  g_assert_nonnull (strstr (sgd->spec, "weight_decay=0"));
  g_assert_cmpfloat (sgd->loss[0], >, 1); /* 1e-6: hardly moved */
  g_assert_cmpuint (tuning->optimizers[2].n, ==, 0);

  /* The same bits for any number of threads. */
  g_autoptr (TwTuning) again = tw_tune (e, which, 24, 1, NULL, NULL, NULL, &error);
  for (int o = 0; o < 2; o++)
    g_assert_cmpmem (tuning->optimizers[o].loss, 24 * sizeof (double), again->optimizers[o].loss,
                     24 * sizeof (double));
}

/* Where its weights bound the learning rate, no trial is wasted on those above. */
static void
test_tuning_bounded (void)
{
  g_autoptr (TwExperiment) e = EXPERIMENT ("rosenbrock", "learned", "learned,bound=off", "learned,weights=full");
  const gboolean which[3] = { TRUE, TRUE, TRUE };
  const double largest[3] = { 0.141, 10, 10 }; /* 0.2/sqrt(2) */
  g_autoptr (GError) error = NULL;

  e->steps = 20;
  g_autoptr (TwTuning) tuning = tw_tune (e, which, 24, 2, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  for (int o = 0; o < 3; o++) {
    const TwSensitivity *curve = &tuning->optimizers[o];
    g_assert_cmpuint (curve->n, ==, 24);
    g_assert_cmpfloat (curve->lr[0], ==, 1e-6);
    g_assert_cmpfloat (curve->lr[curve->n - 1], ==, largest[o]);
  }
}

static void
test_tuning_refused (void)
{
  g_autoptr (TwExperiment) e = EXPERIMENT ("rosenbrock", "adam");
  gboolean which[1] = { FALSE };
  g_autoptr (GError) error = NULL;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();

  g_assert_null (tw_tune (e, which, 24, 1, NULL, NULL, NULL, &error));
  g_assert_error (error, TW_ERROR, TW_ERROR_INPUT);
  g_clear_error (&error);
  which[0] = TRUE;
  g_cancellable_cancel (cancellable);
  g_assert_null (tw_tune (e, which, 24, 1, cancellable, NULL, NULL, &error));
  g_assert_error (error, TW_ERROR, TW_ERROR_CANCELLED);
  g_clear_error (&error);
  e->steps = TW_EXPERIMENT_MAX_STEPS;
  g_assert_null (tw_tune (e, which, 24, 1, NULL, NULL, NULL, &error));
  g_assert_error (error, TW_ERROR, TW_ERROR_INPUT);
}

/* Written whole, read back, replaced by name; a file that is wrong is refused and stays as it was. */
static void
test_own_landscapes (void)
{
  g_autofree char *folder = g_dir_make_tmp ("thalweg-XXXXXX", NULL);
  g_autofree char *inner = g_build_filename (folder, "new", NULL), *path = g_build_filename (inner, "l.json", NULL);
  const double domain[4] = { -1, 2.5, 0, 1e-3 };
  TwOwnLandscape *one = tw_own_landscape_new ("a \"b\"", "x^2 + y", domain, 0.5, NAN);
  TwOwnLandscape *two = tw_own_landscape_new ("two", "x*y", domain, NAN, -3);
  static const char *const wrong[][2] = {
    { "{", "not valid JSON" },
    { "{}", "not a list of landscapes" },
    { "{\"format\":\"thalweg-landscapes\",\"version\":2,\"landscapes\":[]}", "version" },
    { "{\"format\":\"thalweg-landscapes\",\"version\":1,\"landscapes\":[{\"name\":\"a\",\"formula\":\"x+\"}]}",
      "landscapes[0]: its formula is missing or wrong" },
    { "{\"format\":\"thalweg-landscapes\",\"version\":1,\"landscapes\":[{\"name\":\"a\",\"formula\":\"x\","
      "\"domain\":[1,0,0,1]}]}",
      "landscapes[0]: its domain" },
  };
  g_autoptr (GError) error = NULL;

  g_autoptr (GPtrArray) none = tw_own_landscapes_load (path, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (none->len, ==, 0);
  g_assert_true (tw_own_landscapes_add (path, one, &error));
  g_assert_true (tw_own_landscapes_add (path, two, &error));
  g_free (one->formula);
  one->formula = g_strdup ("x + y");
  g_assert_true (tw_own_landscapes_add (path, one, &error));
  g_autoptr (GPtrArray) list = tw_own_landscapes_load (path, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (list->len, ==, 2);
  const TwOwnLandscape *first = list->pdata[0], *second = list->pdata[1];
  g_assert_cmpstr (first->name, ==, "a \"b\"");
  g_assert_cmpstr (first->formula, ==, "x + y");
  g_assert_cmpmem (first->domain, sizeof domain, domain, sizeof domain);
  g_assert_true (first->noise == 0.5 && isnan (first->minimum));
  g_assert_true (isnan (second->noise) && second->minimum == -3);
  g_assert_true (tw_own_landscapes_remove (path, "two", &error));
  g_autoptr (GPtrArray) left = tw_own_landscapes_load (path, &error);
  g_assert_cmpuint (left->len, ==, 1);

  for (gsize i = 0; i < G_N_ELEMENTS (wrong); i++) {
    g_autofree char *content = NULL;
    g_assert_true (g_file_set_contents (path, wrong[i][0], -1, NULL));
    g_assert_false (tw_own_landscapes_add (path, one, &error));
    g_assert_error (error, TW_ERROR, TW_ERROR_INPUT);
    g_assert_true (g_str_has_prefix (error->message, path));
    g_assert_nonnull (strstr (error->message, wrong[i][1]));
    g_clear_error (&error);
    g_assert_true (g_file_get_contents (path, &content, NULL, NULL));
    g_assert_cmpstr (content, ==, wrong[i][0]);
  }
  g_remove (path);
  g_rmdir (inner);
  g_rmdir (folder);
  tw_own_landscape_free (one);
  tw_own_landscape_free (two);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/comparison/looks", test_looks);
  g_test_add_func ("/comparison/looks-refused", test_looks_refused);
  g_test_add_func ("/comparison/table", test_table);
  g_test_add_func ("/comparison/table-of-starts", test_table_of_starts);
  g_test_add_func ("/comparison/tuning", test_tuning);
  g_test_add_func ("/comparison/tuning-bounded", test_tuning_bounded);
  g_test_add_func ("/comparison/tuning-refused", test_tuning_refused);
  g_test_add_func ("/comparison/own-landscapes", test_own_landscapes);
  return g_test_run ();
}
