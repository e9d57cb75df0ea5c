/* The landscape and the curves under the user's hands: zoom, hover, several starts, other metrics, overlays. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tests/ui/driver.h"
#include "ui/curves-panel.h"
#include "ui/landscape-panel.h"

static GtkWidget *
panel (Driver *driver, GType type)
{
  return driver_find_type (GTK_WIDGET (driver->window), type, 0);
}

/* Paused at a step, with a trace. */
static void
pause_at (Driver *driver, guint64 step)
{
  driver_wait (driver, tw_session_is_complete (driver->session));
  tw_session_set_playing (driver->session, FALSE);
  tw_session_set_step (driver->session, step);
  driver_live (driver, 0.2);
}

/* The curves */

static double
pixel_of_step (TwCurvesPanel *curves, double step, double *middle)
{
  TwRect rect;
  TwAxis x, y;

  tw_curves_panel_get_axes (curves, &rect, &x, &y);
  *middle = rect.y + 0.5 * rect.height;
  return tw_rect_x (&rect, &x, step);
}

/* Every optimizer is read out with its value at the step under the pointer, the largest first. */
static void
body_hover (Driver *driver)
{
  TwCurvesPanel *curves = TW_CURVES_PANEL (panel (driver, TW_TYPE_CURVES_PANEL));
  double y;

  pause_at (driver, 250);
  g_assert_null (tw_curves_panel_read_out (curves));
  double x = pixel_of_step (curves, 100, &y);
  driver_point (driver, GTK_WIDGET (curves), x, y);
  g_autofree char *text = NULL;
  driver_wait (driver, (text = tw_curves_panel_read_out (curves)) != NULL);

  TwTrace *trace = tw_session_get_trace (driver->session);
  g_auto (GStrv) lines = g_strsplit (g_strstrip (text), "\n", -1);
  g_assert_cmpuint (g_strv_length (lines), ==, tw_trace_get_n_optimizers (trace));
  double before = INFINITY;
  for (gsize i = 0; lines[i] != NULL; i++) {
    double value = strtod (strchr (lines[i], '\t'), NULL);
    gboolean found = FALSE;
    g_assert_cmpfloat (value, <=, before);
    before = value;
    /* The pixel may stand for a step beside it. */
    for (gsize o = 0; o < tw_trace_get_n_optimizers (trace); o++)
      for (gsize k = 98; k <= 102; k++)
        found |= fabs (tw_trace_get_loss (trace, o, 0)[k] - value) <= 1e-3 * value;
    g_assert_true (found);
  }
  cairo_surface_t *pointed = driver_picture (GTK_WIDGET (curves));
  driver_point (driver, panel (driver, TW_TYPE_LANDSCAPE_PANEL), 50, 50);
  g_assert_null (tw_curves_panel_read_out (curves));
  cairo_surface_t *plain = driver_picture (GTK_WIDGET (curves));
  g_assert_cmpfloat (driver_difference (pointed, plain), >, 0.002);
  cairo_surface_destroy (pointed);
  cairo_surface_destroy (plain);
}

static void
test_hover (void)
{
  driver_run (NULL, body_hover);
}

