#include "ui/documents.h"

#include <string.h>

#include "core/experiment/narration.h"
#include "ui/autosave.h"

#define MIME_TYPE "application/x-thalweg"
#define MAX_RECENT 8
#define AUTOSAVE_DELAY 700 /* ms after the last change, so that a drag writes once */

struct _TwDocuments {
  GtkApplicationWindow *window;
  TwSession *session;
  GFile *file; /* NULL: none yet */
  char *name;  /* in the title */
  char *clean; /* the experiment as it was opened or saved */
  gboolean modified;
  TwAutosave *autosave;
  guint autosave_source;
  TwExperiment *crashed; /* what is offered */
  char *crashed_origin;
  GFile *wanted; /* to be opened after the question */
  GtkWidget *bar;
  GtkLabel *bar_label;
  GMenu *recent;
  GtkNativeDialog *chooser;
  void (*proceed) (gpointer data); /* after the question */
  gpointer proceed_data;
};

static char *
get_uri (TwDocuments *self)
{
  return self->file != NULL ? g_file_get_uri (self->file) : NULL;
}

static void
show_title (TwDocuments *self)
{
  g_autofree char *title =
    self->name != NULL
      ? g_strdup_printf ("%s%s \342\200\224 Thalweg", self->modified ? "\342\200\242 " : "", self->name)
      : g_strdup_printf ("%sThalweg", self->modified ? "\342\200\242 " : "");

  gtk_window_set_title (GTK_WINDOW (self->window), title);
}

static void
tell (TwDocuments *self, const char *title, const char *words)
{
  GtkWidget *dialog =
    gtk_message_dialog_new (GTK_WINDOW (self->window), GTK_DIALOG_MODAL | GTK_DIALOG_DESTROY_WITH_PARENT,
                            GTK_MESSAGE_ERROR, GTK_BUTTONS_CLOSE, "%s", title);

  gtk_message_dialog_format_secondary_text (GTK_MESSAGE_DIALOG (dialog), "%s", words);
  g_signal_connect (dialog, "response", G_CALLBACK (gtk_window_destroy), NULL);
  gtk_window_present (GTK_WINDOW (dialog));
}

/* Unsaved changes */

static gboolean
on_autosave (gpointer data)
{
  TwDocuments *self = data;
  g_autofree char *uri = get_uri (self);

  self->autosave_source = 0;
  if (self->modified)
    tw_autosave_write (self->autosave, tw_session_get_experiment (self->session), uri);
  return G_SOURCE_REMOVE;
}

static void
on_session_changed (TwSession *session, guint changes, gpointer data)
{
  TwDocuments *self = data;

  if (!(changes & TW_SESSION_EXPERIMENT))
    return;
  g_autofree char *json = tw_experiment_to_json (tw_session_get_experiment (session));
  gboolean modified = g_strcmp0 (json, self->clean) != 0;
  g_clear_handle_id (&self->autosave_source, g_source_remove);
  if (modified)
    self->autosave_source = g_timeout_add (AUTOSAVE_DELAY, on_autosave, self);
  else if (self->crashed == NULL)
    tw_autosave_clear (self->autosave);
  if (modified != self->modified) {
    self->modified = modified;
    show_title (self);
  }
}

void
tw_documents_set_file (TwDocuments *self, GFile *file, const char *name)
{
  g_autoptr (GFile) kept = file != NULL ? g_object_ref (file) : NULL;
  g_autofree char *own_name = file != NULL && name == NULL ? g_file_get_basename (file) : g_strdup (name);

  g_clear_object (&self->file);
  self->file = g_steal_pointer (&kept);
  g_free (self->name);
  self->name = own_name != NULL ? g_filename_display_name (own_name) : NULL;
  g_free (self->clean);
  self->clean = tw_experiment_to_json (tw_session_get_experiment (self->session));
  self->modified = FALSE;
  g_clear_handle_id (&self->autosave_source, g_source_remove);
  if (self->crashed == NULL)
    tw_autosave_clear (self->autosave);
  show_title (self);
}

