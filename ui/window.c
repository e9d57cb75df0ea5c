#include "ui/window.h"

#include <math.h>
#include <string.h>

#include "core/experiment/narration.h"
#include "ui/activations-panel.h"
#include "ui/curves-panel.h"
#include "ui/documents.h"
#include "ui/export-window.h"
#include "ui/fold.h"
#include "ui/formula-bar.h"
#include "ui/inside-page.h"
#include "ui/landscape-panel.h"
#include "ui/lecture.h"
#include "ui/lessons.h"
#include "ui/main-menu.h"
#include "ui/maps-page.h"
#include "ui/optimizer-list.h"
#include "ui/preferences.h"
#include "ui/problem-chooser.h"
#include "ui/table-page.h"
#include "ui/timeline.h"
#include "ui/tuning-page.h"
#include "ui/watch-stage.h"
#include "ui/words.h"

#define SPEED_FACTOR 1.5849 /* a fifth of a decade */

struct _TwWindow {
  GtkApplicationWindow parent_instance;

  TwSession *session;
  TwDocuments *documents;
  GtkWidget *lessons;
  GtkWidget *chooser, *error_bar, *landscape, *optimizers, *formula, *curves, *stage, *pages;
  TwCurvesPanel *curves_panel; /* in curves */
  GtkLabel *error;
  guint tick; /* 0 while nothing moves by itself */
};

G_DEFINE_FINAL_TYPE (TwWindow, tw_window, GTK_TYPE_APPLICATION_WINDOW)

/* Time */

static gboolean
on_tick (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  TwWindow *self = TW_WINDOW (widget);

  if (tw_session_tick (self->session, gdk_frame_clock_get_frame_time (clock)))
    return G_SOURCE_CONTINUE;
  self->tick = 0;
  return G_SOURCE_REMOVE;
}

static void
set_boolean_action (TwWindow *self, const char *name, gboolean value)
{
  GAction *action = g_action_map_lookup_action (G_ACTION_MAP (self), name);

  g_simple_action_set_state (G_SIMPLE_ACTION (action), g_variant_new_boolean (value));
}

/* For people who can't see the landscape: what the runs did, on itself and on what holds it or the plane of a network.
 * It is a description: GTK 4.8 tells assistive technologies the value text of ranges only. */
static void
describe_runs (TwWindow *self)
{
  if (!tw_session_is_complete (self->session))
    return;
  g_autofree char *words = tw_narrate_trace (tw_session_get_trace (self->session));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->landscape), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, words, -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->stage), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, words, -1);
}

static void
set_enabled_action (TwWindow *self, const char *name, gboolean enabled)
{
  GAction *action = g_action_map_lookup_action (G_ACTION_MAP (self), name);

  g_simple_action_set_enabled (G_SIMPLE_ACTION (action), enabled);
}

/* Where no optimizer is learned there are no activations, and the curves get their place. */
static gboolean
has_learned (const TwExperiment *experiment)
{
  for (guint i = 0; i < experiment->optimizers->len; i++) {
    const char *spec = experiment->optimizers->pdata[i];
    if (strcspn (spec, ",") == strlen ("learned") && g_str_has_prefix (spec, "learned"))
      return TRUE;
  }
  return FALSE;
}

static void
on_session_changed (TwSession *session, guint changes, TwWindow *self)
{
  if (changes & TW_SESSION_EXPERIMENT)
    tw_fold_set_wanted (TW_FOLD (self->curves), has_learned (tw_session_get_experiment (session)));
  if (changes & (TW_SESSION_EXPERIMENT | TW_SESSION_LOOKS)) {
    set_enabled_action (self, "undo", tw_session_can_undo (session));
    set_enabled_action (self, "redo", tw_session_can_redo (session));
  }
  if (self->tick == 0 && (changes & (TW_SESSION_EXPERIMENT | TW_SESSION_TRACE | TW_SESSION_PLAYBACK)))
    self->tick = gtk_widget_add_tick_callback (GTK_WIDGET (self), on_tick, NULL, NULL);
  if (changes & (TW_SESSION_TRACE | TW_SESSION_ROWS))
    describe_runs (self);
  if (changes & TW_SESSION_PLAYBACK)
    set_boolean_action (self, "loop", tw_session_get_loop (session));
  if (changes & TW_SESSION_ERROR) {
    const char *error = tw_session_get_error (session);
    gtk_label_set_text (self->error, error != NULL ? error : "");
    gtk_info_bar_set_revealed (GTK_INFO_BAR (self->error_bar), error != NULL);
  }
}

