/* At home on a desktop: sizes, focus, names for screen readers, shortcuts, and data that is dropped on the window. */
#include <string.h>

#include <glib/gstdio.h>

#include "core/experiment/lessons.h"
#include "core/experiment/narration.h"
#include "tests/ui/driver.h"
#include "ui/activations-panel.h"
#include "ui/documents.h"
#include "ui/landscape-panel.h"

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

static GtkWidget *
find_window (const char *words)
{
  GListModel *windows = gtk_window_get_toplevels ();

  for (guint i = 0; i < g_list_model_get_n_items (windows); i++) {
    g_autoptr (GtkWidget) window = g_list_model_get_item (windows, i);
    if (!TW_IS_WINDOW (window) && driver_shows (window, words))
      return window;
  }
  return NULL;
}

/* Sizes */

static int
least (Driver *driver, GtkOrientation orientation, int for_size)
{
  int minimum;

  gtk_widget_measure (GTK_WIDGET (driver->window), orientation, for_size, &minimum, NULL, NULL, NULL);
  return minimum;
}

static void
assert_all_rows_seen (Driver *driver)
{
  GtkWidget *list = driver_find (driver, "optimizer-rows");
  GtkWidget *view = gtk_widget_get_ancestor (list, GTK_TYPE_SCROLLED_WINDOW);
  gsize n = tw_session_get_n_optimizers (driver->session);
  GtkWidget *last = GTK_WIDGET (gtk_list_box_get_row_at_index (GTK_LIST_BOX (list), (int)n - 1));
  graphene_rect_t bounds;

  g_assert_true (gtk_widget_compute_bounds (last, view, &bounds));
  g_assert_cmpfloat (bounds.origin.y, >=, 0);
  g_assert_cmpfloat (bounds.origin.y + bounds.size.height, <=, gtk_widget_get_height (view) + 1);
}

/* Each lesson with its answer fits, and all of its optimizers are seen, also in large type. */
static void
body_sizes (Driver *driver)
{
  gsize n;
  const TwLesson *lessons = tw_lessons (&n);

  for (int lecture = 0; lecture < 3; lecture++) {
    if (lecture == 1)
      driver_key (driver, "F11");
    if (lecture == 2)
      gtk_widget_add_css_class (GTK_WIDGET (driver->window), "compact"); /* as on a small screen */
    /* A full screen has no header bar; without a window manager there is none here. */
    int gone = lecture > 0 ? gtk_widget_get_height (gtk_window_get_titlebar (GTK_WINDOW (driver->window))) : 0;
    for (gsize i = 0; i < n; i++) {
      act (driver, "lesson", g_variant_new_string (lessons[i].name));
      driver_key (driver, "a");
      driver_live (driver, 0.4);
      g_assert_true (shows (driver, lessons[i].answer));
      g_assert_cmpint (least (driver, GTK_ORIENTATION_HORIZONTAL, -1), <=, lecture == 1 ? 1280 : 1024);
      if (lecture != 1)
        g_assert_cmpint (least (driver, GTK_ORIENTATION_VERTICAL, 1024) - gone, <=, 700);
      g_assert_cmpint (least (driver, GTK_ORIENTATION_VERTICAL, 1280) - gone, <=, 800);
      assert_all_rows_seen (driver);
    }
  }
}

static void
test_sizes (void)
{
  driver_run (NULL, body_sizes);
}

/* Activations are there where an optimizer is learned and there is room; else the curves have their place. */
static void
body_fold (Driver *driver)
{
  GtkWidget *activations = driver_find_type (GTK_WIDGET (driver->window), TW_TYPE_ACTIVATIONS_PANEL, 0);

  settle (driver);
  g_assert_true (gtk_widget_get_mapped (activations));
  act (driver, "lesson", g_variant_new_string ("step-size"));
  driver_wait (driver, !gtk_widget_get_mapped (activations));
  act (driver, "lesson", g_variant_new_string ("attention"));
  driver_wait (driver, gtk_widget_get_mapped (activations));
  gtk_window_set_default_size (GTK_WINDOW (driver->window), 1024, 560);
  driver_wait (driver, !gtk_widget_get_mapped (activations));
  gtk_window_set_default_size (GTK_WINDOW (driver->window), 1280, 800);
  driver_wait (driver, gtk_widget_get_mapped (activations));
}

static void
test_fold (void)
{
  driver_run (NULL, body_fold);
}

