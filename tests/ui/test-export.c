/* Files written from the window, by pointer and keys, beside those that the command line writes. */
#include <signal.h>
#include <string.h>
#include <sys/resource.h>

#include <glib/gstdio.h>

#include "tests/ui/driver.h"
#include "ui/export-preview.h"
#include "ui/export-window.h"
#include "ui/inside-page.h"
#include "ui/landscape-private.h"
#include "ui/preferences.h"

static char *folder;

static char *
in_folder (const char *name)
{
  return g_build_filename (folder, name, NULL);
}

static TwExperiment *
make_experiment (void)
{
  TwExperiment *experiment = tw_experiment_new ();

  experiment->problem = g_strdup ("rosenbrock");
  experiment->steps = 60;
  tw_experiment_insert_optimizer (experiment, 0, "adam,lr=0.05", "Adam & co, tuned", 7);
  tw_experiment_insert_optimizer (experiment, 1, "momentum", NULL, 9);
  tw_experiment_insert_optimizer (experiment, 2, "learned", NULL, -1);
  return experiment;
}

/* What is remembered, as the first test finds it. */
static void
remember (const char *key, const char *word)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a{ss}"));
  g_variant_builder_add (&builder, "{ss}", "folder", folder);
  if (key != NULL)
    g_variant_builder_add (&builder, "{ss}", key, word);
  g_settings_set_value (tw_settings_get (), "export", g_variant_builder_end (&builder));
}

static TwExportPreview *
preview_of (Driver *window)
{
  return TW_EXPORT_PREVIEW (driver_find (window, "export-preview"));
}

/* What is on screen is the end of the runs, if nothing else is said. */
static void
go_to (Driver *driver, guint64 step)
{
  driver_wait (driver, tw_session_is_settled (driver->session));
  tw_session_set_playing (driver->session, FALSE);
  tw_session_set_step (driver->session, step);
}

static Driver
open_window_now (Driver *driver)
{
  driver_key (driver, "ctrl+e");
  Driver window = driver_other_window (driver, TW_TYPE_EXPORT_WINDOW);
  gtk_window_set_default_size (GTK_WINDOW (window.window), 1000, 780); /* all rows are in view */
  driver_wait (driver, tw_export_preview_is_current (preview_of (&window)));
  return window;
}

static Driver
open_window (Driver *driver)
{
  go_to (driver, G_MAXUINT64);
  return open_window_now (driver);
}

/* Rows come and go with what is chosen: not before they have found their places. */
static void
settle (Driver *window)
{
  gint64 end = g_get_monotonic_time () + 5 * G_USEC_PER_SEC;

  driver_live (window, 0.15);
  while (!tw_export_preview_is_current (preview_of (window)) && g_get_monotonic_time () < end)
    driver_live (window, 0.05);
  driver_live (window, 0.1);
}

static void
press (Driver *window, const char *name)
{
  GtkWidget *widget = driver_find (window, name);

  if (TW_IS_EXPORT_WINDOW (window->window)) {
    gtk_widget_grab_focus (widget); /* which scrolls it into view */
    settle (window);
  }
  driver_click (window, widget, gtk_widget_get_width (widget) / 2.0, gtk_widget_get_height (widget) / 2.0);
}

static void
write_into (Driver *window, const char *name, const char *text)
{
  GtkWidget *widget = driver_find (window, name);

  gtk_widget_grab_focus (widget); /* which scrolls it into view */
  settle (window);
  driver_click (window, widget, 20, gtk_widget_get_height (widget) / 2.0);
  driver_key (window, "ctrl+a");
  driver_key (window, "BackSpace");
  if (*text != '\0')
    driver_type (window, text);
}

static gboolean
can_export (Driver *window)
{
  return tw_export_preview_is_current (preview_of (window)) && gtk_widget_get_sensitive (driver_find (window, "export-export"));
}

static gboolean
says (Driver *window, const char *words)
{
  return driver_shows (driver_find (window, "export-message"), words);
}

/* By the return key in the name. */
static void
export_as (Driver *window, const char *name)
{
  write_into (window, "export-name", name);
  driver_wait (window, can_export (window));
  driver_key (window, "Return");
}