void
tw_documents_set_name (TwDocuments *self, const char *name)
{
  g_free (self->name);
  self->name = g_strdup (name);
  show_title (self);
}

gboolean
tw_documents_is_modified (TwDocuments *self)
{
  return self->modified;
}

GFile *
tw_documents_get_file (TwDocuments *self)
{
  return self->file;
}

gboolean
tw_documents_has_file (TwDocuments *self)
{
  return self->file != NULL;
}

/* Recent files */

static void
on_recent_changed (GtkRecentManager *manager, TwDocuments *self)
{
  GList *all = gtk_recent_manager_get_items (manager);
  guint n = 0;

  g_menu_remove_all (self->recent);
  for (GList *l = all; l != NULL && n < MAX_RECENT; l = l->next) {
    GtkRecentInfo *info = l->data;
    if (g_strcmp0 (gtk_recent_info_get_mime_type (info), MIME_TYPE) != 0 ||
        (gtk_recent_info_is_local (info) && !gtk_recent_info_exists (info)))
      continue;
    g_autoptr (GMenuItem) item = g_menu_item_new (NULL, NULL);
    g_auto (GStrv) parts = g_strsplit (gtk_recent_info_get_display_name (info), "_", -1);
    g_autofree char *label = g_strjoinv ("__", parts); /* no mnemonic */
    g_menu_item_set_label (item, label);
    g_menu_item_set_action_and_target (item, "win.open-file", "s", gtk_recent_info_get_uri (info));
    g_menu_append_item (self->recent, item);
    n++;
  }
  g_list_free_full (all, (GDestroyNotify)gtk_recent_info_unref);
  if (n == 0) /* an action that does not exist: it can't be chosen */
    g_menu_append (self->recent, "No Experiments Yet", "win.no-recent-file");
}

static void
remember (GFile *file)
{
  g_autofree char *uri = g_file_get_uri (file);
  GtkRecentData data = { .mime_type = (char *)MIME_TYPE,
                         .app_name = (char *)"Thalweg",
                         .app_exec = (char *)"thalweg show %f" };

  gtk_recent_manager_add_full (gtk_recent_manager_get_default (), uri, &data);
}

/* Open and save */

static TwExperiment *
load_data (GFile *file, GError **error)
{
  g_autofree char *path = g_file_get_path (file), *uri = g_file_get_uri (file);

  if (path == NULL) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED, "%s: this is not a file on this machine", uri);
    return NULL;
  }
  g_autoptr (TwExperiment) experiment = tw_experiment_new_for_data (path);
  return tw_experiment_check (experiment, error) ? g_steal_pointer (&experiment) : NULL;
}

static TwExperiment *
load (GFile *file, GError **error)
{
  g_autofree char *path = g_file_get_path (file);
  g_autofree char *uri = g_file_get_uri (file);

  if (path == NULL) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED, "%s: this is not a file on this machine", uri);
    return NULL;
  }
  g_autoptr (TwExperiment) experiment = tw_experiment_load (path, error);
  if (experiment == NULL)
    return NULL;
  if (!tw_experiment_check (experiment, error)) {
    g_prefix_error (error, "%s: ", path);
    return NULL;
  }
  return g_steal_pointer (&experiment);
}

/* A table, or a folder in MNIST's format: to learn from, not an experiment. */
static gboolean
is_data (GFile *file)
{
  static const char *const endings[] = { ".csv", ".csv.gz", ".tsv" };
  g_autofree char *name = g_file_get_basename (file);
  g_autofree char *lower = g_ascii_strdown (name, -1);

  for (gsize i = 0; i < G_N_ELEMENTS (endings); i++)
    if (g_str_has_suffix (lower, endings[i]))
      return TRUE;
  return g_file_query_file_type (file, G_FILE_QUERY_INFO_NONE, NULL) == G_FILE_TYPE_DIRECTORY;
}