/* The strip of words keeps its height while the steps go by. */
static void
body_narration (Driver *driver)
{
  GtkWidget *words = driver_find (driver, "narration");
  int before = 0;

  settle (driver);
  driver_key (driver, "n");
  for (int i = 0; i < 4; i++)
    driver_key (driver, "Down"); /* the learned one, which has most to tell */
  driver_key (driver, "Home");
  for (int i = 0; i < 60; i++) {
    tw_session_set_step (driver->session, (guint64)(4 * i));
    driver_live (driver, 0.03);
    int height = gtk_widget_get_height (words);
    g_assert_cmpint (height, >=, before);
    before = height;
  }
}

static void
test_narration (void)
{
  driver_run (NULL, body_narration);
}

/* Lessons and other things */

static void
body_stale (Driver *driver)
{
  GtkWidget *title = driver_find (driver, "lesson-title");
  gsize n;
  const TwLesson *lessons = tw_lessons (&n);

  settle (driver);
  g_assert_true (gtk_widget_get_mapped (title));
  tw_session_set_start (driver->session, 0, 1, 1); /* trying out is what it is for */
  driver_live (driver, 0.1);
  g_assert_true (gtk_widget_get_mapped (title));
  tw_session_set_problem (driver->session, "himmelblau");
  driver_live (driver, 0.1);
  g_assert_false (shows (driver, lessons[0].question));
  g_assert_null (strstr (gtk_window_get_title (GTK_WINDOW (driver->window)), lessons[0].title));
  driver_key (driver, "ctrl+z");
  driver_wait (driver, shows (driver, lessons[0].question));
  g_assert_nonnull (strstr (gtk_window_get_title (GTK_WINDOW (driver->window)), lessons[0].title));
  driver_key (driver, "Page_Down");
  driver_wait (driver, shows (driver, lessons[1].question));
}

static void
test_stale (void)
{
  driver_run (NULL, body_stale);
}

/* A file of the user's, in `folder`. */
static char *folder;

static char *
write_file (const char *name, const char *text)
{
  char *path = g_build_filename (folder, name, NULL);

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  return path;
}

static void
open_path (Driver *driver, const char *path)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);

  act (driver, "open-file", g_variant_new_take_string (g_file_get_uri (file)));
}

/* With the pointer, from one place of the window to another: GTK does the rest as it does for another program's. */
static void
drop (Driver *driver, const char *path)
{
  GtkWidget *from = driver_find (driver, "step-label"),
            *to = driver_find_type (GTK_WIDGET (driver->window), TW_TYPE_LANDSCAPE_PANEL, 0);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  GtkDragSource *source = gtk_drag_source_new ();
  GSList *list = g_slist_append (NULL, file);
  GdkFileList *files = gdk_file_list_new_from_list (list);
  g_autoptr (GdkContentProvider) content = gdk_content_provider_new_typed (GDK_TYPE_FILE_LIST, files);

  if (!gtk_widget_get_mapped (to)) /* a network: the plane stands there */
    to = driver_find (driver, "lessons-button");
  gtk_drag_source_set_content (source, content);
  gtk_widget_add_controller (from, GTK_EVENT_CONTROLLER (source));
  driver_point (driver, from, 20, 8);
  driver_press (driver);
  for (int i = 1; i <= 6; i++) {
    driver_point (driver, from, 20 - 4 * i, 8);
    driver_live (driver, 0.05);
  }
  for (int i = 0; i < 3; i++) {
    driver_point (driver, to, 30 + 4 * i, 12 + i);
    driver_live (driver, 0.15);
  }
  driver_release (driver);
  driver_live (driver, 0.3);
  gtk_widget_remove_controller (from, GTK_EVENT_CONTROLLER (source));
  g_boxed_free (GDK_TYPE_FILE_LIST, files);
  g_slist_free (list);
}

