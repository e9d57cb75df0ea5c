#include "ui/optimizer-list.h"

#include <math.h>
#include <string.h>

#include "core/optimizers/optimizer.h"
#include "ui/panel.h"

#define SWATCH_WIDTH 34
#define SWATCH_HEIGHT 14
#define PERIOD (100 * G_TIME_SPAN_MILLISECOND) /* of numbers while playing: nobody reads faster */

typedef struct {
  TwOptimizerList *list;
  gsize optimizer;
  char *spec;
  GtkWidget *check, *swatch, *name;
  GtkLabel *loss;
} Row;

struct _TwOptimizerList {
  GtkWidget parent_instance;

  TwSession *session;
  GtkWidget *scrolled;
  GtkListBox *box;
  GPtrArray *rows; /* of Row * */
  gint64 last_numbers;
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

/* "Adam  lr=0.05" from "adam,lr=0.05". */
static char *
describe_spec (const char *spec)
{
  gsize length = strcspn (spec, ",");
  g_autofree char *name = g_strndup (spec, length);
  const TwOptimizerType *type = tw_optimizer_type_by_name (name);
  g_autofree char *title =
    g_markup_escape_text (type != NULL ? tw_optimizer_type_get_title (type) : name, -1);

  if (spec[length] == '\0')
    return g_steal_pointer (&title);
  g_auto (GStrv) keys = g_strsplit (spec + length + 1, ",", -1);
  g_autofree char *joined = g_strjoinv ("  ", keys);
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

static void
append_row (TwOptimizerList *self, gsize optimizer)
{
  Row *row = g_new0 (Row, 1);
  const char *spec = tw_session_get_experiment (self->session)->optimizers->pdata[optimizer];
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
  g_autofree char *markup = describe_spec (spec);

  row->list = self;
  row->optimizer = optimizer;
  row->spec = g_strdup (spec);
  row->check = gtk_check_button_new ();
  gtk_widget_set_focus_on_click (row->check, FALSE);
  gtk_widget_set_valign (row->check, GTK_ALIGN_CENTER);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row->check), GTK_ACCESSIBLE_PROPERTY_LABEL, spec, -1);
  row->swatch = gtk_drawing_area_new ();
  gtk_drawing_area_set_content_width (GTK_DRAWING_AREA (row->swatch), SWATCH_WIDTH);
  gtk_drawing_area_set_content_height (GTK_DRAWING_AREA (row->swatch), SWATCH_HEIGHT);
  gtk_drawing_area_set_draw_func (GTK_DRAWING_AREA (row->swatch), draw_swatch, row, NULL);
  gtk_widget_set_valign (row->swatch, GTK_ALIGN_CENTER);
  row->name = gtk_label_new (NULL);
  gtk_label_set_markup (GTK_LABEL (row->name), markup);
  gtk_label_set_ellipsize (GTK_LABEL (row->name), PANGO_ELLIPSIZE_END);
  gtk_label_set_xalign (GTK_LABEL (row->name), 0);
  gtk_widget_set_hexpand (row->name, TRUE);
  row->loss = GTK_LABEL (gtk_label_new (NULL));
  gtk_label_set_xalign (row->loss, 1);
  gtk_label_set_width_chars (row->loss, 10);
  gtk_widget_add_css_class (GTK_WIDGET (row->loss), "numeric");

  gtk_box_append (GTK_BOX (box), row->check);
  gtk_box_append (GTK_BOX (box), row->swatch);
  gtk_box_append (GTK_BOX (box), row->name);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (row->loss));
  gtk_list_box_append (self->box, box);
  GtkWidget *list_row = GTK_WIDGET (gtk_list_box_get_row_at_index (self->box, (int)self->rows->len));
  gtk_widget_set_tooltip_text (list_row, spec);
  gtk_widget_set_focus_on_click (list_row, FALSE);
  gtk_widget_set_focusable (list_row, FALSE);
  GtkGesture *click = gtk_gesture_click_new ();
  g_signal_connect (click, "released", G_CALLBACK (on_row_released), row);
  gtk_widget_add_controller (list_row, GTK_EVENT_CONTROLLER (click));
  g_signal_connect (row->check, "toggled", G_CALLBACK (on_toggled), row);
  g_ptr_array_add (self->rows, row);
}

static void
fill (TwOptimizerList *self)
{
  GtkListBoxRow *row;

  while ((row = gtk_list_box_get_row_at_index (self->box, 0)) != NULL)
    gtk_list_box_remove (self->box, GTK_WIDGET (row));
  g_ptr_array_set_size (self->rows, 0);
  for (gsize o = 0; o < tw_session_get_n_optimizers (self->session); o++)
    append_row (self, o);
}

/* A drag of the start is a new experiment too, but the list is the same. */
static gboolean
list_differs (TwOptimizerList *self)
{
  const GPtrArray *specs = tw_session_get_experiment (self->session)->optimizers;

  if (specs->len != self->rows->len)
    return TRUE;
  for (guint i = 0; i < specs->len; i++)
    if (strcmp (((Row *)self->rows->pdata[i])->spec, specs->pdata[i]) != 0)
      return TRUE;
  return FALSE;
}

static void
on_session_changed (TwSession *session, guint changes, TwOptimizerList *self)
{
  gint64 now = g_get_monotonic_time ();
  gboolean filled = (changes & TW_SESSION_EXPERIMENT) && list_differs (self);

  self->updating = TRUE;
  if (filled)
    fill (self);
  if (filled || (changes & TW_SESSION_ENABLED))
    for (guint i = 0; i < self->rows->len; i++)
      show_enabled (self, self->rows->pdata[i]);
  if ((changes & ~(guint)TW_SESSION_STEP) != 0 || !tw_session_get_playing (session) ||
      now - self->last_numbers >= PERIOD) {
    self->last_numbers = now;
    for (guint i = 0; i < self->rows->len; i++)
      show_number (self, self->rows->pdata[i]);
  }
  self->updating = FALSE;
}

static void
tw_optimizer_list_dispose (GObject *object)
{
  TwOptimizerList *self = TW_OPTIMIZER_LIST (object);

  g_clear_pointer (&self->scrolled, gtk_widget_unparent);
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
}

static void
tw_optimizer_list_init (TwOptimizerList *self)
{
  self->rows = g_ptr_array_new_with_free_func (row_free);
  self->box = GTK_LIST_BOX (gtk_list_box_new ());
  gtk_list_box_set_selection_mode (self->box, GTK_SELECTION_NONE);
  self->scrolled = gtk_scrolled_window_new ();
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (self->scrolled), GTK_POLICY_NEVER,
                                  GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_propagate_natural_height (GTK_SCROLLED_WINDOW (self->scrolled), TRUE);
  gtk_scrolled_window_set_max_content_height (GTK_SCROLLED_WINDOW (self->scrolled), 190);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (self->scrolled), GTK_WIDGET (self->box));
  gtk_widget_set_parent (self->scrolled, GTK_WIDGET (self));
}

GtkWidget *
tw_optimizer_list_new (TwSession *session)
{
  TwOptimizerList *self = g_object_new (TW_TYPE_OPTIMIZER_LIST, NULL);

  self->session = g_object_ref (session);
  g_signal_connect_object (session, "changed", G_CALLBACK (on_session_changed), self, 0);
  on_session_changed (session, TW_SESSION_ALL, self);
  return GTK_WIDGET (self);
}
