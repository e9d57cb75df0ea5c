/* The page that looks into the learned optimizer, in a real window with real pointer and key events. */
#include <math.h>
#include <string.h>

#include "tests/ui/driver.h"
#include "ui/inside-page.h"
#include "ui/levels-panel.h"
#include "ui/offset-panel.h"
#include "ui/optimizer-list.h"
#include "ui/response-panel.h"
#include "ui/step-panel.h"

static GtkWidget *
widget (Driver *driver, GType type)
{
  return driver_find_type (GTK_WIDGET (driver->window), type, 0);
}

/* On the page, paused at a step. */
static void
open_page (Driver *driver, guint64 step)
{
  GtkWidget *tab =
    driver_find_type (widget (driver, GTK_TYPE_STACK_SWITCHER), GTK_TYPE_TOGGLE_BUTTON, 4);

  driver_wait (driver, tw_session_is_complete (driver->session));
  tw_session_set_playing (driver->session, FALSE);
  tw_session_set_step (driver->session, step);
  driver_click (driver, tab, gtk_widget_get_width (tab) / 2.0, gtk_widget_get_height (tab) / 2.0);
  driver_wait (driver, gtk_widget_get_mapped (widget (driver, TW_TYPE_RESPONSE_PANEL)));
  driver_live (driver, 0.4);
}

/* Every panel shows the moment: another step, another picture; and back, the same again. */
static void
body_moment (Driver *driver)
{
  const GType types[] = { TW_TYPE_LEVELS_PANEL, TW_TYPE_STEP_PANEL, TW_TYPE_RESPONSE_PANEL, TW_TYPE_OFFSET_PANEL };
  cairo_surface_t *pictures[3][4];

  open_page (driver, 30);
  for (int m = 0; m < 3; m++) {
    tw_session_set_step (driver->session, m == 1 ? 150 : 30);
    driver_live (driver, 0.2);
    for (int i = 0; i < 4; i++)
      pictures[m][i] = driver_picture (widget (driver, types[i]));
  }
  for (int i = 0; i < 4; i++) {
    g_assert_false (driver_same_picture (pictures[0][i], pictures[1][i]));
    g_assert_true (driver_same_picture (pictures[0][i], pictures[2][i]));
  }
  /* The learned one and Adam are drawn in their colours. */
  for (gsize o = 0; o < tw_session_get_n_optimizers (driver->session); o++) {
    const char *spec = tw_session_get_experiment (driver->session)->optimizers->pdata[o];
    if (g_str_has_prefix (spec, "learned") || g_str_has_prefix (spec, "adam"))
      g_assert_cmpuint (driver_count_color (pictures[0][2], &tw_session_get_style (driver->session, o)->light, 0.1),
                        >, 100);
  }
  for (int m = 0; m < 3; m++)
    for (int i = 0; i < 4; i++)
      cairo_surface_destroy (pictures[m][i]);
}

static void
test_moment (void)
{
  driver_run (NULL, body_moment);
}

/* Under the pointer: level, unit and value, as the trace has them. */
static void
body_hover (Driver *driver)
{
  TwLevelsPanel *levels = TW_LEVELS_PANEL (widget (driver, TW_TYPE_LEVELS_PANEL));
  gsize n, count, p = 0;

  open_page (driver, 60);
  TwTrace *trace = tw_session_get_trace (driver->session);
  const TwProbe *probes = tw_trace_get_probes (trace, 0, &n);
  while (strcmp (probes[p].name, "h2") != 0)
    p++;
  float first = tw_trace_get_probe (trace, 0, 0, p, 60, &count)[0];
  g_autofree char *expected = g_strdup_printf ("Global RNN, unit 1 of 20: %.3f", (double)first);
  gboolean found = FALSE, parameter = FALSE;
  for (int y = 0; y < gtk_widget_get_height (GTK_WIDGET (levels)); y += 3) {
    g_autofree char *text = tw_levels_panel_describe_at (levels, 18, y);
    found = found || g_strcmp0 (text, expected) == 0;
    parameter = parameter || (text != NULL && g_str_has_prefix (text, "Parameter RNN of x, unit 1 of 10: "));
  }
  g_assert_true (found && parameter);
  g_assert_null (tw_levels_panel_describe_at (levels, 2, 2));
}