/* Another metric, from the list that drops down: other curves, and what is read out is that metric. */
static void
body_metric (Driver *driver)
{
  TwCurvesPanel *curves = TW_CURVES_PANEL (panel (driver, TW_TYPE_CURVES_PANEL));
  GtkWidget *chooser = driver_find (driver, "metric-chooser"), *log = driver_find (driver, "log-scale");
  TwRect rect;
  TwAxis x, y;

  pause_at (driver, 250);
  g_assert_cmpint (tw_curves_panel_get_metric (curves), ==, TW_METRIC_EXCESS);
  cairo_surface_t *loss = driver_picture (GTK_WIDGET (curves));
  driver_click (driver, chooser, gtk_widget_get_width (chooser) / 2, gtk_widget_get_height (chooser) / 2);
  driver_live (driver, 0.3);
  /* The third line of the list. */
  driver_click (driver, chooser, gtk_widget_get_width (chooser) / 2, gtk_widget_get_height (chooser) / 2 + 106);
  driver_wait (driver, tw_curves_panel_get_metric (curves) == TW_METRIC_GRADIENT);
  driver_point (driver, panel (driver, TW_TYPE_LANDSCAPE_PANEL), 50, 50);
  cairo_surface_t *gradient = driver_picture (GTK_WIDGET (curves));
  g_assert_cmpfloat (driver_difference (loss, gradient), >, 0.01);

  tw_curves_panel_get_axes (curves, &rect, &x, &y);
  g_assert_true (y.log);
  TwTrace *trace = tw_session_get_trace (driver->session);
  for (gsize o = 0; o < tw_trace_get_n_optimizers (trace); o++)
    g_assert_cmpfloat (tw_trace_get_grad_norm (trace, o, 0)[250], >=, y.min);
  driver_click (driver, log, 5, gtk_widget_get_height (log) / 2);
  driver_live (driver, 0.2);
  cairo_surface_t *linear = driver_picture (GTK_WIDGET (curves));
  tw_curves_panel_get_axes (curves, &rect, &x, &y);
  g_assert_false (y.log);
  cairo_surface_destroy (loss);
  cairo_surface_destroy (gradient);
  cairo_surface_destroy (linear);
}

static void
test_metric (void)
{
  driver_run (NULL, body_metric);
}

/* The wheel zooms around the step under the pointer; a drag goes to a step; a double click shows all. */
static void
body_curves_zoom (Driver *driver)
{
  TwCurvesPanel *curves = TW_CURVES_PANEL (panel (driver, TW_TYPE_CURVES_PANEL));
  TwRect rect;
  TwAxis x, y;
  double middle;

  pause_at (driver, 250);
  double px = pixel_of_step (curves, 100, &middle);
  driver_point (driver, GTK_WIDGET (curves), px, middle);
  driver_wheel (driver, 4);
  driver_live (driver, 0.2);
  tw_curves_panel_get_axes (curves, &rect, &x, &y);
  g_assert_cmpfloat (x.max - x.min, <, 130);
  g_assert_cmpfloat (fabs (tw_rect_x (&rect, &x, 100) - px), <, 4);
  driver_press (driver);
  driver_point (driver, GTK_WIDGET (curves), rect.x + 0.25 * rect.width, middle);
  driver_release (driver);
  double step = x.min + 0.25 * (x.max - x.min);
  driver_wait (driver, fabs ((double)tw_session_get_step (driver->session) - step) < 3);
  driver_live (driver, 0.6);
  driver_double_click (driver);
  driver_live (driver, 0.2);
  tw_curves_panel_get_axes (curves, &rect, &x, &y);
  g_assert_cmpfloat (x.min, ==, 0);
  g_assert_cmpfloat (x.max, ==, 250);
}

static void
test_curves_zoom (void)
{
  driver_run (NULL, body_curves_zoom);
}

static int
compare_doubles (gconstpointer a, gconstpointer b)
{
  double x = *(const double *)a, y = *(const double *)b;

  return (x > y) - (x < y);
}

