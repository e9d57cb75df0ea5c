/* A real window with real pointer and key events: the main flows, and what the user sees of them. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tests/ui/driver.h"
#include "ui/curves-panel.h"
#include "ui/activations-panel.h"
#include "ui/landscape-panel.h"
#include "ui/optimizer-list.h"

static GtkWidget *
panel (Driver *driver, GType type)
{
  return driver_find_type (GTK_WIDGET (driver->window), type, 0);
}

static guint64
shown_step (Driver *driver)
{
  return strtoull (driver_label (driver, "step-label"), NULL, 10);
}

/* Paused at a step, with a trace and the ground under it. */
static void
pause_at (Driver *driver, guint64 step)
{
  GtkWidget *landscape = panel (driver, TW_TYPE_LANDSCAPE_PANEL);

  driver_wait (driver, tw_landscape_panel_is_painted (TW_LANDSCAPE_PANEL (landscape)));
  driver_wait (driver, tw_session_is_complete (driver->session));
  tw_session_set_playing (driver->session, FALSE);
  tw_session_set_step (driver->session, step);
  driver_live (driver, 0.1);
}

/* The number that the list shows for an optimizer. */
static double
shown_loss (Driver *driver, guint optimizer)
{
  GtkWidget *list = panel (driver, TW_TYPE_OPTIMIZER_LIST);
  GtkWidget *row = driver_find_type (list, GTK_TYPE_LIST_BOX_ROW, optimizer);

  return strtod (gtk_label_get_text (GTK_LABEL (driver_find_type (row, GTK_TYPE_LABEL, 1))), NULL);
}

static void
assert_shown_losses (Driver *driver)
{
  TwTrace *trace = tw_session_get_trace (driver->session);
  guint64 step = tw_session_get_step (driver->session);

  for (guint o = 0; o < tw_trace_get_n_optimizers (trace); o++) {
    double loss = tw_trace_get_loss (trace, o, 0)[step];
    g_assert_cmpfloat_with_epsilon (shown_loss (driver, o), loss, 1e-3 * fabs (loss));
  }
}

/* Nothing is pressed: something moves, in every panel.  (How soon, bench-frame tells: here it depends on what
 * else the machine does.) */
static void
body_moves_at_once (Driver *driver)
{
  const GType types[] = { TW_TYPE_LANDSCAPE_PANEL, TW_TYPE_CURVES_PANEL, TW_TYPE_ACTIVATIONS_PANEL };
  cairo_surface_t *before[3];
  gint64 start = g_get_monotonic_time ();

  driver_wait (driver, shown_step (driver) >= 2);
  g_test_message ("moving %.0f ms after it was mapped", (double)(g_get_monotonic_time () - start) / 1e3);
  for (int i = 0; i < 3; i++)
    before[i] = driver_picture (panel (driver, types[i]));
  guint64 step = shown_step (driver);
  driver_wait (driver, shown_step (driver) >= step + 3);
  for (int i = 0; i < 3; i++) {
    cairo_surface_t *after = driver_picture (panel (driver, types[i]));
    g_assert_false (driver_same_picture (before[i], after));
    cairo_surface_destroy (before[i]);
    cairo_surface_destroy (after);
  }
  /* Its title, and a row for each of the five optimizers. */
  g_assert_true (driver_shows (GTK_WIDGET (driver->window), "Rosenbrock"));
  for (guint o = 0; o < 5; o++)
    driver_find_type (panel (driver, TW_TYPE_OPTIMIZER_LIST), GTK_TYPE_LIST_BOX_ROW, o);
}

static void
test_moves_at_once (void)
{
  driver_run (NULL, body_moves_at_once);
}

/* The runs begin within a pixel of (px, py). */
static gboolean
starts_at (Driver *driver, double px, double py)
{
  TwTrace *trace = tw_session_get_trace (driver->session);
  TwView view;

  if (!tw_session_is_complete (driver->session) ||
      !tw_landscape_panel_get_view (TW_LANDSCAPE_PANEL (panel (driver, TW_TYPE_LANDSCAPE_PANEL)), &view))
    return FALSE;
  for (gsize o = 0; o < tw_trace_get_n_optimizers (trace); o++) {
    const double *theta = tw_trace_get_theta (trace, o, 0);
    if (hypot (tw_view_x (&view, theta[0]) - px, tw_view_y (&view, theta[1]) - py) > 1.5)
      return FALSE;
  }
  return TRUE;
}

