/* Lessons, files, lecture mode and what is remembered, in a real window. */
#include <signal.h>
#include <string.h>
#include <sys/wait.h>

#include <glib/gstdio.h>

#include "core/experiment/lessons.h"
#include "core/experiment/narration.h"
#include "core/experiment/runner.h"
#include "tests/ui/driver.h"
#include "ui/autosave.h"
#include "ui/curves-panel.h"
#include "ui/documents.h"
#include "ui/landscape-panel.h"
#include "ui/preferences.h"

static gboolean
shows (Driver *driver, const char *words)
{
  return driver_shows (GTK_WIDGET (driver->window), words);
}

static void
settle (Driver *driver)
{
  driver_wait (driver, tw_session_is_complete (driver->session));
  driver_live (driver, 0.15);
}

static void
act (Driver *driver, const char *name, GVariant *parameter)
{
  g_action_group_activate_action (G_ACTION_GROUP (driver->window), name, parameter);
  driver_live (driver, 0.1);
}

static void
assert_shows_lesson (Driver *driver, gsize i)
{
  gsize n;
  const TwLesson *lesson = &tw_lessons (&n)[i];
  g_autofree char *wanted = tw_experiment_to_json (lesson->experiment);
  g_autofree char *shown = tw_experiment_to_json (tw_session_get_experiment (driver->session));

  g_assert_cmpstr (shown, ==, wanted);
  g_assert_true (shows (driver, lesson->title));
  g_assert_true (shows (driver, lesson->text));
  g_assert_true (shows (driver, lesson->question));
  g_assert_false (shows (driver, lesson->answer)); /* predict first */
  g_assert_nonnull (strstr (gtk_window_get_title (GTK_WINDOW (driver->window)), lesson->title));
}

/* A newcomer sees lesson one, already playing; keys turn the pages. */
static void
body_lessons (Driver *driver)
{
  gsize n;
  const TwLesson *lessons = tw_lessons (&n);

  assert_shows_lesson (driver, 0);
  driver_wait (driver, tw_session_get_step (driver->session) > 3);
  driver_key (driver, "a");
  driver_wait (driver, shows (driver, lessons[0].answer));
  driver_key (driver, "a");
  driver_wait (driver, !shows (driver, lessons[0].answer));
  driver_key (driver, "Page_Down");
  assert_shows_lesson (driver, 1);
  g_assert_true (tw_session_get_playing (driver->session));
  driver_key (driver, "Page_Up");
  assert_shows_lesson (driver, 0);

  /* With the pointer: the answer, the next one, and one of the gallery. */
  GtkWidget *button = driver_find (driver, "lesson-answer-button");
  driver_click (driver, button, 20, 10);
  g_assert_true (shows (driver, lessons[0].answer));
  driver_click (driver, driver_find (driver, "lesson-next"), 10, 10);
  assert_shows_lesson (driver, 1);
  driver_key (driver, "ctrl+g");
  driver_live (driver, 0.4);
  GtkWidget *list = driver_find (driver, "lesson-list");
  g_assert_true (gtk_widget_get_mapped (list));
  g_assert_true (driver_shows (list, lessons[3].question));
  driver_key (driver, "Down");
  driver_key (driver, "Down");
  driver_key (driver, "Return");
  driver_live (driver, 0.3);
  assert_shows_lesson (driver, 3);
  /* What one tries in a lesson is no reason to be asked. */
  settle (driver);
  tw_session_set_start (driver->session, 0, 1, 1);
  driver_live (driver, 0.1);
  driver_key (driver, "Page_Down");
  assert_shows_lesson (driver, 4);
  for (gsize i = 0; i < n; i++) {
    act (driver, "lesson", g_variant_new_string (lessons[i].name));
    assert_shows_lesson (driver, i);
  }
  driver_key (driver, "Page_Down"); /* past the last one */
  assert_shows_lesson (driver, n - 1);
}

static void
test_lessons (void)
{
  driver_run (NULL, body_lessons);
}

