#include "ui/lessons.h"

#include "core/experiment/lessons.h"
#include "ui/preferences.h"
#include "ui/strip-layout.h"
#include "ui/words.h"

struct _TwLessonsWidget {
  GtkWidget parent_instance;

  GtkApplicationWindow *window; /* owns this */
  TwSession *session;
  TwDocuments *documents;
  gssize current; /* -1: none */
  gboolean away;  /* another problem is open now: its words would be wrong */
  gboolean left;  /* something else was opened, and no undo leads back */
  gsize wanted;   /* to be opened after the question about unsaved changes */
  gboolean revealed;
  GtkWidget *strip, *button, *list, *answer_button, *previous, *next;
  GtkLabel *place, *title, *text, *question, *answer;
};

G_DEFINE_FINAL_TYPE (TwLessonsWidget, tw_lessons_widget, GTK_TYPE_WIDGET)

static gboolean
is_shown (TwLessonsWidget *self)
{
  return gtk_widget_get_visible (self->strip);
}

static void
set_shown (TwLessonsWidget *self, gboolean shown)
{
  GAction *action = g_action_map_lookup_action (G_ACTION_MAP (self->window), "show-lessons");

  gtk_widget_set_visible (self->strip, shown);
  g_simple_action_set_state (G_SIMPLE_ACTION (action), g_variant_new_boolean (shown));
}

static void
set_revealed (TwLessonsWidget *self, gboolean revealed)
{
  self->revealed = revealed;
  gtk_widget_set_visible (GTK_WIDGET (self->answer), revealed);
  gtk_button_set_label (GTK_BUTTON (self->answer_button), revealed ? "Hide the _Answer" : "Show the _Answer");
}

void
tw_lessons_widget_show (TwLessonsWidget *self, gsize i)
{
  gsize n;
  const TwLesson *lessons = tw_lessons (&n);
  g_autofree char *place = g_strdup_printf ("Lesson %" G_GSIZE_FORMAT " of %" G_GSIZE_FORMAT, i + 1, n);

  g_return_if_fail (i < n);
  self->current = (gssize)i;
  self->away = self->left = FALSE;
  gtk_label_set_text (self->place, place);
  gtk_label_set_text (self->title, lessons[i].title);
  gtk_label_set_text (self->text, lessons[i].text);
  gtk_label_set_text (self->question, lessons[i].question);
  gtk_label_set_text (self->answer, lessons[i].answer);
  set_revealed (self, FALSE);
  gtk_widget_set_sensitive (self->previous, i > 0);
  gtk_widget_set_sensitive (self->next, i + 1 < n);
  gtk_list_box_select_row (GTK_LIST_BOX (self->list),
                           gtk_list_box_get_row_at_index (GTK_LIST_BOX (self->list), (int)i));
  tw_documents_set_file (self->documents, NULL, lessons[i].title);
}

static void
open_wanted (gpointer data)
{
  TwLessonsWidget *self = data;
  gsize n;
  const TwLesson *lessons = tw_lessons (&n);

  tw_session_set_experiment (self->session, lessons[self->wanted].experiment);
  tw_session_restart (self->session);
  tw_lessons_widget_show (self, self->wanted);
  set_shown (self, TRUE);
}

/* What was tried out in a lesson may go; changes of a file are asked for. */
static void
open_lesson (TwLessonsWidget *self, gsize i)
{
  self->wanted = i;
  if (tw_documents_has_file (self->documents))
    tw_documents_confirm (self->documents, open_wanted, self);
  else
    open_wanted (self);
}

static void
on_lesson (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  gssize i = tw_lesson_find (g_variant_get_string (parameter, NULL));

  if (i >= 0)
    open_lesson (data, (gsize)i);
}

static void
move (TwLessonsWidget *self, int by)
{
  gsize n;

  tw_lessons (&n);
  gssize i = self->current < 0 ? 0 : self->current + by;
  if (i >= 0 && i < (gssize)n)
    open_lesson (self, (gsize)i);
}

static void
on_next (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  move (data, 1);
}

static void
on_previous (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  move (data, -1);
}

static void
on_answer (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  TwLessonsWidget *self = data;

  if (self->current >= 0 && is_shown (self))
    set_revealed (self, !self->revealed);
}

static void
on_show (GSimpleAction *action, GVariant *value, gpointer data)
{
  TwLessonsWidget *self = data;
  gboolean shown = g_variant_get_boolean (value);

  if (shown && (self->current < 0 || self->away))
    open_lesson (self, self->current < 0 ? 0 : (gsize)self->current);
  else
    set_shown (self, shown);
  g_settings_set_boolean (tw_settings_get (), "show-lessons", shown);
}

/* Its words are about its problem: with another one they go, and come back with an undo.  Whatever else is tried out,
 * another start or optimizer, is what a lesson is for. */
