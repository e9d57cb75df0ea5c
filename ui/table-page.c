#include "ui/table-page.h"

#include <math.h>
#include <string.h>

#include "core/experiment/comparison.h"
#include "ui/optimizer-editor.h"
#include "ui/panel.h"
#include "ui/words.h"

#define HELP                                                                                                 \
  "One line for each optimizer that is switched on, at the end of its runs.  Click a heading to sort by it, again to " \
  "turn the order around.\n\n"                                                                               \
  "Steps is how many it took to come within the chosen distance of the known minimum, Starts from how many of the "   \
  "starts it did.  With several starts the numbers are medians.  Evals counts evaluations, every time the loss or its " \
  "gradient was asked for: an optimizer that looks twice in a step pays twice."
#define PERIOD (200 * G_TIME_SPAN_MILLISECOND) /* while rows come in */

/* One line of the table. */
#define TW_TYPE_TABLE_ITEM (tw_table_item_get_type ())
G_DECLARE_FINAL_TYPE (TwTableItem, tw_table_item, TW, TABLE_ITEM, GObject)

struct _TwTableItem {
  GObject parent_instance;
  char *name;
  const TwLineStyle *style;
  TwComparisonRow row;
};

G_DEFINE_FINAL_TYPE (TwTableItem, tw_table_item, G_TYPE_OBJECT)

static void
tw_table_item_finalize (GObject *object)
{
  TwTableItem *item = TW_TABLE_ITEM (object);

  g_free (item->name);
  g_free (item->row.why);
  G_OBJECT_CLASS (tw_table_item_parent_class)->finalize (object);
}

static void
tw_table_item_class_init (TwTableItemClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = tw_table_item_finalize;
}

static void
tw_table_item_init (TwTableItem *item)
{
}

typedef enum { COLUMN_NAME, COLUMN_FINAL, COLUMN_BEST, COLUMN_STEPS, COLUMN_SUCCESS, COLUMN_EVALUATIONS, COLUMN_WHY, N_COLUMNS } Column;

struct _TwTablePage {
  GtkWidget parent_instance;

  TwSession *session;
  GtkWidget *box, *view, *tolerance;
  GtkLabel *subtitle;
  GListStore *store;
  GtkColumnViewColumn *columns[N_COLUMNS];
  gint64 last_update;
  guint later; /* source of an update that waits */
};

G_DEFINE_FINAL_TYPE (TwTablePage, tw_table_page, GTK_TYPE_WIDGET)

static const double tolerances[] = { 1, 1e-1, 1e-2, 1e-3, 1e-4, 1e-6, 1e-8, 1e-10 };
static const char *const tolerance_names[] = { "1", "0.1", "0.01", "1e-3", "1e-4", "1e-6", "1e-8", "1e-10", NULL };
#define USUAL_TOLERANCE 3

static double
tolerance_of (TwTablePage *self)
{
  return tolerances[MIN (gtk_drop_down_get_selected (GTK_DROP_DOWN (self->tolerance)), G_N_ELEMENTS (tolerances) - 1)];
}

/* Cells */

static double
number_of (const TwTableItem *item, Column column)
{
  const TwComparisonRow *row = &item->row;

  switch (column) {
  case COLUMN_FINAL:
    return row->final_loss;
  case COLUMN_BEST:
    return row->best_loss;
  case COLUMN_STEPS:
    return row->steps;
  case COLUMN_SUCCESS:
    return (double)row->n_reached / (double)row->n_runs;
  case COLUMN_EVALUATIONS:
    return (double)row->evaluations;
  default:
    return NAN;
  }
}

static char *
text_of (const TwTableItem *item, Column column)
{
  double number = number_of (item, column);

  switch (column) {
  case COLUMN_NAME:
    return g_strdup (item->name);
  case COLUMN_WHY:
    return g_strdup (item->row.why);
  case COLUMN_SUCCESS:
    return g_strdup_printf ("%" G_GSIZE_FORMAT "/%" G_GSIZE_FORMAT, item->row.n_reached, item->row.n_runs);
  case COLUMN_STEPS:
    return isnan (number) ? g_strdup ("\342\200\223") : g_strdup_printf ("%g", number);
  case COLUMN_EVALUATIONS:
    return g_strdup_printf ("%.0f", number);
  default:
    return isnan (number) ? g_strdup ("\342\200\223") : g_strdup_printf ("%.3g", number);
  }
}