static void
body_click (Driver *driver)
{
  GtkWidget *landscape = panel (driver, TW_TYPE_LANDSCAPE_PANEL);
  double px = 0.4 * gtk_widget_get_width (landscape), py = 0.7 * gtk_widget_get_height (landscape);

  pause_at (driver, 200);
  cairo_surface_t *before = driver_picture (landscape);
  driver_click (driver, landscape, px, py);
  driver_wait (driver, starts_at (driver, px, py));
  /* At a number of few digits, exactly: it is read in captions and commands. */
  const GArray *starts = tw_session_get_experiment (driver->session)->starts;
  for (guint i = 0; i < 2; i++) {
    g_autofree char *text = g_strdup_printf ("%.3f", g_array_index (starts, double, i));
    g_assert_cmpfloat (g_ascii_strtod (text, NULL), ==, g_array_index (starts, double, i));
  }
  /* It plays from there. */
  g_assert_true (tw_session_get_playing (driver->session));
  g_assert_cmpuint (shown_step (driver), <, 200);
  guint64 step = shown_step (driver);
  driver_wait (driver, shown_step (driver) > step + 5);
  cairo_surface_t *after = driver_picture (landscape);
  g_assert_false (driver_same_picture (before, after));
  cairo_surface_destroy (before);
  cairo_surface_destroy (after);
}

static void
test_click (void)
{
  driver_run (NULL, body_click);
}

/* While the button is held the whole runs are shown, from where the pointer is. */
static void
body_drag (Driver *driver)
{
  GtkWidget *landscape = panel (driver, TW_TYPE_LANDSCAPE_PANEL);
  double width = gtk_widget_get_width (landscape), height = gtk_widget_get_height (landscape);
  TwView view;

  pause_at (driver, 10);
  tw_session_set_playing (driver->session, TRUE);
  g_assert_true (tw_landscape_panel_get_view (TW_LANDSCAPE_PANEL (landscape), &view));
  const double *theta = tw_trace_get_theta (tw_session_get_trace (driver->session), 0, 0);
  driver_point (driver, landscape, tw_view_x (&view, theta[0]), tw_view_y (&view, theta[1]));
  driver_press (driver);
  for (int i = 1; i <= 5; i++) {
    double px = (0.3 + 0.08 * i) * width, py = (0.3 + 0.05 * i) * height;
    driver_point (driver, landscape, px, py);
    driver_wait (driver, starts_at (driver, px, py));
    driver_wait (driver, shown_step (driver) == tw_session_get_n_steps (driver->session));
  }
  assert_shown_losses (driver);
  driver_release (driver);
  driver_wait (driver, shown_step (driver) < tw_session_get_n_steps (driver->session));
  g_assert_true (tw_session_get_playing (driver->session));
}

static void
test_drag (void)
{
  driver_run (NULL, body_drag);
}

static cairo_surface_t *
five_steps_from_the_start (Driver *driver)
{
  driver_key (driver, "Home");
  driver_wait (driver, shown_step (driver) == 0);
  for (int i = 0; i < 5; i++)
    driver_key (driver, "Right");
  driver_wait (driver, shown_step (driver) == 5);
  return driver_picture (panel (driver, TW_TYPE_LANDSCAPE_PANEL));
}

static void
body_scrub (Driver *driver)
{
  GtkWidget *scale = driver_find (driver, "step-scale");

  /* Away from the landscape, which would read out what is under the pointer. */
  driver_point (driver, scale, 5, 5);
  pause_at (driver, 200);
  cairo_surface_t *at_5 = five_steps_from_the_start (driver);
  driver_key (driver, "End");
  driver_wait (driver, g_str_equal (driver_label (driver, "step-label"), "250 / 250"));
  assert_shown_losses (driver);
  cairo_surface_t *at_end = driver_picture (panel (driver, TW_TYPE_LANDSCAPE_PANEL));
  g_assert_cmpfloat (driver_difference (at_5, at_end), >, 0.005);

  /* A press on the slider goes there, and it follows the pointer. */
  double width = gtk_widget_get_width (scale), middle = gtk_widget_get_height (scale) / 2.0;
  driver_click (driver, scale, 0.6 * width, middle);
  driver_wait (driver, shown_step (driver) > 130 && shown_step (driver) < 170);
  assert_shown_losses (driver);
  driver_drag (driver, scale, 0.6 * width, middle, 0.3 * width, middle);
  driver_wait (driver, shown_step (driver) > 50 && shown_step (driver) < 100);
  assert_shown_losses (driver);

  guint64 step = shown_step (driver);
  driver_key (driver, "Left");
  driver_wait (driver, shown_step (driver) == step - 1);
  driver_key (driver, "Right");
  driver_wait (driver, shown_step (driver) == step);
  assert_shown_losses (driver);

  /* What was drawn later is gone. */
  cairo_surface_t *again = five_steps_from_the_start (driver);
  g_assert_cmpfloat (driver_difference (at_5, again), <, 0.0005);
  cairo_surface_destroy (at_end);
  cairo_surface_destroy (at_5);
  cairo_surface_destroy (again);
}

