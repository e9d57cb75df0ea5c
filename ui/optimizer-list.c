#include "ui/optimizer-list.h"

#include <math.h>
#include <string.h>

#include "core/experiment/narration.h"
#include "core/optimizers/optimizer.h"
#include "ui/optimizer-editor.h"
#include "ui/panel.h"
#include "ui/words.h"

#define SWATCH_WIDTH 34
#define SWATCH_HEIGHT 14
#define PERIOD (100 * G_TIME_SPAN_MILLISECOND) /* of numbers while playing: nobody reads faster */

typedef struct {
  TwOptimizerList *list;
  gsize optimizer;
  char *spec;
  GtkWidget *list_row, *check, *swatch, *name, *edit;
  GtkLabel *loss;
} Row;

struct _TwOptimizerList {
  GtkWidget parent_instance;

  TwSession *session;
  GtkWidget *column, *add, *editor;
  GtkListBox *box;
  GPtrArray *rows; /* of Row * */
  gint64 last_numbers;
  int frames_to_wait; /* before the editor points at its row */
  gboolean updating;
};

G_DEFINE_FINAL_TYPE (TwOptimizerList, tw_optimizer_list, GTK_TYPE_WIDGET)

static void
row_free (gpointer data)
{
  Row *row = data;

  g_free (row->spec);
  g_free (row);
}

static void
draw_swatch (GtkDrawingArea *area, cairo_t *cr, int width, int height, gpointer data)
{
  Row *row = data;
  const TwLineStyle *style = tw_session_get_style (row->list->session, row->optimizer);

  tw_draw_swatch (cr, tw_theme_of_widget (GTK_WIDGET (area)), style, 1, 0, width - 2, height);
}

/* "Adam  lr=0.05" from "adam,lr=0.05", the user's own name in the place of "Adam". */
static char *
describe (const TwExperiment *experiment, gsize optimizer)
{
  const char *spec = experiment->optimizers->pdata[optimizer];
  const char *label = tw_experiment_get_label (experiment, optimizer);
  const char *kind = tw_optimizer_title_of_spec (spec);
  g_autofree char *title = g_markup_escape_text (label != NULL ? label : kind, -1);
  g_autoptr (TwSpec) parsed = tw_spec_parse (spec, NULL);

  if (parsed == NULL || tw_spec_get_n_keys (parsed) == 0)
    return g_steal_pointer (&title);
  g_autofree char *joined = tw_spec_join_keys (parsed, "  ");
  g_autofree char *settings = g_markup_escape_text (joined, -1);
  return g_strdup_printf ("%s  <span alpha=\"65%%\" size=\"smaller\">%s</span>", title, settings);
}

static void
show_number (TwOptimizerList *self, Row *row)
{
  TwTrace *trace = tw_session_get_trace (self->session);
  char text[32] = "";
  g_autofree char *words = NULL;
  gsize k;

  if (tw_session_get_row (self->session, row->optimizer, 0, &k)) {
    TwStopReason stop = tw_trace_get_stop_reason (trace, row->optimizer, 0);
    gboolean last =
      k + 1 == tw_trace_get_n_rows (trace, row->optimizer, 0) && k < tw_session_get_step (self->session);
    if (stop == TW_STOP_DIVERGED && last)
      words = tw_trace_describe_stop (trace, row->optimizer, 0);
    else
      g_snprintf (text, sizeof text, "%.4g", tw_trace_get_loss (trace, row->optimizer, 0)[k]);
  } else if (trace != NULL && tw_trace_get_stop_reason (trace, row->optimizer, 0) == TW_STOP_DIVERGED) {
    words = tw_trace_describe_stop (trace, row->optimizer, 0); /* before its first step */
  }
  const char *shown = words != NULL ? words : text;
  if (strcmp (gtk_label_get_text (row->loss), shown) != 0)
    gtk_label_set_text (row->loss, shown);
  if (words != NULL)
    gtk_widget_add_css_class (GTK_WIDGET (row->loss), "diverged");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (row->loss), "diverged");
}