void
tw_documents_open (TwDocuments *self, GFile *file)
{
  g_autoptr (GError) error = NULL;
  gboolean data = is_data (file);
  g_autoptr (TwExperiment) experiment = data ? load_data (file, &error) : load (file, &error);
  g_autofree char *name = g_file_get_basename (file), *shown = g_filename_display_name (name);

  if (experiment == NULL) {
    g_autofree char *title = g_strdup_printf ("\342\200\234%s\342\200\235 can\342\200\231t be opened", shown);
    tell (self, title, error->message);
    return;
  }
  g_action_group_activate_action (G_ACTION_GROUP (self->window), "leave-lesson", NULL);
  tw_session_set_experiment (self->session, experiment);
  tw_documents_set_file (self, data ? NULL : file, shown);
  tw_session_restart (self->session);
  if (!data)
    remember (file);
}

gboolean
tw_documents_save (TwDocuments *self, GFile *file)
{
  g_autofree char *path = g_file_get_path (file);
  g_autoptr (GError) error = NULL;

  if (path == NULL || !tw_experiment_save (tw_session_get_experiment (self->session), path, &error)) {
    tell (self, "This can\342\200\231t be saved",
          error != NULL ? error->message : "This is not a folder on this machine.");
    return FALSE;
  }
  tw_documents_set_file (self, file, NULL);
  remember (file);
  return TRUE;
}

static void
proceed (TwDocuments *self)
{
  void (*then) (gpointer) = self->proceed;

  self->proceed = NULL;
  if (then != NULL)
    then (self->proceed_data);
}

static GtkFileChooserNative *
make_chooser (TwDocuments *self, const char *title, GtkFileChooserAction action, const char *accept)
{
  GtkFileChooserNative *chooser =
    gtk_file_chooser_native_new (title, GTK_WINDOW (self->window), action, accept, "_Cancel");
  g_autoptr (GtkFileFilter) filter = gtk_file_filter_new (), all = gtk_file_filter_new ();

  gtk_file_filter_set_name (filter, "Thalweg experiments");
  gtk_file_filter_add_suffix (filter, "thalweg");
  gtk_file_filter_set_name (all, "All files");
  gtk_file_filter_add_pattern (all, "*");
  gtk_file_chooser_add_filter (GTK_FILE_CHOOSER (chooser), filter);
  gtk_file_chooser_add_filter (GTK_FILE_CHOOSER (chooser), all);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (chooser), TRUE);
  if (self->chooser != NULL)
    gtk_native_dialog_destroy (self->chooser);
  g_clear_object (&self->chooser);
  self->chooser = GTK_NATIVE_DIALOG (chooser);
  return chooser;
}

static void
on_open_chosen (GtkNativeDialog *dialog, int response, TwDocuments *self)
{
  g_autoptr (GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));

  gtk_native_dialog_hide (dialog);
  if (response == GTK_RESPONSE_ACCEPT && file != NULL)
    tw_documents_open (self, file);
}

static void
choose_and_open (gpointer data)
{
  TwDocuments *self = data;
  GtkFileChooserNative *chooser =
    make_chooser (self, "Open an Experiment or Data", GTK_FILE_CHOOSER_ACTION_OPEN, "_Open");
  g_autoptr (GtkFileFilter) data_files = gtk_file_filter_new ();

  gtk_file_filter_set_name (data_files, "Data to learn from (CSV)");
  gtk_file_filter_add_suffix (data_files, "csv");
  gtk_file_filter_add_suffix (data_files, "csv.gz");
  gtk_file_filter_add_suffix (data_files, "tsv");
  gtk_file_chooser_add_filter (GTK_FILE_CHOOSER (chooser), data_files);
  g_signal_connect (chooser, "response", G_CALLBACK (on_open_chosen), self);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (chooser));
}