static int
compare (gconstpointer a, gconstpointer b, gpointer data)
{
  const TwTableItem *x = a, *y = b;
  Column column = (Column)GPOINTER_TO_INT (data);

  if (column == COLUMN_NAME)
    return g_utf8_collate (x->name, y->name);
  if (column == COLUMN_WHY)
    return g_utf8_collate (x->row.why, y->row.why);
  double p = number_of (x, column), q = number_of (y, column);
  /* What never got there is worse than the slowest. */
  p = isnan (p) ? INFINITY : p;
  q = isnan (q) ? INFINITY : q;
  return (p > q) - (p < q);
}

static void
draw_swatch (GtkDrawingArea *area, cairo_t *cr, int width, int height, gpointer data)
{
  tw_draw_swatch (cr, tw_theme_of_widget (GTK_WIDGET (area)), data, 1, 0, width - 2, height);
}

static void
on_setup (GtkSignalListItemFactory *factory, GtkListItem *cell, gpointer data)
{
  Column column = (Column)GPOINTER_TO_INT (data);
  GtkWidget *label = gtk_label_new (NULL), *box, *area;

  /* Words go on in a second line where the window is small: no column is out of sight for them. */
  if (column == COLUMN_NAME || column == COLUMN_WHY) {
    gtk_label_set_wrap (GTK_LABEL (label), TRUE);
    gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
    g_autoptr (PangoAttrList) attributes = pango_attr_list_new ();
    pango_attr_list_insert (attributes, pango_attr_insert_hyphens_new (FALSE));
    gtk_label_set_attributes (GTK_LABEL (label), attributes);
    gtk_label_set_natural_wrap_mode (GTK_LABEL (label), GTK_NATURAL_WRAP_NONE);
    gtk_widget_add_css_class (label, "words"); /* not too narrow: width-chars would, but not without warnings */
  }
  gtk_label_set_xalign (GTK_LABEL (label), column == COLUMN_NAME || column == COLUMN_WHY ? 0 : 1);
  if (column != COLUMN_NAME) {
    gtk_widget_add_css_class (label, "numeric");
    gtk_list_item_set_child (cell, label);
    return;
  }
  box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 4);
  area = gtk_drawing_area_new ();
  gtk_drawing_area_set_content_width (GTK_DRAWING_AREA (area), 24);
  gtk_drawing_area_set_content_height (GTK_DRAWING_AREA (area), 12);
  gtk_widget_set_valign (area, GTK_ALIGN_CENTER);
  gtk_box_append (GTK_BOX (box), area);
  gtk_box_append (GTK_BOX (box), label);
  gtk_list_item_set_child (cell, box);
}

static void
on_bind (GtkSignalListItemFactory *factory, GtkListItem *cell, gpointer data)
{
  Column column = (Column)GPOINTER_TO_INT (data);
  TwTableItem *item = gtk_list_item_get_item (cell);
  GtkWidget *child = gtk_list_item_get_child (cell);
  g_autofree char *text = text_of (item, column);

  if (column == COLUMN_NAME) {
    gtk_drawing_area_set_draw_func (GTK_DRAWING_AREA (gtk_widget_get_first_child (child)), draw_swatch,
                                    (gpointer)item->style, NULL);
    child = gtk_widget_get_last_child (child);
  }
  gtk_label_set_text (GTK_LABEL (child), text);
  gtk_widget_set_tooltip_text (child, text);
}

/* Contents */

static void
update (TwTablePage *self)
{
  TwTrace *trace = tw_session_get_trace (self->session);
  gsize n = trace != NULL ? tw_trace_get_n_optimizers (trace) : 0, n_starts = trace != NULL ? tw_trace_get_n_starts (trace) : 0;
  TwComparisonRow *rows = trace != NULL ? tw_comparison_new (trace, tolerance_of (self)) : NULL;
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func (g_object_unref);
  gboolean known = trace != NULL && isfinite (tw_problem_get_minimum (tw_trace_get_problem (trace)));

  self->last_update = g_get_monotonic_time ();
  for (gsize o = 0; o < n; o++) {
    if (!tw_session_get_enabled (self->session, o))
      continue;
    TwTableItem *item = g_object_new (TW_TYPE_TABLE_ITEM, NULL);
    item->name = tw_optimizer_words (tw_session_get_experiment (self->session), o);
    item->style = tw_session_get_style (self->session, o);
    item->row = rows[o];
    item->row.why = g_strdup (rows[o].why);
    g_ptr_array_add (items, item);
  }
  tw_comparison_free (rows, n);
  g_list_store_splice (self->store, 0, g_list_model_get_n_items (G_LIST_MODEL (self->store)), items->pdata, items->len);
  gtk_column_view_column_set_visible (self->columns[COLUMN_SUCCESS], n_starts > 1);
  g_autofree char *words = n_starts > 1 ? g_strdup_printf ("medians of %" G_GSIZE_FORMAT " starts", n_starts) : NULL;
  gtk_label_set_text (self->subtitle, !known ? "no minimum known, so no steps to it" : words != NULL ? words : "");
}

