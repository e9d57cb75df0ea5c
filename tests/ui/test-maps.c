/* Maps in a real window: basins and two settings, read and used with the pointer and the keyboard. */
#include <math.h>
#include <string.h>

#include "tests/ui/driver.h"
#include "ui/basins-panel.h"
#include "ui/drawing/basin-map.h"
#include "ui/landscape-panel.h"
#include "ui/sweep-panel.h"

static GtkWidget *
part (Driver *driver, GType type)
{
  return driver_find_type (GTK_WIDGET (driver->window), type, 0);
}

static const char *
spec_of (Driver *driver, guint i)
{
  return tw_session_get_experiment (driver->session)->optimizers->pdata[i];
}

static double
start_of (Driver *driver, guint i)
{
  const GArray *starts = tw_session_get_experiment (driver->session)->starts;

  g_assert_cmpuint (starts->len, >, i);
  return g_array_index (starts, double, i);
}

/* The tab of a page, wherever it is. */
static GtkWidget *
find_tab (GtkWidget *in, const char *title)
{
  if (GTK_IS_TOGGLE_BUTTON (in) && driver_shows (in, title))
    return in;
  for (GtkWidget *child = gtk_widget_get_first_child (in); child != NULL; child = gtk_widget_get_next_sibling (child)) {
    GtkWidget *found = find_tab (child, title);
    if (found != NULL)
      return found;
  }
  return NULL;
}

static void
open_tab (Driver *driver, const char *title)
{
  GtkWidget *tab = find_tab (GTK_WIDGET (driver->window), title);

  g_assert_nonnull (tab);
  driver_click (driver, tab, gtk_widget_get_width (tab) / 2.0, gtk_widget_get_height (tab) / 2.0);
  driver_live (driver, 0.2);
}

static void
press_at (Driver *driver, TwMapPanel *map, guint x, guint y)
{
  double px, py;

  g_assert_true (tw_map_panel_get_place (map, x, y, &px, &py));
  driver_click (driver, GTK_WIDGET (map), px, py);
}

static TwExperiment *
experiment_of (const char *problem, const char *first, const char *second, guint64 steps)
{
  TwExperiment *experiment = tw_experiment_new ();

  experiment->problem = g_strdup (problem);
  experiment->steps = steps;
  g_ptr_array_add (experiment->optimizers, g_strdup (first));
  if (second != NULL)
    g_ptr_array_add (experiment->optimizers, g_strdup (second));
  return experiment;
}

static void
run_on (TwExperiment *experiment, void (*body) (Driver *driver))
{
  driver_run (experiment, body);
  tw_experiment_free (experiment);
}

/* Basins */

static void
assert_start_at (Driver *driver, const TwBasins *basins, guint x, guint y)
{
  double point[2];

  tw_basins_get_point (basins, y * basins->refinement.width + x, point);
  g_assert_cmpfloat (start_of (driver, 0), ==, point[0]);
  g_assert_cmpfloat (start_of (driver, 1), ==, point[1]);
}

