/* Watching a network train, in a real window: the plane, the regions, filters and mistakes. */
#include <math.h>
#include <string.h>
#include <time.h>

#include "core/tasks/watch.h"
#include "tests/ui/driver.h"
#include "ui/activations-panel.h"
#include "ui/landscape-panel.h"
#include "ui/network-panel.h"
#include "ui/plane-panel.h"

static GtkWidget *
find (Driver *driver, GType type, guint nth)
{
  return driver_find_type (GTK_WIDGET (driver->window), type, nth);
}

static TwPlanePanel *
plane_of (Driver *driver)
{
  return TW_PLANE_PANEL (find (driver, TW_TYPE_PLANE_PANEL, 0));
}

static TwNetworkPanel *
view_of (Driver *driver, TwNetworkView view)
{
  return TW_NETWORK_PANEL (find (driver, TW_TYPE_NETWORK_PANEL, view));
}

static gboolean
is_finished (TwPlanePanel *plane)
{
  gsize columns, rows;
  gboolean finest;

  return tw_plane_panel_get_plane (plane, &columns, &rows, &finest) != NULL && finest;
}

/* The runs done, the plane laid through all of them, its loss known as finely as it gets. */
static void
settle (Driver *driver)
{
  driver_wait (driver, tw_session_is_complete (driver->session));
  tw_session_set_playing (driver->session, FALSE);
  driver_live (driver, 0.3);
  driver_wait (driver, is_finished (plane_of (driver)));
  driver_live (driver, 0.2);
}

static gboolean
shows_step (TwNetworkPanel *panel, guint64 step)
{
  guint64 shown;

  return tw_network_panel_get_step (panel, &shown) && shown == step;
}

/* A step that is kept, near the one that is asked for. */
static guint64
kept_step (TwTrace *trace, guint64 near)
{
  gsize n, i = 0;
  const guint64 *steps = tw_trace_get_snapshot_steps (trace, &n);

  while (i + 1 < n && steps[i] < near)
    i++;
  return steps[i];
}

static TwExperiment *
make (const char *problem, const char *first, const char *second, guint64 steps)
{
  TwExperiment *experiment = tw_experiment_new ();

  experiment->problem = g_strdup (problem);
  g_ptr_array_add (experiment->optimizers, g_strdup (first));
  g_ptr_array_add (experiment->optimizers, g_strdup (second));
  experiment->steps = steps;
  return experiment;
}

#define SPIRALS "mlp,data=spirals,hidden=12x12,activation=tanh,batch=32,rows=400"

/* The stage of a network: no landscape, a plane with runs and loss on it, and regions. */
static void
body_spirals (Driver *driver)
{
  TwPlanePanel *plane = plane_of (driver);
  TwNetworkPanel *regions = view_of (driver, TW_NETWORK_REGIONS);
  gsize columns, rows;
  gboolean finest;

  settle (driver);
  g_assert_false (gtk_widget_get_mapped (find (driver, TW_TYPE_LANDSCAPE_PANEL, 0)));
  g_assert_true (gtk_widget_get_mapped (GTK_WIDGET (plane)));
  g_assert_true (gtk_widget_get_mapped (GTK_WIDGET (regions)));
  g_assert_false (gtk_widget_get_mapped (GTK_WIDGET (view_of (driver, TW_NETWORK_FILTERS))));
  g_assert_false (gtk_widget_get_mapped (GTK_WIDGET (view_of (driver, TW_NETWORK_MISTAKES))));
  const TwPlane *shown = tw_plane_panel_get_plane (plane, &columns, &rows, &finest);
  g_assert_cmpint (shown->kind, ==, TW_PLANE_PRINCIPAL);
  g_assert_cmpfloat (shown->explained[0] + shown->explained[1], >, 0.5);
  g_assert_cmpuint (columns, ==, 97);
  g_assert_true (driver_shows (GTK_WIDGET (driver->window), "over all 320 training rows"));

  /* Both runs are on it, in their colours. */
  tw_session_set_step (driver->session, G_MAXUINT64);
  driver_live (driver, 0.4);
  cairo_surface_t *end = driver_picture (GTK_WIDGET (plane));
  for (gsize o = 0; o < 2; o++)
    g_assert_cmpuint (driver_count_color (end, &tw_session_get_style (driver->session, o)->light, 0.1), >, 60);
  tw_session_set_step (driver->session, 0);
  driver_live (driver, 0.4);
  cairo_surface_t *start = driver_picture (GTK_WIDGET (plane));
  g_assert_false (driver_same_picture (start, end));
  g_assert_cmpfloat (driver_difference (start, end), <, 0.2); /* the ground stays */
  cairo_surface_destroy (start);
  cairo_surface_destroy (end);

  /* What is read out is the loss there. */
  g_autofree char *words = tw_plane_panel_read_out (plane, gtk_widget_get_width (GTK_WIDGET (plane)) / 2.0,
                                                    gtk_widget_get_height (GTK_WIDGET (plane)) / 2.0);
  g_assert_nonnull (strstr (words, "loss "));
  g_assert_null (tw_plane_panel_read_out (plane, 1, 1));
}

