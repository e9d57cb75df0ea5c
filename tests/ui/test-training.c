/* Meta-training in its window: it starts, shows progress, stops with a checkpoint, and goes on from it. */
#include <stdlib.h>
#include <string.h>

#include "tests/ui/driver.h"
#include "ui/training-window.h"

static GtkWidget *
named (GtkWidget *in, const char *name)
{
  if (g_str_equal (gtk_widget_get_name (in), name))
    return in;
  for (GtkWidget *child = gtk_widget_get_first_child (in); child != NULL; child = gtk_widget_get_next_sibling (child)) {
    GtkWidget *found = named (child, name);
    if (found != NULL)
      return found;
  }
  return NULL;
}

static guint64
shown_iteration (GtkWidget *window)
{
  const char *text = gtk_label_get_text (GTK_LABEL (named (window, "status")));
  const char *number = strstr (text, "iteration ");

  return number != NULL ? strtoull (number + strlen ("iteration "), NULL, 10) : 0;
}

static gboolean
says (GtkWidget *window, const char *words)
{
  return strstr (gtk_label_get_text (GTK_LABEL (named (window, "status"))), words) != NULL;
}

static void
body (Driver *driver)
{
  GtkApplication *application = gtk_window_get_application (GTK_WINDOW (driver->window));

  tw_session_set_playing (driver->session, FALSE);
  g_action_group_activate_action (G_ACTION_GROUP (application), "train", NULL);
  driver_wait (driver, TW_IS_TRAINING_WINDOW (gtk_application_get_active_window (application)));
  GtkWidget *window = GTK_WIDGET (gtk_application_get_active_window (application));
  driver_wait (driver, gtk_widget_get_width (window) > 0);
  g_assert_true (gtk_widget_get_visible (named (window, "start")));
  g_assert_false (gtk_widget_get_visible (named (window, "stop")));
  g_assert_false (gtk_widget_is_sensitive (named (window, "resume")));
  GtkWidget *curve = driver_find_type (window, GTK_TYPE_DRAWING_AREA, 0);
  cairo_surface_t *empty = driver_picture (curve);

  g_signal_emit_by_name (named (window, "start"), "clicked");
  driver_wait (driver, shown_iteration (window) >= 3);
  g_assert_true (gtk_widget_get_visible (named (window, "stop")));
  g_assert_true (says (window, "Training"));
  cairo_surface_t *drawn = driver_picture (curve);
  g_assert_cmpfloat (driver_difference (empty, drawn), >, 0.001);
  cairo_surface_destroy (empty);
  cairo_surface_destroy (drawn);

  g_signal_emit_by_name (named (window, "stop"), "clicked");
  driver_wait (driver, says (window, "Stopped"));
  guint64 stopped = shown_iteration (window);
  g_assert_true (gtk_widget_is_sensitive (named (window, "resume")));
  const char *text = gtk_label_get_text (GTK_LABEL (named (window, "status")));
  const char *dir = strchr (text, '/');
  g_assert_nonnull (dir);
  g_autofree char *weights = g_build_filename (dir, "weights.safetensors", NULL);
  g_autofree char *checkpoint = g_build_filename (dir, "checkpoint", NULL);
  g_assert_true (g_file_test (weights, G_FILE_TEST_IS_REGULAR));
  g_assert_true (g_file_test (checkpoint, G_FILE_TEST_IS_REGULAR));

  g_signal_emit_by_name (named (window, "resume"), "clicked");
  driver_wait (driver, says (window, "Training") && shown_iteration (window) > stopped);
  /* Closing it in the middle loses nothing: the checkpoint is of a later iteration. */
  gtk_window_destroy (GTK_WINDOW (window));
  driver_live (driver, 0.1);
  g_assert_true (g_file_test (checkpoint, G_FILE_TEST_IS_REGULAR));
}

static void
test_training (void)
{
  driver_run (NULL, body);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/training/start-stop-resume", test_training);
  return g_test_run ();
}
