/* CSV and JSON as the contract of the command line has them. */
#include <glib/gstdio.h>
#include <json-glib/json-glib.h>
#include <math.h>
#include <string.h>

#include "core/error.h"
#include "core/experiment/export.h"
#include "core/experiment/runner.h"
#include "optimizer-helpers.h"

static char *
export_text (const TwTrace *trace, void (*export) (const TwTrace *trace, TwOutput *output))
{
  g_autofree char *folder = g_dir_make_tmp ("thalweg-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "out", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (TwOutput) output = tw_output_new (path, &error);
  char *text;

  g_assert_no_error (error);
  export (trace, output);
  g_assert_true (tw_output_commit (output, &error));
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_unlink (path);
  g_rmdir (folder);
  return text;
}

/* The fields of one line; RFC 4180 without line ends in fields. */
static GPtrArray *
split_fields (const char *line)
{
  GPtrArray *fields = g_ptr_array_new_with_free_func (g_free);

  for (gboolean more = TRUE; more;) {
    GString *field = g_string_new (NULL);
    if (*line == '"') {
      for (line++; *line != '"' || line[1] == '"'; line++) {
        g_assert_true (*line != '\0');
        line += *line == '"';
        g_string_append_c (field, *line);
      }
      line++;
    } else {
      for (; *line != ',' && *line != '\0'; line++)
        g_string_append_c (field, *line);
    }
    more = *line++ == ',';
    g_ptr_array_add (fields, g_string_free (field, FALSE));
  }
  return fields;
}

static double
number_at (GPtrArray *fields, guint i)
{
  char *end;
  double value = g_ascii_strtod (fields->pdata[i], &end);

  g_assert_true (end != fields->pdata[i] && *end == '\0');
  return value;
}

static void
assert_csv (const TwTrace *trace)
{
  g_autofree char *text = export_text (trace, tw_export_csv);
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  gboolean flat = tw_problem_get_dim (tw_trace_get_problem (trace)) == 2;
  gsize at = 1, n_starts = tw_trace_get_n_starts (trace);

  g_assert_cmpstr (lines[0], ==,
                   flat ? "run,optimizer,start,step,loss,grad_norm,x,y,attend_x,attend_y"
                        : "run,optimizer,start,step,loss,grad_norm");
  for (gsize o = 0; o < tw_trace_get_n_optimizers (trace); o++)
    for (gsize s = 0; s < n_starts; s++)
      for (gsize k = 0; k < tw_trace_get_n_rows (trace, o, s); k++) {
        g_autoptr (GPtrArray) fields = split_fields (lines[at++]);
        g_assert_cmpuint (fields->len, ==, flat ? 10 : 6);
        g_assert_true (number_at (fields, 0) == o * n_starts + s);
        g_assert_cmpstr (fields->pdata[1], ==, tw_trace_get_optimizer_spec (trace, o));
        g_assert_true (number_at (fields, 2) == s && number_at (fields, 3) == k);
        g_assert_true (number_at (fields, 4) == tw_trace_get_loss (trace, o, s)[k]);
        g_assert_true (number_at (fields, 5) == tw_trace_get_grad_norm (trace, o, s)[k]);
        const double *theta = tw_trace_get_theta (trace, o, s), *phi = tw_trace_get_phi (trace, o, s);
        for (gsize i = 0; flat && i < 2; i++) {
          g_assert_true (number_at (fields, 6 + i) == theta[2 * k + i]);
          if (phi != NULL)
            g_assert_true (number_at (fields, 8 + i) == phi[2 * k + i]);
          else
            g_assert_cmpstr (fields->pdata[8 + i], ==, "");
        }
      }
  g_assert_cmpstr (lines[at], ==, "");
  g_assert_null (lines[at + 1]);
}

static void
test_csv (void)
{
  g_autoptr (TwTrace) flat = run_on ("rosenbrock", "adam,lr=0.1 learned sgd,lr=100 adam,lr=0.1", 3, 30);
  g_autoptr (TwTrace) many = run_on ("quadratic,dim=5", "adam learned,lr=0.1", 2, 10);

  g_assert_cmpint (tw_trace_get_stop_reason (flat, 2, 0), ==, TW_STOP_DIVERGED);
  assert_csv (flat);
  assert_csv (many);
}

static void
test_json (void)
{
  g_autoptr (TwTrace) trace = run_on ("bowl", "sgd,lr=0.1 sgd,lr=1e3 newton learned", 2, 200);
  g_autofree char *text = export_text (trace, tw_export_json);
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) node = json_from_string (text, &error);
  gsize n_tolerances;
  const TwTolerance *tolerances = tw_export_tolerances (&n_tolerances);

  g_assert_no_error (error);
  JsonObject *root = json_node_get_object (node);
  g_assert_cmpstr (json_object_get_string_member (root, "format"), ==, "thalweg-run");
  g_assert_cmpstr (json_object_get_string_member (root, "problem"), ==, "bowl");
  g_assert_cmpstr (json_object_get_string_member (root, "formula"), !=, NULL);
  g_assert_cmpint (json_object_get_int_member (root, "steps"), ==, 200);
  g_assert_cmpint (json_object_get_int_member (root, "seed"), ==, 5);
  g_assert_true (json_object_get_double_member (root, "minimum") == 0);
  JsonArray *runs = json_object_get_array_member (root, "runs");
  g_assert_cmpuint (json_array_get_length (runs), ==, 8);
  for (guint r = 0; r < 8; r++) {
    JsonObject *run = json_array_get_object_element (runs, r);
    gsize o = r / 2, s = r % 2, rows = tw_trace_get_n_rows (trace, o, s);
    g_autofree char *stop_text = tw_trace_describe_stop (trace, o, s);
    TwStopReason stop = tw_trace_get_stop_reason (trace, o, s);
    g_assert_cmpint (json_object_get_int_member (run, "run"), ==, r);
    g_assert_cmpstr (json_object_get_string_member (run, "optimizer"), ==, tw_trace_get_optimizer_spec (trace, o));
    JsonObject *start = json_object_get_object_member (run, "start");
    g_assert_cmpint (json_object_get_int_member (start, "index"), ==, s);
    for (guint i = 0; i < 2; i++)
      g_assert_true (json_array_get_double_element (json_object_get_array_member (start, "point"), i) ==
                     tw_trace_get_theta (trace, o, s)[i]);
    g_assert_true (json_object_get_double_member (run, "final_loss") == tw_trace_get_final_loss (trace, o, s));
    g_assert_true (json_object_get_double_member (run, "best_loss") == tw_trace_get_best_loss (trace, o, s));
    JsonObject *steps = json_object_get_object_member (run, "steps_to_tolerance");
    g_assert_cmpuint (json_object_get_size (steps), ==, n_tolerances);
    for (gsize t = 0; t < n_tolerances; t++) {
      gint64 expected = tw_trace_steps_to_tolerance (trace, o, s, tolerances[t].value);
      g_assert_true (json_object_has_member (steps, tolerances[t].text));
      g_assert_true (json_object_get_null_member (steps, tolerances[t].text) == (expected < 0));
      if (expected >= 0)
        g_assert_cmpint (json_object_get_int_member (steps, tolerances[t].text), ==, expected);
    }
    g_assert_cmpstr (json_object_get_string_member (run, "stop"), ==, tw_stop_reason_name (stop));
    g_assert_cmpint (json_object_get_int_member (run, "stop_step"), ==, stop == TW_STOP_DIVERGED ? rows : rows - 1);
    g_assert_cmpstr (json_object_get_string_member (run, "stop_text"), ==, stop_text);
    g_assert_cmpuint (json_object_get_int_member (run, "evaluations"), ==, tw_trace_get_evaluations (trace, o, s));
    g_assert_cmpfloat (json_object_get_double_member (run, "seconds"), >=, 0);
  }
  g_assert_cmpint (tw_trace_get_stop_reason (trace, 1, 0), ==, TW_STOP_DIVERGED);
}