static void
test_spirals (void)
{
  g_autoptr (TwExperiment) experiment = make (SPIRALS, "adam,lr=0.01", "sgd,lr=0.1", 600);

  driver_run (experiment, body_spirals);
}

/* Regions follow the step: the nearest that is kept, the same again on the way back; what they say is what the
 * trace measured. */
static void
body_regions (Driver *driver)
{
  TwNetworkPanel *regions = view_of (driver, TW_NETWORK_REGIONS);

  settle (driver);
  TwTrace *trace = tw_session_get_trace (driver->session);
  guint64 late = kept_step (trace, 500), early = kept_step (trace, 20);
  cairo_surface_t *pictures[3];
  for (int i = 0; i < 3; i++) {
    tw_session_set_step (driver->session, i == 1 ? late : early);
    driver_wait (driver, shows_step (regions, i == 1 ? late : early));
    driver_live (driver, 0.2);
    pictures[i] = driver_picture (GTK_WIDGET (regions));
  }
  g_assert_false (driver_same_picture (pictures[0], pictures[1]));
  g_assert_true (driver_same_picture (pictures[0], pictures[2]));
  for (int i = 0; i < 3; i++)
    cairo_surface_destroy (pictures[i]);

  tw_session_set_step (driver->session, 600);
  driver_wait (driver, shows_step (regions, 600));
  double accuracy = 100 * tw_trace_get_final_metrics (trace, 0, 0)[2];
  g_autofree char *held_out = g_strdup_printf ("held out %.3g %%", accuracy);
  g_assert_nonnull (strstr (tw_network_panel_get_words (regions), held_out));

  /* Another optimizer is another network. */
  cairo_surface_t *before = driver_picture (GTK_WIDGET (regions));
  GtkWidget *list = driver_find_type (gtk_widget_get_parent (GTK_WIDGET (regions)), GTK_TYPE_DROP_DOWN, 0);
  g_assert_true (gtk_widget_get_mapped (list));
  g_assert_true (driver_shows (list, "Adam lr=0.01")); /* as it is called elsewhere */
  gtk_drop_down_set_selected (GTK_DROP_DOWN (list), 1);
  driver_live (driver, 1);
  cairo_surface_t *after = driver_picture (GTK_WIDGET (regions));
  g_assert_false (driver_same_picture (before, after));
  accuracy = 100 * tw_trace_get_final_metrics (trace, 1, 0)[2];
  g_autofree char *other = g_strdup_printf ("held out %.3g %%", accuracy);
  driver_wait (driver, strstr (tw_network_panel_get_words (regions), other) != NULL);
  cairo_surface_destroy (before);
  cairo_surface_destroy (after);
}

static void
test_regions (void)
{
  g_autoptr (TwExperiment) experiment = make (SPIRALS, "adam,lr=0.01", "sgd,lr=0.1", 600);

  driver_run (experiment, body_regions);
}

/* Other planes, and the wheel: closer, and back. */
static void
body_planes (Driver *driver)
{
  TwPlanePanel *plane = plane_of (driver);
  gsize columns, rows;
  gboolean finest;
  cairo_surface_t *pictures[3];

  settle (driver);
  for (int kind = 0; kind < 3; kind++) {
    tw_plane_panel_set_kind (plane, (TwPlaneKind)kind);
    driver_live (driver, 0.2);
    driver_wait (driver, is_finished (plane) &&
                           (int)tw_plane_panel_get_plane (plane, &columns, &rows, &finest)->kind == kind);
    driver_live (driver, 0.2);
    pictures[kind] = driver_picture (GTK_WIDGET (plane));
  }
  g_assert_false (driver_same_picture (pictures[0], pictures[1]));
  g_assert_false (driver_same_picture (pictures[1], pictures[2]));
  double x = gtk_widget_get_width (GTK_WIDGET (plane)) / 2.0, y = gtk_widget_get_height (GTK_WIDGET (plane)) / 2.0;
  driver_point (driver, GTK_WIDGET (plane), x, y);
  driver_wheel (driver, 4);
  driver_live (driver, 0.3);
  driver_wait (driver, is_finished (plane));
  cairo_surface_t *closer = driver_picture (GTK_WIDGET (plane));
  g_assert_false (driver_same_picture (pictures[2], closer));
  driver_double_click (driver);
  driver_live (driver, 0.3);
  driver_wait (driver, is_finished (plane));
  driver_live (driver, 0.2);
  cairo_surface_t *again = driver_picture (GTK_WIDGET (plane));
  g_assert_cmpfloat (driver_difference (pictures[2], again), <, 0.01);
  for (int kind = 0; kind < 3; kind++)
    cairo_surface_destroy (pictures[kind]);
  cairo_surface_destroy (closer);
  cairo_surface_destroy (again);
}