/* With many starts the middle of them is read out. */
static void
body_quartiles (Driver *driver)
{
  TwCurvesPanel *curves = TW_CURVES_PANEL (panel (driver, TW_TYPE_CURVES_PANEL));
  double y, losses[9];
  g_autofree char *text = NULL;

  pause_at (driver, 200);
  g_assert_true (driver_shows (GTK_WIDGET (driver->window), "quartiles of 9 starts"));
  double x = pixel_of_step (curves, 200, &y);
  driver_point (driver, GTK_WIDGET (curves), x - 0.5, y);
  driver_wait (driver, (text = tw_curves_panel_read_out (curves)) != NULL);
  TwTrace *trace = tw_session_get_trace (driver->session);
  guint below = 0;
  double value = strtod (strchr (text, '\t'), NULL), minimum = tw_problem_get_minimum (tw_trace_get_problem (trace));
  for (gsize s = 0; s < 9; s++) {
    losses[s] = tw_trace_get_loss (trace, 0, s)[200] - minimum;
    below += losses[s] < value * (1 - 1e-3);
  }
  g_assert_cmpuint (below, ==, 4);
  /* Between the quartiles, at the moment that is shown, there is the band. */
  qsort (losses, 9, sizeof *losses, compare_doubles);
  TwRect rect;
  TwAxis x_axis, y_axis;
  tw_curves_panel_get_axes (curves, &rect, &x_axis, &y_axis);
  driver_point (driver, panel (driver, TW_TYPE_LANDSCAPE_PANEL), 50, 50);
  cairo_surface_t *picture = driver_picture (GTK_WIDGET (curves));
  double px = tw_rect_x (&rect, &x_axis, 190), py[2];
  for (int i = 0; i < 2; i++) {
    double at = i == 0 ? 0.5 * (losses[2] + losses[4]) : 0.5 * (losses[8] + y_axis.max);
    py[i] = tw_rect_y (&rect, &y_axis, at);
  }
  const guint8 *data = cairo_image_surface_get_data (picture);
  int stride = cairo_image_surface_get_stride (picture);
  const guint8 *inside = data + (gsize)py[0] * (gsize)stride + 4 * (gsize)px,
               *outside = data + (gsize)py[1] * (gsize)stride + 4 * (gsize)px;
  g_assert_cmpint (abs (inside[0] - outside[0]), >, 15);
  cairo_surface_destroy (picture);
}

static void
test_quartiles (void)
{
  g_autoptr (TwExperiment) experiment = tw_experiment_new ();

  experiment->problem = g_strdup ("ackley");
  experiment->n_random_starts = 9;
  g_ptr_array_add (experiment->optimizers, g_strdup ("sgd,lr=0.001"));
  driver_run (experiment, body_quartiles);
}

/* The landscape */

static TwView
shown_view (Driver *driver)
{
  TwView view;

  g_assert_true (
    tw_landscape_panel_get_view (TW_LANDSCAPE_PANEL (panel (driver, TW_TYPE_LANDSCAPE_PANEL)), &view));
  return view;
}

/* The wheel zooms around the pointer, a drag moves the view, keys do both, a double click shows all
 * again and leaves the start where it was. */
