/* Comparing in a real window: tuning, the table, a formula typed wrong and right, undo. */
#include <math.h>
#include <string.h>

#include "core/experiment/own-landscapes.h"
#include "tests/ui/compare-driver.h"
#include "ui/curves-panel.h"
#include "ui/formula-bar.h"
#include "ui/landscape-panel.h"
#include "ui/optimizer-list.h"
#include "ui/problem-chooser.h"
#include "ui/sensitivity-panel.h"
#include "ui/table-page.h"
#include "ui/tuning-page.h"

static void
open_page (Driver *driver, const char *name)
{
  gtk_stack_set_visible_child_name (GTK_STACK (driver_find (driver, "pages")), name);
  driver_live (driver, 0.3);
}

/* A whole drag is one change. */
static void
body_undo (Driver *driver)
{
  GtkWidget *landscape = compare_part (driver, TW_TYPE_LANDSCAPE_PANEL);
  double width = gtk_widget_get_width (landscape), height = gtk_widget_get_height (landscape);

  driver_wait (driver, tw_session_is_complete (driver->session));
  g_autofree char *before = tw_experiment_to_json (tw_session_get_experiment (driver->session));
  TwView view;
  g_assert_true (tw_landscape_panel_get_view (TW_LANDSCAPE_PANEL (landscape), &view));
  const double *theta = tw_trace_get_theta (tw_session_get_trace (driver->session), 0, 0);
  driver_point (driver, landscape, tw_view_x (&view, theta[0]), tw_view_y (&view, theta[1]));
  driver_press (driver);
  for (int i = 1; i <= 4; i++)
    driver_point (driver, landscape, (0.3 + 0.08 * i) * width, (0.3 + 0.05 * i) * height);
  driver_release (driver);
  driver_live (driver, 0.1);
  g_autofree char *dragged = tw_experiment_to_json (tw_session_get_experiment (driver->session));
  g_assert_cmpstr (dragged, !=, before);
  driver_key (driver, "ctrl+z");
  g_autofree char *undone = tw_experiment_to_json (tw_session_get_experiment (driver->session));
  g_assert_cmpstr (undone, ==, before);
  driver_key (driver, "ctrl+shift+z");
  g_autofree char *redone = tw_experiment_to_json (tw_session_get_experiment (driver->session));
  g_assert_cmpstr (redone, ==, dragged);

  /* The same start again leaves the experiment alone; a new seed does not. */
  driver_live (driver, 0.3);
  driver_key (driver, "r");
  g_autofree char *again = tw_experiment_to_json (tw_session_get_experiment (driver->session));
  g_assert_cmpstr (again, ==, dragged);
  g_assert_cmpuint (tw_session_get_step (driver->session), <, 60);
  guint64 seed = tw_session_get_experiment (driver->session)->seed;
  driver_key (driver, "s");
  driver_wait (driver, tw_session_get_experiment (driver->session)->seed == seed + 1);
  driver_wait (driver, tw_session_is_complete (driver->session));
}

static void
test_undo (void)
{
  driver_run (NULL, body_undo);
}