static void
show_enabled (TwOptimizerList *self, Row *row)
{
  gboolean enabled = tw_session_get_enabled (self->session, row->optimizer);

  gtk_check_button_set_active (GTK_CHECK_BUTTON (row->check), enabled);
  gtk_widget_set_opacity (row->swatch, enabled ? 1 : 0.3);
  gtk_widget_set_opacity (row->name, enabled ? 1 : 0.55);
  gtk_widget_set_opacity (GTK_WIDGET (row->loss), enabled ? 1 : 0.55);
}

static void
on_toggled (GtkCheckButton *check, Row *row)
{
  if (!row->list->updating)
    tw_session_set_enabled (row->list->session, row->optimizer, gtk_check_button_get_active (check));
}

/* A click anywhere on the row is a click on its switch.  (The list box's own activation ignores the second
 * click of two quick ones.) */
static void
on_row_released (GtkGestureClick *gesture, int n_press, double x, double y, Row *row)
{
  TwSession *session = row->list->session;

  if (gtk_widget_contains (gtk_event_controller_get_widget (GTK_EVENT_CONTROLLER (gesture)), x, y))
    tw_session_set_enabled (session, row->optimizer, !tw_session_get_enabled (session, row->optimizer));
}

/* FALSE: its row has no place yet. */
static gboolean
point_editor (TwOptimizerList *self, gsize optimizer)
{
  GtkWidget *row = ((Row *)self->rows->pdata[optimizer])->list_row;
  graphene_rect_t bounds;

  if (!gtk_widget_compute_bounds (row, GTK_WIDGET (self), &bounds))
    return FALSE;
  GdkRectangle place = { (int)bounds.origin.x, (int)bounds.origin.y, (int)bounds.size.width,
                         (int)bounds.size.height };
  gtk_popover_set_pointing_to (GTK_POPOVER (self->editor), &place);
  return TRUE;
}

static void
open_editor (TwOptimizerList *self, gsize optimizer)
{
  if (point_editor (self, optimizer))
    tw_optimizer_editor_open (TW_OPTIMIZER_EDITOR (self->editor), optimizer);
}

static void
on_edit (GtkButton *button, Row *row)
{
  open_editor (row->list, row->optimizer);
}

/* Spec, name and colour may be others now; the widgets stay, also under an open editor. */
static void
show_settings (TwOptimizerList *self, Row *row)
{
  const TwExperiment *experiment = tw_session_get_experiment (self->session);
  const char *spec = experiment->optimizers->pdata[row->optimizer];
  g_autofree char *markup = describe (experiment, row->optimizer);
  const char *label = tw_experiment_get_label (experiment, row->optimizer);
  g_autofree char *name = label != NULL ? g_strdup (label) : tw_optimizer_spec_title_with_keys (spec);
  g_autofree char *words = g_strdup_printf ("Settings of %s", name);

  gtk_label_set_markup (GTK_LABEL (row->name), markup);
  gtk_widget_set_tooltip_text (row->list_row, spec);
  gtk_widget_queue_draw (row->swatch);
  tw_set_name (row->list_row, name);
  tw_set_name (row->check, name);
  tw_set_name (row->edit, words);
}

static GtkWidget *
make_edit_button (Row *row)
{
  GtkWidget *button = gtk_button_new_from_icon_name ("document-edit-symbolic");

  gtk_widget_add_css_class (button, "flat");
  gtk_widget_add_css_class (button, "row-button");
  gtk_widget_set_name (button, "optimizer-edit");
  gtk_widget_set_tooltip_text (button, "Settings, name, colour, order");
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_set_focus_on_click (button, FALSE);
  g_signal_connect (button, "clicked", G_CALLBACK (on_edit), row);
  return button;
}