static char *folder;

static GFile *
file_named (const char *name)
{
  return g_file_new_build_filename (folder, name, NULL);
}

static double
final_loss (TwTrace *trace, gsize optimizer)
{
  return tw_trace_get_final_loss (trace, optimizer, 0);
}

/* The window's dialog with this name. */
static GtkWidget *
find_dialog (const char *name)
{
  GListModel *windows = gtk_window_get_toplevels ();

  for (guint i = 0; i < g_list_model_get_n_items (windows); i++) {
    g_autoptr (GtkWidget) window = g_list_model_get_item (windows, i);
    if (g_str_equal (gtk_widget_get_name (window), name))
      return window;
  }
  return NULL;
}

static gboolean
has_recent (GMenuModel *menu, const char *wanted)
{
  for (int i = 0; i < g_menu_model_get_n_items (menu); i++) {
    g_autofree char *label = NULL;
    if (g_menu_model_get_item_attribute (menu, i, G_MENU_ATTRIBUTE_LABEL, "s", &label) && g_str_equal (label, wanted))
      return TRUE;
  }
  return FALSE;
}

/* Changed, saved with the key, opened again: the same bits, also without a window. */
static void
body_save (Driver *driver)
{
  GtkWindow *window = GTK_WINDOW (driver->window);
  g_autoptr (GFile) file = file_named ("mine.thalweg");
  g_autofree char *path = g_file_get_path (file), *uri = g_file_get_uri (file);
  g_autoptr (GError) error = NULL;

  settle (driver);
  tw_session_set_start (driver->session, 0, -0.1234567, 1.7);
  settle (driver);
  g_assert_true (g_str_has_prefix (gtk_window_get_title (window), "\342\200\242 "));
  TwDocuments *documents = g_object_get_data (G_OBJECT (window), "tw-documents");
  g_assert_true (tw_documents_is_modified (documents));
  g_assert_true (tw_documents_save (documents, file));
  g_assert_cmpstr (gtk_window_get_title (window), ==, "mine.thalweg \342\200\224 Thalweg");
  g_autofree char *saved = tw_experiment_to_json (tw_session_get_experiment (driver->session));

  /* Ctrl+S writes the next change into the same file. */
  tw_session_set_start (driver->session, 0, 0.25, 1.5);
  settle (driver);
  g_assert_true (tw_documents_is_modified (documents));
  driver_key (driver, "ctrl+s");
  driver_wait (driver, !tw_documents_is_modified (documents));
  g_autofree char *second = tw_experiment_to_json (tw_session_get_experiment (driver->session));
  g_assert_cmpstr (saved, !=, second);

  /* Something else, then the file again. */
  act (driver, "lesson", g_variant_new_string ("step-size"));
  settle (driver);
  act (driver, "open-file", g_variant_new_string (uri));
  settle (driver);
  g_autofree char *opened = tw_experiment_to_json (tw_session_get_experiment (driver->session));
  g_assert_cmpstr (opened, ==, second);
  g_assert_cmpstr (gtk_window_get_title (window), ==, "mine.thalweg \342\200\224 Thalweg");

  g_autoptr (TwExperiment) loaded = tw_experiment_load (path, &error);
  g_assert_no_error (error);
  g_autoptr (TwTrace) beside = tw_run_experiment (loaded, 1, NULL, &error);
  g_assert_no_error (error);
  TwTrace *trace = tw_session_get_trace (driver->session);
  for (gsize o = 0; o < tw_trace_get_n_optimizers (trace); o++) {
    gsize rows = tw_trace_get_n_rows (trace, o, 0);
    g_assert_cmpuint (rows, ==, tw_trace_get_n_rows (beside, o, 0));
    g_assert_cmpmem (tw_trace_get_loss (trace, o, 0), rows * sizeof (double),
                     tw_trace_get_loss (beside, o, 0), rows * sizeof (double));
    g_assert_true (final_loss (trace, o) == final_loss (beside, o));
  }
  /* It is among the recent ones. */
  driver_wait (driver, has_recent (tw_documents_get_recent (documents), "mine.thalweg"));
}