static void
body_tune (Driver *driver)
{
  driver_wait (driver, tw_session_is_complete (driver->session));
  double before = compare_final_loss (driver, 0);
  open_page (driver, "tuning");
  TwTuningPage *page = TW_TUNING_PAGE (compare_part (driver, TW_TYPE_TUNING_PAGE));
  compare_click_on (driver, driver_find (driver, "tune-start"));
  driver_wait (driver, *driver_label (driver, "tune-message") != '\0');
  driver_live (driver, 0.3);
  g_assert_nonnull (strstr (driver_label (driver, "tune-message"), "Best:"));
  g_assert_true (driver_shows (GTK_WIDGET (page), "24 trials each"));

  /* Its curve is there, in its colour. */
  GtkWidget *panel = compare_part (driver, TW_TYPE_SENSITIVITY_PANEL);
  cairo_surface_t *picture = driver_picture (panel);
  g_assert_cmpuint (driver_count_color (picture, &tw_session_get_style (driver->session, 0)->light, 0.02), >, 50);
  cairo_surface_destroy (picture);

  /* Under the pointer every optimizer is read at the nearest learning rate; beside the chart nothing is. */
  double px, py;
  g_assert_true (tw_sensitivity_panel_get_point (TW_SENSITIVITY_PANEL (panel), 1, 4, &px, &py));
  driver_point (driver, panel, px, py);
  driver_live (driver, 0.1);
  g_autofree char *reading = tw_sensitivity_panel_read_out (TW_SENSITIVITY_PANEL (panel));
  g_assert_nonnull (reading);
  g_assert_true (g_str_has_prefix (reading, "learning rate\t"));
  g_assert_nonnull (strstr (reading, "\nSGD\t"));
  g_assert_nonnull (strstr (reading, "\nAdam\t"));
  driver_point (driver, GTK_WIDGET (page), 20, 10);
  driver_live (driver, 0.1);
  g_assert_null (tw_sensitivity_panel_read_out (TW_SENSITIVITY_PANEL (panel)));

  /* The best is better than what was typed. */
  g_autofree char *spec = g_strdup (compare_spec_of (driver, 0));
  compare_click_on (driver, driver_find (driver, "tune-apply"));
  driver_wait (driver, strcmp (spec, compare_spec_of (driver, 0)) != 0);
  driver_wait (driver, tw_session_is_complete (driver->session) && compare_final_loss (driver, 0) < before);

  /* A click on a point takes that learning rate. */
  double x, y;
  g_free (spec);
  spec = g_strdup (compare_spec_of (driver, 0));
  g_assert_true (tw_sensitivity_panel_get_point (TW_SENSITIVITY_PANEL (panel), 0, 1, &x, &y));
  driver_click (driver, panel, x, y);
  driver_live (driver, 0.2);
  gboolean changed = FALSE;
  for (guint o = 0; o < compare_count (driver); o++)
    changed = changed || strcmp (spec, compare_spec_of (driver, o)) != 0;
  g_assert_true (changed);

  /* And a search can be stopped. */
  gtk_spin_button_set_value (GTK_SPIN_BUTTON (driver_find (driver, "tune-trials")), 200);
  compare_click_on (driver, driver_find (driver, "tune-start"));
  driver_wait (driver, tw_tuning_page_is_busy (page));
  driver_live (driver, 0.3); /* where it stands */
  compare_click_on (driver, driver_find (driver, "tune-cancel"));
  driver_wait (driver, !tw_tuning_page_is_busy (page));
  g_assert_cmpstr (driver_label (driver, "tune-message"), ==,
                     "Cancelled; the curves are those of the search before.");
}

static void
test_tune (void)
{
  g_autoptr (TwExperiment) experiment = tw_experiment_new ();
  const double start[2] = { -1.2, 1 };

  experiment->problem = g_strdup ("rosenbrock");
  experiment->steps = 100000; /* so that there is something to cancel */
  g_array_append_vals (experiment->starts, start, 2);
  g_ptr_array_add (experiment->optimizers, g_strdup ("sgd,lr=0.00001"));
  g_ptr_array_add (experiment->optimizers, g_strdup ("adam,lr=0.001"));
  driver_run (experiment, body_tune);
}

