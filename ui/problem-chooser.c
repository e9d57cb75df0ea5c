#include "ui/problem-chooser.h"

#include <string.h>

#include "core/experiment/own-landscapes.h"
#include "ui/words.h"

struct _TwProblemChooser {
  GtkWidget parent_instance;

  TwSession *session;
  GtkWidget *button, *popover, *search;
  GPtrArray *own; /* of TwOwnLandscape *: the first rows, as the file was when the list opened */
  GtkLabel *title;
  GtkListBox *box;
};

G_DEFINE_FINAL_TYPE (TwProblemChooser, tw_problem_chooser, GTK_TYPE_WIDGET)

static const TwProblemInfo *
info_of_row (GtkListBoxRow *row)
{
  return g_object_get_data (G_OBJECT (row), "info");
}

/* Of a row that is the user's own. */
static const TwOwnLandscape *
own_of_row (GtkListBoxRow *row)
{
  return g_object_get_data (G_OBJECT (row), "own");
}

static gboolean
row_matches (GtkListBoxRow *row, gpointer data)
{
  TwProblemChooser *self = data;
  const TwProblemInfo *info = info_of_row (row);
  const char *typed = gtk_editable_get_text (GTK_EDITABLE (self->search));
  const TwOwnLandscape *own = own_of_row (row);

  if (own != NULL)
    return *typed == '\0' || g_str_match_string (typed, own->name, TRUE) || strstr (own->formula, typed) != NULL;
  return *typed == '\0' || g_str_match_string (typed, info->title, TRUE) ||
         g_str_match_string (typed, info->name, TRUE) || g_str_match_string (typed, info->summary, TRUE);
}

static GtkWidget *
make_row (const char *title_text, const char *summary_text)
{
  GtkWidget *row = gtk_list_box_row_new (), *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 1);
  GtkWidget *title = gtk_label_new (title_text), *summary = gtk_label_new (summary_text);

  gtk_label_set_xalign (GTK_LABEL (title), 0);
  gtk_label_set_xalign (GTK_LABEL (summary), 0);
  gtk_label_set_wrap (GTK_LABEL (summary), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (summary), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_max_width_chars (GTK_LABEL (summary), 46);
  gtk_widget_add_css_class (summary, "dim-label");
  gtk_widget_add_css_class (summary, "caption");
  gtk_box_append (GTK_BOX (box), title);
  gtk_box_append (GTK_BOX (box), summary);
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), box);
  return row;
}

static void
append_row (TwProblemChooser *self, const TwProblemInfo *info)
{
  GtkWidget *row = make_row (info->title, info->summary);

  g_object_set_data (G_OBJECT (row), "info", (gpointer)info);
  gtk_list_box_append (self->box, row);
}

/* The user's own, from the file; what is wrong with that is said in the first row. */
static void fill_own (TwProblemChooser *self);

static void
on_remove_own (GtkButton *button, TwProblemChooser *self)
{
  const TwOwnLandscape *own = own_of_row (GTK_LIST_BOX_ROW (gtk_widget_get_ancestor (GTK_WIDGET (button), GTK_TYPE_LIST_BOX_ROW)));
  g_autofree char *path = tw_own_landscapes_path ();
  g_autoptr (GError) error = NULL;

  if (!tw_own_landscapes_remove (path, own->name, &error))
    gtk_widget_set_tooltip_text (GTK_WIDGET (button), error->message);
  else
    fill_own (self);
}

static void
fill_own (TwProblemChooser *self)
{
  g_autofree char *path = tw_own_landscapes_path ();
  g_autoptr (GError) error = NULL;
  GtkListBoxRow *first;

  while ((first = gtk_list_box_get_row_at_index (self->box, 0)) != NULL && info_of_row (first) == NULL)
    gtk_list_box_remove (self->box, GTK_WIDGET (first));
  g_clear_pointer (&self->own, g_ptr_array_unref);
  self->own = tw_own_landscapes_load (path, &error);
  if (self->own == NULL) {
    GtkWidget *row = make_row ("Your own landscapes can\342\200\231t be read", error->message);
    gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), FALSE);
    gtk_list_box_insert (self->box, row, 0);
    return;
  }
  for (guint i = 0; i < self->own->len; i++) {
    TwOwnLandscape *own = self->own->pdata[i];
    GtkWidget *row = make_row (own->name, own->formula);
    GtkWidget *inner = gtk_list_box_row_get_child (GTK_LIST_BOX_ROW (row)), *line;
    GtkWidget *remove = gtk_button_new_from_icon_name ("user-trash-symbolic");
    line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
    g_object_ref (inner);
    gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), line);
    gtk_box_append (GTK_BOX (line), inner);
    g_object_unref (inner);
    gtk_widget_set_hexpand (inner, TRUE);
    gtk_widget_add_css_class (remove, "flat");
    gtk_widget_add_css_class (remove, "row-button");
    gtk_widget_set_valign (remove, GTK_ALIGN_CENTER);
    tw_set_words (remove, "Remove from your list");
    g_signal_connect (remove, "clicked", G_CALLBACK (on_remove_own), self);
    gtk_box_append (GTK_BOX (line), remove);
    g_object_set_data (G_OBJECT (row), "own", own);
    gtk_list_box_insert (self->box, row, (int)i);
  }
}