static void
test_planes (void)
{
  g_autoptr (TwExperiment) experiment = make ("mlp,data=moons,hidden=6,rows=100", "adam,lr=0.02", "sgd,lr=0.1", 150);

  driver_run (experiment, body_planes);
}

/* Images: filters and mistakes, fewer of them as it learns. */
static void
body_digits (Driver *driver)
{
  TwNetworkPanel *filters = view_of (driver, TW_NETWORK_FILTERS), *mistakes = view_of (driver, TW_NETWORK_MISTAKES);
  guint wrong[2];

  settle (driver);
  g_assert_true (gtk_widget_get_mapped (GTK_WIDGET (filters)));
  g_assert_true (gtk_widget_get_mapped (GTK_WIDGET (mistakes)));
  g_assert_false (gtk_widget_get_mapped (GTK_WIDGET (view_of (driver, TW_NETWORK_REGIONS))));
  cairo_surface_t *pictures[2][2];
  for (int i = 0; i < 2; i++) {
    guint64 step = i == 0 ? 0 : 120;
    tw_session_set_step (driver->session, step);
    driver_wait (driver, shows_step (filters, step) && shows_step (mistakes, step));
    driver_live (driver, 0.2);
    pictures[i][0] = driver_picture (GTK_WIDGET (filters));
    pictures[i][1] = driver_picture (GTK_WIDGET (mistakes));
    g_assert_cmpint (sscanf (tw_network_panel_get_words (mistakes), "%u of 359 held out", &wrong[i]), ==, 1);
  }
  g_assert_cmpuint (wrong[0], >, 200);
  g_assert_cmpuint (wrong[1], <, 60);
  g_assert_nonnull (strstr (tw_network_panel_get_words (filters), "all 8"));
  for (int view = 0; view < 2; view++) {
    g_assert_false (driver_same_picture (pictures[0][view], pictures[1][view]));
    for (int i = 0; i < 2; i++)
      cairo_surface_destroy (pictures[i][view]);
  }
}

static void
test_digits (void)
{
  g_autoptr (TwExperiment) experiment =
    make ("conv,data=digits,layers=8c3-p2-16c3-p2,batch=32", "adam,lr=0.01", "sgd,lr=0.1", 120);

  driver_run (experiment, body_digits);
}

/* The activations of one tensor, and of one of its parameters. */
static void
body_picker (Driver *driver)
{
  GtkWidget *panel = find (driver, TW_TYPE_ACTIVATIONS_PANEL, 0), *box = gtk_widget_get_parent (panel);

  settle (driver);
  GtkWidget *tensors = driver_find_type (box, GTK_TYPE_DROP_DOWN, 0), *rows = driver_find_type (box, GTK_TYPE_DROP_DOWN, 1);
  GListModel *names = gtk_drop_down_get_model (GTK_DROP_DOWN (tensors));
  cairo_surface_t *pictures[3];
  g_assert_true (gtk_widget_get_mapped (tensors));
  g_assert_false (gtk_widget_get_visible (rows));
  g_assert_cmpuint (g_list_model_get_n_items (names), ==, 5);
  g_assert_cmpstr (gtk_string_list_get_string (GTK_STRING_LIST (names), 1), ==, "dense1.weight 2 \303\227 6");
  pictures[0] = driver_picture (panel);
  gtk_drop_down_set_selected (GTK_DROP_DOWN (tensors), 1);
  driver_live (driver, 0.3);
  pictures[1] = driver_picture (panel);
  g_assert_true (gtk_widget_get_visible (rows));
  g_assert_cmpuint (g_list_model_get_n_items (gtk_drop_down_get_model (GTK_DROP_DOWN (rows))), ==, 13);
  gtk_drop_down_set_selected (GTK_DROP_DOWN (rows), 7);
  driver_live (driver, 0.3);
  pictures[2] = driver_picture (panel);
  g_assert_false (driver_same_picture (pictures[0], pictures[1]));
  g_assert_false (driver_same_picture (pictures[1], pictures[2]));
  for (int i = 0; i < 3; i++)
    cairo_surface_destroy (pictures[i]);
  /* A landscape has no need of it. */
  tw_session_set_problem (driver->session, "beale");
  driver_wait (driver, !gtk_widget_get_visible (tensors) && !gtk_widget_get_visible (rows));
}