static void
body_formula (Driver *driver)
{
  GtkWidget *landscape = compare_part (driver, TW_TYPE_LANDSCAPE_PANEL);
  g_autofree char *path = tw_own_landscapes_path ();

  driver_wait (driver, tw_session_is_complete (driver->session));
  cairo_surface_t *before = driver_picture (landscape);
  driver_key (driver, "ctrl+f");
  driver_wait (driver, gtk_widget_get_mapped (driver_find (driver, "formula-entry")));
  driver_live (driver, 0.4);
  /* It begins with what is shown. */
  g_assert_cmpuint (strlen (gtk_editable_get_text (GTK_EDITABLE (driver_find (driver, "formula-entry")))), >, 5);

  driver_key (driver, "ctrl+a");
  driver_type (driver, "x^2 + * y");
  driver_live (driver, 0.4);
  g_assert_nonnull (strstr (driver_label (driver, "formula-message"), "column 7"));
  g_assert_null (tw_session_get_experiment (driver->session)->formula);

  driver_key (driver, "ctrl+a");
  driver_type (driver, "x^2 + 3*sin(y)");
  driver_wait (driver, g_strcmp0 (tw_session_get_experiment (driver->session)->formula, "x^2 + 3*sin(y)") == 0);
  driver_wait (driver, tw_session_is_complete (driver->session));
  driver_live (driver, 0.6);
  g_assert_null (strstr (driver_label (driver, "formula-message"), "column"));
  /* The known minimum was of the landscape before. */
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (driver_find (driver, "formula-minimum"))), ==, "");
  g_assert_true (isnan (tw_session_get_experiment (driver->session)->minimum));
  cairo_surface_t *after = driver_picture (landscape);
  g_assert_false (driver_same_picture (before, after));
  cairo_surface_destroy (before);
  cairo_surface_destroy (after);

  /* After the formula comes its domain. */
  gtk_widget_grab_focus (driver_find (driver, "formula-entry"));
  driver_key (driver, "Tab");
  driver_live (driver, 0.1);
  g_assert_true (gtk_widget_is_ancestor (gtk_root_get_focus (GTK_ROOT (driver->window)), driver_find (driver, "formula-x0")));

  /* What is nowhere a number says so where it was typed; a long one does not widen the window. */
  int wide = gtk_widget_get_width (GTK_WIDGET (driver->window));
  compare_retype (driver, "formula-entry", "sqrt(-1-x^2)");
  g_assert_nonnull (strstr (driver_label (driver, "formula-message"), "not a number anywhere"));
  GString *long_formula = g_string_new ("x^2 + 3*sin(y)");
  for (int i = 0; i < 40; i++)
    g_string_append (long_formula, " + 0*x*y");
  gtk_editable_set_text (GTK_EDITABLE (driver_find (driver, "formula-entry")), long_formula->str);
  driver_wait (driver, g_strcmp0 (tw_session_get_experiment (driver->session)->formula, long_formula->str) == 0);
  driver_wait (driver, tw_session_is_complete (driver->session));
  driver_live (driver, 0.5);
  g_assert_cmpint (gtk_widget_get_width (GTK_WIDGET (driver->window)), ==, wide);
  g_string_free (long_formula, TRUE);
  compare_retype (driver, "formula-entry", "x^2 + 3*sin(y)");
  driver_wait (driver, g_strcmp0 (tw_session_get_experiment (driver->session)->formula, "x^2 + 3*sin(y)") == 0);

  /* A domain that is none. */
  compare_retype (driver, "formula-x1", " -9999");
  driver_live (driver, 0.4);
  g_assert_nonnull (strstr (driver_label (driver, "formula-message"), "x to"));
  compare_retype (driver, "formula-x1", "4");
  driver_wait (driver, tw_session_get_experiment (driver->session)->domain[1] == 4);

  /* A bound on its way to another one leaves the start out for a moment only. */
  const double *domain = tw_session_get_experiment (driver->session)->domain;
  const double start[2] = { 0.5 * (domain[0] + 4), 0.5 * (domain[2] + domain[3]) };
  g_autofree char *left = g_strdup_printf (" %g", 0.5 * (domain[0] + start[0])); /* not an option of xdotool */
  tw_session_set_start (driver->session, 0, start[0], start[1]);
  driver_wait (driver, tw_session_is_complete (driver->session));
  compare_retype (driver, "formula-x1", left);
  driver_wait (driver, tw_session_get_experiment (driver->session)->starts->len == 0);
  compare_retype (driver, "formula-x1", "4");
  driver_wait (driver, tw_session_get_experiment (driver->session)->starts->len == 2);
  g_assert_cmpfloat (g_array_index (tw_session_get_experiment (driver->session)->starts, double, 0), ==, start[0]);

  /* Kept, and found again in the list. */
  compare_retype (driver, "formula-name", "My waves");
  compare_click_on (driver, driver_find (driver, "formula-save"));
  driver_live (driver, 0.3);
  g_assert_nonnull (strstr (driver_label (driver, "formula-message"), "My waves"));
  g_autoptr (GPtrArray) own = tw_own_landscapes_load (path, NULL);
  g_assert_cmpuint (own->len, ==, 1);
  g_assert_cmpstr (((TwOwnLandscape *)own->pdata[0])->formula, ==, "x^2 + 3*sin(y)");
  driver_key (driver, "ctrl+f");
  driver_live (driver, 0.5);
  tw_session_set_problem (driver->session, "beale");
  driver_wait (driver, tw_session_is_complete (driver->session));
  driver_key (driver, "ctrl+l");
  driver_wait (driver, gtk_widget_get_mapped (driver_find (driver, "problem-search")));
  driver_live (driver, 0.3);
  driver_key (driver, "Escape");
  driver_wait (driver, !gtk_widget_get_mapped (driver_find (driver, "problem-search")));
  driver_live (driver, 0.5); /* until the keyboard is the window's again */
  driver_key (driver, "ctrl+l");
  driver_wait (driver, gtk_widget_get_mapped (driver_find (driver, "problem-search")));
  driver_live (driver, 0.3);
  driver_type (driver, "waves");
  driver_live (driver, 0.4);
  driver_key (driver, "Return");
  driver_wait (driver, g_strcmp0 (tw_session_get_experiment (driver->session)->formula, "x^2 + 3*sin(y)") == 0);
  g_assert_cmpfloat (tw_session_get_experiment (driver->session)->domain[1], ==, 4);
  driver_wait (driver, tw_session_is_complete (driver->session));
}