static void
on_save_chosen (GtkNativeDialog *dialog, int response, TwDocuments *self)
{
  g_autoptr (GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));

  gtk_native_dialog_hide (dialog);
  if (response != GTK_RESPONSE_ACCEPT || file == NULL) {
    self->proceed = NULL;
    return;
  }
  g_autofree char *name = g_file_get_basename (file);
  if (strchr (name, '.') == NULL) {
    /* A name that was typed without one gets its ending; the chooser could not ask about that file. */
    g_autoptr (GFile) folder = g_file_get_parent (file);
    g_autofree char *full = g_strconcat (name, ".thalweg", NULL);
    g_autoptr (GFile) with_ending = folder != NULL ? g_file_get_child (folder, full) : NULL;
    if (with_ending != NULL && !g_file_query_exists (with_ending, NULL))
      g_set_object (&file, with_ending);
  }
  if (tw_documents_save (self, file))
    proceed (self);
}

static void
choose_and_save (TwDocuments *self)
{
  GtkFileChooserNative *chooser =
    make_chooser (self, "Save the Experiment", GTK_FILE_CHOOSER_ACTION_SAVE, "_Save");

  if (self->file != NULL)
    gtk_file_chooser_set_file (GTK_FILE_CHOOSER (chooser), self->file, NULL);
  else
    gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (chooser), "experiment.thalweg");
  g_signal_connect (chooser, "response", G_CALLBACK (on_save_chosen), self);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (chooser));
}

static void
save (TwDocuments *self)
{
  if (self->file == NULL)
    choose_and_save (self);
  else if (tw_documents_save (self, self->file))
    proceed (self);
}

/* The question */

static void
on_answer (GtkDialog *dialog, int response, TwDocuments *self)
{
  gtk_window_destroy (GTK_WINDOW (dialog));
  if (response == GTK_RESPONSE_ACCEPT)
    save (self);
  else if (response == GTK_RESPONSE_REJECT)
    proceed (self);
  else
    self->proceed = NULL;
}

