#include "ui/export-window.h"

#include <string.h>

#include "core/error.h"
#include "ui/export-job.h"
#include "ui/export-preview.h"
#include "ui/export-rows.h"

#define POLL_MS 100
#define SHORT_SECONDS 0.4
#define SETTINGS_WIDTH 330

struct _TwExportWindow {
  GtkWindow parent_instance;

  TwSession *session;
  TwExportSettings *settings;
  TwExportRows *rows;
  TwExportPreview *preview;
  GtkLabel *about, *caption, *ending, *folder_name, *message;
  GtkWidget *copy, *copy_command, *folder, *name, *export, *cancel, *progress, *message_bar, *message_icon, *open_folder;
  TwExportScreen screen; /* of the parent, which it does not outlive */
  char *optimizer;       /* the word that was taken from there */
  char *caption_text;
  gboolean good; /* the preview could be made */
  gboolean written; /* the message is that of the last file */
  TwExportJob *job;
  char *path; /* of the job, or the last file written */
  guint poll;
  gint64 begun; /* when the job was */
  GtkNativeDialog *chooser;
};

G_DEFINE_FINAL_TYPE (TwExportWindow, tw_export_window, GTK_TYPE_WINDOW)

/* Where it goes */

static char *
get_folder (TwExportWindow *self)
{
  const char *kept = tw_export_settings_get (self->settings, "folder");
  const char *documents = g_get_user_special_dir (G_USER_DIRECTORY_DOCUMENTS);

  if (*kept != '\0' && g_file_test (kept, G_FILE_TEST_IS_DIR))
    return g_strdup (kept);
  return g_strdup (documents != NULL && g_file_test (documents, G_FILE_TEST_IS_DIR) ? documents : g_get_home_dir ());
}

/* With its ending; a path that was typed as a name is one.  NULL: no name. */
static char *
get_path (TwExportWindow *self)
{
  g_autofree char *folder = get_folder (self), *name = g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->name)));
  const char *ending = tw_export_settings_get_ending (self->settings);

  g_strstrip (name);
  if (g_str_has_suffix (name, ending))
    name[strlen (name) - strlen (ending)] = '\0';
  if (*name == '\0' || g_str_has_suffix (name, "/"))
    return NULL;
  g_autofree char *file = g_strconcat (name, ending, NULL);
  return g_path_is_absolute (file) ? g_strdup (file) : g_build_filename (folder, file, NULL);
}

static gboolean
is_there (TwExportWindow *self, const char *path)
{
  g_auto (GStrv) paths = tw_export_paths (self->settings, path);

  for (char **p = paths; *p != NULL; p++)
    if (g_file_test (*p, G_FILE_TEST_EXISTS))
      return TRUE;
  return FALSE;
}

/* What is said */

static void
say (TwExportWindow *self, const char *icon, const char *words)
{
  gtk_widget_set_visible (self->message_icon, icon != NULL);
  if (icon != NULL)
    gtk_image_set_from_icon_name (GTK_IMAGE (self->message_icon), icon);
  gtk_label_set_text (self->message, words != NULL ? words : "");
  gtk_widget_set_visible (self->message_bar, words != NULL);
  gtk_widget_set_visible (self->open_folder, FALSE);
  if (icon != NULL && strcmp (icon, "dialog-error-symbolic") == 0)
    gtk_widget_add_css_class (GTK_WIDGET (self->message), "error");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->message), "error");
}