static void
test_formula (void)
{
  driver_run (NULL, body_formula);
}

/* Nothing is empty without a word: all switched off, and a loss that is no number. */
static void
body_nothing (Driver *driver)
{
  TwCurvesPanel *curves = TW_CURVES_PANEL (compare_part (driver, TW_TYPE_CURVES_PANEL));
  TwRect rect;
  TwAxis x, y;

  driver_wait (driver, tw_session_is_complete (driver->session) && tw_curves_panel_get_words (curves) == NULL);
  driver_key (driver, "n");
  driver_wait (driver, g_str_has_prefix (driver_label (driver, "narration"), "SGD"));
  /* It is at its minimum after a step: a loss of zero is an end, and the scale stays logarithmic. */
  driver_live (driver, 0.3);
  tw_curves_panel_get_axes (curves, &rect, &x, &y);
  g_assert_true (y.log);

  tw_session_set_enabled (driver->session, 0, FALSE);
  driver_wait (driver, tw_curves_panel_get_words (curves) != NULL);
  g_assert_nonnull (strstr (tw_curves_panel_get_words (curves), "Switch an optimizer on"));
  driver_wait (driver, g_str_has_prefix (driver_label (driver, "narration"), "Switch an optimizer on"));
  tw_session_set_enabled (driver->session, 0, TRUE);
  driver_wait (driver, tw_curves_panel_get_words (curves) == NULL);

  g_autoptr (TwExperiment) experiment = tw_experiment_copy (tw_session_get_experiment (driver->session));
  g_free (experiment->formula);
  experiment->formula = g_strdup ("sqrt(-1-x^2)");
  tw_session_set_experiment (driver->session, experiment);
  driver_wait (driver, tw_session_is_complete (driver->session) && tw_curves_panel_get_words (curves) != NULL);
  g_assert_nonnull (strstr (tw_curves_panel_get_words (curves), "None of the runs"));
}