/* A file with changes: the question, and each answer to it. */
static void
body_unsaved (Driver *driver)
{
  g_autoptr (GFile) file = file_named ("mine.thalweg");
  g_autofree char *uri = g_file_get_uri (file);

  settle (driver);
  act (driver, "open-file", g_variant_new_string (uri));
  settle (driver);
  g_autofree char *before = tw_experiment_to_json (tw_session_get_experiment (driver->session));
  tw_session_set_start (driver->session, 0, 1.5, 0.5);
  settle (driver);
  g_autofree char *after = tw_experiment_to_json (tw_session_get_experiment (driver->session));

  gtk_window_close (GTK_WINDOW (driver->window));
  driver_wait (driver, find_dialog ("unsaved-dialog") != NULL);
  g_assert_true (driver_shows (find_dialog ("unsaved-dialog"), "Save changes to mine.thalweg?"));
  gtk_dialog_response (GTK_DIALOG (find_dialog ("unsaved-dialog")), GTK_RESPONSE_CANCEL);
  driver_live (driver, 0.1);
  g_assert_true (gtk_widget_get_mapped (GTK_WIDGET (driver->window)));

  /* A lesson, but first it is saved. */
  act (driver, "lesson", g_variant_new_string ("noise"));
  driver_wait (driver, find_dialog ("unsaved-dialog") != NULL);
  gtk_dialog_response (GTK_DIALOG (find_dialog ("unsaved-dialog")), GTK_RESPONSE_ACCEPT);
  driver_live (driver, 0.2);
  assert_shows_lesson (driver, (gsize)tw_lesson_find ("noise"));
  g_autofree char *path = g_file_get_path (file);
  g_autoptr (TwExperiment) loaded = tw_experiment_load (path, NULL);
  g_autofree char *on_disk = tw_experiment_to_json (loaded);
  g_assert_cmpstr (on_disk, ==, after);
  g_assert_cmpstr (on_disk, !=, before);

  /* Discarded, it goes. */
  act (driver, "open-file", g_variant_new_string (uri));
  tw_session_set_start (driver->session, 0, 1.6, 0.6);
  driver_live (driver, 0.1);
  act (driver, "lesson", g_variant_new_string ("noise"));
  driver_wait (driver, find_dialog ("unsaved-dialog") != NULL);
  gtk_dialog_response (GTK_DIALOG (find_dialog ("unsaved-dialog")), GTK_RESPONSE_REJECT);
  driver_live (driver, 0.2);
  assert_shows_lesson (driver, (gsize)tw_lesson_find ("noise"));

  /* A file that is none says what is wrong with it, and changes nothing. */
  g_autoptr (GFile) bad = file_named ("bad.thalweg");
  g_autofree char *bad_path = g_file_get_path (bad), *bad_uri = g_file_get_uri (bad);
  g_assert_true (
    g_file_set_contents (bad_path, "{\"format\": \"thalweg-experiment\", \"version\": 9}", -1, NULL));
  act (driver, "open-file", g_variant_new_string (bad_uri));
  driver_live (driver, 0.3);
  GListModel *windows = gtk_window_get_toplevels ();
  gboolean told = FALSE;
  for (guint i = 0; i < g_list_model_get_n_items (windows); i++) {
    g_autoptr (GtkWidget) window = g_list_model_get_item (windows, i);
    if (GTK_IS_MESSAGE_DIALOG (window) && driver_shows (window, "written by a newer Thalweg")) {
      told = TRUE;
      gtk_dialog_response (GTK_DIALOG (window), GTK_RESPONSE_CLOSE);
      break;
    }
  }
  g_assert_true (told);
  driver_live (driver, 0.2);
  assert_shows_lesson (driver, (gsize)tw_lesson_find ("noise"));
}