static void
append_row (TwOptimizerList *self, gsize optimizer)
{
  Row *row = g_new0 (Row, 1);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);

  row->list = self;
  row->optimizer = optimizer;
  row->check = gtk_check_button_new ();
  gtk_widget_set_focus_on_click (row->check, FALSE);
  gtk_widget_set_valign (row->check, GTK_ALIGN_CENTER);
  row->swatch = gtk_drawing_area_new ();
  gtk_drawing_area_set_content_width (GTK_DRAWING_AREA (row->swatch), SWATCH_WIDTH);
  gtk_drawing_area_set_content_height (GTK_DRAWING_AREA (row->swatch), SWATCH_HEIGHT);
  gtk_drawing_area_set_draw_func (GTK_DRAWING_AREA (row->swatch), draw_swatch, row, NULL);
  gtk_widget_set_valign (row->swatch, GTK_ALIGN_CENTER);
  row->name = gtk_label_new (NULL);
  gtk_label_set_ellipsize (GTK_LABEL (row->name), PANGO_ELLIPSIZE_END);
  gtk_label_set_xalign (GTK_LABEL (row->name), 0);
  gtk_widget_set_hexpand (row->name, TRUE);
  row->loss = GTK_LABEL (gtk_label_new (NULL));
  gtk_label_set_xalign (row->loss, 1);
  gtk_label_set_width_chars (row->loss, 10);
  gtk_widget_add_css_class (GTK_WIDGET (row->loss), "numeric");
  row->edit = make_edit_button (row);

  gtk_box_append (GTK_BOX (box), row->check);
  gtk_box_append (GTK_BOX (box), row->swatch);
  gtk_box_append (GTK_BOX (box), row->name);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (row->loss));
  gtk_box_append (GTK_BOX (box), row->edit);
  gtk_list_box_append (self->box, box);
  row->list_row = GTK_WIDGET (gtk_list_box_get_row_at_index (self->box, (int)self->rows->len));
  gtk_widget_set_focus_on_click (row->list_row, FALSE);
  gtk_widget_set_focusable (row->list_row, FALSE);
  GtkGesture *click = gtk_gesture_click_new ();
  g_signal_connect (click, "released", G_CALLBACK (on_row_released), row);
  gtk_widget_add_controller (row->list_row, GTK_EVENT_CONTROLLER (click));
  g_signal_connect (row->check, "toggled", G_CALLBACK (on_toggled), row);
  g_ptr_array_add (self->rows, row);
}

/* After a copy the open editor is the copy's, and points at it; not before that row has its place. */
static gboolean
follow_editor (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  TwOptimizerList *self = TW_OPTIMIZER_LIST (widget);
  gsize optimizer = tw_optimizer_editor_get_optimizer (TW_OPTIMIZER_EDITOR (self->editor));

  if (self->frames_to_wait-- > 0)
    return G_SOURCE_CONTINUE;
  if (gtk_widget_get_mapped (self->editor) && optimizer < self->rows->len)
    point_editor (self, optimizer);
  return G_SOURCE_REMOVE;
}

static void
fill (TwOptimizerList *self)
{
  gsize n = tw_session_get_n_optimizers (self->session);

  if (n > self->rows->len && self->editor != NULL && gtk_widget_get_mapped (self->editor)) {
    self->frames_to_wait = 1;
    gtk_widget_add_tick_callback (GTK_WIDGET (self), follow_editor, NULL, NULL);
  }

  while (self->rows->len > n) {
    Row *last = self->rows->pdata[self->rows->len - 1];
    gtk_list_box_remove (self->box, last->list_row);
    g_ptr_array_set_size (self->rows, (int)self->rows->len - 1);
  }
  while (self->rows->len < n)
    append_row (self, self->rows->len);
}

/* A drag of the start is a new experiment too, but the list is the same. */
static gboolean
settings_differ (TwOptimizerList *self, Row *row)
{
  const char *spec = tw_session_get_experiment (self->session)->optimizers->pdata[row->optimizer];

  if (g_strcmp0 (row->spec, spec) == 0)
    return FALSE;
  g_free (row->spec);
  row->spec = g_strdup (spec);
  return TRUE;
}