static void
run_program (char **arguments)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *errors = NULL;
  int status;

  g_spawn_sync (NULL, arguments, NULL, G_SPAWN_STDOUT_TO_DEV_NULL, NULL, NULL, NULL, &errors, &status, &error);
  g_assert_no_error (error);
  if (!g_spawn_check_wait_status (status, &error))
    g_error ("%s: %s", error->message, errors);
}

static void
assert_same_bytes (const char *path, const char *other)
{
  g_autofree char *a = NULL, *b = NULL;
  gsize n, m;

  g_assert_true (g_file_get_contents (path, &a, &n, NULL));
  g_assert_true (g_file_get_contents (other, &b, &m, NULL));
  g_assert_cmpuint (n, >, 100);
  if (n != m || memcmp (a, b, n) != 0)
    g_error ("%s and %s differ", path, other);
}

/* Written from the window now, and by "thalweg export" with these options (NULL at the end). */
#define compare(window, name, option, ...)                                                                   \
  compare_with (window, name, option, (const char *const[]){ __VA_ARGS__, NULL })
static void
compare_with (Driver *window, const char *name, const char *option, const char *const *options)
{
  g_autofree char *path = in_folder (name), *kept = in_folder ("kept.thalweg");
  g_autofree char *other_name = g_strconcat ("other-", name, NULL), *other = in_folder (other_name);
  g_autofree char *stem = g_strndup (name, (gsize)(strrchr (name, '.') - name));
  g_autofree char *written = g_strconcat ("Written: ", name, NULL);
  g_autoptr (GPtrArray) arguments = g_ptr_array_new ();

  export_as (window, stem);
  driver_wait (window, says (window, written));
  g_ptr_array_add (arguments, (gpointer)g_getenv ("TW_PROGRAM"));
  g_ptr_array_add (arguments, (gpointer) "export");
  g_ptr_array_add (arguments, kept);
  g_ptr_array_add (arguments, (gpointer)option);
  g_ptr_array_add (arguments, other);
  for (; *options != NULL; options++)
    g_ptr_array_add (arguments, (gpointer)*options);
  g_ptr_array_add (arguments, NULL);
  run_program ((char **)arguments->pdata);
  assert_same_bytes (path, other);
}

static void
keep_experiment (const TwExperiment *experiment)
{
  g_autofree char *kept = in_folder ("kept.thalweg");

  g_assert_true (tw_experiment_save (experiment, kept, NULL));
}

static void
body_same_bytes (Driver *driver)
{
  Driver window = open_window (driver);

  compare (&window, "plain.png", "--plot", NULL);
  press (&window, "export-figure-format-svg");
  press (&window, "export-theme-print");
  compare (&window, "print.svg", "--plot", "--figure-theme", "print");
  press (&window, "export-figure-format-pdf");
  write_into (&window, "export-title", "A title of ours");
  compare (&window, "titled.pdf", "--plot", "--figure-theme", "print", "--figure-title", "A title of ours");
  /* The second of the list of sizes, by keys: one column. */
  GtkWidget *sizes = driver_find (&window, "export-size");
  settle (&window);
  driver_click (&window, sizes, 20, gtk_widget_get_height (sizes) / 2.0);
  driver_key (&window, "Down");
  driver_key (&window, "Return");
  compare (&window, "column.pdf", "--plot", "--figure-theme", "print", "--figure-title", "A title of ours", "--figure-size",
           "column");

  press (&window, "export-tab-report");
  press (&window, "export-report-format-html");
  write_into (&window, "export-title", "");
  compare (&window, "report.html", "--report", "--figure-theme", "print");
  press (&window, "export-report-format-pdf");
  compare (&window, "report.pdf", "--report", "--figure-theme", "print");

  press (&window, "export-tab-data");
  compare (&window, "table.csv", "--csv", NULL);
  press (&window, "export-data-format-pgfplots");
  compare (&window, "figure.tex", "--pgfplots", "--figure-theme", "print");
  press (&window, "export-data-format-matplotlib");
  driver_wait (&window, can_export (&window));
  export_as (&window, "script");
  driver_wait (&window, says (&window, "Written: script.py"));
  g_autofree char *table = in_folder ("script.csv"), *csv = in_folder ("table.csv");
  assert_same_bytes (table, csv);

  press (&window, "export-tab-animation");
  press (&window, "export-theme-light");
  write_into (&window, "export-seconds", "1");
  write_into (&window, "export-fps", "5");
  compare (&window, "film.gif", "--animate", "--animate-seconds", "1", "--animate-fps", "5");
}