static void
body_basins (Driver *driver)
{
  driver_wait (driver, tw_session_is_complete (driver->session));
  open_tab (driver, "Maps");
  TwBasinsPanel *panel = TW_BASINS_PANEL (part (driver, TW_TYPE_BASINS_PANEL));
  TwMapPanel *map = TW_MAP_PANEL (panel);
  driver_wait (driver, tw_map_panel_is_done (map));
  const TwBasins *basins = tw_basins_panel_get_basins (panel);
  g_assert_cmpuint (basins->n_done, ==, TW_BASINS_SIZE * TW_BASINS_SIZE);
  g_assert_nonnull (strstr (driver_label (driver, "maps-words"), "Reaches a minimum from 100 % of 16384 starts"));
  g_assert_true (driver_shows (GTK_WIDGET (driver->window), "128 × 128 starts, 300 steps each"));

  /* The four colours are there, and no other. */
  cairo_surface_t *picture = driver_picture (GTK_WIDGET (panel));
  for (guint rank = 0; rank < TW_BASIN_COLORS; rank++) {
    TwColor color = tw_basin_color (tw_theme_get (FALSE), rank, 1);
    guint count = driver_count_color (picture, &color, 0.01);
    g_assert_true (rank < 4 ? count > 20 : count == 0);
  }

  /* Hovering reads a cell, in the picture. */
  double px, py;
  g_assert_true (tw_map_panel_get_place (map, 90, 30, &px, &py));
  driver_point (driver, GTK_WIDGET (panel), px, py);
  driver_live (driver, 0.1);
  cairo_surface_t *read = driver_picture (GTK_WIDGET (panel));
  g_assert_cmpfloat (driver_difference (picture, read), >, 0.005);
  cairo_surface_destroy (picture);
  cairo_surface_destroy (read);

  /* A click starts there, and the run does what the map says; the map stays. */
  press_at (driver, map, 90, 30);
  driver_live (driver, 0.1);
  g_assert_true (tw_map_panel_is_done (map));
  assert_start_at (driver, basins, 90, 30);
  driver_wait (driver, tw_session_is_complete (driver->session));
  driver_live (driver, 0.3);
  gint64 steps = tw_trace_steps_to_tolerance (tw_session_get_trace (driver->session), 0, 0, TW_BASINS_TOLERANCE);
  g_assert_cmpfloat ((float)steps, ==, basins->steps[30 * TW_BASINS_SIZE + 90]);
  g_assert_true (tw_basins_panel_get_basins (panel) == basins);

  /* A drag is one change. */
  driver_live (driver, 0.6);
  g_autofree char *before = tw_experiment_to_json (tw_session_get_experiment (driver->session));
  double qx, qy;
  g_assert_true (tw_map_panel_get_place (map, 20, 100, &px, &py));
  g_assert_true (tw_map_panel_get_place (map, 60, 40, &qx, &qy));
  driver_drag (driver, GTK_WIDGET (panel), px, py, qx, qy);
  driver_live (driver, 0.2);
  assert_start_at (driver, basins, 60, 40);
  driver_key (driver, "ctrl+z");
  g_autofree char *undone = tw_experiment_to_json (tw_session_get_experiment (driver->session));
  g_assert_cmpstr (undone, ==, before);

  /* The keyboard does the same; its arrows are the map's while that has the focus. */
  tw_session_set_playing (driver->session, FALSE);
  gtk_widget_grab_focus (GTK_WIDGET (panel));
  guint64 step = tw_session_get_step (driver->session);
  driver_key (driver, "Right");
  driver_key (driver, "Right");
  driver_key (driver, "shift+Up");
  g_assert_cmpuint (tw_session_get_step (driver->session), ==, step);
  driver_key (driver, "Return");
  assert_start_at (driver, basins, TW_BASINS_SIZE / 2 + 1, TW_BASINS_SIZE / 2 + 8);
  g_assert_true (tw_map_panel_is_done (map));
}

static void
test_basins (void)
{
  run_on (experiment_of ("himmelblau", "adam,lr=0.1", "sgd,lr=0.001", 300), body_basins);
}