/* Actions */

static void
on_play (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  TwSession *session = TW_WINDOW (data)->session;

  tw_session_set_playing (session, !tw_session_get_playing (session));
}

static void
on_step_forward (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  tw_session_move (TW_WINDOW (data)->session, 1);
}

static void
on_step_back (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  tw_session_move (TW_WINDOW (data)->session, -1);
}

static void
on_reset (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  TwSession *session = TW_WINDOW (data)->session;

  tw_session_set_playing (session, FALSE);
  tw_session_set_step (session, 0);
}

static void
on_end (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  TwSession *session = TW_WINDOW (data)->session;

  tw_session_set_playing (session, FALSE);
  tw_session_set_step (session, G_MAXUINT64);
}

static void
on_slower (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  TwSession *session = TW_WINDOW (data)->session;

  tw_session_set_speed (session, tw_session_get_speed (session) / SPEED_FACTOR);
}

static void
on_faster (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  TwSession *session = TW_WINDOW (data)->session;

  tw_session_set_speed (session, tw_session_get_speed (session) * SPEED_FACTOR);
}

static void
on_loop (GSimpleAction *action, GVariant *value, gpointer data)
{
  tw_session_set_loop (TW_WINDOW (data)->session, g_variant_get_boolean (value));
}

static void
on_choose_problem (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  tw_problem_chooser_popup (TW_PROBLEM_CHOOSER (TW_WINDOW (data)->chooser));
}

static void
on_undo (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  tw_session_undo (TW_WINDOW (data)->session);
}

static void
on_redo (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  tw_session_redo (TW_WINDOW (data)->session);
}

static void
on_same_start (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  tw_session_restart (TW_WINDOW (data)->session);
}

static void
on_new_seed (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  tw_session_new_seed (TW_WINDOW (data)->session);
  tw_session_restart (TW_WINDOW (data)->session);
}

static void
on_add_optimizer (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  tw_optimizer_list_popup_add (TW_OPTIMIZER_LIST (TW_WINDOW (data)->optimizers));
}

static void
on_formula (GSimpleAction *action, GVariant *value, gpointer data)
{
  TwWindow *self = data;

  if (g_variant_get_boolean (value)) {
    tw_formula_bar_open (TW_FORMULA_BAR (self->formula));
  } else {
    tw_formula_bar_close (TW_FORMULA_BAR (self->formula));
    gtk_widget_grab_focus (self->landscape);
  }
  g_simple_action_set_state (action, value);
}

static void
on_export (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  TwWindow *self = data;
  GtkWidget *page = gtk_stack_get_visible_child (GTK_STACK (self->pages));
  const TwExportScreen screen = {
    .landscape = TW_LANDSCAPE_PANEL (self->landscape),
    .curves = self->curves_panel,
    .plane = tw_watch_stage_get_plane (self->stage),
    .maps = TW_IS_MAPS_PAGE (page) ? TW_MAPS_PAGE (page) : NULL,
    .inside = TW_IS_INSIDE_PAGE (page) ? tw_inside_page_get_focus (TW_INSIDE_PAGE (page)) : NULL,
  };

  tw_export_window_present (GTK_WINDOW (self), self->session, &screen, tw_documents_get_file (self->documents));
}

static void
on_page (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  gtk_stack_set_visible_child_name (GTK_STACK (TW_WINDOW (data)->pages), g_variant_get_string (parameter, NULL));
}