static void
test_same_bytes (void)
{
  g_autoptr (TwExperiment) experiment = make_experiment ();

  remember (NULL, NULL);
  keep_experiment (experiment);
  driver_run (experiment, body_same_bytes);
}

/* The view of this word, out of the list; its settings stand below. */
static void
choose_view (Driver *window, const char *word)
{
  guint i = 0;

  while (strcmp (tw_figure_views ()[i]->word, word) != 0)
    i++;
  gtk_drop_down_set_selected (GTK_DROP_DOWN (driver_find (window, "export-view")), i);
  settle (window);
}

/* What views compute beside the run is the same in the window and on the command line; what they read can be set. */
static void
body_views (Driver *driver)
{
  Driver window = open_window (driver);

  choose_view (&window, "basins");
  g_assert_false (gtk_widget_get_mapped (driver_find (&window, "export-camera")));
  write_into (&window, "export-cells", "12");
  driver_wait (&window, driver_shows (GTK_WIDGET (preview_of (&window)), "multiple of 8"));
  g_assert_false (gtk_widget_get_sensitive (driver_find (&window, "export-export")));
  write_into (&window, "export-cells", "32");
  compare (&window, "basins.png", "--plot", "--figure-view", "basins", "--figure-cells", "32");
  choose_view (&window, "surface");
  g_assert_false (gtk_widget_get_mapped (driver_find (&window, "export-cells")));
  write_into (&window, "export-camera", "70,30");
  write_into (&window, "export-step", "12");
  compare (&window, "surface.png", "--plot", "--figure-view", "surface", "--figure-camera", "70,30", "--figure-step", "12");
  choose_view (&window, "response");
  write_into (&window, "export-coordinate", "y");
  compare (&window, "response.png", "--plot", "--figure-view", "response", "--figure-step", "12", "--figure-coordinate", "y");
  choose_view (&window, "inside");
  compare (&window, "inside.png", "--plot", "--figure-view", "inside", "--figure-step", "12", "--figure-coordinate", "y");
  choose_view (&window, "sweep");
  write_into (&window, "export-across", "lr=1e-3..1");
  compare (&window, "sweep.png", "--plot", "--figure-view", "sweep", "--figure-across", "lr=1e-3..1");
  choose_view (&window, "tuning");
  write_into (&window, "export-trials", "6");
  compare (&window, "tuning.png", "--plot", "--figure-view", "tuning", "--figure-trials", "6");
}

static void
test_views (void)
{
  g_autoptr (TwExperiment) experiment = make_experiment ();

  remember (NULL, NULL);
  keep_experiment (experiment);
  driver_run (experiment, body_views);
}

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
  Driver window = open_window (driver);

  choose_view (&window, "basins");
  write_into (&window, "export-cells", "32");
  g_assert_cmpstr (text_of (&window, "export-area"), ==, "");
  tw_landscape_panel_show_domain (landscape, part);
  driver_focus (driver);
  go_to (driver, 12);
  open_window_now (driver);
  g_assert_cmpstr (text_of (&window, "export-area"), ==, "-1.000,0.500,0.250,1.750");
  compare (&window, "part.png", "--plot", "--figure-view", "basins", "--figure-cells", "32", "--figure-area=-1,0.5,0.25,1.75");
  choose_view (&window, "landscape");
  compare (&window, "now.png", "--plot", "--figure-view", "landscape", "--figure-area=-1,0.5,0.25,1.75", "--figure-step", "12");
  tw_landscape_panel_look_from (landscape, &camera);
  tw_landscape_panel_show_domain (landscape, NULL);
  driver_focus (driver);
  go_to (driver, G_MAXUINT64);
  open_window_now (driver);
  choose_view (&window, "surface");
  g_assert_cmpstr (text_of (&window, "export-step"), ==, "");
  compare (&window, "turned.png", "--plot", "--figure-view", "surface", "--figure-camera", "70,30");

  /* While they play no moment is meant. */
  go_to (driver, 3);
  tw_session_set_speed (driver->session, 1);
  tw_session_set_playing (driver->session, TRUE);
  driver_focus (driver);
  open_window_now (driver);
  g_assert_cmpstr (text_of (&window, "export-step"), ==, "");
  go_to (driver, G_MAXUINT64);

  /* Another landscape is shown whole. */
  tw_landscape_panel_show_domain (landscape, part);
  driver_focus (driver);
  open_window_now (driver);
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
  g_autoptr (TwExperiment) experiment = make_experiment ();

  remember (NULL, NULL);
  keep_experiment (experiment);
  driver_run (experiment, body_screen);
}

