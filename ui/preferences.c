#include "ui/preferences.h"

#include <math.h>

#include "config.h"

#define SCHEMA "org.thalweg.Thalweg"

/* Installed anywhere GLib looks; else where this program was installed; else where it was built. */
static GSettings *
open_settings (void)
{
  const char *folders[] = { TW_SCHEMA_FOLDER, TW_BUILT_SCHEMA_FOLDER };
  GSettingsSchemaSource *parent = g_settings_schema_source_get_default ();
  g_autoptr (GSettingsSchema) schema =
    parent != NULL ? g_settings_schema_source_lookup (parent, SCHEMA, TRUE) : NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (folders) && schema == NULL; i++) {
    g_autoptr (GSettingsSchemaSource) source =
      g_settings_schema_source_new_from_directory (folders[i], parent, FALSE, NULL);
    if (source != NULL)
      schema = g_settings_schema_source_lookup (source, SCHEMA, TRUE);
  }
  if (schema == NULL)
    g_error ("the settings schema " SCHEMA " is not installed");
  return g_settings_new_full (schema, NULL, NULL);
}

GSettings *
tw_settings_get (void)
{
  static GSettings *settings;

  if (settings == NULL)
    settings = open_settings ();
  return settings;
}

void
tw_preferences_remember_window (GtkWindow *window)
{
  GSettings *settings = tw_settings_get ();

  g_settings_bind (settings, "window-width", window, "default-width", G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (settings, "window-height", window, "default-height", G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (settings, "window-maximized", window, "maximized", G_SETTINGS_BIND_DEFAULT);
}

void
tw_preferences_apply_playback (TwSession *session)
{
  GSettings *settings = tw_settings_get ();

  tw_session_set_speed (session, g_settings_get_double (settings, "speed"));
  tw_session_set_loop (session, g_settings_get_boolean (settings, "loop"));
}

/* The window */

static void
add_row (GtkGrid *grid, int row, const char *words, const char *help, GtkWidget *control)
{
  GtkWidget *label = gtk_label_new_with_mnemonic (words), *small = gtk_label_new (help);

  gtk_label_set_mnemonic_widget (GTK_LABEL (label), control);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_xalign (GTK_LABEL (small), 0);
  gtk_label_set_wrap (GTK_LABEL (small), TRUE);
  gtk_label_set_max_width_chars (GTK_LABEL (small), 40);
  gtk_widget_add_css_class (small, "dim-label");
  gtk_widget_add_css_class (small, "caption");
  gtk_widget_set_hexpand (label, TRUE);
  gtk_widget_set_margin_top (label, row > 0 ? 14 : 0);
  gtk_widget_set_margin_top (control, row > 0 ? 14 : 0);
  gtk_widget_set_halign (control, GTK_ALIGN_END);
  gtk_widget_set_valign (control, GTK_ALIGN_CENTER);
  gtk_accessible_update_property (GTK_ACCESSIBLE (control), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, help, -1);
  gtk_grid_attach (grid, label, 0, 2 * row, 1, 1);
  gtk_grid_attach (grid, small, 0, 2 * row + 1, 1, 1);
  gtk_grid_attach (grid, control, 1, 2 * row, 1, 2);
}

static const char *const schemes[] = { "system", "light", "dark", NULL };

/* Through the action, so that the menu follows. */
static void
on_scheme_chosen (GtkDropDown *drop_down, GParamSpec *pspec, gpointer data)
{
  guint i = gtk_drop_down_get_selected (drop_down);

  if (i < 3)
    g_action_group_activate_action (G_ACTION_GROUP (g_application_get_default ()), "color-scheme",
                                    g_variant_new_string (schemes[i]));
}

static GtkWidget *
make_scheme_chooser (void)
{
  const char *const words[] = { "Follow the system", "Light", "Dark", NULL };
  GtkWidget *drop_down = gtk_drop_down_new_from_strings (words);
  g_autofree char *scheme = g_settings_get_string (tw_settings_get (), "color-scheme");

  for (guint i = 0; schemes[i] != NULL; i++)
    if (g_str_equal (schemes[i], scheme))
      gtk_drop_down_set_selected (GTK_DROP_DOWN (drop_down), i);
  g_signal_connect (drop_down, "notify::selected", G_CALLBACK (on_scheme_chosen), NULL);
  gtk_widget_set_name (drop_down, "preferences-style");
  return drop_down;
}

static GtkWidget *
make_switch (const char *key)
{
  GtkWidget *widget = gtk_switch_new ();

  g_settings_bind (tw_settings_get (), key, widget, "active", G_SETTINGS_BIND_DEFAULT);
  return widget;
}

static GtkWidget *
make_speed (void)
{
  GtkWidget *spin = gtk_spin_button_new_with_range (TW_SESSION_MIN_SPEED, TW_SESSION_MAX_SPEED, 5);

  g_settings_bind (tw_settings_get (), "speed", spin, "value", G_SETTINGS_BIND_DEFAULT);
  return spin;
}

static gboolean
on_escape (GtkWidget *widget, GVariant *arguments, gpointer data)
{
  gtk_window_close (GTK_WINDOW (widget));
  return TRUE;
}

GtkWidget *
tw_preferences_window_new (GtkWindow *parent)
{
  GtkWidget *window = gtk_window_new (), *grid = gtk_grid_new ();
  GtkEventController *keys = gtk_shortcut_controller_new ();

  gtk_window_set_title (GTK_WINDOW (window), "Preferences");
  gtk_window_set_titlebar (GTK_WINDOW (window), gtk_header_bar_new ());
  gtk_window_set_transient_for (GTK_WINDOW (window), parent);
  gtk_window_set_modal (GTK_WINDOW (window), TRUE);
  gtk_window_set_destroy_with_parent (GTK_WINDOW (window), TRUE);
  gtk_window_set_resizable (GTK_WINDOW (window), FALSE);
  gtk_widget_add_css_class (grid, "preferences");
  gtk_grid_set_column_spacing (GTK_GRID (grid), 32);
  add_row (GTK_GRID (grid), 0, "_Style", "Light or dark, or as the desktop says", make_scheme_chooser ());
  add_row (GTK_GRID (grid), 1, "_Lessons at the start", "The words of lesson one above the landscape",
           make_switch ("show-lessons"));
  add_row (GTK_GRID (grid), 2, "Steps per _second", "How fast a new window plays", make_speed ());
  add_row (GTK_GRID (grid), 3, "Start _again at the end", "A new window plays around and around",
           make_switch ("loop"));
  gtk_shortcut_controller_add_shortcut (GTK_SHORTCUT_CONTROLLER (keys),
                                        gtk_shortcut_new (gtk_keyval_trigger_new (GDK_KEY_Escape, 0),
                                                          gtk_callback_action_new (on_escape, NULL, NULL)));
  gtk_widget_add_controller (window, keys);
  gtk_window_set_child (GTK_WINDOW (window), grid);
  return window;
}