static void
on_session_changed (TwSession *session, guint changes, TwOptimizerList *self)
{
  gint64 now = g_get_monotonic_time ();

  self->updating = TRUE;
  if (changes & TW_SESSION_EXPERIMENT)
    fill (self);
  for (guint i = 0; (changes & (TW_SESSION_EXPERIMENT | TW_SESSION_ENABLED)) && i < self->rows->len; i++)
    show_enabled (self, self->rows->pdata[i]);
  for (guint i = 0; (changes & (TW_SESSION_EXPERIMENT | TW_SESSION_LOOKS)) && i < self->rows->len; i++)
    if (settings_differ (self, self->rows->pdata[i]) || (changes & TW_SESSION_LOOKS))
      show_settings (self, self->rows->pdata[i]);
  if ((changes & ~(guint)TW_SESSION_STEP) != 0 || !tw_session_get_playing (session) ||
      now - self->last_numbers >= PERIOD) {
    self->last_numbers = now;
    for (guint i = 0; i < self->rows->len; i++)
      show_number (self, self->rows->pdata[i]);
  }
  self->updating = FALSE;
}

/* Adding one */

typedef struct {
  TwOptimizerList *list;
  gsize optimizer;
} Opening;

/* Its row has a place by now. */
static gboolean
open_new (gpointer data)
{
  Opening *opening = data;

  if (opening->optimizer < opening->list->rows->len && gtk_widget_get_mapped (GTK_WIDGET (opening->list)))
    open_editor (opening->list, opening->optimizer);
  g_object_unref (opening->list);
  g_free (opening);
  return G_SOURCE_REMOVE;
}

static void
on_type_activated (GtkListBox *box, GtkListBoxRow *row, TwOptimizerList *self)
{
  gsize n;
  const TwOptimizerType *const *types = tw_optimizer_types (&n);
  g_autoptr (TwExperiment) experiment = tw_experiment_copy (tw_session_get_experiment (self->session));
  gsize place = experiment->optimizers->len, type = (gsize)gtk_list_box_row_get_index (row);

  gtk_menu_button_popdown (GTK_MENU_BUTTON (self->add));
  if (type >= n || place >= TW_EXPERIMENT_MAX_OPTIMIZERS)
    return;
  tw_experiment_insert_optimizer (experiment, place, tw_optimizer_type_get_name (types[type]), NULL, -1);
  tw_session_set_experiment (self->session, experiment);
  tw_session_restart (self->session);
  Opening *opening = g_new0 (Opening, 1);
  opening->list = g_object_ref (self);
  opening->optimizer = place;
  g_timeout_add (150, open_new, opening);
}

static GtkWidget *
make_type_row (const TwOptimizerType *type)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 1);
  GtkWidget *title = gtk_label_new (tw_optimizer_type_get_title (type));
  GtkWidget *summary = gtk_label_new (tw_optimizer_type_get_summary (type));

  gtk_label_set_xalign (GTK_LABEL (title), 0);
  gtk_label_set_xalign (GTK_LABEL (summary), 0);
  gtk_label_set_wrap (GTK_LABEL (summary), TRUE);
  gtk_label_set_max_width_chars (GTK_LABEL (summary), 44);
  gtk_widget_add_css_class (summary, "dim-label");
  gtk_widget_add_css_class (summary, "caption");
  gtk_box_append (GTK_BOX (box), title);
  gtk_box_append (GTK_BOX (box), summary);
  return box;
}