/* The plane and the networks on it: the trace of the window and that of the command line hold the same positions. */
static void
body_networks (Driver *driver)
{
  Driver window = open_window (driver);

  choose_view (&window, "regions");
  compare (&window, "regions.png", "--plot", "--figure-view", "regions");
  choose_view (&window, "plane");
  compare (&window, "plane.png", "--plot", "--figure-view", "plane");
  press (&window, "export-plane-random");
  write_into (&window, "export-plane-seed", "5");
  write_into (&window, "export-step", "20");
  compare (&window, "random.png", "--plot", "--figure-view", "plane", "--figure-plane", "random", "--figure-plane-seed", "5",
           "--figure-step", "20");
  press (&window, "export-tab-report");
  compare (&window, "network.pdf", "--report", NULL);
  press (&window, "export-tab-figure");
  choose_view (&window, "mistakes");
  driver_wait (&window, driver_shows (GTK_WIDGET (preview_of (&window)), "its data is no images"));
}

/* It begins with the plane and the curves that are on screen, each time that it is called up. */
static void
body_choices (Driver *driver)
{
  TwPlanePanel *plane = TW_PLANE_PANEL (driver_find_type (GTK_WIDGET (driver->window), TW_TYPE_PLANE_PANEL, 0));
  GtkDropDown *metrics = GTK_DROP_DOWN (driver_find (driver, "metric-chooser"));

  gtk_drop_down_set_selected (metrics, TW_METRIC_GRADIENT);
  tw_plane_panel_set_kind (plane, TW_PLANE_RANDOM);
  Driver window = open_window (driver);
  choose_view (&window, "plane");
  compare (&window, "screen.png", "--plot", "--figure-view", "plane", "--figure-plane", "random");
  choose_view (&window, "curves");
  compare (&window, "screen-curves.png", "--plot", "--figure-view", "curves", "--figure-metric", "gradient");
  gtk_drop_down_set_selected (metrics, TW_METRIC_STEP);
  tw_plane_panel_set_kind (plane, TW_PLANE_ENDS);
  driver_focus (driver);
  window = open_window_now (driver);
  compare (&window, "screen-step.png", "--plot", "--figure-view", "curves", "--figure-metric", "step");
  choose_view (&window, "plane");
  compare (&window, "screen-ends.png", "--plot", "--figure-view", "plane", "--figure-plane", "ends");

  /* Whose maps, whose inside: where that page is shown. */
  GtkStack *pages = GTK_STACK (driver_find (driver, "pages"));
  gtk_stack_set_visible_child_name (pages, "maps");
  gtk_drop_down_set_selected (GTK_DROP_DOWN (driver_find (driver, "maps-optimizer")), 1);
  driver_focus (driver);
  window = open_window_now (driver);
  choose_view (&window, "sweep");
  compare (&window, "screen-sweep.png", "--plot", "--figure-view", "sweep", "--figure-optimizer", "2");
  GtkEditable *whose = GTK_EDITABLE (driver_find (&window, "export-optimizer"));
  g_assert_cmpstr (gtk_editable_get_text (whose), ==, "Learned");
  g_autoptr (TwExperiment) other = tw_experiment_copy (tw_session_get_experiment (driver->session));
  tw_experiment_set_optimizer (other, 1, "learned,lr=0.02"); /* it is called otherwise, and still meant */
  tw_session_set_experiment (driver->session, other);
  keep_experiment (other);
  g_assert_cmpstr (gtk_editable_get_text (whose), ==, "Learned lr=0.02");
  TwInsidePage *inside = TW_INSIDE_PAGE (gtk_stack_get_child_by_name (pages, "inside"));
  gtk_stack_set_visible_child (pages, GTK_WIDGET (inside));
  tw_inside_focus_set_coordinate (tw_inside_page_get_focus (inside), 3);
  driver_focus (driver);
  window = open_window_now (driver);
  choose_view (&window, "response");
  compare (&window, "screen-response.png", "--plot", "--figure-view", "response", "--figure-coordinate", "4");
  choose_view (&window, "activations");
  compare (&window, "screen-activations.png", "--plot", "--figure-view", "activations");
  gtk_stack_set_visible_child_name (pages, "curves");
  driver_focus (driver);
  window = open_window_now (driver);
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (driver_find (&window, "export-optimizer"))), ==, "");
}