static const GActionEntry actions[] = {
  { .name = "page", .parameter_type = "s", .activate = on_page },
  { .name = "export", .activate = on_export },
  { .name = "undo", .activate = on_undo },
  { .name = "redo", .activate = on_redo },
  { .name = "same-start", .activate = on_same_start },
  { .name = "new-seed", .activate = on_new_seed },
  { .name = "add-optimizer", .activate = on_add_optimizer },
  { .name = "formula", .state = "false", .change_state = on_formula },
  { .name = "play", .activate = on_play },
  { .name = "step-forward", .activate = on_step_forward },
  { .name = "step-back", .activate = on_step_back },
  { .name = "reset", .activate = on_reset },
  { .name = "end", .activate = on_end },
  { .name = "slower", .activate = on_slower },
  { .name = "faster", .activate = on_faster },
  { .name = "loop", .state = "false", .change_state = on_loop },
  { .name = "choose-problem", .activate = on_choose_problem },
};

/* Plain keys: only where the focus has no use for them, so that one can type in an entry and press a
 * focused button. */
static void
add_keys (TwWindow *self)
{
  static const struct {
    guint key;
    const char *action;
  } keys[] = {
    { GDK_KEY_space, "win.play" },
    { GDK_KEY_Right, "win.step-forward" },
    { GDK_KEY_Left, "win.step-back" },
    { GDK_KEY_Home, "win.reset" },
    { GDK_KEY_End, "win.end" },
    { GDK_KEY_bracketleft, "win.slower" },
    { GDK_KEY_bracketright, "win.faster" },
    { GDK_KEY_l, "win.loop" },
    { GDK_KEY_r, "win.same-start" },
    { GDK_KEY_s, "win.new-seed" },
    { GDK_KEY_a, "win.answer" },
    { GDK_KEY_n, "win.narration" },
    { GDK_KEY_Up, "win.narrate-previous" },
    { GDK_KEY_Down, "win.narrate-next" },
    { GDK_KEY_Page_Up, "win.previous-lesson" },
    { GDK_KEY_Page_Down, "win.next-lesson" },
    { GDK_KEY_Escape, "win.leave-lecture" },
  };
  GtkEventController *controller = gtk_shortcut_controller_new ();

  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++)
    gtk_shortcut_controller_add_shortcut (
      GTK_SHORTCUT_CONTROLLER (controller),
      gtk_shortcut_new (gtk_keyval_trigger_new (keys[i].key, 0), gtk_named_action_new (keys[i].action)));
  /* 1 to 9 switch the optimizers of the list. */
  for (int i = 0; i < 9; i++) {
    GtkShortcut *shortcut = gtk_shortcut_new (gtk_keyval_trigger_new ((guint)(GDK_KEY_1 + i), 0),
                                              gtk_named_action_new ("win.toggle-optimizer"));
    gtk_shortcut_set_arguments (shortcut, g_variant_new_int32 (i));
    gtk_shortcut_controller_add_shortcut (GTK_SHORTCUT_CONTROLLER (controller), shortcut);
  }
  gtk_widget_add_controller (GTK_WIDGET (self), controller);
}

/* Parts */

static void
add_header_button (GtkWidget *header, const char *icon, const char *action, const char *words)
{
  GtkWidget *button = g_str_equal (action, "win.formula") ? gtk_toggle_button_new () : gtk_button_new ();

  if (icon != NULL)
    gtk_button_set_icon_name (GTK_BUTTON (button), icon);
  else
    gtk_button_set_label (GTK_BUTTON (button), "f(x, y)");
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), action);
  tw_set_words (button, words);
  gtk_widget_set_focus_on_click (button, FALSE);
  gtk_header_bar_pack_start (GTK_HEADER_BAR (header), button);
}

