/* Files written from the window, by pointer and keys, beside those that the command line writes. */
#include <signal.h>
#include <string.h>
#include <sys/resource.h>

#include <glib/gstdio.h>

#include "tests/ui/export-driver.h"
#include "ui/landscape-private.h"
#include "ui/preferences.h"

static void
body_same_bytes (Driver *driver)
{
  Driver window = export_open (driver);

  export_compare (&window, "plain.png", "--plot", NULL);
  export_press (&window, "export-figure-format-svg");
  export_press (&window, "export-theme-print");
  export_compare (&window, "print.svg", "--plot", "--figure-theme", "print");
  export_press (&window, "export-figure-format-pdf");
  export_write_into (&window, "export-title", "A title of ours");
  export_compare (&window, "titled.pdf", "--plot", "--figure-theme", "print", "--figure-title", "A title of ours");
  /* The second of the list of sizes, by keys: one column. */
  GtkWidget *sizes = driver_find (&window, "export-size");
  export_settle (&window);
  driver_click (&window, sizes, 20, gtk_widget_get_height (sizes) / 2.0);
  driver_key (&window, "Down");
  driver_key (&window, "Return");
  export_compare (&window, "column.pdf", "--plot", "--figure-theme", "print", "--figure-title", "A title of ours", "--figure-size",
           "column");

  export_press (&window, "export-tab-report");
  export_press (&window, "export-report-format-html");
  export_write_into (&window, "export-title", "");
  export_compare (&window, "report.html", "--report", "--figure-theme", "print");
  export_press (&window, "export-report-format-pdf");
  export_compare (&window, "report.pdf", "--report", "--figure-theme", "print");

  export_press (&window, "export-tab-data");
  export_compare (&window, "table.csv", "--csv", NULL);
  export_press (&window, "export-data-format-pgfplots");
  export_compare (&window, "figure.tex", "--pgfplots", "--figure-theme", "print");
  export_press (&window, "export-data-format-matplotlib");
  driver_wait (&window, export_is_ready (&window));
  export_as (&window, "script");
  driver_wait (&window, export_says (&window, "Written: script.py"));
  g_autofree char *table = export_in_folder ("script.csv"), *csv = export_in_folder ("table.csv");
  export_assert_same_bytes (table, csv);

  export_press (&window, "export-tab-animation");
  export_press (&window, "export-theme-light");
  export_write_into (&window, "export-seconds", "1");
  export_write_into (&window, "export-fps", "5");
  export_compare (&window, "film.gif", "--animate", "--animate-seconds", "1", "--animate-fps", "5");
}

static void
test_same_bytes (void)
{
  g_autoptr (TwExperiment) experiment = export_make_experiment ();

  export_remember (NULL, NULL);
  export_keep (experiment);
  driver_run (experiment, body_same_bytes);
}

/* What views compute beside the run is the same in the window and on the command line; what they read can be set. */
static void
body_views (Driver *driver)
{
  Driver window = export_open (driver);

  export_choose_view (&window, "basins");
  g_assert_false (gtk_widget_get_mapped (driver_find (&window, "export-camera")));
  export_write_into (&window, "export-cells", "12");
  driver_wait (&window, driver_shows (GTK_WIDGET (export_preview_of (&window)), "multiple of 8"));
  g_assert_false (gtk_widget_get_sensitive (driver_find (&window, "export-export")));
  export_write_into (&window, "export-cells", "32");
  export_compare (&window, "basins.png", "--plot", "--figure-view", "basins", "--figure-cells", "32");
  export_choose_view (&window, "surface");
  g_assert_false (gtk_widget_get_mapped (driver_find (&window, "export-cells")));
  export_write_into (&window, "export-camera", "70,30");
  export_write_into (&window, "export-step", "12");
  export_compare (&window, "surface.png", "--plot", "--figure-view", "surface", "--figure-camera", "70,30", "--figure-step", "12");
  export_choose_view (&window, "response");
  export_write_into (&window, "export-coordinate", "y");
  export_compare (&window, "response.png", "--plot", "--figure-view", "response", "--figure-step", "12", "--figure-coordinate", "y");
  export_choose_view (&window, "inside");
  export_compare (&window, "inside.png", "--plot", "--figure-view", "inside", "--figure-step", "12", "--figure-coordinate", "y");
  export_choose_view (&window, "sweep");
  export_write_into (&window, "export-across", "lr=1e-3..1");
  export_compare (&window, "sweep.png", "--plot", "--figure-view", "sweep", "--figure-across", "lr=1e-3..1");
  export_choose_view (&window, "tuning");
  export_write_into (&window, "export-trials", "6");
  export_compare (&window, "tuning.png", "--plot", "--figure-view", "tuning", "--figure-trials", "6");
}