static void
test_nothing (void)
{
  g_autoptr (TwExperiment) experiment = tw_experiment_new ();
  const double start[2] = { 3, 2 };

  experiment->formula = g_strdup ("x^2 + y^2");
  experiment->steps = 50;
  g_array_append_vals (experiment->starts, start, 2);
  g_ptr_array_add (experiment->optimizers, g_strdup ("sgd,lr=0.5"));
  driver_run (experiment, body_nothing);
}

static void
on_pasted (GObject *source, GAsyncResult *result, gpointer data)
{
  *(char **)data = gdk_clipboard_read_text_finish (GDK_CLIPBOARD (source), result, NULL);
}

static void
body_table (Driver *driver)
{
  driver_wait (driver, tw_session_is_complete (driver->session));
  open_page (driver, "results");
  GtkWidget *page = compare_part (driver, TW_TYPE_TABLE_PAGE);
  g_assert_true (driver_shows (page, "diverged at step"));
  g_assert_true (driver_shows (page, "all 200 steps done"));
  g_autofree char *tsv = tw_table_page_to_tsv (TW_TABLE_PAGE (page));
  g_auto (GStrv) lines = g_strsplit (tsv, "\n", -1);
  g_assert_cmpuint (g_strv_length (lines), ==, 4);
  /* The button puts that on the clipboard. */
  compare_click_on (driver, driver_find (driver, "table-copy"));
  g_autofree char *pasted = NULL;
  gdk_clipboard_read_text_async (gtk_widget_get_clipboard (page), NULL, on_pasted, &pasted);
  driver_wait (driver, pasted != NULL);
  g_assert_cmpstr (pasted, ==, tsv);

  /* Sorted by the final loss the one that diverged is last, wherever it stood. */
  GtkWidget *title = driver_find_type (page, g_type_from_name ("GtkColumnViewTitle"), 1);
  compare_click_on (driver, title);
  driver_live (driver, 0.3);
  GListModel *model = G_LIST_MODEL (gtk_column_view_get_model (GTK_COLUMN_VIEW (driver_find (driver, "table-view"))));
  g_assert_cmpuint (g_list_model_get_n_items (model), ==, 2);
  driver_key (driver, "Home");
  /* An optimizer that is switched off leaves the table. */
  tw_session_set_enabled (driver->session, 0, FALSE);
  driver_wait (driver, g_list_model_get_n_items (model) == 1);
  g_assert_false (driver_shows (page, "diverged at step"));
}

/* Where a text stands in the table: the top of its label, in the page; G_MAXINT where it is not there. */
static int
height_of (GtkWidget *in, GtkWidget *page, const char *text)
{
  graphene_rect_t bounds;

  if (GTK_IS_LABEL (in) && gtk_widget_get_mapped (in) && g_str_has_prefix (gtk_label_get_text (GTK_LABEL (in)), text) &&
      gtk_widget_compute_bounds (in, page, &bounds))
    return (int)bounds.origin.y;
  for (GtkWidget *child = gtk_widget_get_first_child (in); child != NULL; child = gtk_widget_get_next_sibling (child)) {
    int height = height_of (child, page, text);
    if (height < G_MAXINT)
      return height;
  }
  return G_MAXINT;
}

/* Rows are expected in the order of `names`. */
static gboolean
is_sorted (Driver *driver, const char *const *names)
{
  GtkWidget *page = compare_part (driver, TW_TYPE_TABLE_PAGE);
  int above = -1;

  for (; *names != NULL; names++) {
    int height = height_of (driver_find (driver, "table-view"), page, *names);
    if (height <= above || height == G_MAXINT)
      return FALSE;
    above = height;
  }
  return TRUE;
}

#define IS_SORTED(driver, ...) is_sorted (driver, (const char *const[]){ __VA_ARGS__, NULL })

/* A real click on the heading of a column. */
static void
sort_by (Driver *driver, const char *title)
{
  GtkWidget *page = compare_part (driver, TW_TYPE_TABLE_PAGE), *view = driver_find (driver, "table-view");

  for (guint i = 0;; i++) {
    GtkWidget *heading = driver_find_type (view, g_type_from_name ("GtkColumnViewTitle"), i);
    if (height_of (heading, page, title) == G_MAXINT)
      continue;
    compare_click_on (driver, heading);
    driver_live (driver, 0.2);
    return;
  }
}