static void
test_picker (void)
{
  g_autoptr (TwExperiment) experiment = make ("mlp,data=moons,hidden=6,rows=100", "learned", "sgd,lr=0.1", 100);

  driver_run (experiment, body_picker);
}

/* Another problem, another stage; and nothing of the one before. */
static void
body_problems (Driver *driver)
{
  GtkWidget *landscape = find (driver, TW_TYPE_LANDSCAPE_PANEL, 0);

  settle (driver);
  tw_session_set_problem (driver->session, "beale");
  driver_wait (driver, gtk_widget_get_mapped (landscape));
  g_assert_false (gtk_widget_get_mapped (GTK_WIDGET (plane_of (driver))));
  tw_session_set_problem (driver->session, "quadratic,dim=30");
  driver_wait (driver, gtk_widget_get_mapped (GTK_WIDGET (plane_of (driver))));
  settle (driver);
  g_assert_false (gtk_widget_get_mapped (landscape));
  for (int v = 0; v < 3; v++)
    g_assert_false (gtk_widget_get_mapped (GTK_WIDGET (view_of (driver, (TwNetworkView)v))));
  tw_session_set_problem (driver->session, SPIRALS);
  settle (driver);
  driver_wait (driver, gtk_widget_get_mapped (GTK_WIDGET (view_of (driver, TW_NETWORK_REGIONS))));
}

static void
test_problems (void)
{
  g_autoptr (TwExperiment) experiment = make ("mlp,data=digits,hidden=8", "adam,lr=0.01", "sgd,lr=0.1", 100);

  driver_run (experiment, body_problems);
}

/* Nothing but runs that blow up at once: a sentence, and peace. */
static void
body_diverged (Driver *driver)
{
  gsize columns, rows;
  gboolean finest;

  driver_wait (driver, tw_session_is_complete (driver->session));
  driver_live (driver, 1);
  g_assert_null (tw_plane_panel_get_plane (plane_of (driver), &columns, &rows, &finest));
  g_assert_cmpuint (columns, ==, 0);
  cairo_surface_destroy (driver_picture (GTK_WIDGET (plane_of (driver))));
}

static void
test_diverged (void)
{
  g_autoptr (TwExperiment) experiment = tw_experiment_new ();

  experiment->problem = g_strdup ("quadratic,dim=30");
  g_ptr_array_add (experiment->optimizers, g_strdup ("sgd,lr=1000"));
  driver_run (experiment, body_diverged);
}

/* Seconds of processor that this thread has had: others on the machine do not count. */
static double
own_time (void)
{
  struct timespec now;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &now);
  return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* While a long run goes on the plane is there, and frames keep coming. */
static void
body_live (Driver *driver)
{
  gsize columns, rows;
  gboolean finest;
  double longest = 0;

  driver_wait (driver, tw_plane_panel_get_plane (plane_of (driver), &columns, &rows, &finest) != NULL && columns > 0);
  g_assert_false (tw_session_is_complete (driver->session));
  tw_session_set_playing (driver->session, TRUE);
  for (gint64 end = g_get_monotonic_time () + 3 * G_USEC_PER_SEC; g_get_monotonic_time () < end;) {
    double before = own_time ();
    if (g_main_context_iteration (NULL, FALSE))
      longest = MAX (longest, own_time () - before);
    else
      g_usleep (2000);
  }
  g_test_message ("the longest stretch of the main thread took %.1f ms of its time", 1e3 * longest);
#ifndef __SANITIZE_ADDRESS__ /* which multiplies it */
  g_assert_cmpfloat (longest, <, 0.1);
#endif
}

static void
test_live (void)
{
  g_autoptr (TwExperiment) experiment =
    make ("mlp,data=digits,hidden=400x400,batch=64", "adam,lr=0.001", "sgd,lr=0.1", 20000);

  driver_run (experiment, body_live);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/watching/spirals", test_spirals);
  g_test_add_func ("/watching/regions", test_regions);
  g_test_add_func ("/watching/planes", test_planes);
  g_test_add_func ("/watching/digits", test_digits);
  g_test_add_func ("/watching/picker", test_picker);
  g_test_add_func ("/watching/problems", test_problems);
  g_test_add_func ("/watching/diverged", test_diverged);
  g_test_add_func ("/watching/live", test_live);
  return g_test_run ();
}