static void
test_views (void)
{
  g_autoptr (TwExperiment) experiment = export_make_experiment ();

  export_remember (NULL, NULL);
  export_keep (experiment);
  driver_run (experiment, body_views);
}

/* The plane and the networks on it: the trace of the window and that of the command line hold the same positions. */
static void
body_networks (Driver *driver)
{
  Driver window = export_open (driver);

  export_choose_view (&window, "regions");
  export_compare (&window, "regions.png", "--plot", "--figure-view", "regions");
  export_choose_view (&window, "plane");
  export_compare (&window, "plane.png", "--plot", "--figure-view", "plane");
  export_press (&window, "export-plane-random");
  export_write_into (&window, "export-plane-seed", "5");
  export_write_into (&window, "export-step", "20");
  export_compare (&window, "random.png", "--plot", "--figure-view", "plane", "--figure-plane", "random", "--figure-plane-seed", "5",
           "--figure-step", "20");
  export_press (&window, "export-tab-report");
  export_compare (&window, "network.pdf", "--report", NULL);
  export_press (&window, "export-tab-figure");
  export_choose_view (&window, "mistakes");
  driver_wait (&window, driver_shows (GTK_WIDGET (export_preview_of (&window)), "its data is no images"));
}

static void
test_networks (void)
{
  export_run_network (body_networks);
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
  Driver window = export_open (driver);
  g_auto (GStrv) arguments = NULL;
  g_autofree char *path = export_in_folder ("mine.png"), *kept = export_in_folder ("kept.png"), *content = NULL;
  gsize size;

  export_press (&window, "export-series");
  driver_live (&window, 0.4);
  /* Popovers are surfaces of their own: a click there is one of the widget's, not of the pointer. */
  GtkWidget *second = driver_find_type (driver_find (&window, "export-series"), GTK_TYPE_CHECK_BUTTON, 1);
  g_assert_true (gtk_widget_activate (second));
  driver_live (&window, 0.1);
  driver_key (&window, "Escape");
  driver_live (&window, 0.3);
  g_assert_true (driver_shows (driver_find (&window, "export-series"), "2 of 3"));
  export_as (&window, "mine");
  driver_wait (&window, export_says (&window, "Written: mine.png"));
  g_assert_cmpint (g_rename (path, kept), ==, 0);

  export_press (&window, "export-copy-command");
  g_autofree char *line = read_clipboard (&window);
  g_assert_nonnull (strstr (line, "--figure-series="));
  g_assert_nonnull (strstr (line, "--label="));
  g_assert_nonnull (strstr (line, "--colour=1=7"));
  g_assert_true (g_shell_parse_argv (line, NULL, &arguments, NULL));
  g_free (arguments[0]);
  arguments[0] = g_strdup (g_getenv ("TW_PROGRAM"));
  export_run_program (arguments);
  export_assert_same_bytes (path, kept);

  export_press (&window, "export-copy-caption");
  g_autofree char *caption = read_clipboard (&window);
  g_assert_nonnull (strstr (caption, "Rosenbrock"));
  g_assert_nonnull (strstr (caption, "Adam & co, tuned (adam,lr=0.05)"));
  g_assert_true (g_file_get_contents (kept, &content, &size, NULL));
  g_assert_nonnull (memmem (content, size, caption, strlen (caption)));
}

static void
test_command (void)
{
  g_autoptr (TwExperiment) experiment = export_make_experiment ();

  export_remember (NULL, NULL);
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
  Driver window = export_open (driver);
  g_autofree char *path = export_in_folder ("small.png");

  export_write_into (&window, "export-width", "420");
  export_write_into (&window, "export-height", "260");
  export_press (&window, "export-theme-dark");
  export_as (&window, "small");
  driver_wait (&window, export_says (&window, "Written: small.png"));
  g_assert_true (driver_shows (driver_find (&window, "export-about"), "420 \303\227 260 pixels at 96 dpi"));
  cairo_surface_t *file = cairo_image_surface_create_from_png (path);
  g_assert_cmpint (cairo_image_surface_get_width (file), ==, 420);
  g_assert_cmpint (cairo_image_surface_get_height (file), ==, 260);
  assert_same_pixels (file, tw_export_preview_get_picture (export_preview_of (&window)));
  g_assert_cmpuint (driver_count_color (file, &tw_theme_get (TRUE)->background, 0.01), >, 5000);
  cairo_surface_destroy (file);

  /* What can't be is told instead of being drawn, and can't be written. */
  export_write_into (&window, "export-font-size", "40");
  driver_key (&window, "Tab");
  driver_wait (&window, driver_shows (GTK_WIDGET (export_preview_of (&window)), "too small"));
  g_assert_false (gtk_widget_get_sensitive (driver_find (&window, "export-export")));
  export_write_into (&window, "export-font-size", "auto");
  driver_key (&window, "Tab");
  driver_wait (&window, export_is_ready (&window));

  /* It follows the window that it belongs to. */
  g_autoptr (TwExperiment) other = tw_experiment_copy (tw_session_get_experiment (driver->session));
  g_free (other->problem);
  other->problem = g_strdup ("himmelblau");
  tw_session_set_experiment (driver->session, other);
  driver_wait (&window, driver_shows (driver_find (&window, "export-caption"), "Himmelblau"));

  driver_key (&window, "Escape");
  driver_live (driver, 0.3);
  driver_focus (driver);
  window = export_open (driver);
  g_assert_true (gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (driver_find (&window, "export-theme-dark"))));
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (driver_find (&window, "export-width"))), ==, "420.0");
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (driver_find (&window, "export-name"))), ==, "himmelblau");
}