static void
choose_own (TwProblemChooser *self, const TwOwnLandscape *own)
{
  g_autoptr (TwExperiment) experiment = tw_experiment_copy (tw_session_get_experiment (self->session));

  g_clear_pointer (&experiment->problem, g_free);
  g_free (experiment->formula);
  experiment->formula = g_strdup (own->formula);
  experiment->has_domain = TRUE;
  memcpy (experiment->domain, own->domain, sizeof own->domain);
  experiment->noise = own->noise;
  experiment->minimum = own->minimum;
  g_array_set_size (experiment->starts, 0);
  tw_session_set_experiment (self->session, experiment);
}

static void
choose (TwProblemChooser *self, GtkListBoxRow *row)
{
  gtk_popover_popdown (GTK_POPOVER (self->popover));
  if (own_of_row (row) != NULL)
    choose_own (self, own_of_row (row));
  else if (info_of_row (row) != NULL)
    tw_session_set_problem (self->session, info_of_row (row)->name);
  else
    return;
  tw_session_restart (self->session);
}

static void
on_row_activated (GtkListBox *box, GtkListBoxRow *row, TwProblemChooser *self)
{
  choose (self, row);
}

/* Enter takes the first that matches. */
static void
on_search_activated (GtkSearchEntry *search, TwProblemChooser *self)
{
  GtkListBoxRow *row;

  for (int i = 0; (row = gtk_list_box_get_row_at_index (self->box, i)) != NULL; i++)
    if (row_matches (row, self)) {
      choose (self, row);
      return;
    }
}

static void
on_search_changed (GtkSearchEntry *search, TwProblemChooser *self)
{
  gtk_list_box_invalidate_filter (self->box);
}

/* Opens clean, on the present problem. */
static void
on_shown (GtkWidget *popover, TwProblemChooser *self)
{
  const TwExperiment *experiment = tw_session_get_experiment (self->session);
  gsize length = experiment->problem != NULL ? strcspn (experiment->problem, ",") : 0;
  GtkListBoxRow *row;

  fill_own (self);
  gtk_editable_set_text (GTK_EDITABLE (self->search), "");
  gtk_list_box_unselect_all (self->box);
  for (int i = 0; (row = gtk_list_box_get_row_at_index (self->box, i)) != NULL; i++) {
    const char *name = info_of_row (row) != NULL ? info_of_row (row)->name : NULL;
    const TwOwnLandscape *own = own_of_row (row);
    if (own != NULL && g_strcmp0 (own->formula, experiment->formula) == 0)
      gtk_list_box_select_row (self->box, row);
    if (name != NULL && length > 0 && strlen (name) == length && strncmp (name, experiment->problem, length) == 0)
      gtk_list_box_select_row (self->box, row);
  }
  gtk_widget_grab_focus (self->search);
}

static void
on_session_changed (TwSession *session, guint changes, TwProblemChooser *self)
{
  const TwExperiment *experiment = tw_session_get_experiment (session);
  const char *title = NULL;
  gsize n;
  const TwProblemInfo *all = tw_problem_list (&n);

  if (!(changes & TW_SESSION_EXPERIMENT))
    return;
  if (experiment->formula != NULL)
    title = experiment->formula;
  else if (experiment->problem != NULL) {
    gsize length = strcspn (experiment->problem, ",");
    title = experiment->problem;
    for (gsize i = 0; i < n; i++)
      if (strlen (all[i].name) == length && strncmp (all[i].name, experiment->problem, length) == 0)
        title = all[i].title;
  }
  if (title != NULL && strcmp (gtk_label_get_text (self->title), title) != 0)
    gtk_label_set_text (self->title, title);
}

void
tw_problem_chooser_popup (TwProblemChooser *self)
{
  gtk_menu_button_popup (GTK_MENU_BUTTON (self->button));
}