static void
body_zoom (Driver *driver)
{
  GtkWidget *landscape = panel (driver, TW_TYPE_LANDSCAPE_PANEL);
  double px = 0.7 * gtk_widget_get_width (landscape), py = 0.4 * gtk_widget_get_height (landscape);

  pause_at (driver, 250);
  TwView all = shown_view (driver), view;
  cairo_surface_t *before = driver_picture (landscape);
  double start[2];
  memcpy (start, tw_trace_get_theta (tw_session_get_trace (driver->session), 0, 0), sizeof start);
  double x = all.x.min + (px - all.rect.x) / all.rect.width * (all.x.max - all.x.min);

  driver_point (driver, landscape, px, py);
  driver_wheel (driver, 5);
  driver_wait (driver, shown_view (driver).x.max - shown_view (driver).x.min < 0.4 * (all.x.max - all.x.min));
  view = shown_view (driver);
  g_assert_cmpfloat (fabs (tw_view_x (&view, x) - px), <, 2);
  cairo_surface_t *closer = driver_picture_when (driver, landscape, before, 0.05, 2);
  g_assert_cmpfloat (driver_difference (before, closer), >, 0.05);

  driver_modifier (driver, "ctrl", TRUE);
  driver_press (driver);
  driver_point (driver, landscape, px - 60, py);
  driver_release (driver);
  driver_modifier (driver, "ctrl", FALSE);
  driver_live (driver, 0.2);
  view = shown_view (driver);
  g_assert_cmpfloat (fabs (tw_view_x (&view, x) - (px - 60)), <, 3);

  /* Without Ctrl too: the ground is dragged, and the start on it stays where it is. */
  driver_point (driver, landscape, px, py);
  driver_press (driver);
  driver_point (driver, landscape, px + 20, py);
  driver_point (driver, landscape, px + 40, py);
  driver_release (driver);
  driver_wait (driver, (view = shown_view (driver), fabs (tw_view_x (&view, x) - (px - 20)) < 3));
  g_assert_cmpfloat (tw_trace_get_theta (tw_session_get_trace (driver->session), 0, 0)[0], ==, start[0]);
  g_assert_cmpfloat (tw_trace_get_theta (tw_session_get_trace (driver->session), 0, 0)[1], ==, start[1]);

  double span = view.x.max - view.x.min;
  driver_key (driver, "plus");
  driver_wait (driver, shown_view (driver).x.max - shown_view (driver).x.min < 0.9 * span);
  driver_key (driver, "minus");
  driver_wait (driver, fabs (shown_view (driver).x.max - shown_view (driver).x.min - span) < 1e-9);
  driver_key (driver, "shift+Right");
  driver_wait (driver, shown_view (driver).x.min > view.x.min);

  driver_live (driver, 0.6);
  driver_double_click (driver);
  driver_wait (driver, shown_view (driver).x.min == all.x.min && shown_view (driver).y.max == all.y.max);
  driver_wait (driver, tw_session_is_complete (driver->session));
  g_assert_cmpfloat (tw_trace_get_theta (tw_session_get_trace (driver->session), 0, 0)[0], ==, start[0]);
  g_assert_cmpfloat (tw_trace_get_theta (tw_session_get_trace (driver->session), 0, 0)[1], ==, start[1]);
  cairo_surface_destroy (before);
  cairo_surface_destroy (closer);
}

static void
test_zoom (void)
{
  driver_run (NULL, body_zoom);
}

/* Loss and gradient under the pointer. */
static void
body_read_out (Driver *driver)
{
  TwLandscapePanel *landscape = TW_LANDSCAPE_PANEL (panel (driver, TW_TYPE_LANDSCAPE_PANEL));
  double x, y, f, gx, gy;
  g_autofree char *text = NULL;

  pause_at (driver, 0);
  TwView view = shown_view (driver);
  driver_point (driver, GTK_WIDGET (landscape), tw_view_x (&view, -1), tw_view_y (&view, 0.5));
  driver_wait (driver, (text = tw_landscape_panel_read_out (landscape)) != NULL);
  g_assert_cmpint (sscanf (text, "x = (%lf, %lf) f = %lf gradient = (%lf, %lf)", &x, &y, &f, &gx, &gy), ==, 5);
  g_assert_cmpfloat (hypot (x + 1, y - 0.5), <, 0.02);
  /* Rosenbrock, but for the digits that are not shown. */
  double b = y - x * x;
  g_assert_cmpfloat (fabs (f - (1 - x) * (1 - x) - 100 * b * b), <, 0.05 * f);
  g_assert_cmpfloat (fabs (gx - (-2 * (1 - x) - 400 * x * b)), <, 0.1 * fabs (gx));
  g_assert_cmpfloat (fabs (gy - 200 * b), <, 0.1 * fabs (gy));
}

static void
test_read_out (void)
{
  driver_run (NULL, body_read_out);
}

static gboolean
has_start (Driver *driver, gsize i, double px, double py)
{
  TwTrace *trace = tw_session_get_trace (driver->session);
  TwView view = shown_view (driver);

  if (!tw_session_is_complete (driver->session) || tw_trace_get_n_starts (trace) <= i)
    return FALSE;
  const double *theta = tw_trace_get_theta (trace, 0, i);
  return hypot (tw_view_x (&view, theta[0]) - px, tw_view_y (&view, theta[1]) - py) < 1.5;
}