static void
update_buttons (TwExportWindow *self)
{
  if (self->session == NULL) /* it is being made */
    return;
  g_autofree char *path = get_path (self), *folder = get_folder (self);
  g_autofree char *shown = strcmp (folder, g_get_home_dir ()) == 0 ? g_strdup ("Home") : g_filename_display_basename (folder);
  gboolean ready = self->good && path != NULL && tw_session_is_settled (self->session), working = self->job != NULL;
  gboolean there = path != NULL && is_there (self, path);

  gtk_label_set_text (self->folder_name, shown);
  gtk_widget_set_tooltip_text (self->folder, folder);
  gtk_label_set_text (self->ending, tw_export_settings_get_ending (self->settings));
  gtk_button_set_label (GTK_BUTTON (self->export), there ? "_Replace" : "_Export");
  gtk_widget_set_sensitive (self->export, ready && !working);
  if (!working) {
    gtk_widget_set_visible (self->cancel, FALSE);
    gtk_widget_set_visible (self->progress, FALSE);
  }
  gtk_widget_set_sensitive (self->copy_command, path != NULL);
  if (working || self->written)
    return;
  if (there)
    say (self, "dialog-information-symbolic", "There is a file of this name; it will be replaced.");
  else
    say (self, NULL, NULL);
}

/* The preview */

static void
on_previewed (const char *about, const char *caption, const char *error, gpointer data)
{
  TwExportWindow *self = data;

  self->good = error == NULL;
  gtk_label_set_text (self->about, about);
  gtk_label_set_text (self->caption, caption);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->caption), caption);
  gtk_widget_set_visible (gtk_widget_get_parent (GTK_WIDGET (self->caption)), *caption != '\0');
  g_free (self->caption_text);
  self->caption_text = g_strdup (caption);
  update_buttons (self);
}

static void
refresh (TwExportWindow *self)
{
  if (self->session == NULL)
    return;
  if (tw_session_is_settled (self->session)) {
    tw_export_preview_set (self->preview, self->settings, tw_session_get_experiment (self->session),
                           tw_session_get_trace (self->session));
  } else if (tw_session_get_error (self->session) != NULL) {
    tw_export_preview_set_words (self->preview, tw_session_get_error (self->session));
  } else {
    gtk_label_set_text (self->about, "The runs are still going on\342\200\246");
  }
  update_buttons (self);
}

static void
on_settings_changed (gpointer data)
{
  TwExportWindow *self = data;

  if (self->session == NULL) /* it is being made */
    return;
  self->written = FALSE;
  tw_export_rows_update (self->rows);
  refresh (self);
}

static void
follow_experiment (TwExportWindow *self)
{
  gsize n = tw_session_get_n_optimizers (self->session);
  g_autofree gboolean *enabled = g_new (gboolean, MAX (n, 1));

  for (gsize o = 0; o < n; o++)
    enabled[o] = tw_session_get_enabled (self->session, o);
  tw_export_rows_set_experiment (self->rows, tw_session_get_experiment (self->session), enabled);
}

/* What is on screen */

/* Whose map or inside it is follows the screen until another one is typed. */
static void
take_optimizer (TwExportWindow *self)
{
  g_free (self->optimizer);
  self->optimizer = tw_export_screen_name_optimizer (&self->screen, self->session);
  tw_export_rows_set_text (self->rows, "optimizer", self->optimizer);
}

static void
take_screen (TwExportWindow *self, const TwExportScreen *screen)
{
  self->screen = *screen;
  tw_export_screen_take (screen, self->session, self->rows);
  take_optimizer (self);
}

static void
on_session_changed (TwSession *session, guint changes, TwExportWindow *self)
{
  if (changes & TW_SESSION_PROBLEM) { /* they were of another one */
    tw_export_rows_set_text (self->rows, "step", "");
    tw_export_rows_set_text (self->rows, "area", "");
    tw_export_rows_set_text (self->rows, "coordinate", "");
  }
  if (changes & (TW_SESSION_EXPERIMENT | TW_SESSION_LOOKS))
    follow_experiment (self);
  if (changes & (TW_SESSION_EXPERIMENT | TW_SESSION_LOOKS | TW_SESSION_TRACE) &&
      tw_export_settings_is (self->settings, "optimizer", self->optimizer))
    take_optimizer (self);
  if (changes & (TW_SESSION_EXPERIMENT | TW_SESSION_LOOKS | TW_SESSION_TRACE | TW_SESSION_ERROR) ||
      (changes & TW_SESSION_ROWS && tw_session_is_settled (session)))
    refresh (self);
}

