/* Editing one optimizer in a real window: its settings, name and place, weights of a learned one. */
#include <string.h>

#include "tests/ui/compare-driver.h"
#include "ui/optimizer-editor.h"
#include "ui/optimizer-list.h"

static void
open_editor (Driver *driver, guint optimizer)
{
  GtkWidget *row = driver_find_type (compare_part (driver, TW_TYPE_OPTIMIZER_LIST), GTK_TYPE_LIST_BOX_ROW, optimizer);

  compare_click_on (driver, driver_find_type (row, GTK_TYPE_BUTTON, 0));
  driver_wait (driver, gtk_widget_get_mapped (driver_find (driver, "optimizer-editor")));
  driver_live (driver, 0.3);
}

/* The arrow of the editor is at the row of an optimizer. */
static gboolean
points_at (Driver *driver, guint optimizer)
{
  GtkWidget *list = compare_part (driver, TW_TYPE_OPTIMIZER_LIST);
  GdkRectangle place;
  graphene_rect_t row;

  return gtk_popover_get_pointing_to (GTK_POPOVER (driver_find (driver, "optimizer-editor")), &place) &&
         gtk_widget_compute_bounds (driver_find_type (list, GTK_TYPE_LIST_BOX_ROW, optimizer), list, &row) &&
         place.y == (int)row.origin.y;
}

static void
body_edit (Driver *driver)
{
  driver_wait (driver, tw_session_is_complete (driver->session));
  guint n = compare_count (driver);
  /* One more, from the list of what there is. */
  driver_key (driver, "ctrl+equal");
  driver_wait (driver, gtk_widget_get_mapped (driver_find (driver, "optimizer-types")));
  gtk_widget_grab_focus (driver_find_type (driver_find (driver, "optimizer-types"), GTK_TYPE_LIST_BOX_ROW, 0));
  driver_key (driver, "Return");
  driver_wait (driver, compare_count (driver) == n + 1);
  const char *added = compare_spec_of (driver, n);
  g_assert_nonnull (tw_optimizer_type_by_name (added));
  driver_wait (driver, gtk_widget_get_mapped (driver_find (driver, "optimizer-editor")));
  driver_wait (driver, tw_session_is_complete (driver->session));
  g_assert_cmpuint (tw_trace_get_n_optimizers (tw_session_get_trace (driver->session)), ==, n + 1);
  driver_live (driver, 0.3);

  /* Its learning rate, typed. */
  double before = compare_final_loss (driver, n);
  compare_retype (driver, "lr-entry", "0.0001");
  driver_key (driver, "Return");
  driver_wait (driver, strstr (compare_spec_of (driver, n), "lr=0.0001") != NULL);
  driver_wait (driver, tw_session_is_complete (driver->session) && compare_final_loss (driver, n) != before);
  g_assert_true (driver_shows (compare_part (driver, TW_TYPE_OPTIMIZER_LIST), "lr=0.0001"));

  /* What is wrong is told and changes nothing. */
  compare_retype (driver, "lr-entry", "fast");
  driver_key (driver, "Return");
  driver_live (driver, 0.2);
  g_assert_true (gtk_widget_get_mapped (driver_find (driver, "optimizer-error")));
  g_assert_nonnull (strstr (driver_label (driver, "optimizer-error"), "fast"));
  g_assert_nonnull (strstr (compare_spec_of (driver, n), "lr=0.0001"));
  compare_retype (driver, "lr-entry", "0.0002");
  driver_key (driver, "Return");
  driver_wait (driver, strstr (compare_spec_of (driver, n), "lr=0.0002") != NULL);
  g_assert_false (gtk_widget_get_mapped (driver_find (driver, "optimizer-error")));

  /* A slider moves on a log scale: a key is a hundredth of it. */
  g_autofree char *typed = g_strdup (compare_spec_of (driver, n));
  gtk_widget_grab_focus (driver_find (driver, "lr-scale"));
  driver_key (driver, "Right");
  driver_wait (driver, strcmp (compare_spec_of (driver, n), typed) != 0);

  /* A name, a colour, a copy, and back to the defaults. */
  compare_retype (driver, "optimizer-name", "mine");
  driver_wait (driver, driver_shows (compare_part (driver, TW_TYPE_OPTIMIZER_LIST), "mine"));
  compare_press (driver, "style-9");
  g_assert_true (tw_session_get_style (driver->session, n) == tw_line_style_get (9));
  /* At the end of the runs it plays them anew; the editor is the copy's and points at its row. */
  tw_session_set_playing (driver->session, FALSE);
  tw_session_set_step (driver->session, G_MAXUINT64);
  compare_press (driver, "optimizer-copy");
  g_assert_cmpuint (compare_count (driver), ==, n + 2);
  g_assert_true (tw_session_get_playing (driver->session));
  driver_wait (driver, points_at (driver, n + 1));
  g_assert_cmpstr (compare_spec_of (driver, n + 1), ==, compare_spec_of (driver, n));
  g_assert_true (tw_session_get_style (driver->session, n + 1) != tw_line_style_get (9));
  compare_press (driver, "optimizer-reset");
  g_assert_null (strchr (compare_spec_of (driver, n + 1), ','));
  g_assert_nonnull (strchr (compare_spec_of (driver, n), ','));
  compare_press (driver, "optimizer-up");
  g_assert_null (strchr (compare_spec_of (driver, n), ','));
  compare_press (driver, "optimizer-remove");
  g_assert_cmpuint (compare_count (driver), ==, n + 1);
  driver_wait (driver, tw_session_is_complete (driver->session));
  driver_live (driver, 0.3);

  /* The pencil of a row opens the same. */
  open_editor (driver, 1);
  g_assert_cmpuint (tw_optimizer_editor_get_optimizer (TW_OPTIMIZER_EDITOR (driver_find (driver, "optimizer-editor"))), ==,
                    1);
  driver_key (driver, "Escape");
  driver_wait (driver, !gtk_widget_get_mapped (driver_find (driver, "optimizer-editor")));

  /* All of it, undone and done again. */
  for (int i = 0; i < 30 && tw_session_can_undo (driver->session); i++)
    driver_key (driver, "ctrl+z");
  g_assert_false (tw_session_can_undo (driver->session));
  g_assert_cmpuint (compare_count (driver), ==, n);
  for (int i = 0; i < 30 && tw_session_can_redo (driver->session); i++)
    driver_key (driver, "ctrl+shift+z");
  g_assert_cmpuint (compare_count (driver), ==, n + 1);
  g_assert_cmpstr (tw_session_get_name (driver->session, n), ==, "mine");
}