static void
on_session_changed (TwSession *session, guint changes, TwLessonsWidget *self)
{
  gsize n;
  const TwLesson *lessons = tw_lessons (&n);

  if (!(changes & TW_SESSION_EXPERIMENT) || self->current < 0 || self->left)
    return;
  const TwExperiment *own = lessons[self->current].experiment, *open = tw_session_get_experiment (session);
  gboolean away = g_strcmp0 (own->problem, open->problem) != 0 || g_strcmp0 (own->formula, open->formula) != 0;
  if (away == self->away)
    return;
  self->away = away;
  set_shown (self, !away && g_settings_get_boolean (tw_settings_get (), "show-lessons"));
  if (!tw_documents_has_file (self->documents))
    tw_documents_set_name (self->documents, away ? NULL : lessons[self->current].title);
}

static void
on_leave (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  TwLessonsWidget *self = data;

  self->away = self->left = TRUE;
  set_shown (self, FALSE);
}

static void
on_gallery (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  gtk_menu_button_popup (GTK_MENU_BUTTON (((TwLessonsWidget *)data)->button));
}

static const GActionEntry actions[] = {
  { .name = "lesson", .parameter_type = "s", .activate = on_lesson },
  { .name = "next-lesson", .activate = on_next },
  { .name = "previous-lesson", .activate = on_previous },
  { .name = "answer", .activate = on_answer },
  { .name = "leave-lesson", .activate = on_leave },
  { .name = "show-lessons", .state = "false", .change_state = on_show },
  { .name = "gallery", .activate = on_gallery },
};

/* The gallery */

static void
on_row_activated (GtkListBox *list, GtkListBoxRow *row, TwLessonsWidget *self)
{
  gtk_menu_button_popdown (GTK_MENU_BUTTON (self->button));
  open_lesson (self, (gsize)gtk_list_box_row_get_index (row));
}

/* The keys begin at the lesson that is open. */
static void
on_gallery_mapped (GtkWidget *popover, TwLessonsWidget *self)
{
  GtkListBoxRow *row = gtk_list_box_get_selected_row (GTK_LIST_BOX (self->list));

  if (row != NULL)
    gtk_widget_grab_focus (GTK_WIDGET (row));
}

static GtkWidget *
make_row (gsize number, const TwLesson *lesson)
{
  GtkWidget *row = gtk_list_box_row_new (), *grid = gtk_grid_new ();
  GtkWidget *title = gtk_label_new (lesson->title), *question = gtk_label_new (lesson->question);
  g_autofree char *text = g_strdup_printf ("%" G_GSIZE_FORMAT, number);
  GtkWidget *place = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (title), 0);
  gtk_label_set_xalign (GTK_LABEL (question), 0);
  gtk_label_set_xalign (GTK_LABEL (place), 1);
  gtk_label_set_width_chars (GTK_LABEL (place), 2);
  gtk_label_set_wrap (GTK_LABEL (question), TRUE);
  gtk_label_set_width_chars (GTK_LABEL (question), 52);
  gtk_label_set_max_width_chars (GTK_LABEL (question), 52);
  gtk_widget_add_css_class (title, "heading");
  gtk_widget_add_css_class (question, "dim-label");
  gtk_widget_add_css_class (place, "dim-label");
  gtk_widget_add_css_class (place, "numeric");
  gtk_grid_set_column_spacing (GTK_GRID (grid), 10);
  gtk_grid_attach (GTK_GRID (grid), place, 0, 0, 1, 1);
  gtk_grid_attach (GTK_GRID (grid), title, 1, 0, 1, 1);
  gtk_grid_attach (GTK_GRID (grid), question, 1, 1, 1, 1);
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), grid);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, lesson->title,
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, lesson->question, -1);
  return row;
}

static void
make_gallery (TwLessonsWidget *self)
{
  GtkWidget *popover = gtk_popover_new (), *scrolled = gtk_scrolled_window_new ();
  gsize n;
  const TwLesson *lessons = tw_lessons (&n);

  self->list = gtk_list_box_new ();
  gtk_widget_set_name (self->list, "lesson-list");
  for (gsize i = 0; i < n; i++)
    gtk_list_box_append (GTK_LIST_BOX (self->list), make_row (i + 1, &lessons[i]));
  g_signal_connect (self->list, "row-activated", G_CALLBACK (on_row_activated), self);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), self->list);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scrolled), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_propagate_natural_height (GTK_SCROLLED_WINDOW (scrolled), TRUE);
  gtk_scrolled_window_set_max_content_height (GTK_SCROLLED_WINDOW (scrolled), 520);
  gtk_popover_set_child (GTK_POPOVER (popover), scrolled);
  gtk_widget_add_css_class (popover, "chooser");
  g_signal_connect_after (popover, "map", G_CALLBACK (on_gallery_mapped), self);
  self->button = gtk_menu_button_new ();
  gtk_menu_button_set_label (GTK_MENU_BUTTON (self->button), "Lessons");
  gtk_menu_button_set_popover (GTK_MENU_BUTTON (self->button), popover);
  gtk_widget_set_tooltip_text (self->button, "Experiments with a question to predict first (Ctrl+G)");
  gtk_widget_set_name (self->button, "lessons-button");
}