/* Writing */

static void
stop_polling (TwExportWindow *self)
{
  g_clear_handle_id (&self->poll, g_source_remove);
}

static gboolean
on_poll (gpointer data)
{
  TwExportWindow *self = data;
  double share = tw_export_job_get_progress (self->job);

  /* What takes no time needs no bar. */
  if (g_get_monotonic_time () - self->begun > SHORT_SECONDS * G_USEC_PER_SEC) {
    gtk_widget_set_visible (self->cancel, TRUE);
    gtk_widget_set_visible (self->progress, TRUE);
  }
  if (share < 0)
    gtk_progress_bar_pulse (GTK_PROGRESS_BAR (self->progress));
  else
    gtk_progress_bar_set_fraction (GTK_PROGRESS_BAR (self->progress), share);
  return G_SOURCE_CONTINUE;
}

static void
on_written (const GError *error, gpointer data)
{
  TwExportWindow *self = data;
  g_auto (GStrv) paths = tw_export_paths (self->settings, self->path);

  self->job = NULL;
  stop_polling (self);
  self->written = TRUE;
  if (g_error_matches (error, TW_ERROR, TW_ERROR_CANCELLED)) {
    say (self, "dialog-information-symbolic", "Cancelled; nothing was written.");
  } else if (error != NULL) {
    say (self, "dialog-error-symbolic", error->message);
  } else {
    g_autofree char *name = g_filename_display_basename (paths[0]);
    g_autoptr (GFile) file = g_file_new_for_path (paths[0]);
    g_autoptr (GFileInfo) info = g_file_query_info (file, G_FILE_ATTRIBUTE_STANDARD_SIZE, G_FILE_QUERY_INFO_NONE, NULL, NULL);
    g_autofree char *size = g_format_size (info != NULL ? (guint64)g_file_info_get_size (info) : 0);
    g_autofree char *words = g_strdup_printf (strstr (name, "-0001.png") != NULL ? "Written: %s, ... (%s each)" : "Written: %s (%s)",
                                              name, size);
    say (self, "object-select-symbolic", words);
    gtk_widget_set_visible (self->open_folder, TRUE);
  }
  update_buttons (self);
}

static void
on_export (GtkButton *button, TwExportWindow *self)
{
  g_autoptr (GError) error = NULL;
  char *path = get_path (self);

  if (path == NULL || self->job != NULL)
    return;
  g_free (self->path);
  self->path = path;
  self->written = FALSE;
  self->job = tw_export_job_start (self->settings, tw_session_get_experiment (self->session),
                                   tw_session_get_trace (self->session), path,
                                   tw_export_preview_get_cache (self->preview), on_written, self, &error);
  if (self->job == NULL) {
    self->written = TRUE;
    say (self, "dialog-error-symbolic", error->message);
    return;
  }
  g_autofree char *name = g_filename_display_basename (path);
  g_autofree char *words = g_strdup_printf ("Writing %s\342\200\246", name);
  say (self, NULL, words);
  gtk_progress_bar_set_fraction (GTK_PROGRESS_BAR (self->progress), 0);
  self->begun = g_get_monotonic_time ();
  self->poll = g_timeout_add (POLL_MS, on_poll, self);
  update_buttons (self);
}

static void
on_cancel (GtkButton *button, TwExportWindow *self)
{
  if (self->job != NULL)
    tw_export_job_cancel (self->job);
}

static void
on_open_folder (GtkButton *button, TwExportWindow *self)
{
  g_autoptr (GFile) file = g_file_new_for_path (self->path), folder = g_file_get_parent (file);
  g_autofree char *uri = g_file_get_uri (folder);

  gtk_show_uri (GTK_WINDOW (self), uri, GDK_CURRENT_TIME);
}