static void
test_edit (void)
{
  driver_run (NULL, body_edit);
}

static GtkWidget *
find_file_dialog (void)
{
  g_autoptr (GList) windows = gtk_window_list_toplevels ();

  for (GList *l = windows; l != NULL; l = l->next)
    if (GTK_IS_FILE_CHOOSER (l->data) && gtk_widget_get_mapped (l->data))
      return l->data;
  return NULL;
}

/* The dialog comes up, a file is chosen in it (NULL: none), and it goes. */
static void
choose_file (Driver *driver, const char *path)
{
  gtk_widget_activate_action (driver_find (driver, "weights-offer"), "offer.open", NULL);
  driver_wait (driver, find_file_dialog () != NULL);
  if (path != NULL) {
    g_autoptr (GFile) file = g_file_new_for_path (path);
    g_autoptr (GError) error = NULL;
    gtk_file_chooser_set_file (GTK_FILE_CHOOSER (find_file_dialog ()), file, &error);
    g_assert_no_error (error);
    driver_live (driver, 0.5);
  }
  gtk_dialog_response (GTK_DIALOG (find_file_dialog ()), path != NULL ? GTK_RESPONSE_ACCEPT : GTK_RESPONSE_CANCEL);
  driver_wait (driver, find_file_dialog () == NULL);
  driver_wait (driver, gtk_widget_get_mapped (driver_find (driver, "optimizer-editor")));
}