static void
test_files (void)
{
  folder = g_dir_make_tmp ("thalweg-XXXXXX", NULL);
  driver_run (NULL, body_save);
  driver_run (NULL, body_unsaved);
  for (int i = 0; i < 2; i++) {
    g_autoptr (GFile) file = file_named (i == 0 ? "mine.thalweg" : "bad.thalweg");
    g_file_delete (file, NULL, NULL);
  }
  g_rmdir (folder);
  g_free (folder);
}

static void
on_text (GObject *source, GAsyncResult *result, gpointer data)
{
  *(char **)data = gdk_clipboard_read_text_finish (GDK_CLIPBOARD (source), result, NULL);
}

static void
body_command_line (Driver *driver)
{
  g_autofree char *wanted = tw_experiment_to_command_line (tw_session_get_experiment (driver->session));
  char *text = NULL;

  driver_key (driver, "ctrl+shift+c");
  gdk_clipboard_read_text_async (gtk_widget_get_clipboard (GTK_WIDGET (driver->window)), NULL, on_text, &text);
  driver_wait (driver, text != NULL);
  g_assert_cmpstr (text, ==, wanted);
  g_free (text);
  /* And all in words. */
  settle (driver);
  driver_key (driver, "ctrl+i");
  driver_wait (driver, find_dialog ("summary-dialog") != NULL);
  g_assert_true (driver_shows (find_dialog ("summary-dialog"), "Rosenbrock, 250 steps from (-1.5, 2)."));
  gtk_window_destroy (GTK_WINDOW (find_dialog ("summary-dialog")));
}

static void
test_command_line (void)
{
  driver_run (NULL, body_command_line);
}

/* Large type and strokes, and the steps in words, all by keys. */
static void
body_lecture (Driver *driver)
{
  GtkWidget *landscape = driver_find_type (GTK_WIDGET (driver->window), TW_TYPE_LANDSCAPE_PANEL, 0);
  GtkWidget *curves = driver_find_type (GTK_WIDGET (driver->window), TW_TYPE_CURVES_PANEL, 0);
  const TwColor *color = &tw_session_get_style (driver->session, 1)->light;

  settle (driver);
  driver_key (driver, "End");
  driver_live (driver, 0.2);
  double type = tw_panel_get_font_size (TW_PANEL (landscape));
  cairo_surface_t *before = driver_picture (curves);
  guint ink = driver_count_color (before, color, 0.02);
  g_assert_false (gtk_widget_get_mapped (driver_find (driver, "narration")));

  driver_key (driver, "F11");
  driver_live (driver, 0.6);
  g_assert_cmpfloat (tw_panel_get_font_size (TW_PANEL (landscape)), >=, 1.4 * type);
  cairo_surface_t *after = driver_picture (curves);
  g_assert_cmpuint (driver_count_color (after, color, 0.02), >, ink);
  cairo_surface_destroy (before);
  cairo_surface_destroy (after);

  /* The words are those of the moment and of the optimizer that was chosen. */
  driver_key (driver, "Home");
  driver_key (driver, "Down"); /* momentum */
  for (int i = 1; i <= 3; i++) {
    driver_key (driver, "Right");
    driver_live (driver, 0.1);
    g_autofree char *words = tw_narrate_step (tw_session_get_trace (driver->session), 1, 0, (guint64)i);
    g_assert_cmpstr (driver_label (driver, "narration"), ==, words);
    g_assert_true (shows (driver, "so the step is ("));
  }
  driver_key (driver, "2"); /* switched off: the next one is told */
  driver_live (driver, 0.1);
  g_assert_false (tw_session_get_enabled (driver->session, 1));
  g_assert_true (g_str_has_prefix (driver_label (driver, "narration"), "Adam: "));
  driver_key (driver, "Up"); /* over the one that is off */
  driver_live (driver, 0.1);
  g_assert_true (g_str_has_prefix (driver_label (driver, "narration"), "SGD: "));
  driver_key (driver, "2");
  g_assert_true (tw_session_get_enabled (driver->session, 1));
  driver_key (driver, "alt+2");
  driver_wait (driver, gtk_widget_get_mapped (driver_find (driver, "table-view")));
  driver_key (driver, "alt+1");
  driver_wait (driver, gtk_widget_get_mapped (curves));

  driver_key (driver, "Page_Down");
  assert_shows_lesson (driver, 1);
  driver_key (driver, "Escape");
  driver_live (driver, 0.4);
  g_assert_cmpfloat (tw_panel_get_font_size (TW_PANEL (landscape)), ==, type);
  g_assert_false (gtk_widget_get_mapped (driver_find (driver, "narration")));
  driver_key (driver, "n");
  driver_wait (driver, gtk_widget_get_mapped (driver_find (driver, "narration")));
}