static void
on_name_changed (GtkEditable *editable, TwExportWindow *self)
{
  self->written = FALSE;
  update_buttons (self);
}

/* Folder */

static void
on_folder_chosen (GtkNativeDialog *dialog, int response, TwExportWindow *self)
{
  g_autoptr (GFile) folder = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));
  g_autofree char *path = folder != NULL ? g_file_get_path (folder) : NULL;

  gtk_native_dialog_hide (dialog);
  if (response == GTK_RESPONSE_ACCEPT && path != NULL)
    tw_export_settings_set (self->settings, "folder", path);
}

static void
on_folder (GtkButton *button, TwExportWindow *self)
{
  g_autofree char *path = get_folder (self);
  g_autoptr (GFile) folder = g_file_new_for_path (path);
  GtkFileChooserNative *chooser = gtk_file_chooser_native_new ("Export into a Folder", GTK_WINDOW (self),
                                                               GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER, "_Choose", "_Cancel");

  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (chooser), TRUE);
  gtk_file_chooser_set_current_folder (GTK_FILE_CHOOSER (chooser), folder, NULL);
  g_signal_connect (chooser, "response", G_CALLBACK (on_folder_chosen), self);
  if (self->chooser != NULL)
    gtk_native_dialog_destroy (self->chooser);
  g_clear_object (&self->chooser);
  self->chooser = GTK_NATIVE_DIALOG (chooser);
  gtk_native_dialog_show (self->chooser);
}

/* Copying */

static void
on_copy (GtkButton *button, TwExportWindow *self)
{
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), self->caption_text != NULL ? self->caption_text : "");
}

static void
on_copy_command (GtkButton *button, TwExportWindow *self)
{
  g_autofree char *path = get_path (self);

  if (path == NULL)
    return;
  g_autofree char *line =
    tw_export_settings_to_command_line (self->settings, tw_session_get_experiment (self->session), path);
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), line);
}

/* Parts */

static void
on_tab (GtkToggleButton *button, TwExportWindow *self)
{
  if (gtk_toggle_button_get_active (button))
    tw_export_settings_set (self->settings, "tab", gtk_widget_get_name (GTK_WIDGET (button)) + strlen ("export-tab-"));
}

static GtkWidget *
make_header (TwExportWindow *self)
{
  static const char *const tabs[][2] = {
    { "figure", "Figure" }, { "animation", "Animation" }, { "report", "Report" }, { "data", "Data" }
  };
  GtkWidget *header = gtk_header_bar_new (), *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0), *first = NULL;

  gtk_widget_add_css_class (box, "linked");
  gtk_widget_add_css_class (box, "export-tabs");
  for (gsize i = 0; i < G_N_ELEMENTS (tabs); i++) {
    GtkWidget *button = gtk_toggle_button_new_with_label (tabs[i][1]);
    g_autofree char *name = g_strconcat ("export-tab-", tabs[i][0], NULL);
    gtk_widget_set_name (button, name);
    if (first == NULL)
      first = button;
    else
      gtk_toggle_button_set_group (GTK_TOGGLE_BUTTON (button), GTK_TOGGLE_BUTTON (first));
    gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (button), tw_export_settings_get_tab (self->settings) == i);
    g_signal_connect (button, "toggled", G_CALLBACK (on_tab), self);
    gtk_box_append (GTK_BOX (box), button);
  }
  gtk_header_bar_set_title_widget (GTK_HEADER_BAR (header), box);
  return header;
}

static GtkWidget *
make_button (TwExportWindow *self, const char *name, const char *icon, const char *words, const char *help, GCallback clicked)
{
  GtkWidget *button = icon != NULL ? gtk_button_new_from_icon_name (icon) : gtk_button_new_with_mnemonic (words);

  gtk_widget_set_name (button, name);
  gtk_widget_set_tooltip_text (button, help);
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, words, -1);
  g_signal_connect (button, "clicked", clicked, self);
  return button;
}

