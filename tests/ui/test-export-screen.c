/* What the export window begins with: what is on screen, each time that it is called up. */
#include "tests/ui/export-driver.h"
#include "ui/curves-panel.h"
#include "ui/inside-page.h"
#include "ui/landscape-private.h"
#include "ui/plane-panel.h"

static const char *
text_of (Driver *window, const char *name)
{
  return gtk_editable_get_text (GTK_EDITABLE (driver_find (window, name)));
}

/* It opens on the moment and the view that are on screen, and takes them again each time it is asked for. */
static void
body_screen (Driver *driver)
{
  TwLandscapePanel *landscape = TW_LANDSCAPE_PANEL (driver_find_type (GTK_WIDGET (driver->window), TW_TYPE_LANDSCAPE_PANEL, 0));
  const TwCamera camera = { .yaw = 70 * G_PI / 180, .pitch = 30 * G_PI / 180 };
  const double part[] = { -1.0000004, 0.5, 0.25, 1.75 };
  Driver window = export_open (driver);

  export_choose_view (&window, "basins");
  export_write_into (&window, "export-cells", "32");
  g_assert_cmpstr (text_of (&window, "export-area"), ==, "");
  tw_landscape_panel_show_domain (landscape, part);
  driver_focus (driver);
  export_go_to (driver, 12);
  export_open_now (driver);
  g_assert_cmpstr (text_of (&window, "export-area"), ==, "-1.000,0.500,0.250,1.750");
  export_compare (&window, "part.png", "--plot", "--figure-view", "basins", "--figure-cells", "32", "--figure-area=-1,0.5,0.25,1.75");
  export_choose_view (&window, "landscape");
  export_compare (&window, "now.png", "--plot", "--figure-view", "landscape", "--figure-area=-1,0.5,0.25,1.75", "--figure-step", "12");
  tw_landscape_panel_look_from (landscape, &camera);
  tw_landscape_panel_show_domain (landscape, NULL);
  driver_focus (driver);
  export_go_to (driver, G_MAXUINT64);
  export_open_now (driver);
  export_choose_view (&window, "surface");
  g_assert_cmpstr (text_of (&window, "export-step"), ==, "");
  export_compare (&window, "turned.png", "--plot", "--figure-view", "surface", "--figure-camera", "70,30");

  /* While they play no moment is meant. */
  export_go_to (driver, 3);
  tw_session_set_speed (driver->session, 1);
  tw_session_set_playing (driver->session, TRUE);
  driver_focus (driver);
  export_open_now (driver);
  g_assert_cmpstr (text_of (&window, "export-step"), ==, "");
  export_go_to (driver, G_MAXUINT64);

  /* Another landscape is shown whole. */
  tw_landscape_panel_show_domain (landscape, part);
  driver_focus (driver);
  export_open_now (driver);
  g_assert_cmpstr (text_of (&window, "export-area"), !=, "");
  tw_session_set_problem (driver->session, "beale");
  driver_wait (&window, *text_of (&window, "export-area") == '\0');

  /* Closed while it draws. */
  for (int i = 0; i < 3; i++) {
    driver_focus (driver);
    tw_landscape_panel_show_domain (landscape, i % 2 == 0 ? NULL : part);
    driver_key (driver, "ctrl+e");
    window = driver_other_window (driver, TW_TYPE_EXPORT_WINDOW);
    gpointer there = window.window;
    g_object_add_weak_pointer (there, &there);
    gtk_window_close (GTK_WINDOW (window.window));
    driver_wait (driver, there == NULL);
  }
}

static void
test_screen (void)
{
  g_autoptr (TwExperiment) experiment = export_make_experiment ();

  export_remember (NULL, NULL);
  export_keep (experiment);
  driver_run (experiment, body_screen);
}

/* It begins with the plane and the curves that are on screen, each time that it is called up. */
static void
body_choices (Driver *driver)
{
  TwPlanePanel *plane = TW_PLANE_PANEL (driver_find_type (GTK_WIDGET (driver->window), TW_TYPE_PLANE_PANEL, 0));
  GtkDropDown *metrics = GTK_DROP_DOWN (driver_find (driver, "metric-chooser"));

  gtk_drop_down_set_selected (metrics, TW_METRIC_GRADIENT);
  tw_plane_panel_set_kind (plane, TW_PLANE_RANDOM);
  Driver window = export_open (driver);
  export_choose_view (&window, "plane");
  export_compare (&window, "screen.png", "--plot", "--figure-view", "plane", "--figure-plane", "random");
  export_choose_view (&window, "curves");
  export_compare (&window, "screen-curves.png", "--plot", "--figure-view", "curves", "--figure-metric", "gradient");
  gtk_drop_down_set_selected (metrics, TW_METRIC_STEP);
  tw_plane_panel_set_kind (plane, TW_PLANE_ENDS);
  driver_focus (driver);
  window = export_open_now (driver);
  export_compare (&window, "screen-step.png", "--plot", "--figure-view", "curves", "--figure-metric", "step");
  export_choose_view (&window, "plane");
  export_compare (&window, "screen-ends.png", "--plot", "--figure-view", "plane", "--figure-plane", "ends");

  /* Whose maps, whose inside: where that page is shown. */
  GtkStack *pages = GTK_STACK (driver_find (driver, "pages"));
  gtk_stack_set_visible_child_name (pages, "maps");
  gtk_drop_down_set_selected (GTK_DROP_DOWN (driver_find (driver, "maps-optimizer")), 1);
  driver_focus (driver);
  window = export_open_now (driver);
  export_choose_view (&window, "sweep");
  export_compare (&window, "screen-sweep.png", "--plot", "--figure-view", "sweep", "--figure-optimizer", "2");
  GtkEditable *whose = GTK_EDITABLE (driver_find (&window, "export-optimizer"));
  g_assert_cmpstr (gtk_editable_get_text (whose), ==, "Learned");
  g_autoptr (TwExperiment) other = tw_experiment_copy (tw_session_get_experiment (driver->session));
  tw_experiment_set_optimizer (other, 1, "learned,lr=0.02"); /* it is called otherwise, and still meant */
  tw_session_set_experiment (driver->session, other);
  export_keep (other);
  g_assert_cmpstr (gtk_editable_get_text (whose), ==, "Learned lr=0.02");
  TwInsidePage *inside = TW_INSIDE_PAGE (gtk_stack_get_child_by_name (pages, "inside"));
  gtk_stack_set_visible_child (pages, GTK_WIDGET (inside));
  tw_inside_focus_set_coordinate (tw_inside_page_get_focus (inside), 3);
  driver_focus (driver);
  window = export_open_now (driver);
  export_choose_view (&window, "response");
  export_compare (&window, "screen-response.png", "--plot", "--figure-view", "response", "--figure-coordinate", "4");
  export_choose_view (&window, "activations");
  export_compare (&window, "screen-activations.png", "--plot", "--figure-view", "activations");
  gtk_stack_set_visible_child_name (pages, "curves");
  driver_focus (driver);
  window = export_open_now (driver);
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (driver_find (&window, "export-optimizer"))), ==, "");
}

static void
test_choices (void)
{
  export_run_network (body_choices);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gtk_init ();
  g_test_add_func ("/export/screen", test_screen);
  g_test_add_func ("/export/choices", test_choices);
  return export_run_tests ();
}