static void
test_scrub (void)
{
  driver_run (NULL, body_scrub);
}

static void
body_toggle (Driver *driver)
{
  GtkWidget *list = panel (driver, TW_TYPE_OPTIMIZER_LIST),
            *landscape = panel (driver, TW_TYPE_LANDSCAPE_PANEL);
  GtkWidget *curves = panel (driver, TW_TYPE_CURVES_PANEL);
  GtkWidget *row = driver_find_type (list, GTK_TYPE_LIST_BOX_ROW, 1); /* momentum */
  GtkWidget *check = driver_find_type (row, GTK_TYPE_CHECK_BUTTON, 0);
  const TwColor *color = &tw_session_get_style (driver->session, 1)->light;

  pause_at (driver, 200);
  for (int i = 0; i < 3; i++) {
    gboolean on = i % 2 == 0;
    driver_wait (driver, gtk_check_button_get_active (GTK_CHECK_BUTTON (check)) == on);
    cairo_surface_t *field = driver_picture (landscape), *chart = driver_picture (curves);
    /* Its colour is there, or it is not. */
    if (on) {
      g_assert_cmpuint (driver_count_color (field, color, 0.02), >, 100);
      g_assert_cmpuint (driver_count_color (chart, color, 0.02), >, 20);
    } else {
      g_assert_cmpuint (driver_count_color (field, color, 0.02), <, 5);
      g_assert_cmpuint (driver_count_color (chart, color, 0.02), ==, 0);
    }
    cairo_surface_destroy (field);
    cairo_surface_destroy (chart);
    driver_click (driver, check, gtk_widget_get_width (check) / 2.0, gtk_widget_get_height (check) / 2.0);
  }
  /* A click on the name does the same. */
  driver_wait (driver, !tw_session_get_enabled (driver->session, 1));
  driver_click (driver, row, gtk_widget_get_width (row) / 2.0, gtk_widget_get_height (row) / 2.0);
  driver_wait (driver, tw_session_get_enabled (driver->session, 1));

  /* Without the learned one there are no activations. */
  check = driver_find_type (driver_find_type (list, GTK_TYPE_LIST_BOX_ROW, 4), GTK_TYPE_CHECK_BUTTON, 0);
  cairo_surface_t *with = driver_picture (panel (driver, TW_TYPE_ACTIVATIONS_PANEL));
  driver_click (driver, check, 8, 8);
  driver_wait (driver, !tw_session_get_enabled (driver->session, 4));
  cairo_surface_t *without = driver_picture (panel (driver, TW_TYPE_ACTIVATIONS_PANEL));
  g_assert_false (driver_same_picture (with, without));
  cairo_surface_destroy (with);
  cairo_surface_destroy (without);
}

static void
test_toggle (void)
{
  driver_run (NULL, body_toggle);
}

static void
body_space (Driver *driver)
{
  driver_wait (driver, shown_step (driver) >= 3);
  driver_key (driver, "space");
  driver_wait (driver, !tw_session_get_playing (driver->session));
  guint64 step = shown_step (driver);
  driver_live (driver, 0.4);
  g_assert_cmpuint (shown_step (driver), ==, step);
  driver_key (driver, "space");
  driver_wait (driver, shown_step (driver) > step + 5);
  /* Also after the pointer was elsewhere. */
  GtkWidget *check = driver_find_type (panel (driver, TW_TYPE_OPTIMIZER_LIST), GTK_TYPE_CHECK_BUTTON, 0);
  driver_click (driver, check, 8, 8);
  driver_key (driver, "space");
  driver_wait (driver, !tw_session_get_playing (driver->session));
  g_assert_false (tw_session_get_enabled (driver->session, 0));
}

static void
test_space (void)
{
  driver_run (NULL, body_space);
}

/* Faster, and around and around. */
static void
body_speed_and_loop (Driver *driver)
{
  double speed = tw_session_get_speed (driver->session);

  driver_key (driver, "l");
  for (int i = 0; i < 10; i++)
    driver_key (driver, "bracketright");
  driver_wait (driver, tw_session_get_speed (driver->session) > 50 * speed);
  driver_wait (driver, shown_step (driver) == 250);
  driver_wait (driver, shown_step (driver) < 250);
  g_assert_true (tw_session_get_playing (driver->session));
  driver_key (driver, "l");
  driver_wait (driver, shown_step (driver) == 250 && !tw_session_get_playing (driver->session));
}