static void
test_hover (void)
{
  g_autoptr (TwExperiment) experiment = tw_experiment_new ();

  experiment->problem = g_strdup ("rosenbrock");
  g_ptr_array_add (experiment->optimizers, g_strdup ("learned"));
  driver_run (experiment, body_hover);
}

/* "Intervene", the first entry: a copy runs beside it from the same start, in a colour of its own. */
static void
body_intervene (Driver *driver)
{
  GtkWidget *button = driver_find (driver, "intervene");

  open_page (driver, 30);
  driver_click (driver, button, gtk_widget_get_width (button) / 2.0, gtk_widget_get_height (button) / 2.0);
  driver_live (driver, 0.5);
  driver_key (driver, "Return");
  driver_wait (driver, tw_session_get_n_optimizers (driver->session) == 3);
  g_assert_cmpstr (tw_session_get_experiment (driver->session)->optimizers->pdata[1], ==, "learned,freeze=param");
  driver_wait (driver, tw_session_is_complete (driver->session));
  g_assert_true (driver_shows (widget (driver, TW_TYPE_OPTIMIZER_LIST), "freeze=param"));
  g_assert_true (tw_session_get_style (driver->session, 0) != tw_session_get_style (driver->session, 1));
  TwTrace *trace = tw_session_get_trace (driver->session);
  const double *plain = tw_trace_get_theta (trace, 0, 0), *changed = tw_trace_get_theta (trace, 1, 0);
  g_assert_cmpmem (plain, 2 * sizeof (double), changed, 2 * sizeof (double));
  g_assert_true (plain[20] != changed[20]);
  driver_live (driver, 0.3);
  g_assert_true (gtk_widget_activate_action (widget (driver, TW_TYPE_INSIDE_PAGE), "inside.clear", NULL));
  g_assert_cmpuint (tw_session_get_n_optimizers (driver->session), ==, 2);
  g_assert_cmpstr (tw_session_get_experiment (driver->session)->optimizers->pdata[0], ==, "learned");
}

static void
test_intervene (void)
{
  g_autoptr (TwExperiment) experiment = tw_experiment_new ();

  experiment->problem = g_strdup ("beale");
  g_ptr_array_add (experiment->optimizers, g_strdup ("learned"));
  g_ptr_array_add (experiment->optimizers, g_strdup ("adam"));
  driver_run (experiment, body_intervene);
}

/* Several tensors: the picker moves all panels to another one. */
static void
body_picker (Driver *driver)
{
  open_page (driver, 50);
  GtkWidget *tensors = driver_find_type (widget (driver, TW_TYPE_INSIDE_PAGE), GTK_TYPE_DROP_DOWN, 1);
  GtkWidget *step = widget (driver, TW_TYPE_STEP_PANEL), *response = widget (driver, TW_TYPE_RESPONSE_PANEL);
  cairo_surface_t *before[2] = { driver_picture (step), driver_picture (response) };

  g_assert_true (gtk_widget_get_visible (tensors));
  gtk_drop_down_set_selected (GTK_DROP_DOWN (tensors), 2);
  driver_live (driver, 0.3);
  cairo_surface_t *after[2] = { driver_picture (step), driver_picture (response) };
  for (int i = 0; i < 2; i++) {
    g_assert_false (driver_same_picture (before[i], after[i]));
    cairo_surface_destroy (before[i]);
    cairo_surface_destroy (after[i]);
  }
}

static void
test_picker (void)
{
  g_autoptr (TwExperiment) experiment = tw_experiment_new ();

  experiment->problem = g_strdup ("mlp-random");
  g_ptr_array_add (experiment->optimizers, g_strdup ("learned"));
  driver_run (experiment, body_picker);
}

/* Nobody to look into. */
static void
body_none (Driver *driver)
{
  open_page (driver, 10);
  cairo_surface_destroy (driver_picture (widget (driver, TW_TYPE_LEVELS_PANEL)));
}

static void
test_none (void)
{
  g_autoptr (TwExperiment) experiment = tw_experiment_new ();

  experiment->problem = g_strdup ("booth");
  g_ptr_array_add (experiment->optimizers, g_strdup ("adam"));
  driver_run (experiment, body_none);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/inside/moment", test_moment);
  g_test_add_func ("/inside/hover", test_hover);
  g_test_add_func ("/inside/intervene", test_intervene);
  g_test_add_func ("/inside/picker", test_picker);
  g_test_add_func ("/inside/none", test_none);
  return g_test_run ();
}