static GtkWidget *
make_caption (TwExportWindow *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);

  self->caption = GTK_LABEL (gtk_label_new (NULL));
  gtk_label_set_wrap (self->caption, TRUE);
  gtk_label_set_lines (self->caption, 3);
  gtk_label_set_ellipsize (self->caption, PANGO_ELLIPSIZE_END);
  gtk_label_set_xalign (self->caption, 0);
  gtk_label_set_selectable (self->caption, TRUE);
  gtk_widget_set_focusable (GTK_WIDGET (self->caption), FALSE);
  gtk_widget_set_hexpand (GTK_WIDGET (self->caption), TRUE);
  gtk_widget_set_name (GTK_WIDGET (self->caption), "export-caption");
  gtk_widget_add_css_class (GTK_WIDGET (self->caption), "caption");
  self->copy = make_button (self, "export-copy-caption", NULL, "Copy Caption", "What it shows, in words, for the text around it",
                            G_CALLBACK (on_copy));
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->caption));
  gtk_box_append (GTK_BOX (box), self->copy);
  gtk_widget_add_css_class (box, "export-caption");
  gtk_widget_set_visible (box, FALSE); /* until there is one */
  return box;
}

static GtkWidget *
make_right (TwExportWindow *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);

  self->preview = TW_EXPORT_PREVIEW (tw_export_preview_new (on_previewed, self));
  gtk_widget_set_name (GTK_WIDGET (self->preview), "export-preview");
  gtk_widget_set_hexpand (GTK_WIDGET (self->preview), TRUE);
  gtk_widget_set_vexpand (GTK_WIDGET (self->preview), TRUE);
  self->about = GTK_LABEL (gtk_label_new (NULL));
  gtk_widget_set_name (GTK_WIDGET (self->about), "export-about");
  gtk_label_set_ellipsize (self->about, PANGO_ELLIPSIZE_END);
  gtk_widget_add_css_class (GTK_WIDGET (self->about), "dim-label");
  gtk_widget_add_css_class (GTK_WIDGET (self->about), "export-about");
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->preview));
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->about));
  gtk_box_append (GTK_BOX (box), make_caption (self));
  return box;
}

static GtkWidget *
make_message (TwExportWindow *self)
{
  self->message_bar = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
  self->message_icon = gtk_image_new ();
  self->message = GTK_LABEL (gtk_label_new (NULL));
  gtk_label_set_wrap (self->message, TRUE);
  gtk_label_set_wrap_mode (self->message, PANGO_WRAP_WORD_CHAR);
  gtk_label_set_xalign (self->message, 0);
  gtk_label_set_selectable (self->message, TRUE);
  gtk_widget_set_focusable (GTK_WIDGET (self->message), FALSE);
  gtk_widget_set_hexpand (GTK_WIDGET (self->message), TRUE);
  gtk_widget_set_name (GTK_WIDGET (self->message), "export-message");
  self->open_folder = make_button (self, "export-open-folder", NULL, "Open _Folder", NULL, G_CALLBACK (on_open_folder));
  gtk_box_append (GTK_BOX (self->message_bar), self->message_icon);
  gtk_box_append (GTK_BOX (self->message_bar), GTK_WIDGET (self->message));
  gtk_box_append (GTK_BOX (self->message_bar), self->open_folder);
  return self->message_bar;
}