/* It follows what it depends on. */
static void
body_follows (Driver *driver)
{
  driver_wait (driver, tw_session_is_complete (driver->session));
  open_tab (driver, "Maps");
  TwBasinsPanel *panel = TW_BASINS_PANEL (part (driver, TW_TYPE_BASINS_PANEL));
  TwMapPanel *map = TW_MAP_PANEL (panel);
  driver_wait (driver, tw_map_panel_is_done (map));
  double median = tw_basins_panel_get_basins (panel)->median_steps;

  /* Another optimizer, chosen with keys. */
  gtk_drop_down_set_selected (GTK_DROP_DOWN (driver_find (driver, "maps-optimizer")), 1);
  g_assert_false (tw_map_panel_is_done (map));
  driver_wait (driver, tw_map_panel_is_done (map));
  g_assert_cmpuint (tw_map_panel_get_optimizer (map), ==, 1);
  g_assert_cmpfloat (tw_basins_panel_get_basins (panel)->median_steps, !=, median);

  /* Its settings; the one before moved up in the list is found again. */
  g_autoptr (TwExperiment) experiment = tw_experiment_copy (tw_session_get_experiment (driver->session));
  tw_experiment_set_optimizer (experiment, 1, "sgd,lr=0.1");
  tw_session_set_experiment (driver->session, experiment);
  driver_wait (driver, tw_map_panel_is_done (map));
  g_assert_cmpuint (tw_basins_panel_get_basins (panel)->n_diverged, >, 0);
  g_assert_nonnull (strstr (driver_label (driver, "maps-words"), "diverges from"));
  tw_experiment_move_optimizer (experiment, 1, 0);
  tw_session_set_experiment (driver->session, experiment);
  driver_live (driver, 0.1);
  g_assert_cmpuint (tw_map_panel_get_optimizer (map), ==, 0);
  g_assert_true (tw_map_panel_is_done (map));

  /* The part of the landscape that is zoomed into, and all of another one. */
  GtkWidget *landscape = part (driver, TW_TYPE_LANDSCAPE_PANEL);
  const TwBasins *basins = tw_basins_panel_get_basins (panel);
  double width = basins->domain[1] - basins->domain[0];
  driver_point (driver, landscape, gtk_widget_get_width (landscape) / 2.0, gtk_widget_get_height (landscape) / 2.0);
  driver_wheel (driver, 4);
  driver_wait (driver, tw_map_panel_is_done (map));
  basins = tw_basins_panel_get_basins (panel);
  g_assert_cmpfloat (basins->domain[1] - basins->domain[0], <, 0.6 * width);
  tw_session_set_problem (driver->session, "rosenbrock");
  driver_wait (driver, tw_session_is_complete (driver->session));
  driver_live (driver, 0.3);
  driver_wait (driver, tw_map_panel_is_done (map));
  basins = tw_basins_panel_get_basins (panel);
  g_assert_cmpuint (basins->minima->len, ==, 1);
  g_assert_cmpfloat (basins->domain[0], ==, -2);

  /* What has no landscape says so. */
  tw_session_set_problem (driver->session, "softmax");
  driver_wait (driver, strstr (driver_label (driver, "maps-words"), "has no landscape") != NULL);
  g_assert_cmpfloat (gtk_widget_get_opacity (driver_find (driver, "maps-words")), ==, 0);
  g_assert_null (tw_basins_panel_get_basins (panel));
  cairo_surface_destroy (driver_picture (GTK_WIDGET (panel)));
}

static void
test_follows (void)
{
  run_on (experiment_of ("himmelblau", "adam,lr=0.1", "sgd,lr=0.001", 200), body_follows);
}

/* Two settings */