/* What is not known or not finite is null: a run without a row, no minimum, no formula, large starts. */
static void
test_json_nulls (void)
{
  g_autoptr (TwExperiment) outside = make_experiment (NULL, "adam", 0, 10);
  const double start[2] = { -1, 0 };
  outside->formula = g_strdup ("log(x)");
  g_array_append_vals (outside->starts, start, 2);
  g_autoptr (TwTrace) none = tw_run_experiment (outside, 1, NULL, NULL);
  g_autoptr (TwTrace) large = run_on ("quadratic,dim=100", "adam", 0, 3);
  g_autofree char *none_json = export_text (none, tw_export_json), *large_json = export_text (large, tw_export_json);
  g_autofree char *none_csv = export_text (none, tw_export_csv);

  for (int i = 0; i < 2; i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (JsonNode) node = json_from_string (i == 0 ? none_json : large_json, &error);
    g_assert_no_error (error);
    JsonObject *root = json_node_get_object (node);
    JsonObject *run = json_array_get_object_element (json_object_get_array_member (root, "runs"), 0);
    g_assert_true (json_object_get_null_member (json_object_get_object_member (run, "start"), "point"));
    if (i == 0) {
      g_assert_true (json_object_get_null_member (root, "minimum"));
      g_assert_true (json_object_get_null_member (run, "final_loss"));
      g_assert_true (json_object_get_null_member (run, "best_loss"));
      g_assert_true (json_object_get_null_member (run, "steps_to_tolerance"));
      g_assert_cmpint (json_object_get_int_member (run, "stop_step"), ==, 0);
    } else {
      g_assert_true (json_object_get_null_member (root, "formula"));
    }
  }
  g_assert_cmpstr (none_csv, ==, "run,optimizer,start,step,loss,grad_norm,x,y,attend_x,attend_y\n");
}