static void
test_preview (void)
{
  GVariantBuilder builder;
  g_autoptr (TwExperiment) experiment = export_make_experiment ();

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a{ss}"));
  g_variant_builder_add (&builder, "{ss}", "folder", export_get_folder ());
  g_variant_builder_add (&builder, "{ss}", "size", "custom");
  g_variant_builder_add (&builder, "{ss}", "unit", "px");
  g_settings_set_value (tw_settings_get (), "export", g_variant_builder_end (&builder));
  driver_run (experiment, body_preview);
}

/* One sentence, and what was there before stays as it was. */
static void
body_errors (Driver *driver)
{
  Driver window = export_open (driver);
  g_autofree char *old = export_in_folder ("old.png"), *content = NULL, *directory = export_in_folder ("folder.png");
  struct rlimit before, small = { 20000, 0 };

  export_as (&window, "/nowhere/at/all/figure");
  driver_wait (&window, export_says (&window, "/nowhere/at/all/figure.png"));
  g_assert_null (strchr (driver_label (&window, "export-message"), '\n'));

  g_assert_cmpint (g_mkdir (directory, 0755), ==, 0);
  export_as (&window, "folder");
  driver_wait (&window, export_says (&window, "Is a directory"));

  /* No room: what is written may not grow beyond 20 kB. */
  g_assert_true (g_file_set_contents (old, "old", -1, NULL));
  g_assert_cmpint (getrlimit (RLIMIT_FSIZE, &before), ==, 0);
  small.rlim_max = before.rlim_max;
  export_write_into (&window, "export-name", "old");
  driver_wait (&window, export_says (&window, "will be replaced"));
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &small), ==, 0);
  driver_key (&window, "Return");
  driver_wait (&window, export_says (&window, "old.png: can't be written"));
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &before), ==, 0);
  g_assert_true (g_file_get_contents (old, &content, NULL, NULL));
  g_assert_cmpstr (content, ==, "old");

  driver_key (&window, "Return");
  driver_wait (&window, export_says (&window, "Written: old.png"));

  /* Nothing is left of an animation that was cancelled. */
  export_press (&window, "export-tab-animation");
  export_write_into (&window, "export-seconds", "600");
  export_write_into (&window, "export-fps", "100");
  export_press (&window, "export-animation-format-webp");
  export_as (&window, "long");
  driver_wait (&window, gtk_widget_get_mapped (driver_find (&window, "export-cancel")));
  driver_live (&window, 0.5);
  export_press (&window, "export-cancel");
  driver_wait (&window, export_says (&window, "Cancelled; nothing was written."));
  g_autoptr (GDir) dir = g_dir_open (export_get_folder (), 0, NULL);
  for (const char *name; (name = g_dir_read_name (dir)) != NULL;)
    if (g_str_has_prefix (name, "long") || g_str_has_prefix (name, ".thalweg"))
      g_error ("%s is left", name);
}

static void
test_errors (void)
{
  /* Enough steps that an animation of all of them takes long. */
  g_autoptr (TwExperiment) experiment = export_make_experiment ();

  experiment->steps = 20000;
  tw_experiment_remove_optimizer (experiment, 2);
  export_remember (NULL, NULL);
  signal (SIGXFSZ, SIG_IGN);
  driver_run (experiment, body_errors);
}

/* A button that is found without reading anything. */
static void
body_button (Driver *driver)
{
  driver_wait (driver, tw_session_is_settled (driver->session));
  export_press (driver, "export-button");
  Driver window = driver_other_window (driver, TW_TYPE_EXPORT_WINDOW);
  driver_wait (driver, export_is_ready (&window));
}

static void
test_button (void)
{
  export_remember ("tab", "data");
  driver_run (NULL, body_button);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gtk_init ();
  g_test_add_func ("/export/same-bytes", test_same_bytes);
  g_test_add_func ("/export/views", test_views);
  g_test_add_func ("/export/networks", test_networks);
  g_test_add_func ("/export/command", test_command);
  g_test_add_func ("/export/preview", test_preview);
  g_test_add_func ("/export/errors", test_errors);
  g_test_add_func ("/export/button", test_button);
  return export_run_tests ();
}