/* In words: it is what people look for first when they have seen something. */
static GtkWidget *
make_export_button (void)
{
  GtkWidget *button = gtk_button_new_with_label ("Export");

  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), "win.export");
  gtk_widget_set_tooltip_text (button, "A figure, an animation, a report, or the numbers as a file (Ctrl+E)");
  gtk_widget_set_focus_on_click (button, FALSE);
  gtk_widget_set_name (button, "export-button");
  return button;
}

static GtkWidget *
make_header (TwWindow *self)
{
  GtkWidget *header = gtk_header_bar_new ();

  self->chooser = tw_problem_chooser_new (self->session);
  gtk_header_bar_pack_start (GTK_HEADER_BAR (header),
                             tw_lessons_widget_get_button (TW_LESSONS (self->lessons)));
  gtk_header_bar_pack_start (GTK_HEADER_BAR (header), self->chooser);
  add_header_button (header, NULL, "win.formula", "Type a landscape of your own (Ctrl+F)");
  add_header_button (header, "edit-undo-symbolic", "win.undo", "Undo (Ctrl+Z)");
  add_header_button (header, "edit-redo-symbolic", "win.redo", "Redo (Ctrl+Shift+Z)");
  add_header_button (header, "media-playlist-shuffle-symbolic", "win.new-seed",
                     "New seed: other random numbers, or a random start where nothing else is random (S)");
  gtk_header_bar_pack_end (GTK_HEADER_BAR (header),
                           tw_main_menu_button_new (tw_documents_get_recent (self->documents)));
  gtk_header_bar_pack_end (GTK_HEADER_BAR (header), make_export_button ());
  return header;
}

static GtkWidget *
make_error_bar (TwWindow *self)
{
  GtkWidget *bar = gtk_info_bar_new ();

  self->error = GTK_LABEL (gtk_label_new (NULL));
  gtk_label_set_wrap (self->error, TRUE);
  gtk_label_set_xalign (self->error, 0);
  gtk_info_bar_add_child (GTK_INFO_BAR (bar), GTK_WIDGET (self->error));
  gtk_info_bar_set_message_type (GTK_INFO_BAR (bar), GTK_MESSAGE_ERROR);
  gtk_info_bar_set_revealed (GTK_INFO_BAR (bar), FALSE);
  return bar;
}

/* One page of the right column.  To add another: build its widget, and one line in make_side(). */
static void
add_page (GtkWidget *pages, const char *name, const char *title, GtkWidget *child)
{
  gtk_stack_add_titled (GTK_STACK (pages), child, name, title);
}

static GtkWidget *
make_curves_page (TwWindow *self)
{
  self->curves_panel = TW_CURVES_PANEL (tw_curves_panel_new (self->session));
  self->curves = tw_fold_new (tw_panel_wrap (TW_PANEL (self->curves_panel)),
                              tw_panel_wrap (tw_activations_panel_new (self->session)));
  return self->curves;
}

static GtkWidget *
make_side (TwWindow *self)
{
  GtkWidget *side = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *optimizers = tw_optimizer_list_new (self->session);
  GtkWidget *pages = gtk_stack_new (), *tabs = gtk_stack_switcher_new ();

  gtk_stack_set_vhomogeneous (GTK_STACK (pages), FALSE);
  gtk_widget_set_name (pages, "pages");
  add_page (pages, "curves", "Curves", make_curves_page (self));
  add_page (pages, "results", "Results", tw_table_page_new (self->session));
  add_page (pages, "tuning", "Tuning", tw_tuning_page_new (self->session));
  add_page (pages, "maps", "Maps", tw_maps_page_new (self->session, TW_LANDSCAPE_PANEL (self->landscape)));
  add_page (pages, "inside", "Inside", tw_inside_page_new (self->session));
  gtk_stack_switcher_set_stack (GTK_STACK_SWITCHER (tabs), GTK_STACK (pages));
  gtk_widget_add_css_class (tabs, "pages");
  tw_set_name (tabs, "Pages");
  self->optimizers = optimizers;
  self->pages = pages;
  gtk_widget_set_vexpand (pages, TRUE);
  gtk_box_append (GTK_BOX (side), optimizers);
  gtk_box_append (GTK_BOX (side), tabs);
  gtk_box_append (GTK_BOX (side), pages);
  return side;
}