static void
test_speed_and_loop (void)
{
  driver_run (NULL, body_speed_and_loop);
}

static void
body_choose_problem (Driver *driver)
{
  GtkWidget *landscape = panel (driver, TW_TYPE_LANDSCAPE_PANEL);

  pause_at (driver, 0);
  cairo_surface_t *before = driver_picture (landscape);
  driver_key (driver, "ctrl+l");
  driver_wait (driver, gtk_widget_get_mapped (driver_find (driver, "problem-search")));
  driver_live (driver, 0.3);
  driver_type (driver, "himmel");
  driver_live (driver, 0.4);
  g_assert_true (driver_shows (GTK_WIDGET (driver->window), "Four equally good minima"));
  g_assert_false (
    driver_shows (driver_find_type (GTK_WIDGET (driver->window), GTK_TYPE_POPOVER, 0), "Ackley"));
  driver_key (driver, "Return");
  driver_wait (driver, tw_session_is_complete (driver->session));
  driver_wait (driver, !gtk_widget_get_mapped (driver_find (driver, "problem-search")));
  g_assert_cmpstr (tw_panel_get_title (TW_PANEL (landscape)), ==, "Himmelblau");
  g_assert_true (driver_shows (GTK_WIDGET (driver->window), "Himmelblau"));
  g_assert_false (driver_shows (GTK_WIDGET (driver->window), "Rosenbrock"));
  driver_wait (driver, shown_step (driver) > 5);
  cairo_surface_t *after = driver_picture (landscape);
  g_assert_false (driver_same_picture (before, after));
  cairo_surface_destroy (before);
  cairo_surface_destroy (after);
}

static void
test_choose_problem (void)
{
  driver_run (NULL, body_choose_problem);
}

/* Every landscape, one after the other and faster than they are done; the last one stays. */
static void
body_all_problems (Driver *driver)
{
  gsize n;
  const TwProblemInfo *all = tw_problem_list (&n);

  for (gsize i = 0; i < n; i++)
    if (all[i].formula != NULL) {
      tw_session_set_problem (driver->session, all[i].name);
      driver_live (driver, i % 3 == 0 ? 0.1 : 0.005);
    }
  tw_session_set_problem (driver->session, "beale");
  driver_wait (driver, tw_session_is_complete (driver->session));
  g_assert_cmpstr (tw_problem_get_name (tw_trace_get_problem (tw_session_get_trace (driver->session))), ==,
                   "beale");
  g_assert_true (driver_shows (GTK_WIDGET (driver->window), "Beale"));
}

static void
test_all_problems (void)
{
  driver_run (NULL, body_all_problems);
}

/* What can't run is said in the window, and gone when it is put right. */
static void
body_error (Driver *driver)
{
  g_autoptr (TwExperiment) experiment = tw_experiment_copy (tw_session_get_experiment (driver->session));

  g_clear_pointer (&experiment->problem, g_free);
  experiment->formula = g_strdup ("x^2 + y^");
  tw_session_set_experiment (driver->session, experiment);
  driver_wait (driver, tw_session_get_error (driver->session) != NULL);
  driver_wait (driver, driver_shows (GTK_WIDGET (driver->window), tw_session_get_error (driver->session)));

  g_free (experiment->formula);
  experiment->formula = g_strdup ("x^2 + y^4");
  tw_session_set_experiment (driver->session, experiment);
  driver_wait (driver, tw_session_is_complete (driver->session));
  driver_live (driver, 0.5);
  g_assert_null (tw_session_get_error (driver->session));
}

static void
test_error (void)
{
  driver_run (NULL, body_error);
}

/* A run that leaves says so where its loss stood. */
static void
body_diverged (Driver *driver)
{
  pause_at (driver, 100);
  g_assert_true (driver_shows (panel (driver, TW_TYPE_OPTIMIZER_LIST), "diverged at step"));
  tw_session_set_step (driver->session, 0);
  driver_live (driver, 0.1);
  g_assert_false (driver_shows (panel (driver, TW_TYPE_OPTIMIZER_LIST), "diverged at step"));
}

static void
test_diverged (void)
{
  g_autoptr (TwExperiment) experiment = tw_experiment_new ();

  experiment->problem = g_strdup ("rosenbrock");
  g_ptr_array_add (experiment->optimizers, g_strdup ("sgd,lr=1"));
  g_ptr_array_add (experiment->optimizers, g_strdup ("adam"));
  driver_run (experiment, body_diverged);
}