static void
body_data (Driver *driver)
{
  g_autoptr (GString) table = g_string_new ("size,weight,kind\n");
  gsize n;
  const TwLesson *lessons = tw_lessons (&n);

  for (int i = 0; i < 60; i++)
    g_string_append_printf (table, "%d,%d,%s\n", i % 7, i % 5, i % 7 + i % 5 > 5 ? "large" : "small");
  g_autofree char *good = write_file ("parcels.csv", table->str),
                  *bad = write_file ("odd.csv", "size,weight,kind\n1,2,a\n3,b\n1,2,a\n3,2,b\n4,2,a\n");
  g_autofree char *file = write_file ("bowl.thalweg", "{\"format\": \"thalweg-experiment\", \"version\": 1, \"problem\": "
                                                      "\"bowl\", \"optimizers\": [\"sgd\"], \"steps\": 20, \"seed\": 0}");
  g_autofree char *wanted = g_strdup_printf ("mlp,data=%s,", good);

  settle (driver);
  drop (driver, good);
  driver_wait (driver, g_str_has_prefix (
                         tw_session_get_experiment (driver->session)->problem, wanted));
  g_assert_cmpstr (gtk_window_get_title (GTK_WINDOW (driver->window)), ==, "parcels.csv \342\200\224 Thalweg");
  g_assert_false (shows (driver, lessons[0].question));
  driver_wait (driver, shows (driver, "Decision Regions")); /* it has two features */
  settle (driver);
  TwTrace *trace = tw_session_get_trace (driver->session);
  g_assert_cmpfloat (tw_trace_get_final_loss (trace, 0, 0), <, 0.7 * tw_trace_get_loss (trace, 0, 0)[0]);

  /* What is wrong with a table is told, and nothing else happens. */
  open_path (driver, bad);
  driver_wait (driver, find_window ("\342\200\234odd.csv\342\200\235 can\342\200\231t be opened") != NULL);
  g_assert_nonnull (find_window ("line 3"));
  gtk_window_destroy (GTK_WINDOW (find_window ("odd.csv")));
  driver_live (driver, 0.1);
  g_assert_true (g_str_has_prefix (tw_session_get_experiment (driver->session)->problem, wanted));

  drop (driver, file);
  driver_wait (driver, g_str_equal (tw_session_get_experiment (driver->session)->problem, "bowl"));
  g_assert_cmpstr (gtk_window_get_title (GTK_WINDOW (driver->window)), ==, "bowl.thalweg \342\200\224 Thalweg");
  g_assert_false (gtk_widget_get_mapped (driver_find (driver, "lesson-title")));
  g_remove (good);
  g_remove (bad);
  g_remove (file);
}

static void
test_data (void)
{
  folder = g_dir_make_tmp ("thalweg-XXXXXX", NULL);
  driver_run (NULL, body_data);
  g_rmdir (folder);
  g_free (folder);
}

/* Keys and focus */

static void
body_shortcuts (Driver *driver)
{
  settle (driver);
  driver_key (driver, "ctrl+question"); /* a warning would end the test */
  driver_wait (driver, find_window ("Show or hide the answer") != NULL);
  driver_live (driver, 0.5);
  gtk_window_destroy (GTK_WINDOW (find_window ("Show or hide the answer")));
}

/* A menu that is left from a submenu gives the keyboard back. */
static void
body_menu (Driver *driver)
{
  settle (driver);
  gtk_widget_grab_focus (driver_find_type (GTK_WIDGET (driver->window), TW_TYPE_LANDSCAPE_PANEL, 0));
  driver_key (driver, "End");
  driver_key (driver, "F10");
  driver_live (driver, 0.4);
  driver_key (driver, "Down");
  driver_key (driver, "Return");
  driver_live (driver, 0.5);
  g_assert_true (shows (driver, "Open Recent"));
  driver_key (driver, "Escape");
  driver_live (driver, 0.5);
  g_assert_false (shows (driver, "Open Recent"));
  driver_key (driver, "Home");
  driver_wait (driver, tw_session_get_step (driver->session) == 0);
  g_assert_true (gtk_widget_get_mapped (gtk_window_get_focus (GTK_WINDOW (driver->window))));
}

static void
test_menu (void)
{
  driver_run (NULL, body_menu);
}

static void
test_shortcuts (void)
{
  driver_run (NULL, body_shortcuts);
}

/* Where the focus is can be seen on each of these. */
static void
body_focus (Driver *driver)
{
  GtkWidget *widgets[] = { driver_find_type (driver_find (driver, "optimizer-rows"), GTK_TYPE_CHECK_BUTTON, 0),
                           driver_find (driver, "step-scale"), driver_find (driver, "speed-scale"),
                           driver_find (driver, "lesson-answer-button"),
                           driver_find_type (GTK_WIDGET (driver->window), TW_TYPE_LANDSCAPE_PANEL, 0) };

  settle (driver);
  driver_key (driver, "End");
  for (gsize i = 0; i < G_N_ELEMENTS (widgets); i++) {
    GtkWidget *window = GTK_WIDGET (driver->window); /* a ring is outside of its widget */
    gtk_window_set_focus (GTK_WINDOW (window), NULL);
    driver_live (driver, 0.5);
    cairo_surface_t *without = driver_picture (window);
    gtk_window_set_focus_visible (GTK_WINDOW (window), TRUE); /* as a Tab does, for three seconds */
    gtk_widget_grab_focus (widgets[i]);
    driver_live (driver, 0.5);
    g_assert_true (gtk_widget_get_state_flags (widgets[i]) & GTK_STATE_FLAG_FOCUS_VISIBLE);
    cairo_surface_t *with = driver_picture (window);
    double pixels =
      driver_difference (without, with) * gtk_widget_get_width (window) * gtk_widget_get_height (window);
    if (pixels < 40)
      g_error ("nothing shows that %s has the focus (%.0f pixels)", gtk_widget_get_name (widgets[i]), pixels);
    cairo_surface_destroy (without);
    cairo_surface_destroy (with);
  }
}