static void
run_network (void (*body) (Driver *driver))
{
  g_autoptr (TwExperiment) experiment = tw_experiment_new ();

  experiment->problem = g_strdup ("mlp,data=moons,hidden=6,rows=200");
  experiment->steps = 60;
  tw_experiment_insert_optimizer (experiment, 0, "adam,lr=0.02", NULL, -1);
  tw_experiment_insert_optimizer (experiment, 1, "learned", NULL, -1);
  remember (NULL, NULL);
  keep_experiment (experiment);
  driver_run (experiment, body);
}

static void
test_networks (void)
{
  run_network (body_networks);
}

static void
test_choices (void)
{
  run_network (body_choices);
}

static void
on_text (GObject *source, GAsyncResult *result, gpointer data)
{
  *(char **)data = gdk_clipboard_read_text_finish (GDK_CLIPBOARD (source), result, NULL);
}

static char *
read_clipboard (Driver *window)
{
  char *text = NULL;

  gdk_clipboard_read_text_async (gtk_widget_get_clipboard (GTK_WIDGET (window->window)), NULL, on_text, &text);
  driver_wait (window, text != NULL);
  return text;
}

/* A name and a colour of one's own, one optimizer less: the copied command writes the same bytes. */
static void
body_command (Driver *driver)
{
  Driver window = open_window (driver);
  g_auto (GStrv) arguments = NULL;
  g_autofree char *path = in_folder ("mine.png"), *kept = in_folder ("kept.png"), *content = NULL;
  gsize size;

  press (&window, "export-series");
  driver_live (&window, 0.4);
  /* Popovers are surfaces of their own: a click there is one of the widget's, not of the pointer. */
  GtkWidget *second = driver_find_type (driver_find (&window, "export-series"), GTK_TYPE_CHECK_BUTTON, 1);
  g_assert_true (gtk_widget_activate (second));
  driver_live (&window, 0.1);
  driver_key (&window, "Escape");
  driver_live (&window, 0.3);
  g_assert_true (driver_shows (driver_find (&window, "export-series"), "2 of 3"));
  export_as (&window, "mine");
  driver_wait (&window, says (&window, "Written: mine.png"));
  g_assert_cmpint (g_rename (path, kept), ==, 0);

  press (&window, "export-copy-command");
  g_autofree char *line = read_clipboard (&window);
  g_assert_nonnull (strstr (line, "--figure-series="));
  g_assert_nonnull (strstr (line, "--label="));
  g_assert_nonnull (strstr (line, "--colour=1=7"));
  g_assert_true (g_shell_parse_argv (line, NULL, &arguments, NULL));
  g_free (arguments[0]);
  arguments[0] = g_strdup (g_getenv ("TW_PROGRAM"));
  run_program (arguments);
  assert_same_bytes (path, kept);

  press (&window, "export-copy-caption");
  g_autofree char *caption = read_clipboard (&window);
  g_assert_nonnull (strstr (caption, "Rosenbrock"));
  g_assert_nonnull (strstr (caption, "Adam & co, tuned (adam,lr=0.05)"));
  g_assert_true (g_file_get_contents (kept, &content, &size, NULL));
  g_assert_nonnull (memmem (content, size, caption, strlen (caption)));
}