#define NOTHING_FOUND \
  "No landscape of that name.\nFormulas go into \342\200\234Type Your Own\342\200\246\342\200\235."

static GtkWidget *
make_popover (TwProblemChooser *self)
{
  GtkWidget *popover = gtk_popover_new (), *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 8);
  GtkWidget *scrolled = gtk_scrolled_window_new (), *nothing = gtk_label_new (NOTHING_FOUND);
  gsize n;
  const TwProblemInfo *all = tw_problem_list (&n);

  self->search = gtk_search_entry_new ();
  gtk_widget_set_name (self->search, "problem-search");
  self->box = GTK_LIST_BOX (gtk_list_box_new ());
  for (gsize i = 0; i < n; i++)
    if (all[i].formula != NULL)
      append_row (self, &all[i]);
  gtk_list_box_set_filter_func (self->box, row_matches, self, NULL);
  gtk_label_set_justify (GTK_LABEL (nothing), GTK_JUSTIFY_CENTER);
  gtk_widget_add_css_class (nothing, "dim-label");
  gtk_list_box_set_placeholder (self->box, nothing);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), GTK_WIDGET (self->box));
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scrolled), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_min_content_height (GTK_SCROLLED_WINDOW (scrolled), 380);
  gtk_widget_set_size_request (scrolled, 360, -1);
  gtk_box_append (GTK_BOX (box), self->search);
  gtk_box_append (GTK_BOX (box), scrolled);
  GtkWidget *formula = gtk_toggle_button_new_with_label ("Type Your Own\342\200\246");
  gtk_actionable_set_action_name (GTK_ACTIONABLE (formula), "win.formula");
  gtk_widget_add_css_class (formula, "flat");
  g_signal_connect_swapped (formula, "clicked", G_CALLBACK (gtk_popover_popdown), popover);
  gtk_box_append (GTK_BOX (box), formula);
  gtk_popover_set_child (GTK_POPOVER (popover), box);
  gtk_widget_add_css_class (popover, "chooser");
  g_signal_connect (self->box, "row-activated", G_CALLBACK (on_row_activated), self);
  g_signal_connect (self->search, "search-changed", G_CALLBACK (on_search_changed), self);
  g_signal_connect (self->search, "activate", G_CALLBACK (on_search_activated), self);
  g_signal_connect_swapped (self->search, "stop-search", G_CALLBACK (gtk_popover_popdown), popover);
  g_signal_connect (popover, "show", G_CALLBACK (on_shown), self);
  return popover;
}

static void
tw_problem_chooser_dispose (GObject *object)
{
  TwProblemChooser *self = TW_PROBLEM_CHOOSER (object);

  g_clear_pointer (&self->button, gtk_widget_unparent);
  g_clear_pointer (&self->own, g_ptr_array_unref);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (tw_problem_chooser_parent_class)->dispose (object);
}

static void
tw_problem_chooser_class_init (TwProblemChooserClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = tw_problem_chooser_dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_accessible_role (GTK_WIDGET_CLASS (klass), GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
tw_problem_chooser_init (TwProblemChooser *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);

  self->title = GTK_LABEL (gtk_label_new (NULL));
  gtk_label_set_ellipsize (self->title, PANGO_ELLIPSIZE_END);
  gtk_label_set_max_width_chars (self->title, 24);
  gtk_label_set_width_chars (self->title, 10); /* a name, not an ellipsis, in a small window */
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->title));
  gtk_box_append (GTK_BOX (box), gtk_image_new_from_icon_name ("pan-down-symbolic"));
  self->button = gtk_menu_button_new ();
  gtk_menu_button_set_child (GTK_MENU_BUTTON (self->button), box);
  tw_set_words (self->button, "Choose a landscape (Ctrl+L)");
  gtk_widget_set_name (self->button, "problem-button");
  self->popover = make_popover (self);
  gtk_menu_button_set_popover (GTK_MENU_BUTTON (self->button), self->popover);
  gtk_widget_set_parent (self->button, GTK_WIDGET (self));
  tw_set_name (GTK_WIDGET (self), "Landscape");
}

GtkWidget *
tw_problem_chooser_new (TwSession *session)
{
  TwProblemChooser *self = g_object_new (TW_TYPE_PROBLEM_CHOOSER, NULL);

  self->session = g_object_ref (session);
  g_signal_connect_object (session, "changed", G_CALLBACK (on_session_changed), self, 0);
  on_session_changed (session, TW_SESSION_ALL, self);
  return GTK_WIDGET (self);
}
