/* Experiment files: written and read back, refused with one sentence that says where, checked before anything runs. */
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "core/error.h"
#include "core/experiment/experiment.h"

static TwExperiment *
full (void)
{
  TwExperiment *e = tw_experiment_new ();
  const double domain[4] = { -1.5, 1e-3, 0.1, 7 }, starts[6] = { -1, 0.5, 1.0 / 3, 0.3, -1e-5, 6 };

  e->formula = g_strdup ("x^2 + sin(3*y) # \"quoted\" \\ \342\202\254");
  e->has_domain = TRUE;
  memcpy (e->domain, domain, sizeof domain);
  e->minimum = -0.1;
  g_ptr_array_add (e->optimizers, g_strdup ("adam,lr=0.1"));
  g_ptr_array_add (e->optimizers, g_strdup ("learned,weights=a \"strange\"\tname"));
  g_ptr_array_add (e->optimizers, g_strdup ("adam,lr=0.1"));
  g_array_append_vals (e->starts, starts, 6);
  e->noise = 0.25;
  e->steps = 1234;
  e->seed = G_MAXINT64;
  return e;
}

static void
assert_same (const TwExperiment *a, const TwExperiment *b)
{
  g_assert_cmpstr (a->problem, ==, b->problem);
  g_assert_cmpstr (a->formula, ==, b->formula);
  g_assert_cmpint (a->has_domain, ==, b->has_domain);
  for (int i = 0; i < 4 && a->has_domain; i++)
    g_assert_true (a->domain[i] == b->domain[i]);
  g_assert_true (a->minimum == b->minimum || (isnan (a->minimum) && isnan (b->minimum)));
  g_assert_true (a->noise == b->noise || (isnan (a->noise) && isnan (b->noise)));
  g_assert_cmpuint (a->optimizers->len, ==, b->optimizers->len);
  for (guint i = 0; i < a->optimizers->len; i++)
    g_assert_cmpstr (a->optimizers->pdata[i], ==, b->optimizers->pdata[i]);
  g_assert_cmpmem (a->starts->data, a->starts->len * sizeof (double), b->starts->data,
                   b->starts->len * sizeof (double));
  g_assert_cmpuint (a->n_random_starts, ==, b->n_random_starts);
  g_assert_cmpuint (a->steps, ==, b->steps);
  g_assert_cmpuint (a->seed, ==, b->seed);
}

static void
test_round_trip (void)
{
  g_autofree char *folder = g_dir_make_tmp ("thalweg-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "e.thalweg", NULL);

  for (int i = 0; i < 3; i++) {
    g_autoptr (TwExperiment) experiment = i == 0 ? full () : tw_experiment_new ();
    g_autoptr (GError) error = NULL;
    if (i > 0) {
      experiment->problem = g_strdup ("quadratic,dim=20");
      g_ptr_array_add (experiment->optimizers, g_strdup ("sgd"));
      experiment->n_random_starts = i == 2 ? 17 : 0;
    }
    g_assert_true (tw_experiment_save (experiment, path, &error));
    g_autoptr (TwExperiment) back = tw_experiment_load (path, &error);
    g_assert_no_error (error);
    assert_same (experiment, back);
    g_autofree char *first = tw_experiment_to_json (experiment), *second = tw_experiment_to_json (back);
    g_assert_cmpstr (first, ==, second);
    g_autoptr (TwExperiment) copy = tw_experiment_copy (experiment);
    assert_same (experiment, copy);
  }
  g_unlink (path);
  g_rmdir (folder);
}

static void
test_defaults (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TwExperiment) e =
    tw_experiment_from_json ("e", "{\"format\": \"thalweg-experiment\", \"version\": 1}", -1, &error);

  g_assert_no_error (error);
  g_assert_true (e->problem == NULL && e->formula == NULL && !e->has_domain && isnan (e->minimum) &&
                 isnan (e->noise));
  g_assert_cmpuint (e->steps, ==, 200);
  g_assert_cmpuint (e->seed, ==, 0);
  g_assert_cmpuint (tw_experiment_n_starts (e), ==, 1);
}

/* The one that ships: right, and as this program would write it. */
static void
test_opening (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "..", "data", "opening.thalweg", NULL);
  g_autofree char *text = NULL;
  g_autoptr (GBytes) inside =
    g_resources_lookup_data ("/org/thalweg/Thalweg/opening.thalweg", G_RESOURCE_LOOKUP_FLAGS_NONE, &error);
  gsize length;

  g_assert_no_error (error);
  const char *data = g_bytes_get_data (inside, &length);
  g_autoptr (TwExperiment) experiment = tw_experiment_from_json ("opening.thalweg", data, (gssize)length, &error);
  g_assert_no_error (error);
  g_assert_true (tw_experiment_check (experiment, &error));
  g_assert_cmpuint (experiment->optimizers->len, >=, 4);
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_autofree char *again = tw_experiment_to_json (experiment);
  g_assert_cmpstr (text, ==, again);
}