GtkWidget *
tw_lessons_widget_get_button (TwLessonsWidget *self)
{
  return self->button;
}

/* The strip */

static GtkLabel *
make_label (const char *class)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  if (class != NULL)
    gtk_widget_add_css_class (label, class);
  return GTK_LABEL (label);
}

static GtkWidget *
make_button (GtkWidget *box, const char *icon, const char *words, const char *action)
{
  GtkWidget *button = gtk_button_new_from_icon_name (icon);

  gtk_widget_add_css_class (button, "flat");
  tw_set_words (button, words);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), action);
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_box_append (GTK_BOX (box), button);
  return button;
}

static void
fill (TwLessonsWidget *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 4),
            *top = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);

  self->place = make_label ("dim-label");
  self->title = make_label ("heading");
  self->text = make_label (NULL);
  self->question = make_label ("question");
  self->answer = make_label ("answer");
  gtk_widget_set_name (GTK_WIDGET (self->title), "lesson-title");
  gtk_widget_set_name (GTK_WIDGET (self->answer), "lesson-answer");
  gtk_label_set_wrap (self->place, FALSE);
  gtk_widget_set_hexpand (GTK_WIDGET (self->title), TRUE);
  gtk_widget_set_valign (GTK_WIDGET (self->title), GTK_ALIGN_CENTER);
  gtk_widget_set_valign (GTK_WIDGET (self->place), GTK_ALIGN_CENTER);
  gtk_box_append (GTK_BOX (top), GTK_WIDGET (self->place));
  gtk_box_append (GTK_BOX (top), GTK_WIDGET (self->title));
  self->answer_button = gtk_button_new_with_mnemonic ("");
  gtk_actionable_set_action_name (GTK_ACTIONABLE (self->answer_button), "win.answer");
  gtk_widget_set_tooltip_text (self->answer_button, "Predict first (A)");
  gtk_widget_set_name (self->answer_button, "lesson-answer-button");
  gtk_button_set_use_underline (GTK_BUTTON (self->answer_button), TRUE);
  gtk_widget_set_valign (self->answer_button, GTK_ALIGN_CENTER);
  gtk_box_append (GTK_BOX (top), self->answer_button);
  self->previous =
    make_button (top, "go-previous-symbolic", "Previous lesson (Page Up)", "win.previous-lesson");
  self->next = make_button (top, "go-next-symbolic", "Next lesson (Page Down)", "win.next-lesson");
  GtkWidget *close = make_button (top, "window-close-symbolic", "Hide the lesson", NULL);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (close), "win.show-lessons");
  gtk_widget_set_name (self->next, "lesson-next");
  gtk_box_append (GTK_BOX (box), top);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->text));
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->question));
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->answer));
  gtk_widget_add_css_class (box, "lesson");
  self->strip = box;
  gtk_widget_set_visible (box, FALSE);
  gtk_widget_set_parent (self->strip, GTK_WIDGET (self));
}

static void
tw_lessons_widget_dispose (GObject *object)
{
  TwLessonsWidget *self = TW_LESSONS (object);

  g_clear_pointer (&self->strip, gtk_widget_unparent);
  g_clear_object (&self->button);
  if (self->session != NULL)
    g_signal_handlers_disconnect_by_func (self->session, on_session_changed, self);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (tw_lessons_widget_parent_class)->dispose (object);
}

static void
tw_lessons_widget_class_init (TwLessonsWidgetClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = tw_lessons_widget_dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), TW_TYPE_STRIP_LAYOUT);
  gtk_widget_class_set_css_name (GTK_WIDGET_CLASS (klass), "lessons");
  gtk_widget_class_set_accessible_role (GTK_WIDGET_CLASS (klass), GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
tw_lessons_widget_init (TwLessonsWidget *self)
{
  self->current = -1;
  fill (self);
  make_gallery (self);
  g_object_ref_sink (self->button);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, "Lesson", -1);
}

GtkWidget *
tw_lessons_widget_new (GtkApplicationWindow *window, TwSession *session, TwDocuments *documents)
{
  TwLessonsWidget *self = g_object_new (TW_TYPE_LESSONS, NULL);
  gsize n;
  const TwLesson *lessons = tw_lessons (&n);

  self->window = window;
  self->session = g_object_ref (session);
  self->documents = documents;
  g_action_map_add_action_entries (G_ACTION_MAP (window), actions, G_N_ELEMENTS (actions), self);
  /* A window that opens on a lesson shows its words. */
  g_autofree char *shown = tw_experiment_to_json (tw_session_get_experiment (session));
  for (gsize i = 0; i < n && self->current < 0; i++) {
    g_autofree char *json = tw_experiment_to_json (lessons[i].experiment);
    if (g_str_equal (json, shown))
      tw_lessons_widget_show (self, i);
  }
  g_signal_connect (session, "changed", G_CALLBACK (on_session_changed), self);
  set_shown (self, self->current >= 0 && g_settings_get_boolean (tw_settings_get (), "show-lessons"));
  return GTK_WIDGET (self);
}