/* Metrics of a network at steps 0, 4, 8 and at the end, the same in CSV, JSON and trace; a run that diverges has
 * none at its end. */
static void
test_metrics (void)
{
  const char *const names[] = { "train_loss", "test_loss", "test_accuracy" };
  const guint64 steps[] = { 0, 4, 8, 10 };
  g_autoptr (TwExperiment) experiment = tw_experiment_new ();
  g_autoptr (GError) error = NULL;

  experiment->problem = g_strdup ("mlp,data=iris,hidden=4,report_every=4");
  experiment->steps = 10;
  g_ptr_array_add (experiment->optimizers, g_strdup ("adam,lr=0.05"));
  g_ptr_array_add (experiment->optimizers, g_strdup ("sgd,lr=1e3"));
  g_autoptr (TwTrace) trace = tw_run_experiment (experiment, 1, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (tw_trace_get_n_metric_rows (trace, 0, 0), ==, 4);

  g_autofree char *csv = export_text (trace, tw_export_csv), *json = export_text (trace, tw_export_json);
  g_auto (GStrv) lines = g_strsplit (csv, "\n", -1);
  g_assert_cmpstr (lines[0], ==, "run,optimizer,start,step,loss,grad_norm,train_loss,test_loss,test_accuracy");
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_assert_true (json_parser_load_from_data (parser, json, -1, NULL));
  JsonArray *runs = json_object_get_array_member (json_node_get_object (json_parser_get_root (parser)), "runs");
  JsonObject *run = json_array_get_object_element (runs, 0),
             *measured = json_object_get_object_member (run, "measured");
  for (guint r = 0; r < G_N_ELEMENTS (steps); r++) {
    const double *values = tw_trace_get_metrics (trace, 0, 0) + 3 * r;
    g_autoptr (GPtrArray) fields = split_fields (lines[1 + steps[r]]);
    g_assert_cmpuint (tw_trace_get_metric_steps (trace, 0, 0)[r], ==, steps[r]);
    g_assert_cmpint (json_array_get_int_element (json_object_get_array_member (measured, "step"), r), ==, steps[r]);
    for (guint m = 0; m < 3; m++) {
      JsonArray *column = json_object_get_array_member (measured, names[m]);
      g_assert_cmpfloat (number_at (fields, 6 + m), ==, values[m]);
      g_assert_cmpfloat (json_array_get_double_element (column, r), ==, values[m]);
    }
  }
  g_autoptr (GPtrArray) between = split_fields (lines[2]);
  g_assert_cmpuint (between->len, ==, 9);
  g_assert_cmpstr (between->pdata[6], ==, "");
  for (guint m = 0; m < 3; m++)
    g_assert_cmpfloat (json_object_get_double_member (run, names[m]), ==,
                       tw_trace_get_final_metrics (trace, 0, 0)[m]);
  const double *all = tw_trace_get_metrics (trace, 0, 0);
  g_assert_cmpfloat (all[9], <, all[0]); /* it learned */

  g_assert_cmpint (tw_trace_get_stop_reason (trace, 1, 0), ==, TW_STOP_DIVERGED);
  g_assert_null (tw_trace_get_final_metrics (trace, 1, 0));
  g_assert_true (json_object_get_null_member (json_array_get_object_element (runs, 1), "test_accuracy"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/export/csv", test_csv);
  g_test_add_func ("/export/json", test_json);
  g_test_add_func ("/export/json-nulls", test_json_nulls);
  g_test_add_func ("/export/metrics", test_metrics);
  return g_test_run ();
}