/* Own data in a file whose name has commas and spaces. */
static void
test_data_with_comma (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *dir = g_dir_make_tmp ("thalweg, data-XXXXXX", &error);
  g_autofree char *path = g_build_filename (dir, "red, white,blue.csv", NULL);

  g_assert_no_error (error);
  g_assert_true (g_file_set_contents (path, "a,b,class\n1,2,x\n2,1,y\n3,4,x\n4,3,y\n", -1, &error));
  g_autoptr (TwExperiment) experiment = tw_experiment_new_for_data (path);
  tw_experiment_check (experiment, &error);
  g_assert_no_error (error);
  g_autofree char *json = tw_experiment_to_json (experiment);
  g_autoptr (TwExperiment) again = tw_experiment_from_json ("again", json, -1, &error);
  tw_experiment_check (again, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (again->problem, ==, experiment->problem);
  g_remove (path);
  g_rmdir (dir);
}

#define HEAD "{\"format\": \"thalweg-experiment\", \"version\": 1"
static const struct {
  const char *what, *json, *names;
} refused[] = {
  { "empty", "", "e.thalweg: " },
  { "not JSON", "x^2 + y^2", "not valid JSON, line 1, column 1: it is cut off there, or a comma" },
  { "half", HEAD ", \"steps\": ", "not valid JSON" },
  { "line of the error", HEAD ",\n\"steps\": 3,\n \"seed\" 5}", "not valid JSON, line 3, column " },
  { "list", "[1, 2]", "expected an object but found a list" },
  { "number", "5", "expected an object but found a number" },
  { "no format", "{\"version\": 1}", "format: missing" },
  { "no version", "{\"format\": \"thalweg-experiment\"}", "version: missing" },
  { "other format", "{\"format\": \"thalweg-run\", \"version\": 1}", "\"thalweg-run\"" },
  { "format number", "{\"format\": 5, \"version\": 1}", "format: expected text but found a number" },
  { "newer", "{\"format\": \"thalweg-experiment\", \"version\": 2, \"new thing\": 1}", "newer Thalweg" },
  { "version 0", "{\"format\": \"thalweg-experiment\", \"version\": 0}", "version: expected 1" },
  { "version text", "{\"format\": \"thalweg-experiment\", \"version\": \"1\"}", "version: expected a whole number" },
  { "version fraction", "{\"format\": \"thalweg-experiment\", \"version\": 1.5}", "version: expected a whole number" },
  { "unknown key", HEAD ", \"colour\": 1}", "no key \"colour\"" },
  { "near key", HEAD ", \"optimizer\": []}", "did you mean \"optimizers\"?" },
  { "both starts", HEAD ", \"starts\": [], \"random_starts\": 3}", "given together with random_starts" },
  { "problem list", HEAD ", \"problem\": [\"booth\"]}", "problem: expected text but found a list" },
  { "formula null", HEAD ", \"formula\": null}", "formula: expected text but found null" },
  { "domain three", HEAD ", \"domain\": [0, 1, 2]}", "domain: expected 4 numbers but found 3" },
  { "domain text", HEAD ", \"domain\": [0, 1, \"2\", 3]}", "domain[2]: expected a number but found text" },
  { "domain object", HEAD ", \"domain\": {}}", "domain: expected a list but found an object" },
  { "minimum huge", HEAD ", \"minimum\": 1e999}", "minimum: expected a finite number" },
  { "minimum switch", HEAD ", \"minimum\": true}", "minimum: expected a number but found true or false" },
  { "optimizers text", HEAD ", \"optimizers\": \"adam\"}", "optimizers: expected a list but found text" },
  { "optimizer number", HEAD ", \"optimizers\": [\"adam\", 3]}", "optimizers[1]: expected text but found a number" },
  { "start three", HEAD ", \"starts\": [[0, 0], [1, 2, 3]]}", "starts[1]: expected 2 numbers but found 3" },
  { "start number", HEAD ", \"starts\": [1, 2]}", "starts[0]: expected a list but found a number" },
  { "random negative", HEAD ", \"random_starts\": -1}", "random_starts: expected a whole number from 0" },
  { "random many", HEAD ", \"random_starts\": 100001}", "random_starts: expected a whole number from 0 to 100000" },
  { "noise text", HEAD ", \"noise\": \"none\"}", "noise: expected a number" },
  { "steps fraction", HEAD ", \"steps\": 10.5}", "steps: expected a whole number" },
  { "steps many", HEAD ", \"steps\": 10000001}", "steps: expected a whole number from 0 to 10000000" },
  { "seed beyond", HEAD ", \"seed\": 9223372036854775808}", "a number is too large" },
  { "seed wrapped", HEAD ",\n \"seed\": 18446744073709551621}", "line 2: a number is too large" },
  { "deep", HEAD ", \"starts\": [[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]}", "too many brackets" },
  { "not UTF-8", HEAD ", \"problem\": \"\xff\"}", "not valid UTF-8" },
};

static void
test_refused (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (refused); i++) {
    g_autoptr (GError) error = NULL;
    /* a copy of its own size, not terminated, so that a read beyond its end is seen */
    gsize length = strlen (refused[i].json);
    g_autofree char *copy = g_memdup2 (refused[i].json, MAX (length, 1));
    g_assert_null (tw_experiment_from_json ("e.thalweg", copy, (gssize)length, &error));
    g_assert_error (error, TW_ERROR, TW_ERROR_INPUT);
    g_assert_true (g_str_has_prefix (error->message, "e.thalweg: "));
    g_assert_null (strchr (error->message, '\n'));
    if (strstr (error->message, refused[i].names) == NULL)
      g_error ("%s: “%s” does not say “%s”", refused[i].what, error->message, refused[i].names);
  }
}