/* What a learning rate comes to where that is not what is typed, and weights. */
static void
body_learned (Driver *driver)
{
  guint learned = 1;

  driver_wait (driver, tw_session_is_complete (driver->session));
  open_editor (driver, learned);
  compare_retype (driver, "lr-entry", "0.5");
  driver_key (driver, "Return");
  driver_wait (driver, strstr (compare_spec_of (driver, learned), "lr=0.5") != NULL);
  g_assert_true (gtk_widget_get_mapped (driver_find (driver, "optimizer-note")));
  g_assert_nonnull (strstr (driver_label (driver, "optimizer-note"), "Here the learning rate begins at 0.141"));
  /* Of its copy too, once that runs; nothing does for a moment. */
  compare_press (driver, "optimizer-copy");
  driver_wait (driver, tw_session_is_complete (driver->session));
  g_assert_true (gtk_widget_get_mapped (driver_find (driver, "optimizer-note")));
  compare_press (driver, "optimizer-reset");
  driver_wait (driver, tw_session_is_complete (driver->session));
  g_assert_false (gtk_widget_get_mapped (driver_find (driver, "optimizer-note")));
  compare_press (driver, "optimizer-remove");
  driver_wait (driver, tw_session_is_complete (driver->session));
  open_editor (driver, learned);
  compare_retype (driver, "lr-entry", "0.05");
  driver_key (driver, "Return");
  driver_wait (driver, !gtk_widget_get_mapped (driver_find (driver, "optimizer-note")));
  /* Weights can be chosen where they need not be typed; the ones that are there at first are not written down. */
  gtk_widget_activate_action (driver_find (driver, "weights-offer"), "offer.choose", "s", "networks");
  g_assert_nonnull (strstr (compare_spec_of (driver, learned), "weights=networks"));
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (driver_find (driver, "weights-entry"))), ==, "networks");
  gtk_widget_activate_action (driver_find (driver, "weights-offer"), "offer.choose", "s", "default");
  g_assert_null (strstr (compare_spec_of (driver, learned), "weights"));
  /* Or a file; one that is wrong is told and changes nothing. */
  g_autofree char *interim = g_test_build_filename (G_TEST_DIST, "fixtures", "hrnn-interim.safetensors", NULL);
  g_autofree char *other = g_test_build_filename (G_TEST_DIST, "meson.build", NULL);
  choose_file (driver, NULL);
  g_assert_null (strstr (compare_spec_of (driver, learned), "weights"));
  choose_file (driver, other);
  g_assert_null (strstr (compare_spec_of (driver, learned), "weights"));
  g_assert_true (gtk_widget_get_mapped (driver_find (driver, "optimizer-error")));
  g_assert_nonnull (strstr (driver_label (driver, "optimizer-error"), "not a safetensors file"));
  choose_file (driver, interim);
  g_assert_nonnull (strstr (compare_spec_of (driver, learned), "weights="));
  g_assert_nonnull (strstr (compare_spec_of (driver, learned), "hrnn-interim.safetensors"));
  g_assert_false (gtk_widget_get_mapped (driver_find (driver, "optimizer-error")));
  driver_key (driver, "Escape");
  driver_wait (driver, !gtk_widget_get_mapped (driver_find (driver, "optimizer-editor")));

  /* With 10 903 coordinates the default is another: what it is elsewhere is given there. */
  tw_session_set_problem (driver->session, "mlp,data=iris,hidden=100x100");
  driver_wait (driver, tw_session_is_complete (driver->session));
  open_editor (driver, learned);
  compare_press (driver, "optimizer-reset");
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (driver_find (driver, "lr-entry"))), ==, "0.00191539");
  compare_retype (driver, "lr-entry", "0.003");
  driver_key (driver, "Return");
  driver_wait (driver, strcmp (compare_spec_of (driver, learned), "learned,lr=0.003") == 0);
  driver_wait (driver, gtk_widget_get_mapped (driver_find (driver, "optimizer-note")));
  g_assert_nonnull (strstr (driver_label (driver, "optimizer-note"), "begins at 0.00192"));
  driver_key (driver, "Escape");
}

static void
test_learned (void)
{
  g_autoptr (TwExperiment) experiment = tw_experiment_new ();

  experiment->problem = g_strdup ("rosenbrock");
  experiment->steps = 60;
  g_ptr_array_add (experiment->optimizers, g_strdup ("adam"));
  g_ptr_array_add (experiment->optimizers, g_strdup ("learned"));
  driver_run (experiment, body_learned);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/editor/edit", test_edit);
  g_test_add_func ("/editor/learned", test_learned);
  return g_test_run ();
}