void
tw_documents_confirm (TwDocuments *self, void (*then) (gpointer data), gpointer data)
{
  if (!self->modified) {
    then (data);
    return;
  }
  GtkWidget *dialog = gtk_message_dialog_new (
    GTK_WINDOW (self->window), GTK_DIALOG_MODAL | GTK_DIALOG_DESTROY_WITH_PARENT, GTK_MESSAGE_QUESTION,
    GTK_BUTTONS_NONE, "Save changes to %s?", self->name != NULL ? self->name : "this experiment");
  gtk_message_dialog_format_secondary_text (GTK_MESSAGE_DIALOG (dialog),
                                            "Changes that are not saved will be lost.");
  gtk_dialog_add_buttons (GTK_DIALOG (dialog), "_Discard", GTK_RESPONSE_REJECT, "_Cancel",
                          GTK_RESPONSE_CANCEL, "_Save", GTK_RESPONSE_ACCEPT, NULL);
  gtk_dialog_set_default_response (GTK_DIALOG (dialog), GTK_RESPONSE_ACCEPT);
  gtk_widget_add_css_class (gtk_dialog_get_widget_for_response (GTK_DIALOG (dialog), GTK_RESPONSE_REJECT),
                            "destructive-action");
  gtk_widget_add_css_class (gtk_dialog_get_widget_for_response (GTK_DIALOG (dialog), GTK_RESPONSE_ACCEPT),
                            "suggested-action");
  gtk_widget_set_name (dialog, "unsaved-dialog");
  self->proceed = then;
  self->proceed_data = data;
  g_signal_connect (dialog, "response", G_CALLBACK (on_answer), self);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
close_window (gpointer data)
{
  gtk_window_destroy (GTK_WINDOW (data));
}

static gboolean
on_close_request (GtkWindow *window, TwDocuments *self)
{
  if (!self->modified)
    return FALSE;
  tw_documents_confirm (self, close_window, window);
  return TRUE;
}

/* What a crash left */

static void
on_bar_answer (GtkInfoBar *bar, int response, TwDocuments *self)
{
  gtk_info_bar_set_revealed (bar, FALSE);
  g_autoptr (TwExperiment) experiment = g_steal_pointer (&self->crashed);
  if (response == GTK_RESPONSE_ACCEPT && experiment != NULL) {
    g_autoptr (GFile) file = self->crashed_origin != NULL ? g_file_new_for_uri (self->crashed_origin) : NULL;
    g_action_group_activate_action (G_ACTION_GROUP (self->window), "leave-lesson", NULL);
    /* It counts as changed from what is on disk. */
    tw_documents_set_file (self, file, NULL);
    g_free (self->clean);
    self->clean = g_strdup ("");
    tw_session_set_experiment (self->session, experiment);
    tw_session_restart (self->session);
  } else if (!self->modified) {
    tw_autosave_clear (self->autosave);
  }
}

static void
make_bar (TwDocuments *self)
{
  GtkWidget *label = gtk_label_new (NULL);

  self->bar = g_object_ref_sink (gtk_info_bar_new ());
  gtk_widget_set_name (self->bar, "crash-bar");
  self->bar_label = GTK_LABEL (label);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_widget_set_hexpand (label, TRUE);
  gtk_info_bar_add_child (GTK_INFO_BAR (self->bar), label);
  gtk_info_bar_add_button (GTK_INFO_BAR (self->bar), "_Discard", GTK_RESPONSE_REJECT);
  gtk_info_bar_add_button (GTK_INFO_BAR (self->bar), "_Restore", GTK_RESPONSE_ACCEPT);
  gtk_info_bar_set_revealed (GTK_INFO_BAR (self->bar), FALSE);
  g_signal_connect (self->bar, "response", G_CALLBACK (on_bar_answer), self);
}

static void
look_for_crash (TwDocuments *self)
{
  self->crashed = tw_autosave_take_crashed (&self->crashed_origin);
  if (self->crashed == NULL)
    return;
  tw_autosave_write (self->autosave, self->crashed, self->crashed_origin);
  g_autoptr (GFile) file = self->crashed_origin != NULL ? g_file_new_for_uri (self->crashed_origin) : NULL;
  g_autofree char *base = file != NULL ? g_file_get_basename (file) : NULL;
  g_autofree char *name = g_filename_display_name (base != NULL ? base : "an experiment without a file");
  g_autofree char *words =
    g_strdup_printf ("Thalweg did not end properly the last time.  There are unsaved changes of %s.", name);
  gtk_label_set_text (self->bar_label, words);
  gtk_info_bar_set_revealed (GTK_INFO_BAR (self->bar), TRUE);
}

GtkWidget *
tw_documents_get_bar (TwDocuments *self)
{
  return self->bar;
}

GMenuModel *
tw_documents_get_recent (TwDocuments *self)
{
  return G_MENU_MODEL (self->recent);
}

/* Words */

static void
on_copy_command_line (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  TwDocuments *self = data;
  g_autofree char *line = tw_experiment_to_command_line (tw_session_get_experiment (self->session));

  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self->window)), line);
}

static void
on_summary (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  TwDocuments *self = data;
  TwTrace *trace = tw_session_get_trace (self->session);
  g_autofree char *text = trace != NULL ? tw_narrate_trace (trace) : g_strdup ("Nothing has run yet.");
  GtkWidget *dialog =
    gtk_message_dialog_new (GTK_WINDOW (self->window), GTK_DIALOG_MODAL | GTK_DIALOG_DESTROY_WITH_PARENT,
                            GTK_MESSAGE_INFO, GTK_BUTTONS_CLOSE, "The runs in words");

  gtk_message_dialog_format_secondary_text (GTK_MESSAGE_DIALOG (dialog), "%s", text);
  gtk_widget_set_name (dialog, "summary-dialog");
  g_signal_connect (dialog, "response", G_CALLBACK (gtk_window_destroy), NULL);
  gtk_window_present (GTK_WINDOW (dialog));
}

/* Actions */

static void
on_open (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  tw_documents_confirm (data, choose_and_open, data);
}