/* Every file cut short, and every byte changed: an experiment or one sentence, never a crash. */
static void
test_damaged (void)
{
  g_autoptr (TwExperiment) experiment = full ();
  g_autofree char *json = tw_experiment_to_json (experiment);
  gsize length = strlen (json), n_refused = 0;

  for (gsize i = 0; i < 3 * length; i++) {
    g_autoptr (GError) error = NULL;
    gsize kept = i < length ? i : length;
    g_autofree char *copy = g_memdup2 (json, MAX (kept, 1));
    if (i >= length)
      copy[i % length] = i < 2 * length ? '"' : (char)g_test_rand_int_range (-128, 128);
    g_autoptr (TwExperiment) back = tw_experiment_from_json ("e", copy, (gssize)kept, &error);
    if (back != NULL) {
      g_assert_no_error (error);
    } else {
      n_refused++;
      /* A name from the file may be in it, line ends and all: the command line shows those as escapes. */
      g_assert_error (error, TW_ERROR, TW_ERROR_INPUT);
      g_assert_true (g_utf8_validate (error->message, -1, NULL));
    }
  }
  g_assert_cmpuint (n_refused, >, length);
}

static void
test_files (void)
{
  g_autofree char *folder = g_dir_make_tmp ("thalweg-XXXXXX", NULL);
  const char *const paths[] = { "/nowhere/e.thalweg", folder, "/dev/zero", "" };
  g_autoptr (TwExperiment) experiment = full ();
  g_autoptr (GError) error = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (paths); i++) {
    g_assert_null (tw_experiment_load (paths[i], &error));
    g_assert_error (error, TW_ERROR, TW_ERROR_INPUT);
    g_assert_true (g_str_has_prefix (error->message, paths[i]));
    g_clear_error (&error);
  }
  g_assert_false (tw_experiment_save (experiment, "/nowhere/e.thalweg", &error));
  g_assert_error (error, TW_ERROR, TW_ERROR_OUTPUT);
  g_rmdir (folder);
}

/* --- tw_experiment_check() --- */

static void
assert_check (TwExperiment *experiment, const char *names)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (tw_experiment_check (experiment, &error));
  g_assert_error (error, TW_ERROR, TW_ERROR_INPUT);
  if (strstr (error->message, names) == NULL)
    g_error ("“%s” does not say “%s”", error->message, names);
}