static void
test_focus (void)
{
  driver_run (NULL, body_focus);
}

/* GTK's own, of a list: it is named by what stands in it, and in a drop down it never has the focus. */
static gboolean
is_item (GtkWidget *widget)
{
  return g_str_equal (G_OBJECT_TYPE_NAME (widget), "GtkListItemWidget") ||
         g_str_equal (G_OBJECT_TYPE_NAME (widget), "GtkColumnListView");
}

/* Whatever takes the focus has a name. */
static guint
check_names (GtkWidget *widget)
{
  guint n = 0;

  if (gtk_widget_get_focusable (widget) && gtk_widget_get_mapped (widget) && gtk_widget_get_sensitive (widget) &&
      !GTK_IS_SCROLLED_WINDOW (widget) && !is_item (widget) && !GTK_IS_LIST_BOX_ROW (widget) && !GTK_IS_TEXT (widget) &&
      !GTK_IS_LABEL (widget)) {
    GtkWidget *owner = widget;
    gboolean named = FALSE;
    /* The button inside of a menu button is named by it. */
    for (; owner != NULL && !named; owner = gtk_widget_get_parent (owner)) {
      named = gtk_test_accessible_has_property (GTK_ACCESSIBLE (owner), GTK_ACCESSIBLE_PROPERTY_LABEL) ||
              gtk_test_accessible_has_relation (GTK_ACCESSIBLE (owner), GTK_ACCESSIBLE_RELATION_LABELLED_BY);
      if (!GTK_IS_MENU_BUTTON (gtk_widget_get_parent (owner)) && !GTK_IS_DROP_DOWN (gtk_widget_get_parent (owner)))
        break;
    }
    if (!named)
      g_error ("a %s without a name, in a %s named %s, tooltip %s", G_OBJECT_TYPE_NAME (widget),
               G_OBJECT_TYPE_NAME (gtk_widget_get_parent (widget)), gtk_widget_get_name (gtk_widget_get_parent (widget)),
               gtk_widget_get_tooltip_text (widget));
    n++;
  }
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    n += check_names (child);
  return n;
}

static void
body_names (Driver *driver)
{
  GtkWidget *landscape = driver_find_type (GTK_WIDGET (driver->window), TW_TYPE_LANDSCAPE_PANEL, 0);
  GtkWidget *pages = driver_find (driver, "pages");

  settle (driver);
  for (GtkWidget *page = gtk_widget_get_first_child (pages); page != NULL; page = gtk_widget_get_next_sibling (page)) {
    gtk_stack_set_visible_child (GTK_STACK (pages), page);
    driver_live (driver, 0.2);
    g_assert_cmpuint (check_names (GTK_WIDGET (driver->window)), >, 30);
  }
  act (driver, "formula", NULL);
  driver_live (driver, 0.4);
  check_names (GTK_WIDGET (driver->window));

  /* The picture in words. */
  g_autofree char *words = tw_narrate_trace (tw_session_get_trace (driver->session));
  g_autofree char *differs =
    gtk_test_accessible_check_property (GTK_ACCESSIBLE (landscape), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, words);
  g_assert_cmpstr (differs, ==, NULL);
  g_autofree char *speed = gtk_test_accessible_check_property (GTK_ACCESSIBLE (driver_find (driver, "speed-scale")),
                                                               GTK_ACCESSIBLE_PROPERTY_VALUE_TEXT, "40 steps per second");
  g_assert_cmpstr (speed, ==, NULL);
}

static void
test_names (void)
{
  driver_run (NULL, body_names);
}

int
main (int argc, char **argv)
{
  g_setenv ("GTK_A11Y", "test", TRUE); /* what would be told to a screen reader can be asked for */
  g_test_init (&argc, &argv, NULL);
  gtk_init ();
  g_test_add_func ("/home/sizes", test_sizes);
  g_test_add_func ("/home/fold", test_fold);
  g_test_add_func ("/home/narration", test_narration);
  g_test_add_func ("/home/stale", test_stale);
  g_test_add_func ("/home/data", test_data);
  g_test_add_func ("/home/shortcuts", test_shortcuts);
  g_test_add_func ("/home/menu", test_menu);
  g_test_add_func ("/home/focus", test_focus);
  g_test_add_func ("/home/names", test_names);
  return g_test_run ();
}