static void
fill (TwWindow *self)
{
  GtkWidget *body = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0),
            *panes = gtk_paned_new (GTK_ORIENTATION_HORIZONTAL);
  TwPanel *landscape = tw_landscape_panel_new (self->session);

  self->landscape = GTK_WIDGET (landscape);
  self->stage = tw_watch_stage_new (self->session, tw_panel_wrap (landscape));
  tw_set_name (self->stage, "The runs");
  tw_set_name (panes, "Width of the landscape");
  gtk_paned_set_start_child (GTK_PANED (panes), self->stage);
  gtk_paned_set_end_child (GTK_PANED (panes), make_side (self));
  gtk_paned_set_shrink_start_child (GTK_PANED (panes), FALSE);
  gtk_paned_set_shrink_end_child (GTK_PANED (panes), FALSE);
  gtk_paned_set_resize_end_child (GTK_PANED (panes), TRUE);
  gtk_paned_set_position (GTK_PANED (panes), 700); /* of the default 1280; both grow with the window */
  gtk_widget_set_vexpand (panes, TRUE);
  self->error_bar = make_error_bar (self);
  gtk_box_append (GTK_BOX (body), tw_documents_get_bar (self->documents));
  gtk_box_append (GTK_BOX (body), self->error_bar);
  self->formula = tw_formula_bar_new (self->session);
  gtk_box_append (GTK_BOX (body), self->formula);
  self->lessons = tw_lessons_widget_new (GTK_APPLICATION_WINDOW (self), self->session, self->documents);
  gtk_box_append (GTK_BOX (body), self->lessons);
  gtk_box_append (GTK_BOX (body), panes);
  gtk_box_append (GTK_BOX (body), gtk_separator_new (GTK_ORIENTATION_HORIZONTAL));
  gtk_box_append (GTK_BOX (body), tw_lecture_new (GTK_APPLICATION_WINDOW (self), self->session));
  gtk_box_append (GTK_BOX (body), tw_timeline_new (self->session));
  gtk_window_set_child (GTK_WINDOW (self), body);
  gtk_window_set_titlebar (GTK_WINDOW (self), make_header (self));
}

TwSession *
tw_window_get_session (TwWindow *window)
{
  return window->session;
}

void
tw_window_set_file (TwWindow *window, const char *path)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);

  tw_documents_set_file (window->documents, file, NULL);
}

static void
tw_window_dispose (GObject *object)
{
  TwWindow *self = TW_WINDOW (object);

  if (self->tick != 0)
    gtk_widget_remove_tick_callback (GTK_WIDGET (self), self->tick);
  self->tick = 0;
  if (self->session != NULL)
    g_signal_handlers_disconnect_by_func (self->session, on_session_changed, self);
  G_OBJECT_CLASS (tw_window_parent_class)->dispose (object);
  g_clear_object (&self->session);
}

static void
tw_window_class_init (TwWindowClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = tw_window_dispose;
}

static void
tw_window_init (TwWindow *self)
{
  g_action_map_add_action_entries (G_ACTION_MAP (self), actions, G_N_ELEMENTS (actions), self);
  gtk_window_set_title (GTK_WINDOW (self), "Thalweg");
  tw_preferences_remember_window (GTK_WINDOW (self));
  add_keys (self);
}

TwWindow *
tw_window_new (GtkApplication *application, TwSession *session)
{
  TwWindow *self = g_object_new (TW_TYPE_WINDOW, "application", application, NULL);

  self->session = g_object_ref (session);
  self->documents = tw_documents_new (GTK_APPLICATION_WINDOW (self), session);
  fill (self);
  g_signal_connect (session, "changed", G_CALLBACK (on_session_changed), self);
  on_session_changed (session, TW_SESSION_ALL, self);
  gtk_widget_grab_focus (self->landscape);
  return self;
}