static GtkWidget *
make_bottom (TwExportWindow *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6), *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
  GtkWidget *inside = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6), *label = gtk_label_new_with_mnemonic ("_Name");

  self->folder = gtk_button_new ();
  self->folder_name = GTK_LABEL (gtk_label_new (NULL));
  gtk_label_set_ellipsize (self->folder_name, PANGO_ELLIPSIZE_MIDDLE);
  gtk_label_set_max_width_chars (self->folder_name, 24);
  gtk_box_append (GTK_BOX (inside), gtk_image_new_from_icon_name ("folder-symbolic"));
  gtk_box_append (GTK_BOX (inside), GTK_WIDGET (self->folder_name));
  gtk_button_set_child (GTK_BUTTON (self->folder), inside);
  gtk_widget_set_name (self->folder, "export-folder");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->folder), GTK_ACCESSIBLE_PROPERTY_LABEL, "Folder", -1);
  g_signal_connect (self->folder, "clicked", G_CALLBACK (on_folder), self);
  self->name = gtk_entry_new ();
  gtk_widget_set_name (self->name, "export-name");
  gtk_widget_set_hexpand (self->name, TRUE);
  gtk_entry_set_activates_default (GTK_ENTRY (self->name), TRUE);
  gtk_label_set_mnemonic_widget (GTK_LABEL (label), self->name);
  g_signal_connect (self->name, "changed", G_CALLBACK (on_name_changed), self);
  self->ending = GTK_LABEL (gtk_label_new (NULL));
  gtk_label_set_xalign (self->ending, 0);
  gtk_label_set_width_chars (self->ending, 5);
  gtk_widget_add_css_class (GTK_WIDGET (self->ending), "dim-label");
  self->copy_command = make_button (self, "export-copy-command", NULL, "Copy as Command",
                                    "A command that writes this file to the bit, without a window", G_CALLBACK (on_copy_command));
  self->cancel = make_button (self, "export-cancel", NULL, "_Cancel", NULL, G_CALLBACK (on_cancel));
  self->export = make_button (self, "export-export", NULL, "_Export", NULL, G_CALLBACK (on_export));
  gtk_button_set_use_underline (GTK_BUTTON (self->export), TRUE);
  gtk_widget_add_css_class (self->export, "suggested-action");
  gtk_widget_set_size_request (self->export, 100, -1);
  self->progress = gtk_progress_bar_new ();
  gtk_box_append (GTK_BOX (line), self->folder);
  gtk_box_append (GTK_BOX (line), label);
  gtk_box_append (GTK_BOX (line), self->name);
  gtk_box_append (GTK_BOX (line), GTK_WIDGET (self->ending));
  gtk_box_append (GTK_BOX (line), self->copy_command);
  gtk_box_append (GTK_BOX (line), self->cancel);
  gtk_box_append (GTK_BOX (line), self->export);
  gtk_box_append (GTK_BOX (box), make_message (self));
  gtk_box_append (GTK_BOX (box), self->progress);
  gtk_box_append (GTK_BOX (box), line);
  gtk_widget_add_css_class (box, "export-bottom");
  return box;
}

static gboolean
on_escape (GtkWidget *widget, GVariant *arguments, gpointer data)
{
  gtk_window_close (GTK_WINDOW (widget));
  return TRUE;
}

static void
fill (TwExportWindow *self)
{
  GtkWidget *body = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0), *sides = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);
  GtkWidget *scroller = gtk_scrolled_window_new ();
  GtkEventController *keys = gtk_shortcut_controller_new ();

  gtk_window_set_titlebar (GTK_WINDOW (self), make_header (self));
  self->rows = tw_export_rows_new (self->settings);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scroller), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), tw_export_rows_get_widget (self->rows));
  gtk_widget_set_size_request (scroller, SETTINGS_WIDTH, -1);
  gtk_widget_set_hexpand (scroller, FALSE); /* the room is the preview's */
  gtk_widget_set_vexpand (sides, TRUE);
  gtk_box_append (GTK_BOX (sides), scroller);
  gtk_box_append (GTK_BOX (sides), gtk_separator_new (GTK_ORIENTATION_VERTICAL));
  gtk_box_append (GTK_BOX (sides), make_right (self));
  gtk_box_append (GTK_BOX (body), sides);
  gtk_box_append (GTK_BOX (body), gtk_separator_new (GTK_ORIENTATION_HORIZONTAL));
  gtk_box_append (GTK_BOX (body), make_bottom (self));
  gtk_window_set_child (GTK_WINDOW (self), body);
  gtk_window_set_default_widget (GTK_WINDOW (self), self->export);
  gtk_shortcut_controller_add_shortcut (GTK_SHORTCUT_CONTROLLER (keys),
                                        gtk_shortcut_new (gtk_keyval_trigger_new (GDK_KEY_Escape, 0),
                                                          gtk_callback_action_new (on_escape, NULL, NULL)));
  gtk_widget_add_controller (GTK_WIDGET (self), keys);
}