/* Gradient descent on a bowl from two starts: too slow, right, and too fast. */
static void
body_sort (Driver *driver)
{
  driver_wait (driver, tw_session_is_complete (driver->session));
  open_page (driver, "results");
  driver_wait (driver, IS_SORTED (driver, "Slow", "Right", "Fast"));
  sort_by (driver, "Final");
  g_assert_true (IS_SORTED (driver, "Right", "Slow", "Fast"));
  sort_by (driver, "Final"); /* the other way round */
  g_assert_true (IS_SORTED (driver, "Fast", "Slow", "Right"));
  sort_by (driver, "Optimizer");
  g_assert_true (IS_SORTED (driver, "Fast", "Right", "Slow"));
  /* What never got there comes after what did; both of them say so. */
  sort_by (driver, "Steps");
  g_assert_cmpint (height_of (driver_find (driver, "table-view"), compare_part (driver, TW_TYPE_TABLE_PAGE), "2/2"), <,
                   height_of (driver_find (driver, "table-view"), compare_part (driver, TW_TYPE_TABLE_PAGE), "0/2"));
  g_assert_true (IS_SORTED (driver, "Right", "Slow") && IS_SORTED (driver, "Right", "Fast"));
  sort_by (driver, "Starts");
  g_assert_true (IS_SORTED (driver, "Slow", "Right") && IS_SORTED (driver, "Fast", "Right"));
  /* All columns are in sight, the last one too. */
  GtkAdjustment *across = gtk_scrollable_get_hadjustment (GTK_SCROLLABLE (driver_find (driver, "table-view")));
  g_assert_cmpfloat (gtk_adjustment_get_upper (across), <=, gtk_adjustment_get_page_size (across));

  /* It stays sorted when the runs are other ones. */
  sort_by (driver, "Final");
  g_assert_true (IS_SORTED (driver, "Right", "Slow", "Fast"));
  g_autoptr (TwExperiment) experiment = tw_experiment_copy (tw_session_get_experiment (driver->session));
  tw_experiment_set_optimizer (experiment, 0, "sgd,lr=0.5");
  tw_experiment_set_optimizer (experiment, 1, "sgd,lr=1e-7");
  tw_session_set_experiment (driver->session, experiment);
  driver_wait (driver, tw_session_is_complete (driver->session) && IS_SORTED (driver, "Slow", "Right", "Fast"));
}

static void
test_sort (void)
{
  g_autoptr (TwExperiment) experiment = tw_experiment_new ();
  const double starts[] = { 3, 2, -1, 4 };

  experiment->problem = g_strdup ("bowl");
  experiment->steps = 100;
  g_array_append_vals (experiment->starts, starts, 4);
  tw_experiment_insert_optimizer (experiment, 0, "sgd,lr=1e-6", "Slow", -1);
  tw_experiment_insert_optimizer (experiment, 1, "sgd,lr=0.5", "Right", -1);
  tw_experiment_insert_optimizer (experiment, 2, "sgd,lr=5", "Fast", -1);
  driver_run (experiment, body_sort);
}

static void
test_table (void)
{
  g_autoptr (TwExperiment) experiment = tw_experiment_new ();

  experiment->problem = g_strdup ("rosenbrock");
  g_ptr_array_add (experiment->optimizers, g_strdup ("sgd,lr=1"));
  g_ptr_array_add (experiment->optimizers, g_strdup ("adam"));
  driver_run (experiment, body_table);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/compare/undo", test_undo);
  g_test_add_func ("/compare/tune", test_tune);
  g_test_add_func ("/compare/formula", test_formula);
  g_test_add_func ("/compare/nothing", test_nothing);
  g_test_add_func ("/compare/table", test_table);
  g_test_add_func ("/compare/sort", test_sort);
  return g_test_run ();
}