static void
body_settings (Driver *driver)
{
  driver_wait (driver, tw_session_is_complete (driver->session));
  open_tab (driver, "Maps");
  open_tab (driver, "Settings");
  TwSweepPanel *panel = TW_SWEEP_PANEL (part (driver, TW_TYPE_SWEEP_PANEL));
  TwMapPanel *map = TW_MAP_PANEL (panel);
  driver_wait (driver, tw_map_panel_is_done (map));
  const TwSweep *sweep = tw_sweep_panel_get_sweep (panel);
  g_assert_cmpstr (sweep->x.param->key, ==, "lr");
  g_assert_cmpstr (sweep->y.param->key, ==, "momentum");
  g_assert_true (g_str_has_prefix (driver_label (driver, "maps-words"), "Lowest at lr = "));
  g_assert_nonnull (strstr (driver_label (driver, "maps-words"), "diverge"));

  /* A click takes the values of the cell and leaves the map; the ring goes there. */
  cairo_surface_t *before = driver_picture (GTK_WIDGET (panel));
  g_autofree char *spec = g_strdup (spec_of (driver, 0));
  g_autofree char *wanted = tw_sweep_make_spec (&sweep->x, &sweep->y, spec, 10, 20);
  press_at (driver, map, 10, 20);
  driver_live (driver, 0.2);
  g_assert_cmpstr (spec_of (driver, 0), ==, wanted);
  g_assert_true (tw_map_panel_is_done (map));
  g_assert_true (tw_sweep_panel_get_sweep (panel) == sweep);
  driver_point (driver, GTK_WIDGET (panel), 1, 1); /* out of the way */
  cairo_surface_t *after = driver_picture (GTK_WIDGET (panel));
  g_assert_cmpfloat (driver_difference (before, after), >, 0.0003);
  cairo_surface_destroy (before);
  cairo_surface_destroy (after);
  driver_wait (driver, tw_session_is_complete (driver->session));
  driver_live (driver, 0.3);
  g_assert_cmpfloat (tw_trace_get_final_loss (tw_session_get_trace (driver->session), 0, 0), ==,
                     sweep->loss[20 * sweep->refinement.width + 10]);
  driver_key (driver, "ctrl+z");
  g_assert_cmpstr (spec_of (driver, 0), ==, spec);

  /* With the keyboard. */
  gtk_widget_grab_focus (GTK_WIDGET (panel));
  driver_key (driver, "Left");
  driver_key (driver, "Down");
  driver_key (driver, "Return");
  g_autofree char *typed = tw_sweep_make_spec (&sweep->x, &sweep->y, spec, 16, 15);
  g_assert_cmpstr (spec_of (driver, 0), ==, typed);
  driver_key (driver, "ctrl+z");
  g_assert_cmpstr (spec_of (driver, 0), ==, spec);

  /* Other axes; the same on both sides change places. */
  GtkDropDown *up = GTK_DROP_DOWN (driver_find (driver, "sweep-y"));
  gtk_drop_down_set_selected (up, 2);
  driver_wait (driver, tw_map_panel_is_done (map));
  sweep = tw_sweep_panel_get_sweep (panel);
  g_assert_cmpstr (sweep->y.param->key, ==, "dampening");
  gtk_drop_down_set_selected (up, 0);
  driver_wait (driver, tw_map_panel_is_done (map));
  sweep = tw_sweep_panel_get_sweep (panel);
  g_assert_cmpstr (sweep->x.param->key, ==, "dampening");
  g_assert_cmpstr (sweep->y.param->key, ==, "lr");

  /* Another start is another map. */
  tw_session_set_start (driver->session, 0, 0.5, 0.5);
  g_assert_false (tw_map_panel_is_done (map));
  driver_wait (driver, tw_map_panel_is_done (map));
}

static void
test_settings (void)
{
  run_on (experiment_of ("rosenbrock", "momentum,lr=0.001", NULL, 200), body_settings);
}

/* What takes long is stopped, by the button or by looking elsewhere; the window closes in the middle of it. */
static void
body_stop (Driver *driver)
{
  open_tab (driver, "Maps");
  TwMapPanel *map = TW_MAP_PANEL (part (driver, TW_TYPE_BASINS_PANEL));
  GtkWidget *stop = driver_find (driver, "map-stop");
  driver_wait (driver, tw_map_panel_is_busy (map));
  driver_live (driver, 0.3); /* where it stands */
  driver_click (driver, stop, gtk_widget_get_width (stop) / 2.0, gtk_widget_get_height (stop) / 2.0);
  g_assert_false (tw_map_panel_is_busy (map));
  g_assert_true (driver_shows (GTK_WIDGET (driver->window), "stopped"));
  driver_click (driver, stop, gtk_widget_get_width (stop) / 2.0, gtk_widget_get_height (stop) / 2.0);
  g_assert_true (tw_map_panel_is_busy (map));
  open_tab (driver, "Results");
  g_assert_false (tw_map_panel_is_busy (map));
  open_tab (driver, "Maps");
  g_assert_true (tw_map_panel_is_busy (map));
  /* Some of it is there long before all is. */
  driver_wait (driver, tw_basins_panel_get_basins (TW_BASINS_PANEL (map)) != NULL);
  g_assert_true (tw_map_panel_is_busy (map));
}

static void
test_stop (void)
{
  run_on (experiment_of ("ackley", "learned", NULL, 2000), body_stop);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/maps/basins", test_basins);
  g_test_add_func ("/maps/follows", test_follows);
  g_test_add_func ("/maps/settings", test_settings);
  g_test_add_func ("/maps/stop", test_stop);
  return g_test_run ();
}