static gboolean
on_later (gpointer data)
{
  TwTablePage *self = data;

  self->later = 0;
  update (self);
  return G_SOURCE_REMOVE;
}

static void
on_session_changed (TwSession *session, guint changes, TwTablePage *self)
{
  if (!(changes & (TW_SESSION_TRACE | TW_SESSION_ROWS | TW_SESSION_ENABLED | TW_SESSION_LOOKS)) || self->later != 0)
    return;
  /* Nobody looks: when it is shown it is made new. */
  if (!gtk_widget_get_mapped (GTK_WIDGET (self)))
    return;
  gint64 wait = self->last_update + PERIOD - g_get_monotonic_time ();
  if (wait > 0)
    self->later = g_timeout_add ((guint)(wait / 1000) + 1, on_later, self);
  else
    update (self);
}

static void
tw_table_page_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (tw_table_page_parent_class)->map (widget);
  update (TW_TABLE_PAGE (widget));
}

static void
on_tolerance (GObject *drop, GParamSpec *pspec, TwTablePage *self)
{
  update (self);
}

char *
tw_table_page_to_tsv (TwTablePage *self)
{
  TwTrace *trace = tw_session_get_trace (self->session);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);

  if (trace == NULL)
    return NULL;
  for (gsize o = 0; o < tw_trace_get_n_optimizers (trace); o++)
    g_ptr_array_add (names, g_strdup (tw_experiment_get_label (tw_session_get_experiment (self->session), o)));
  TwComparisonRow *rows = tw_comparison_new (trace, tolerance_of (self));
  char *text = tw_comparison_to_tsv (trace, rows, (const char *const *)names->pdata);
  tw_comparison_free (rows, tw_trace_get_n_optimizers (trace));
  return text;
}

static void
copy (TwTablePage *self)
{
  g_autofree char *text = tw_table_page_to_tsv (self);

  if (text != NULL)
    gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), text);
}

static void
on_copy (GtkButton *button, TwTablePage *self)
{
  copy (self);
}

static gboolean
on_copy_key (GtkWidget *widget, GVariant *arguments, gpointer data)
{
  copy (TW_TABLE_PAGE (widget));
  return TRUE;
}

/* Parts */

static void
add_column (TwTablePage *self, Column column, const char *title)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  g_autoptr (GtkSorter) sorter =
    GTK_SORTER (gtk_custom_sorter_new (compare, GINT_TO_POINTER ((int)column), NULL));

  g_signal_connect (factory, "setup", G_CALLBACK (on_setup), GINT_TO_POINTER ((int)column));
  g_signal_connect (factory, "bind", G_CALLBACK (on_bind), GINT_TO_POINTER ((int)column));
  self->columns[column] = gtk_column_view_column_new (title, factory);
  gtk_column_view_column_set_sorter (self->columns[column], sorter);
  gtk_column_view_column_set_expand (self->columns[column], column == COLUMN_NAME || column == COLUMN_WHY);
  gtk_column_view_column_set_resizable (self->columns[column], TRUE);
  gtk_column_view_append_column (GTK_COLUMN_VIEW (self->view), self->columns[column]);
  g_object_unref (self->columns[column]); /* the view has it */
}