static void
test_command (void)
{
  g_autoptr (TwExperiment) experiment = make_experiment ();

  remember (NULL, NULL);
  driver_run (experiment, body_command);
}

/* The byte beside red, green and blue means nothing. */
static void
assert_same_pixels (cairo_surface_t *a, cairo_surface_t *b)
{
  int width = cairo_image_surface_get_width (a), height = cairo_image_surface_get_height (a);

  g_assert_cmpint (cairo_image_surface_get_width (b), ==, width);
  g_assert_cmpint (cairo_image_surface_get_height (b), ==, height);
  for (int y = 0; y < height; y++)
    for (int x = 0; x < width; x++) {
      guint32 pixels[2];
      memcpy (&pixels[0], cairo_image_surface_get_data (a) + y * cairo_image_surface_get_stride (a) + 4 * x, 4);
      memcpy (&pixels[1], cairo_image_surface_get_data (b) + y * cairo_image_surface_get_stride (b) + 4 * x, 4);
      if ((pixels[0] & 0xffffff) != (pixels[1] & 0xffffff))
        g_error ("pixel %d, %d is %06x in one and %06x in the other", x, y, pixels[0] & 0xffffff, pixels[1] & 0xffffff);
    }
}

/* Where it fits, every pixel of the preview is one of the file; it follows what is chosen, and is remembered. */
static void
body_preview (Driver *driver)
{
  Driver window = open_window (driver);
  g_autofree char *path = in_folder ("small.png");

  write_into (&window, "export-width", "420");
  write_into (&window, "export-height", "260");
  press (&window, "export-theme-dark");
  export_as (&window, "small");
  driver_wait (&window, says (&window, "Written: small.png"));
  g_assert_true (driver_shows (driver_find (&window, "export-about"), "420 \303\227 260 pixels at 96 dpi"));
  cairo_surface_t *file = cairo_image_surface_create_from_png (path);
  g_assert_cmpint (cairo_image_surface_get_width (file), ==, 420);
  g_assert_cmpint (cairo_image_surface_get_height (file), ==, 260);
  assert_same_pixels (file, tw_export_preview_get_picture (preview_of (&window)));
  g_assert_cmpuint (driver_count_color (file, &tw_theme_get (TRUE)->background, 0.01), >, 5000);
  cairo_surface_destroy (file);

  /* What can't be is told instead of being drawn, and can't be written. */
  write_into (&window, "export-font-size", "40");
  driver_key (&window, "Tab");
  driver_wait (&window, driver_shows (GTK_WIDGET (preview_of (&window)), "too small"));
  g_assert_false (gtk_widget_get_sensitive (driver_find (&window, "export-export")));
  write_into (&window, "export-font-size", "auto");
  driver_key (&window, "Tab");
  driver_wait (&window, can_export (&window));

  /* It follows the window that it belongs to. */
  g_autoptr (TwExperiment) other = tw_experiment_copy (tw_session_get_experiment (driver->session));
  g_free (other->problem);
  other->problem = g_strdup ("himmelblau");
  tw_session_set_experiment (driver->session, other);
  driver_wait (&window, driver_shows (driver_find (&window, "export-caption"), "Himmelblau"));

  driver_key (&window, "Escape");
  driver_live (driver, 0.3);
  driver_focus (driver);
  window = open_window (driver);
  g_assert_true (gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (driver_find (&window, "export-theme-dark"))));
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (driver_find (&window, "export-width"))), ==, "420.0");
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (driver_find (&window, "export-name"))), ==, "himmelblau");
}

static void
test_preview (void)
{
  GVariantBuilder builder;
  g_autoptr (TwExperiment) experiment = make_experiment ();

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a{ss}"));
  g_variant_builder_add (&builder, "{ss}", "folder", folder);
  g_variant_builder_add (&builder, "{ss}", "size", "custom");
  g_variant_builder_add (&builder, "{ss}", "unit", "px");
  g_settings_set_value (tw_settings_get (), "export", g_variant_builder_end (&builder));
  driver_run (experiment, body_preview);
}