static GtkWidget *
make_add_button (TwOptimizerList *self)
{
  GtkWidget *popover = gtk_popover_new (), *scrolled = gtk_scrolled_window_new (), *box = gtk_list_box_new ();
  GtkWidget *button = gtk_menu_button_new ();
  gsize n;
  const TwOptimizerType *const *types = tw_optimizer_types (&n);

  for (gsize i = 0; i < n; i++)
    gtk_list_box_append (GTK_LIST_BOX (box), make_type_row (types[i]));
  gtk_list_box_set_selection_mode (GTK_LIST_BOX (box), GTK_SELECTION_NONE);
  gtk_widget_set_name (box, "optimizer-types");
  g_signal_connect (box, "row-activated", G_CALLBACK (on_type_activated), self);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scrolled), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_min_content_height (GTK_SCROLLED_WINDOW (scrolled), 380);
  gtk_widget_set_size_request (scrolled, 380, -1);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), box);
  gtk_popover_set_child (GTK_POPOVER (popover), scrolled);
  gtk_widget_add_css_class (popover, "chooser");
  gtk_menu_button_set_label (GTK_MENU_BUTTON (button), "Add Optimizer");
  gtk_menu_button_set_has_frame (GTK_MENU_BUTTON (button), FALSE);
  gtk_menu_button_set_popover (GTK_MENU_BUTTON (button), popover);
  gtk_widget_set_name (button, "optimizer-add");
  gtk_widget_set_tooltip_text (button, "Compare one more (Ctrl+Plus)");
  gtk_widget_set_halign (button, GTK_ALIGN_START);
  gtk_widget_add_css_class (button, "add");
  return button;
}

void
tw_optimizer_list_popup_add (TwOptimizerList *self)
{
  gtk_menu_button_popup (GTK_MENU_BUTTON (self->add));
}

static void
tw_optimizer_list_dispose (GObject *object)
{
  TwOptimizerList *self = TW_OPTIMIZER_LIST (object);

  g_clear_pointer (&self->editor, gtk_widget_unparent);
  g_clear_pointer (&self->column, gtk_widget_unparent);
  g_clear_pointer (&self->rows, g_ptr_array_unref);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (tw_optimizer_list_parent_class)->dispose (object);
}

static void
tw_optimizer_list_class_init (TwOptimizerListClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = tw_optimizer_list_dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (GTK_WIDGET_CLASS (klass), "optimizers");
  gtk_widget_class_set_accessible_role (GTK_WIDGET_CLASS (klass), GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
tw_optimizer_list_init (TwOptimizerList *self)
{
  GtkWidget *scrolled = gtk_scrolled_window_new ();

  self->rows = g_ptr_array_new_with_free_func (row_free);
  self->box = GTK_LIST_BOX (gtk_list_box_new ());
  gtk_list_box_set_selection_mode (self->box, GTK_SELECTION_NONE);
  gtk_widget_set_name (GTK_WIDGET (self->box), "optimizer-rows");
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scrolled), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_propagate_natural_height (GTK_SCROLLED_WINDOW (scrolled), TRUE);
  gtk_scrolled_window_set_min_content_height (GTK_SCROLLED_WINDOW (scrolled), 96); /* three rows */
  gtk_scrolled_window_set_max_content_height (GTK_SCROLLED_WINDOW (scrolled), 216); /* seven */
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), GTK_WIDGET (self->box));
  self->column = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  self->add = make_add_button (self);
  gtk_box_append (GTK_BOX (self->column), scrolled);
  gtk_box_append (GTK_BOX (self->column), self->add);
  gtk_widget_set_parent (self->column, GTK_WIDGET (self));
  tw_set_name (GTK_WIDGET (self), "Optimizers");
  tw_set_name (GTK_WIDGET (self->box), "Optimizers");
}

GtkWidget *
tw_optimizer_list_new (TwSession *session)
{
  TwOptimizerList *self = g_object_new (TW_TYPE_OPTIMIZER_LIST, NULL);

  self->session = g_object_ref (session);
  self->editor = tw_optimizer_editor_new (session);
  /* Below, over the charts: what a setting does shows on the landscape while it moves. */
  gtk_popover_set_position (GTK_POPOVER (self->editor), GTK_POS_BOTTOM);
  gtk_widget_set_parent (self->editor, GTK_WIDGET (self));
  g_signal_connect_object (session, "changed", G_CALLBACK (on_session_changed), self, 0);
  on_session_changed (session, TW_SESSION_ALL, self);
  return GTK_WIDGET (self);
}