static GtkWidget *
make_heading (TwTablePage *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8), *title = gtk_label_new ("Results");
  GtkWidget *within = gtk_label_new ("reached within"), *button = gtk_button_new_from_icon_name ("edit-copy-symbolic");
  const char *words = "How close to the known minimum counts as reached";

  self->subtitle = GTK_LABEL (gtk_label_new (NULL));
  self->tolerance = gtk_drop_down_new_from_strings (tolerance_names);
  gtk_drop_down_set_selected (GTK_DROP_DOWN (self->tolerance), USUAL_TOLERANCE);
  gtk_widget_set_name (self->tolerance, "table-tolerance");
  tw_set_words (self->tolerance, words);
  g_signal_connect (self->tolerance, "notify::selected", G_CALLBACK (on_tolerance), self);
  gtk_widget_set_name (button, "table-copy");
  gtk_widget_add_css_class (button, "flat");
  tw_set_words (button, "Copy as tab-separated text (Ctrl+C)");
  g_signal_connect (button, "clicked", G_CALLBACK (on_copy), self);
  gtk_widget_add_css_class (title, "heading");
  gtk_widget_add_css_class (within, "dim-label");
  gtk_widget_add_css_class (GTK_WIDGET (self->subtitle), "dim-label");
  gtk_widget_add_css_class (GTK_WIDGET (self->subtitle), "caption");
  gtk_label_set_ellipsize (self->subtitle, PANGO_ELLIPSIZE_END);
  gtk_label_set_xalign (self->subtitle, 0);
  gtk_widget_set_hexpand (GTK_WIDGET (self->subtitle), TRUE);
  gtk_widget_add_css_class (box, "panel-heading");
  gtk_box_append (GTK_BOX (box), title);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->subtitle));
  gtk_box_append (GTK_BOX (box), within);
  gtk_box_append (GTK_BOX (box), self->tolerance);
  gtk_box_append (GTK_BOX (box), button);
  gtk_box_append (GTK_BOX (box), tw_help_button_new ("Results", HELP));
  return box;
}

static void
tw_table_page_dispose (GObject *object)
{
  TwTablePage *self = TW_TABLE_PAGE (object);

  g_clear_handle_id (&self->later, g_source_remove);
  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_object (&self->store);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (tw_table_page_parent_class)->dispose (object);
}

static void
tw_table_page_class_init (TwTablePageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tw_table_page_dispose;
  widget_class->map = tw_table_page_map;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "table");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_c, GDK_CONTROL_MASK, on_copy_key, NULL);
}

static void
tw_table_page_init (TwTablePage *self)
{
  static const char *const titles[N_COLUMNS] = { "Optimizer", "Final", "Best", "Steps", "Starts", "Evals", "Ended" };
  GtkWidget *scrolled = gtk_scrolled_window_new ();

  self->store = g_list_store_new (TW_TYPE_TABLE_ITEM);
  self->view = gtk_column_view_new (NULL);
  for (int i = 0; i < N_COLUMNS; i++)
    add_column (self, (Column)i, titles[i]);
  GtkSorter *sorter = gtk_column_view_get_sorter (GTK_COLUMN_VIEW (self->view));
  GtkSortListModel *sorted =
    gtk_sort_list_model_new (G_LIST_MODEL (g_object_ref (self->store)), g_object_ref (sorter));
  GtkNoSelection *model = gtk_no_selection_new (G_LIST_MODEL (sorted));
  gtk_column_view_set_model (GTK_COLUMN_VIEW (self->view), GTK_SELECTION_MODEL (model));
  g_object_unref (model);
  gtk_widget_set_name (self->view, "table-view");
  gtk_widget_add_css_class (self->view, "data-table");
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), self->view);
  /* Where it is wider than the page that must be seen: a number cut at the edge reads as another one. */
  gtk_scrolled_window_set_overlay_scrolling (GTK_SCROLLED_WINDOW (scrolled), FALSE);
  gtk_widget_set_vexpand (scrolled, TRUE);
  gtk_widget_add_css_class (scrolled, "table-frame");
  self->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  gtk_box_append (GTK_BOX (self->box), make_heading (self));
  gtk_box_append (GTK_BOX (self->box), scrolled);
  gtk_widget_set_parent (self->box, GTK_WIDGET (self));
  tw_set_name (GTK_WIDGET (self), "Results");
  tw_set_name (self->view, "Results of each optimizer");
}

GtkWidget *
tw_table_page_new (TwSession *session)
{
  TwTablePage *self = g_object_new (TW_TYPE_TABLE_PAGE, NULL);

  self->session = g_object_ref (session);
  g_signal_connect_object (session, "changed", G_CALLBACK (on_session_changed), self, 0);
  return GTK_WIDGET (self);
}