static void
open_wanted (gpointer data)
{
  TwDocuments *self = data;
  g_autoptr (GFile) file = g_steal_pointer (&self->wanted);

  tw_documents_open (self, file);
}

static void
open_file (TwDocuments *self, GFile *file)
{
  g_set_object (&self->wanted, file);
  tw_documents_confirm (self, open_wanted, self);
}

static void
on_open_file (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  g_autoptr (GFile) file = g_file_new_for_uri (g_variant_get_string (parameter, NULL));

  open_file (data, file);
}

static void
on_save (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  save (data);
}

static void
on_save_as (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  choose_and_save (data);
}

static const GActionEntry actions[] = {
  { .name = "open", .activate = on_open },
  { .name = "open-file", .parameter_type = "s", .activate = on_open_file },
  { .name = "save", .activate = on_save },
  { .name = "save-as", .activate = on_save_as },
  { .name = "copy-command-line", .activate = on_copy_command_line },
  { .name = "summary", .activate = on_summary },
};

static gboolean
on_drop (GtkDropTarget *target, const GValue *value, double x, double y, TwDocuments *self)
{
  GSList *files = g_value_get_boxed (value);

  if (files == NULL)
    return FALSE;
  open_file (self, files->data);
  return TRUE;
}

/* The window went properly: nothing is left behind, even if somebody still holds it. */
static void
on_destroy (GtkWidget *window, TwDocuments *self)
{
  g_clear_handle_id (&self->autosave_source, g_source_remove);
  g_clear_pointer (&self->autosave, tw_autosave_free);
}

static void
documents_free (gpointer data)
{
  TwDocuments *self = data;

  g_clear_handle_id (&self->autosave_source, g_source_remove);
  g_signal_handlers_disconnect_by_data (self->session, self);
  g_signal_handlers_disconnect_by_data (gtk_recent_manager_get_default (), self);
  if (self->chooser != NULL)
    gtk_native_dialog_destroy (self->chooser);
  g_clear_object (&self->chooser);
  g_signal_handlers_disconnect_by_data (self->bar, self);
  g_clear_object (&self->bar);
  g_clear_object (&self->recent);
  g_clear_object (&self->file);
  g_clear_object (&self->wanted);
  g_clear_object (&self->session);
  g_clear_pointer (&self->autosave, tw_autosave_free);
  g_clear_pointer (&self->crashed, tw_experiment_free);
  g_free (self->crashed_origin);
  g_free (self->name);
  g_free (self->clean);
  g_free (self);
}

TwDocuments *
tw_documents_new (GtkApplicationWindow *window, TwSession *session)
{
  TwDocuments *self = g_new0 (TwDocuments, 1);
  GtkDropTarget *drop = gtk_drop_target_new (GDK_TYPE_FILE_LIST, GDK_ACTION_COPY);

  self->window = window;
  self->session = g_object_ref (session);
  self->recent = g_menu_new ();
  self->autosave = tw_autosave_new ();
  make_bar (self);
  g_action_map_add_action_entries (G_ACTION_MAP (window), actions, G_N_ELEMENTS (actions), self);
  g_signal_connect (drop, "drop", G_CALLBACK (on_drop), self);
  gtk_widget_add_controller (GTK_WIDGET (window), GTK_EVENT_CONTROLLER (drop));
  g_signal_connect (window, "close-request", G_CALLBACK (on_close_request), self);
  g_signal_connect (window, "destroy", G_CALLBACK (on_destroy), self);
  g_signal_connect (session, "changed", G_CALLBACK (on_session_changed), self);
  g_signal_connect (gtk_recent_manager_get_default (), "changed", G_CALLBACK (on_recent_changed), self);
  on_recent_changed (gtk_recent_manager_get_default (), self);
  tw_documents_set_file (self, NULL, NULL);
  look_for_crash (self);
  g_object_set_data_full (G_OBJECT (window), "tw-documents", self, documents_free);
  return self;
}
