#include "tests/ui/export-driver.h"

#include <string.h>

#include <glib/gstdio.h>

#include "ui/preferences.h"

static char *folder;

const char *
export_get_folder (void)
{
  return folder;
}

char *
export_in_folder (const char *name)
{
  return g_build_filename (folder, name, NULL);
}

TwExperiment *
export_make_experiment (void)
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
void
export_remember (const char *key, const char *word)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a{ss}"));
  g_variant_builder_add (&builder, "{ss}", "folder", folder);
  if (key != NULL)
    g_variant_builder_add (&builder, "{ss}", key, word);
  g_settings_set_value (tw_settings_get (), "export", g_variant_builder_end (&builder));
}

TwExportPreview *
export_preview_of (Driver *window)
{
  return TW_EXPORT_PREVIEW (driver_find (window, "export-preview"));
}

/* What is on screen is the end of the runs, if nothing else is said. */
void
export_go_to (Driver *driver, guint64 step)
{
  driver_wait (driver, tw_session_is_settled (driver->session));
  tw_session_set_playing (driver->session, FALSE);
  tw_session_set_step (driver->session, step);
}

Driver
export_open_now (Driver *driver)
{
  driver_key (driver, "ctrl+e");
  Driver window = driver_other_window (driver, TW_TYPE_EXPORT_WINDOW);
  gtk_window_set_default_size (GTK_WINDOW (window.window), 1000, 780); /* all rows are in view */
  driver_wait (driver, tw_export_preview_is_current (export_preview_of (&window)));
  return window;
}

Driver
export_open (Driver *driver)
{
  export_go_to (driver, G_MAXUINT64);
  return export_open_now (driver);
}

/* Rows come and go with what is chosen: not before they have found their places. */
void
export_settle (Driver *window)
{
  gint64 end = g_get_monotonic_time () + 5 * G_USEC_PER_SEC;

  driver_live (window, 0.15);
  while (!tw_export_preview_is_current (export_preview_of (window)) && g_get_monotonic_time () < end)
    driver_live (window, 0.05);
  driver_live (window, 0.1);
}

void
export_press (Driver *window, const char *name)
{
  GtkWidget *widget = driver_find (window, name);

  if (TW_IS_EXPORT_WINDOW (window->window)) {
    gtk_widget_grab_focus (widget); /* which scrolls it into view */
    export_settle (window);
  }
  driver_click (window, widget, gtk_widget_get_width (widget) / 2.0, gtk_widget_get_height (widget) / 2.0);
}

void
export_write_into (Driver *window, const char *name, const char *text)
{
  GtkWidget *widget = driver_find (window, name);

  gtk_widget_grab_focus (widget); /* which scrolls it into view */
  export_settle (window);
  driver_click (window, widget, 20, gtk_widget_get_height (widget) / 2.0);
  driver_key (window, "ctrl+a");
  driver_key (window, "BackSpace");
  if (*text != '\0')
    driver_type (window, text);
}

gboolean
export_is_ready (Driver *window)
{
  return tw_export_preview_is_current (export_preview_of (window)) && gtk_widget_get_sensitive (driver_find (window, "export-export"));
}

gboolean
export_says (Driver *window, const char *words)
{
  return driver_shows (driver_find (window, "export-message"), words);
}

/* By the return key in the name. */
void
export_as (Driver *window, const char *name)
{
  export_write_into (window, "export-name", name);
  driver_wait (window, export_is_ready (window));
  driver_key (window, "Return");
}

void
export_run_program (char **arguments)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *errors = NULL;
  int status;

  g_spawn_sync (NULL, arguments, NULL, G_SPAWN_STDOUT_TO_DEV_NULL, NULL, NULL, NULL, &errors, &status, &error);
  g_assert_no_error (error);
  if (!g_spawn_check_wait_status (status, &error))
    g_error ("%s: %s", error->message, errors);
}

void
export_assert_same_bytes (const char *path, const char *other)
{
  g_autofree char *a = NULL, *b = NULL;
  gsize n, m;

  g_assert_true (g_file_get_contents (path, &a, &n, NULL));
  g_assert_true (g_file_get_contents (other, &b, &m, NULL));
  g_assert_cmpuint (n, >, 100);
  if (n != m || memcmp (a, b, n) != 0)
    g_error ("%s and %s differ", path, other);
}

void
export_compare_with (Driver *window, const char *name, const char *option, const char *const *options)
{
  g_autofree char *path = export_in_folder (name), *kept = export_in_folder ("kept.thalweg");
  g_autofree char *other_name = g_strconcat ("other-", name, NULL), *other = export_in_folder (other_name);
  g_autofree char *stem = g_strndup (name, (gsize)(strrchr (name, '.') - name));
  g_autofree char *written = g_strconcat ("Written: ", name, NULL);
  g_autoptr (GPtrArray) arguments = g_ptr_array_new ();

  export_as (window, stem);
  driver_wait (window, export_says (window, written));
  g_ptr_array_add (arguments, (gpointer)g_getenv ("TW_PROGRAM"));
  g_ptr_array_add (arguments, (gpointer) "export");
  g_ptr_array_add (arguments, kept);
  g_ptr_array_add (arguments, (gpointer)option);
  g_ptr_array_add (arguments, other);
  for (; *options != NULL; options++)
    g_ptr_array_add (arguments, (gpointer)*options);
  g_ptr_array_add (arguments, NULL);
  export_run_program ((char **)arguments->pdata);
  export_assert_same_bytes (path, other);
}

void
export_keep (const TwExperiment *experiment)
{
  g_autofree char *kept = export_in_folder ("kept.thalweg");

  g_assert_true (tw_experiment_save (experiment, kept, NULL));
}

/* The view of this word, out of the list; its settings stand below. */
void
export_choose_view (Driver *window, const char *word)
{
  guint i = 0;

  while (strcmp (tw_figure_views ()[i]->word, word) != 0)
    i++;
  gtk_drop_down_set_selected (GTK_DROP_DOWN (driver_find (window, "export-view")), i);
  export_settle (window);
}

void
export_run_network (void (*body) (Driver *driver))
{
  g_autoptr (TwExperiment) experiment = tw_experiment_new ();

  experiment->problem = g_strdup ("mlp,data=moons,hidden=6,rows=200");
  experiment->steps = 60;
  tw_experiment_insert_optimizer (experiment, 0, "adam,lr=0.02", NULL, -1);
  tw_experiment_insert_optimizer (experiment, 1, "learned", NULL, -1);
  export_remember (NULL, NULL);
  export_keep (experiment);
  driver_run (experiment, body);
}

int
export_run_tests (void)
{
  g_autoptr (GError) error = NULL;

  folder = g_dir_make_tmp ("thalweg-export-XXXXXX", &error);
  g_assert_no_error (error);
  int status = g_test_run ();
  g_autoptr (GSubprocess) remove = g_subprocess_new (G_SUBPROCESS_FLAGS_NONE, NULL, "rm", "-r", folder, NULL);
  g_subprocess_wait (remove, NULL, NULL);
  g_free (folder);
  return status;
}
