#include "ui/application.h"

#include "config.h"
#include "ui/background.h"
#include "ui/color-scheme.h"
#include "ui/preferences.h"
#include "ui/show.h"
#include "ui/training-window.h"
#include "ui/ui-resources.h"

#define RESOURCES "/org/thalweg/Thalweg"

struct _TwApplication {
  GtkApplication parent_instance;

  TwExperiment *experiment; /* NULL: the opening comparison */
  char *file;               /* where it is from, or NULL */
  TwSession *session;       /* made early, so that its runs go on while the window is being made */
  TwColorSchemeWatch *color_scheme;
};

G_DEFINE_FINAL_TYPE (TwApplication, tw_application, GTK_TYPE_APPLICATION)

TwExperiment *
tw_opening_experiment (void)
{
  g_autoptr (GBytes) file =
    g_resources_lookup_data (RESOURCES "/opening.thalweg", G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
  g_autoptr (GError) error = NULL;
  gsize length;

  g_return_val_if_fail (file != NULL, NULL);
  const char *json = g_bytes_get_data (file, &length);
  TwExperiment *experiment = tw_experiment_from_json ("opening.thalweg", json, (gssize)length, &error);
  if (experiment == NULL)
    g_error ("%s", error->message); /* part of the program */
  return experiment;
}

static void
on_color_scheme (GSimpleAction *action, GVariant *value, gpointer data)
{
  const char *name = g_variant_get_string (value, NULL);
  TwColorScheme scheme = g_str_equal (name, "dark")    ? TW_COLOR_SCHEME_DARK
                         : g_str_equal (name, "light") ? TW_COLOR_SCHEME_LIGHT
                                                       : TW_COLOR_SCHEME_SYSTEM;

  tw_color_scheme_watch_set (TW_APPLICATION (data)->color_scheme, scheme);
  g_settings_set_string (tw_settings_get (), "color-scheme", name);
  g_simple_action_set_state (action, value);
}

static void
on_about (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  gtk_show_about_dialog (
    gtk_application_get_active_window (data), "program-name", "Thalweg", "version", TW_VERSION, "comments",
    "Shows how optimizers find their way down, a learned one beside the others.\n"
    "The learned one: Wichrowska et al. 2017, Learned Optimizers that Scale and Generalize.",
    "license-type", GTK_LICENSE_MIT_X11, "logo-icon-name", TW_APPLICATION_ID, NULL);
}

static void
on_shortcuts (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  g_autoptr (GtkBuilder) builder = gtk_builder_new_from_resource (RESOURCES "/ui/shortcuts.ui");
  GtkWindow *window = GTK_WINDOW (gtk_builder_get_object (builder, "shortcuts"));

  gtk_window_set_transient_for (window, gtk_application_get_active_window (data));
  gtk_window_present (window);
}

static void
on_train (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  gtk_window_present (GTK_WINDOW (tw_training_window_new (data)));
}

static void
on_preferences (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  gtk_window_present (GTK_WINDOW (tw_preferences_window_new (gtk_application_get_active_window (data))));
}

/* Each window is asked: one with unsaved changes asks back. */
static void
on_quit (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  g_autoptr (GList) windows = g_list_copy (gtk_application_get_windows (data));

  for (GList *l = windows; l != NULL; l = l->next)
    gtk_window_close (l->data);
}

static const GActionEntry actions[] = {
  { .name = "color-scheme", .parameter_type = "s", .state = "'system'", .change_state = on_color_scheme },
  { .name = "preferences", .activate = on_preferences },
  { .name = "shortcuts", .activate = on_shortcuts },
  { .name = "train", .activate = on_train },
  { .name = "about", .activate = on_about },
  { .name = "quit", .activate = on_quit },
};

static const struct {
  const char *action, *keys[3];
} accels[] = {
  { "app.quit", { "<Control>q" } },
  { "app.train", { "<Control><Shift>t" } },
  { "app.preferences", { "<Control>comma" } },
  { "app.shortcuts", { "<Control>question", "F1" } },
  { "window.close", { "<Control>w" } },
  { "win.choose-problem", { "<Control>l" } },
  { "win.formula", { "<Control>f" } },
  { "win.export", { "<Control>e" } },
  { "win.undo", { "<Control>z" } },
  { "win.redo", { "<Control><Shift>z", "<Control>y" } },
  { "win.add-optimizer", { "<Control>plus", "<Control>equal" } },
  { "win.open", { "<Control>o" } },
  { "win.save", { "<Control>s" } },
  { "win.save-as", { "<Control><Shift>s" } },
  { "win.copy-command-line", { "<Control><Shift>c" } },
  { "win.summary", { "<Control>i" } },
  { "win.gallery", { "<Control>g" } },
  { "win.lecture", { "F11" } },
  { "win.page::curves", { "<Alt>1" } },
  { "win.page::results", { "<Alt>2" } },
  { "win.page::tuning", { "<Alt>3" } },
  { "win.page::maps", { "<Alt>4" } },
  { "win.page::inside", { "<Alt>5" } },
};

static void
tw_application_startup (GApplication *application)
{
  TwApplication *self = TW_APPLICATION (application);
  g_autoptr (GtkCssProvider) provider = NULL;

  g_resources_register (tw_ui_get_resource ());
  g_autoptr (TwExperiment) opening = self->experiment == NULL ? tw_opening_experiment () : NULL;
  self->session = tw_session_new (self->experiment != NULL ? self->experiment : opening);
  G_APPLICATION_CLASS (tw_application_parent_class)->startup (application);

  provider = gtk_css_provider_new ();
  gtk_css_provider_load_from_resource (provider, RESOURCES "/ui/style.css");
  gtk_style_context_add_provider_for_display (gdk_display_get_default (), GTK_STYLE_PROVIDER (provider),
                                              GTK_STYLE_PROVIDER_PRIORITY_APPLICATION);
  self->color_scheme = tw_color_scheme_watch_new ();
  g_action_map_add_action_entries (G_ACTION_MAP (self), actions, G_N_ELEMENTS (actions), self);
  g_autofree char *scheme = g_settings_get_string (tw_settings_get (), "color-scheme");
  g_action_group_change_action_state (G_ACTION_GROUP (self), "color-scheme", g_variant_new_string (scheme));
  tw_preferences_apply_playback (self->session);
  gtk_window_set_default_icon_name (TW_APPLICATION_ID);
  for (gsize i = 0; i < G_N_ELEMENTS (accels); i++)
    gtk_application_set_accels_for_action (GTK_APPLICATION (self), accels[i].action, accels[i].keys);
}

static void
tw_application_activate (GApplication *application)
{
  TwApplication *self = TW_APPLICATION (application);
  GtkWindow *window = gtk_application_get_active_window (GTK_APPLICATION (application));

  if (window == NULL) {
    window = GTK_WINDOW (tw_window_new (GTK_APPLICATION (application), self->session));
    if (self->file != NULL)
      tw_window_set_file (TW_WINDOW (window), self->file);
    tw_session_set_playing (self->session, TRUE);
  }
  gtk_window_present (window);
}

static void
tw_application_shutdown (GApplication *application)
{
  TwApplication *self = TW_APPLICATION (application);

  g_clear_pointer (&self->color_scheme, tw_color_scheme_watch_free);
  /* Whoever still has a reference: its runs end here. */
  if (self->session != NULL)
    g_object_run_dispose (G_OBJECT (self->session));
  g_clear_object (&self->session);
  G_APPLICATION_CLASS (tw_application_parent_class)->shutdown (application);
  tw_background_wait ();
}

static void
tw_application_finalize (GObject *object)
{
  g_clear_pointer (&TW_APPLICATION (object)->experiment, tw_experiment_free);
  g_free (TW_APPLICATION (object)->file);
  G_OBJECT_CLASS (tw_application_parent_class)->finalize (object);
}

static void
tw_application_class_init (TwApplicationClass *klass)
{
  G_APPLICATION_CLASS (klass)->startup = tw_application_startup;
  G_APPLICATION_CLASS (klass)->activate = tw_application_activate;
  G_APPLICATION_CLASS (klass)->shutdown = tw_application_shutdown;
  G_OBJECT_CLASS (klass)->finalize = tw_application_finalize;
}

static void
tw_application_init (TwApplication *self)
{
}

TwApplication *
tw_application_new (const TwExperiment *experiment)
{
  /* Every call of the program is a window of its own: two experiments can stand side by side. */
  TwApplication *self = g_object_new (TW_TYPE_APPLICATION, "application-id", TW_APPLICATION_ID, "flags",
                                      G_APPLICATION_NON_UNIQUE, NULL);

  self->experiment = experiment != NULL ? tw_experiment_copy (experiment) : NULL;
  return self;
}

void
tw_application_set_file (TwApplication *application, const char *path)
{
  g_free (application->file);
  application->file = g_strdup (path);
}

int
tw_ui_show (const TwExperiment *experiment, const char *file, int *argc, char ***argv)
{
  if (!gtk_init_check ()) {
    g_printerr ("thalweg: there is no display to open a window on (thalweg run works without one)\n");
    return 2;
  }
  g_set_application_name ("Thalweg");
  g_autoptr (TwApplication) application = tw_application_new (experiment);
  tw_application_set_file (application, file);
  return g_application_run (G_APPLICATION (application), 0, NULL);
}