/* Shift and a click add a start; it can be dragged, and the first stays where it is; Shift and a click on it
 * take it away. */
static void
body_starts (Driver *driver)
{
  GtkWidget *landscape = panel (driver, TW_TYPE_LANDSCAPE_PANEL);
  double width = gtk_widget_get_width (landscape), height = gtk_widget_get_height (landscape);

  pause_at (driver, 250);
  TwView view = shown_view (driver);
  const double *theta = tw_trace_get_theta (tw_session_get_trace (driver->session), 0, 0);
  double first[2] = { tw_view_x (&view, theta[0]), tw_view_y (&view, theta[1]) };
  driver_modifier (driver, "shift", TRUE);
  driver_click (driver, landscape, 0.7 * width, 0.3 * height);
  driver_modifier (driver, "shift", FALSE);
  driver_wait (driver, has_start (driver, 1, 0.7 * width, 0.3 * height));
  g_assert_true (has_start (driver, 0, first[0], first[1]));

  driver_live (driver, 0.6);
  driver_press (driver);
  driver_point (driver, landscape, 0.65 * width, 0.5 * height);
  driver_point (driver, landscape, 0.6 * width, 0.6 * height);
  driver_wait (driver, has_start (driver, 1, 0.6 * width, 0.6 * height));
  driver_release (driver);
  driver_wait (driver, has_start (driver, 1, 0.6 * width, 0.6 * height));
  g_assert_true (has_start (driver, 0, first[0], first[1]));

  driver_modifier (driver, "shift", TRUE);
  driver_click (driver, landscape, 0.6 * width, 0.6 * height);
  driver_modifier (driver, "shift", FALSE);
  driver_wait (driver, tw_session_is_complete (driver->session) &&
                         tw_trace_get_n_starts (tw_session_get_trace (driver->session)) == 1);
  g_assert_true (has_start (driver, 0, first[0], first[1]));
}

static void
test_starts (void)
{
  driver_run (NULL, body_starts);
}

/* Each of them draws something; with the ellipse comes what its axes are. */
static void
body_overlays (Driver *driver)
{
  static const char *const names[] = { "overlay-attention", "overlay-field", "overlay-gradients", "overlay-curvature",
                                       "overlay-look-ahead" };
  TwLandscapePanel *landscape = TW_LANDSCAPE_PANEL (panel (driver, TW_TYPE_LANDSCAPE_PANEL));

  pause_at (driver, 3);
  TwView view = shown_view (driver);
  driver_point (driver, GTK_WIDGET (landscape), tw_view_x (&view, 1), tw_view_y (&view, 1));
  cairo_surface_t *before = driver_picture (GTK_WIDGET (landscape));
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++) {
    GtkWidget *check = driver_find (driver, names[i]);
    gboolean on = gtk_check_button_get_active (GTK_CHECK_BUTTON (check)); /* attention, from the beginning */
    g_assert_cmpint (on, ==, i == 0);
    gtk_check_button_set_active (GTK_CHECK_BUTTON (check), !on);
    cairo_surface_t *after = driver_picture (GTK_WIDGET (landscape));
    g_assert_cmpfloat (driver_difference (before, after), >, 5e-5);
    cairo_surface_destroy (before);
    before = after;
  }
  cairo_surface_destroy (before);
  g_autofree char *text = tw_landscape_panel_read_out (landscape);
  double large, small;
  g_assert_cmpint (sscanf (strstr (text, "curvature"), "curvature %lf, %lf", &large, &small), ==, 2);
  /* At the minimum: 1001.6 and 0.399; a pixel beside it the small one is within 1 of that. */
  g_assert_cmpfloat (fabs (large - 1001.6), <, 20);
  g_assert_cmpfloat (fabs (small - 0.4), <, 1);
}