static void
test_lecture (void)
{
  driver_run (NULL, body_lecture);
}

/* A process is killed with unsaved changes on disk; the next window offers them. */
static TwExperiment *lost;

static void
crash (void)
{
  pid_t child = fork ();

  g_assert_cmpint (child, >=, 0);
  if (child == 0) {
    g_autoptr (TwAutosave) autosave = tw_autosave_new ();
    tw_autosave_write (autosave, lost, "file:///tmp/lost.thalweg");
    kill (getpid (), SIGKILL);
  }
  int status;
  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  g_assert_true (WIFSIGNALED (status));
}

static void
body_restore (Driver *driver)
{
  GtkWidget *bar = driver_find (driver, "crash-bar");

  driver_wait (driver, gtk_widget_get_mapped (bar) && shows (driver, "unsaved changes of lost.thalweg"));
  driver_live (driver, 0.5);
  gtk_info_bar_set_default_response (GTK_INFO_BAR (bar), GTK_RESPONSE_ACCEPT);
  GtkWidget *restore = driver_find_type (bar, GTK_TYPE_BUTTON, 1);
  g_assert_cmpstr (gtk_button_get_label (GTK_BUTTON (restore)), ==, "_Restore");
  driver_click (driver, restore, gtk_widget_get_width (restore) / 2.0, gtk_widget_get_height (restore) / 2.0);
  settle (driver);
  g_autofree char *wanted = tw_experiment_to_json (lost);
  g_autofree char *shown = tw_experiment_to_json (tw_session_get_experiment (driver->session));
  g_assert_cmpstr (shown, ==, wanted);
  g_assert_cmpstr (gtk_window_get_title (GTK_WINDOW (driver->window)), ==,
                   "\342\200\242 lost.thalweg \342\200\224 Thalweg");
  driver_wait (driver, !shows (driver, "did not end properly"));
}

static void
body_nothing_to_restore (Driver *driver)
{
  settle (driver);
  g_assert_false (shows (driver, "did not end properly"));
  tw_session_set_start (driver->session, 0, 1, 1); /* unsaved, and gone with the window */
  driver_live (driver, 1.2);
}

static void
test_crash (void)
{
  char *origin = NULL;

  driver_run (NULL, body_nothing_to_restore);
  g_assert_null (tw_autosave_take_crashed (&origin));
  lost = tw_experiment_new ();
  lost->problem = g_strdup ("himmelblau");
  g_ptr_array_add (lost->optimizers, g_strdup ("adam,lr=0.25"));
  crash ();
  driver_run (NULL, body_restore);
  driver_run (NULL, body_nothing_to_restore);
  /* A window that lives is none that crashed. */
  TwAutosave *alive = tw_autosave_new ();
  tw_autosave_write (alive, lost, NULL);
  g_assert_null (tw_autosave_take_crashed (&origin));
  tw_autosave_free (alive);
  tw_experiment_free (lost);
}