/* "rosenbrock", or what the file is called. */
static char *
choose_name (TwSession *session, GFile *file)
{
  g_autofree char *base = file != NULL ? g_file_get_basename (file) : NULL;
  const TwExperiment *experiment = tw_session_get_experiment (session);
  const char *problem = experiment->problem != NULL ? experiment->problem : "formula";

  if (base != NULL && g_str_has_suffix (base, ".thalweg") && strlen (base) > strlen (".thalweg"))
    return g_strndup (base, strlen (base) - strlen (".thalweg"));
  return g_strndup (problem, strcspn (problem, ","));
}

static void
tw_export_window_dispose (GObject *object)
{
  TwExportWindow *self = TW_EXPORT_WINDOW (object);

  stop_polling (self);
  g_clear_pointer (&self->job, tw_export_job_drop);
  if (self->session != NULL)
    g_signal_handlers_disconnect_by_data (self->session, self);
  if (self->chooser != NULL)
    gtk_native_dialog_destroy (self->chooser);
  g_clear_object (&self->chooser);
  G_OBJECT_CLASS (tw_export_window_parent_class)->dispose (object);
  g_clear_object (&self->session);
}

static void
tw_export_window_finalize (GObject *object)
{
  TwExportWindow *self = TW_EXPORT_WINDOW (object);

  tw_export_settings_free (self->settings);
  g_free (self->caption_text);
  g_free (self->path);
  g_free (self->optimizer);
  G_OBJECT_CLASS (tw_export_window_parent_class)->finalize (object);
}

static void
tw_export_window_class_init (TwExportWindowClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = tw_export_window_dispose;
  G_OBJECT_CLASS (klass)->finalize = tw_export_window_finalize;
}

static void
tw_export_window_init (TwExportWindow *self)
{
  self->settings = tw_export_settings_new (on_settings_changed, self);
  gtk_window_set_title (GTK_WINDOW (self), "Export");
  gtk_window_set_default_size (GTK_WINDOW (self), 1000, 660);
  fill (self);
}

static void
forget (GtkWidget *window, GtkWindow *parent)
{
  g_object_set_data (G_OBJECT (parent), "tw-export", NULL);
}

TwExportWindow *
tw_export_window_present (GtkWindow *parent, TwSession *session, const TwExportScreen *screen, GFile *file)
{
  TwExportWindow *self = g_object_get_data (G_OBJECT (parent), "tw-export");

  if (self != NULL) {
    take_screen (self, screen);
    gtk_window_present (GTK_WINDOW (self));
    return self;
  }
  self = g_object_new (TW_TYPE_EXPORT_WINDOW, "transient-for", parent, "destroy-with-parent", TRUE, NULL);
  self->session = g_object_ref (session);
  g_autofree char *name = choose_name (session, file);
  gtk_editable_set_text (GTK_EDITABLE (self->name), name);
  follow_experiment (self);
  take_screen (self, screen);
  g_signal_connect (session, "changed", G_CALLBACK (on_session_changed), self);
  refresh (self);
  g_object_set_data (G_OBJECT (parent), "tw-export", self);
  g_signal_connect_object (self, "destroy", G_CALLBACK (forget), parent, 0);
  gtk_widget_grab_focus (self->name);
  gtk_window_present (GTK_WINDOW (self));
  return self;
}