static void
test_overlays (void)
{
  g_autoptr (TwExperiment) experiment = tw_experiment_new ();

  experiment->problem = g_strdup ("rosenbrock");
  g_ptr_array_add (experiment->optimizers, g_strdup ("nesterov"));
  g_ptr_array_add (experiment->optimizers, g_strdup ("learned"));
  driver_run (experiment, body_overlays);
}

/* Whether the landscape itself is there: it is painted by a worker, and grey until then. */
static gboolean
is_painted (GtkWidget *landscape)
{
  cairo_surface_t *picture = driver_picture (landscape);
  guint grey = driver_count_color (picture, &tw_theme_get (FALSE)->missing, 0.01);
  gboolean painted = grey < (guint)cairo_image_surface_get_width (picture) * (guint)cairo_image_surface_get_height (picture) / 10;

  cairo_surface_destroy (picture);
  return painted;
}

/* The same runs on a surface, which a drag turns, and keys too; and back. */
static void
body_surface (Driver *driver)
{
  GtkWidget *landscape = panel (driver, TW_TYPE_LANDSCAPE_PANEL), *button = driver_find (driver, "in-space");
  double px = 0.5 * gtk_widget_get_width (landscape), py = 0.5 * gtk_widget_get_height (landscape);
  const double *theta;
  cairo_surface_t *pictures[5];

  pause_at (driver, 100);
  theta = tw_trace_get_theta (tw_session_get_trace (driver->session), 0, 0);
  double start[2] = { theta[0], theta[1] };
  driver_wait (driver, is_painted (landscape));
  driver_live (driver, 0.5);
  pictures[0] = driver_picture (landscape);
  driver_click (driver, button, gtk_widget_get_width (button) / 2, gtk_widget_get_height (button) / 2);
  driver_live (driver, 0.3);
  pictures[1] = driver_picture (landscape);
  driver_drag (driver, landscape, px, py, px + 60, py + 20);
  driver_live (driver, 0.3);
  pictures[2] = driver_picture (landscape);
  driver_key (driver, "shift+Left");
  driver_live (driver, 0.2);
  pictures[3] = driver_picture (landscape);
  for (int i = 1; i < 4; i++) {
    g_assert_cmpfloat (driver_difference (pictures[i - 1], pictures[i]), >, 0.02);
    /* Adam's path is there all the time. */
    TwColor color = tw_session_get_style (driver->session, 2)->light;
    g_assert_cmpuint (driver_count_color (pictures[i], &color, 0.03), >, 20);
  }
  /* To turn it moves no start. */
  theta = tw_trace_get_theta (tw_session_get_trace (driver->session), 0, 0);
  g_assert_cmpfloat (theta[0], ==, start[0]);
  g_assert_cmpfloat (theta[1], ==, start[1]);
  driver_click (driver, button, gtk_widget_get_width (button) / 2, gtk_widget_get_height (button) / 2);
  pictures[4] = driver_picture_when (driver, landscape, pictures[0], -1, 1e-4);
  g_assert_cmpfloat (driver_difference (pictures[0], pictures[4]), <, 1e-4);
  for (int i = 0; i < 5; i++)
    cairo_surface_destroy (pictures[i]);
}

static void
test_surface (void)
{
  driver_run (NULL, body_surface);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/stage/hover", test_hover);
  g_test_add_func ("/stage/metric", test_metric);
  g_test_add_func ("/stage/curves-zoom", test_curves_zoom);
  g_test_add_func ("/stage/quartiles", test_quartiles);
  g_test_add_func ("/stage/zoom", test_zoom);
  g_test_add_func ("/stage/read-out", test_read_out);
  g_test_add_func ("/stage/starts", test_starts);
  g_test_add_func ("/stage/overlays", test_overlays);
  g_test_add_func ("/stage/surface", test_surface);
  return g_test_run ();
}