static void
test_check (void)
{
  g_autoptr (TwExperiment) e = tw_experiment_new ();
  g_autoptr (GError) error = NULL;
  const double point[2] = { 1, NAN }, flat[4] = { 1, 1, 0, 1 }, wide[4] = { -1e308, 1e308, 0, 1 },
               narrow[4] = { 0, 1, 1, 1 + 1e-12 }, endless[4] = { 0, INFINITY, 0, 1 };

  assert_check (e, "no problem");
  e->problem = g_strdup ("rosenbrok");
  assert_check (e, "no optimizer");
  g_ptr_array_add (e->optimizers, g_strdup ("adam"));
  assert_check (e, "rosenbrock");
  g_free (e->problem);
  e->problem = g_strdup ("rosenbrock");
  g_assert_true (tw_experiment_check (e, &error));
  g_assert_no_error (error);

  e->formula = g_strdup ("x");
  assert_check (e, "one of them is enough");
  g_clear_pointer (&e->formula, g_free);
  e->has_domain = TRUE;
  memcpy (e->domain, flat, sizeof flat);
  assert_check (e, "x0 = 1 is not below x1 = 1");
  memcpy (e->domain, wide, sizeof wide);
  assert_check (e, "too wide");
  memcpy (e->domain, narrow, sizeof narrow);
  assert_check (e, "too narrow");
  memcpy (e->domain, endless, sizeof endless);
  assert_check (e, "finite");
  e->has_domain = FALSE;
  e->minimum = INFINITY;
  assert_check (e, "minimum");
  e->minimum = NAN;
  e->noise = -1;
  assert_check (e, "noise");
  e->noise = NAN;
  e->steps = 0;
  assert_check (e, "steps: 0 is outside");
  e->steps = TW_EXPERIMENT_MAX_STEPS + 1;
  assert_check (e, "steps");
  e->steps = TW_EXPERIMENT_MAX_STEPS;
  e->n_random_starts = TW_EXPERIMENT_MAX_STARTS;
  assert_check (e, "GiB");
  e->n_random_starts++;
  assert_check (e, "starts: more than");
  e->n_random_starts = 0;
  e->steps = 10;
  e->seed = (guint64)G_MAXINT64 + 1;
  assert_check (e, "seed");
  e->seed = 0;
  g_array_append_vals (e->starts, point, 2);
  assert_check (e, "finite");
  g_free (e->problem);
  e->problem = g_strdup ("quadratic");
  assert_check (e, "no start for quadratic, which has 20 coordinates");
  g_array_set_size (e->starts, 0);
  e->has_domain = TRUE;
  memcpy (e->domain, (double[]){ 0, 1, 0, 1 }, sizeof e->domain);
  assert_check (e, "domain: quadratic is not a landscape");
  e->has_domain = FALSE;
  g_ptr_array_add (e->optimizers, g_strdup ("newton"));
  assert_check (e, "newton");
  while (e->optimizers->len <= TW_EXPERIMENT_MAX_OPTIMIZERS)
    g_ptr_array_add (e->optimizers, g_strdup ("sgd"));
  assert_check (e, "optimizers: more than");
}

/* Starts: those given; the problem's own first; random ones, a function of seed and number alone. */
static void
test_starts (void)
{
  g_autoptr (TwExperiment) e = tw_experiment_new ();
  g_autoptr (GError) error = NULL;
  double a[2], b[2], own[2];

  e->problem = g_strdup ("rosenbrock");
  g_ptr_array_add (e->optimizers, g_strdup ("adam"));
  g_autoptr (TwProblem) problem = tw_experiment_create_problem (e, &error);
  g_assert_no_error (error);
  tw_problem_get_start (problem, 0, own);
  tw_experiment_get_start (e, problem, 0, a);
  g_assert_cmpmem (a, sizeof a, own, sizeof own);

  e->n_random_starts = 1000;
  double domain[4], mean = 0;
  tw_problem_get_domain (problem, domain);
  for (gsize i = 0; i < 1000; i++) {
    tw_experiment_get_start (e, problem, i, a);
    g_assert_true (a[0] > domain[0] && a[0] < domain[1] && a[1] > domain[2] && a[1] < domain[3]);
    mean += (a[0] - domain[0]) / (domain[1] - domain[0]) / 1000;
  }
  g_assert_cmpfloat_with_epsilon (mean, 0.5, 0.05);
  tw_experiment_get_start (e, problem, 7, a);
  e->n_random_starts = 8;
  tw_experiment_get_start (e, problem, 7, b);
  g_assert_cmpmem (a, sizeof a, b, sizeof b);
  e->seed = 1;
  tw_experiment_get_start (e, problem, 7, b);
  g_assert_true (a[0] != b[0]);

  e->has_domain = TRUE;
  memcpy (e->domain, (double[]){ 3, 4, -9, -8 }, sizeof e->domain);
  e->minimum = 2;
  e->noise = 0.5;
  g_autoptr (TwProblem) moved = tw_experiment_create_problem (e, &error);
  tw_experiment_get_start (e, moved, 0, a);
  g_assert_true (a[0] > 3 && a[0] < 4 && a[1] > -9 && a[1] < -8);
  g_assert_true (tw_problem_get_minimum (moved) == 2 && tw_problem_get_noise (moved) == 0.5);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/experiment/data-with-comma", test_data_with_comma);
  g_test_add_func ("/experiment/round-trip", test_round_trip);
  g_test_add_func ("/experiment/defaults", test_defaults);
  g_test_add_func ("/experiment/opening", test_opening);
  g_test_add_func ("/experiment/refused", test_refused);
  g_test_add_func ("/experiment/damaged", test_damaged);
  g_test_add_func ("/experiment/files", test_files);
  g_test_add_func ("/experiment/check", test_check);
  g_test_add_func ("/experiment/starts", test_starts);
  return g_test_run ();
}