/* Chosen once, it is so the next time. */
static void
body_choose_dark (Driver *driver)
{
  settle (driver);
  driver_key (driver, "ctrl+comma");
  driver_live (driver, 0.5);
  GListModel *windows = gtk_window_get_toplevels ();
  GtkWidget *style = NULL;
  for (guint i = 0; i < g_list_model_get_n_items (windows) && style == NULL; i++) {
    g_autoptr (GtkWidget) window = g_list_model_get_item (windows, i);
    if (g_strcmp0 (gtk_window_get_title (GTK_WINDOW (window)), "Preferences") == 0)
      style = driver_find_type (window, GTK_TYPE_DROP_DOWN, 0);
  }
  g_assert_nonnull (style);
  gtk_drop_down_set_selected (GTK_DROP_DOWN (style), 2);
  driver_live (driver, 0.3);
  gtk_window_close (GTK_WINDOW (gtk_widget_get_root (style)));
  gtk_window_set_default_size (GTK_WINDOW (driver->window), 1100, 720);
  driver_live (driver, 0.4);
  g_action_group_change_action_state (G_ACTION_GROUP (driver->window), "show-lessons",
                                      g_variant_new_boolean (FALSE));
  driver_live (driver, 0.1);
}

static void
body_is_dark (Driver *driver)
{
  GtkWidget *curves = driver_find_type (GTK_WIDGET (driver->window), TW_TYPE_CURVES_PANEL, 0);

  settle (driver);
  cairo_surface_t *picture = driver_picture (curves);
  g_assert_cmpuint (driver_count_color (picture, &tw_theme_get (TRUE)->background, 0.01), >, 5000);
  cairo_surface_destroy (picture);
  /* Its own border is around that. */
  int width, height;
  gtk_window_get_default_size (GTK_WINDOW (driver->window), &width, &height);
  g_assert_cmpint (width, ==, 1100);
  g_assert_cmpint (height, ==, 720);
  g_assert_cmpint (ABS (gtk_widget_get_width (GTK_WIDGET (driver->window)) - 1100), <, 30);
  g_assert_false (gtk_widget_get_mapped (driver_find (driver, "lesson-title")));
}

static void
test_remembered (void)
{
  GSettings *settings = tw_settings_get ();
  const char *keys[] = { "color-scheme", "window-width", "window-height", "window-maximized",
                         "show-lessons" };

  driver_run (NULL, body_choose_dark);
  driver_run (NULL, body_is_dark);
  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++)
    g_settings_reset (settings, keys[i]);
}

/* Tab comes by every control, and the focus is somewhere one can see. */
static void
body_keyboard (Driver *driver)
{
  gboolean landscape = FALSE, answer = FALSE, step = FALSE, list = FALSE;

  settle (driver);
  for (int i = 0; i < 120 && !(landscape && answer && step && list); i++) {
    driver_key (driver, "Tab");
    GtkWidget *focus = gtk_window_get_focus (GTK_WINDOW (driver->window));
    g_assert_nonnull (focus);
    g_assert_true (gtk_widget_get_mapped (focus));
    landscape |= TW_IS_LANDSCAPE_PANEL (focus);
    answer |= g_str_equal (gtk_widget_get_name (focus), "lesson-answer-button");
    step |= g_str_equal (gtk_widget_get_name (focus), "step-scale");
    list |= GTK_IS_CHECK_BUTTON (focus) || GTK_IS_LIST_BOX_ROW (focus);
  }
  g_assert_true (landscape);
  g_assert_true (answer);
  g_assert_true (step);
  g_assert_true (list);
}

static void
test_keyboard (void)
{
  driver_run (NULL, body_keyboard);
}

int
main (int argc, char **argv)
{
  /* No display server, no test: with-display brings one. */
  g_test_init (&argc, &argv, NULL);
  gtk_init ();
  g_test_add_func ("/sharing/lessons", test_lessons);
  g_test_add_func ("/sharing/files", test_files);
  g_test_add_func ("/sharing/command-line", test_command_line);
  g_test_add_func ("/sharing/lecture", test_lecture);
  g_test_add_func ("/sharing/crash", test_crash);
  g_test_add_func ("/sharing/remembered", test_remembered);
  g_test_add_func ("/sharing/keyboard", test_keyboard);
  return g_test_run ();
}