/* One sentence, and what was there before stays as it was. */
static void
body_errors (Driver *driver)
{
  Driver window = open_window (driver);
  g_autofree char *old = in_folder ("old.png"), *content = NULL, *directory = in_folder ("folder.png");
  struct rlimit before, small = { 20000, 0 };

  export_as (&window, "/nowhere/at/all/figure");
  driver_wait (&window, says (&window, "/nowhere/at/all/figure.png"));
  g_assert_null (strchr (driver_label (&window, "export-message"), '\n'));

  g_assert_cmpint (g_mkdir (directory, 0755), ==, 0);
  export_as (&window, "folder");
  driver_wait (&window, says (&window, "Is a directory"));

  /* No room: what is written may not grow beyond 20 kB. */
  g_assert_true (g_file_set_contents (old, "old", -1, NULL));
  g_assert_cmpint (getrlimit (RLIMIT_FSIZE, &before), ==, 0);
  small.rlim_max = before.rlim_max;
  write_into (&window, "export-name", "old");
  driver_wait (&window, says (&window, "will be replaced"));
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &small), ==, 0);
  driver_key (&window, "Return");
  driver_wait (&window, says (&window, "old.png: can't be written"));
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &before), ==, 0);
  g_assert_true (g_file_get_contents (old, &content, NULL, NULL));
  g_assert_cmpstr (content, ==, "old");

  driver_key (&window, "Return");
  driver_wait (&window, says (&window, "Written: old.png"));

  /* Nothing is left of an animation that was cancelled. */
  press (&window, "export-tab-animation");
  write_into (&window, "export-seconds", "600");
  write_into (&window, "export-fps", "100");
  press (&window, "export-animation-format-webp");
  export_as (&window, "long");
  driver_wait (&window, gtk_widget_get_mapped (driver_find (&window, "export-cancel")));
  driver_live (&window, 0.5);
  press (&window, "export-cancel");
  driver_wait (&window, says (&window, "Cancelled; nothing was written."));
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  for (const char *name; (name = g_dir_read_name (dir)) != NULL;)
    if (g_str_has_prefix (name, "long") || g_str_has_prefix (name, ".thalweg"))
      g_error ("%s is left", name);
}

static void
test_errors (void)
{
  /* Enough steps that an animation of all of them takes long. */
  g_autoptr (TwExperiment) experiment = make_experiment ();

  experiment->steps = 20000;
  tw_experiment_remove_optimizer (experiment, 2);
  remember (NULL, NULL);
  signal (SIGXFSZ, SIG_IGN);
  driver_run (experiment, body_errors);
}

/* A button that is found without reading anything. */
static void
body_button (Driver *driver)
{
  driver_wait (driver, tw_session_is_settled (driver->session));
  press (driver, "export-button");
  Driver window = driver_other_window (driver, TW_TYPE_EXPORT_WINDOW);
  driver_wait (driver, can_export (&window));
}

static void
test_button (void)
{
  remember ("tab", "data");
  driver_run (NULL, body_button);
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;

  g_test_init (&argc, &argv, NULL);
  gtk_init ();
  folder = g_dir_make_tmp ("thalweg-export-XXXXXX", &error);
  g_assert_no_error (error);
  g_test_add_func ("/export/same-bytes", test_same_bytes);
  g_test_add_func ("/export/views", test_views);
  g_test_add_func ("/export/screen", test_screen);
  g_test_add_func ("/export/networks", test_networks);
  g_test_add_func ("/export/choices", test_choices);
  g_test_add_func ("/export/command", test_command);
  g_test_add_func ("/export/preview", test_preview);
  g_test_add_func ("/export/errors", test_errors);
  g_test_add_func ("/export/button", test_button);
  int status = g_test_run ();
  g_autoptr (GSubprocess) remove = g_subprocess_new (G_SUBPROCESS_FLAGS_NONE, NULL, "rm", "-r", folder, NULL);
  g_subprocess_wait (remove, NULL, NULL);
  g_free (folder);
  return status;
}