/* A formula that is a number nowhere: the runs say that they ended at once. */
static void
body_no_number (Driver *driver)
{
  GtkWidget *list = panel (driver, TW_TYPE_OPTIMIZER_LIST);

  driver_wait (driver, tw_session_is_complete (driver->session));
  driver_live (driver, 0.3);
  g_assert_true (driver_shows (list, "diverged at step 0"));
}

static void
test_no_number (void)
{
  g_autoptr (TwExperiment) experiment = tw_experiment_new ();

  experiment->formula = g_strdup ("log(-1 - x^2)");
  g_ptr_array_add (experiment->optimizers, g_strdup ("adam"));
  g_ptr_array_add (experiment->optimizers, g_strdup ("learned"));
  driver_run (experiment, body_no_number);
}

/* No landscape, many starts. */
static void
body_families (Driver *driver)
{
  driver_wait (driver, tw_session_is_complete (driver->session));
  driver_wait (driver, shown_step (driver) > 5);
  cairo_surface_t *picture = driver_picture (panel (driver, TW_TYPE_LANDSCAPE_PANEL));
  cairo_surface_destroy (picture);
}

static void
test_families (void)
{
  g_autoptr (TwExperiment) experiment = tw_experiment_new ();

  experiment->problem = g_strdup ("quadratic");
  g_ptr_array_add (experiment->optimizers, g_strdup ("learned"));
  g_ptr_array_add (experiment->optimizers, g_strdup ("adam"));
  driver_run (experiment, body_families);
  g_free (experiment->problem);
  experiment->problem = g_strdup ("ackley");
  experiment->n_random_starts = 150;
  driver_run (experiment, body_families);
}

/* Dark on request: the charts follow. */
static void
body_dark (Driver *driver)
{
  GtkWidget *curves = panel (driver, TW_TYPE_CURVES_PANEL);
  const TwColor *light = &tw_theme_get (FALSE)->background, *dark = &tw_theme_get (TRUE)->background;

  pause_at (driver, 20);
  for (int i = 0; i < 2; i++) {
    cairo_surface_t *picture = driver_picture (curves);
    g_assert_cmpuint (driver_count_color (picture, i == 0 ? light : dark, 0.01), >, 5000);
    g_assert_cmpuint (driver_count_color (picture, i == 0 ? dark : light, 0.01), <, 500);
    cairo_surface_destroy (picture);
    g_action_group_activate_action (G_ACTION_GROUP (g_application_get_default ()), "color-scheme",
                                    g_variant_new_string ("dark"));
    driver_live (driver, 0.5);
  }
}

static void
test_dark (void)
{
  driver_run (NULL, body_dark);
}

static void
test_no_display (void)
{
  const char *program = g_getenv ("TW_PROGRAM");
  g_auto (GStrv) environment =
    g_environ_unsetenv (g_environ_unsetenv (g_get_environ (), "DISPLAY"), "WAYLAND_DISPLAY");
  const char *const commands[2][3] = { { program, "show", NULL }, { program, NULL, NULL } };

  g_assert_nonnull (program);
  for (int i = 0; i < 2; i++) {
    g_autofree char *out = NULL, *err = NULL;
    g_autoptr (GError) error = NULL;
    int status;
    g_spawn_sync (NULL, (char **)commands[i], environment, G_SPAWN_DEFAULT, NULL, NULL, &out, &err, &status,
                  &error);
    g_assert_no_error (error);
    g_assert_true (WIFEXITED (status));
    g_assert_cmpint (WEXITSTATUS (status), ==, 2);
    g_assert_cmpstr (out, ==, "");
    g_assert_true (g_str_has_prefix (err, "thalweg: there is no display"));
    g_assert_true (strchr (err, '\n') == err + strlen (err) - 1);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/window/no-display", test_no_display);
  g_test_add_func ("/window/moves-at-once", test_moves_at_once);
  g_test_add_func ("/window/click", test_click);
  g_test_add_func ("/window/drag", test_drag);
  g_test_add_func ("/window/scrub", test_scrub);
  g_test_add_func ("/window/toggle", test_toggle);
  g_test_add_func ("/window/space", test_space);
  g_test_add_func ("/window/speed-and-loop", test_speed_and_loop);
  g_test_add_func ("/window/choose-problem", test_choose_problem);
  g_test_add_func ("/window/all-problems", test_all_problems);
  g_test_add_func ("/window/error", test_error);
  g_test_add_func ("/window/diverged", test_diverged);
  g_test_add_func ("/window/no-number", test_no_number);
  g_test_add_func ("/window/families", test_families);
  g_test_add_func ("/window/dark", test_dark);
  return g_test_run ();
}
