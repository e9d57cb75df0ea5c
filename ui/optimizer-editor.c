#include "ui/optimizer-editor.h"

#include <string.h>

#include "core/learned/hrnn-weights.h"
#include "core/optimizers/optimizer.h"
#include "core/optimizers/schedule.h"
#include "ui/panel.h"
#include "ui/param-row.h"

#define STYLES_PER_LINE 7

struct _TwOptimizerEditor {
  GtkPopover parent_instance;

  TwSession *session;
  gsize optimizer, dim; /* dim: coordinates of the problem */
  char *kind; /* the name of the type that the rows are for */
  GtkWidget *title, *name, *summary, *note, *grid, *schedule, *schedule_grid, *error, *up, *down, *remove, *reset;
  GtkWidget *styles[TW_N_LINE_STYLES];
  GPtrArray *rows; /* of TwParamRow *, in the order of params */
  GArray *params;  /* of const TwParam * */
  gboolean updating, held;
};

G_DEFINE_FINAL_TYPE (TwOptimizerEditor, tw_optimizer_editor, GTK_TYPE_POPOVER)

char *
tw_optimizer_words (const TwExperiment *experiment, gsize optimizer)
{
  return tw_looks_get_name (experiment, experiment->optimizers->pdata[optimizer], optimizer);
}

static const char *
present_spec (TwOptimizerEditor *self)
{
  return tw_session_get_experiment (self->session)->optimizers->pdata[self->optimizer];
}

static void
say (TwOptimizerEditor *self, const char *message)
{
  gtk_label_set_text (GTK_LABEL (self->error), message != NULL ? message : "");
  gtk_widget_set_visible (self->error, message != NULL);
}

/* TRUE: the problem that runs has another number of coordinates.  While nothing runs it is that of the last. */
static gboolean
look_at_problem (TwOptimizerEditor *self)
{
  TwTrace *trace = tw_session_get_trace (self->session);
  gsize before = self->dim;

  if (trace != NULL)
    self->dim = tw_problem_get_dim (tw_trace_get_problem (trace));
  return self->dim != before;
}

/* What the settings come to there. */
static void
show_note (TwOptimizerEditor *self, const TwSpec *spec)
{
  g_autofree char *note = tw_optimizer_note (spec, self->dim);
  g_autofree char *text = note != NULL ? g_strdup_printf ("Here %s.", note) : NULL;
  gtk_label_set_text (GTK_LABEL (self->note), text != NULL ? text : "");
  gtk_widget_set_visible (self->note, text != NULL);
}

static void
set_spec (TwOptimizerEditor *self, const char *text)
{
  g_autoptr (TwExperiment) experiment = tw_experiment_copy (tw_session_get_experiment (self->session));

  tw_experiment_set_optimizer (experiment, self->optimizer, text);
  tw_session_set_experiment (self->session, experiment);
}

static TwParamRow *
row_of (TwOptimizerEditor *self, const TwParam *param)
{
  for (guint i = 0; i < self->params->len; i++)
    if (g_array_index (self->params, const TwParam *, i) == param)
      return self->rows->pdata[i];
  return NULL;
}

static void
on_param_changed (const TwParam *param, const char *value, gpointer data)
{
  TwOptimizerEditor *self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (TwSpec) spec = tw_spec_parse (present_spec (self), &error);

  if (self->updating || spec == NULL)
    return;
  tw_spec_set (spec, param->key, value);
  if (!tw_optimizer_check (spec, &error)) {
    say (self, error->message);
    tw_param_row_set_wrong (row_of (self, param), TRUE);
    return;
  }
  say (self, NULL);
  tw_param_row_set_wrong (row_of (self, param), FALSE);
  if (strcmp (tw_spec_get_text (spec), present_spec (self)) != 0)
    set_spec (self, tw_spec_get_text (spec));
  else
    tw_param_row_show (row_of (self, param), value);
}

/* While a slider is held the whole runs are shown, as when a start is dragged. */
static void
on_pressed (gboolean down, gpointer data)
{
  TwOptimizerEditor *self = data;

  if (self->held == down)
    return;
  self->held = down;
  if (down) {
    tw_session_begin_change (self->session);
    tw_session_hold (self->session);
  } else {
    tw_session_release (self->session);
  }
}

static gboolean
is_schedule_key (const char *key)
{
  for (const TwParam *param = tw_schedule_params; param->key != NULL; param++)
    if (g_str_equal (param->key, key))
      return TRUE;
  return FALSE;
}

static void
clear_grid (GtkWidget *grid)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (grid)) != NULL)
    gtk_grid_remove (GTK_GRID (grid), child);
}

static void
build_rows (TwOptimizerEditor *self, const TwOptimizerType *type)
{
  int lines[2] = { 0, 0 };

  clear_grid (self->grid);
  clear_grid (self->schedule_grid);
  g_ptr_array_set_size (self->rows, 0);
  g_array_set_size (self->params, 0);
  for (const TwParam *param = tw_optimizer_type_get_params (type); param->key != NULL; param++) {
    gboolean schedule = is_schedule_key (param->key);
    TwParamRow *row = tw_param_row_new (param, GTK_GRID (schedule ? self->schedule_grid : self->grid), lines[schedule]++,
                                        on_param_changed, self);
    tw_param_row_on_press (row, on_pressed, self);
    if (g_str_equal (param->key, "weights"))
      tw_param_row_offer (row, tw_hrnn_weights_builtin_names (), "Weights of a Learned Optimizer", "safetensors");
    g_ptr_array_add (self->rows, row);
    g_array_append_val (self->params, param);
  }
  gtk_widget_set_visible (self->schedule, lines[1] > 0);
  gtk_label_set_text (GTK_LABEL (self->title), tw_optimizer_type_get_title (type));
  gtk_label_set_text (GTK_LABEL (self->summary), tw_optimizer_type_get_summary (type));
}

static void
show (TwOptimizerEditor *self)
{
  const TwExperiment *experiment = tw_session_get_experiment (self->session);
  g_autoptr (TwSpec) spec = tw_spec_parse (present_spec (self), NULL);
  const TwOptimizerType *type = spec != NULL ? tw_optimizer_type_by_name (tw_spec_get_name (spec)) : NULL;
  const char *label = tw_experiment_get_label (experiment, self->optimizer);
  gboolean scheduled = FALSE;

  if (type == NULL) {
    gtk_popover_popdown (GTK_POPOVER (self));
    return;
  }
  look_at_problem (self);
  self->updating = TRUE;
  if (g_strcmp0 (self->kind, tw_spec_get_name (spec)) != 0) {
    g_free (self->kind);
    self->kind = g_strdup (tw_spec_get_name (spec));
    build_rows (self, type);
  }
  for (guint i = 0; i < self->rows->len; i++) {
    const TwParam *param = g_array_index (self->params, const TwParam *, i);
    if (param->kind == TW_PARAM_REAL)
      tw_param_row_set_initial (self->rows->pdata[i], tw_optimizer_type_get_initial (type, param, self->dim));
    tw_param_row_show (self->rows->pdata[i], tw_spec_get (spec, param->key));
    scheduled = scheduled || (is_schedule_key (param->key) && tw_spec_get (spec, param->key) != NULL);
  }
  if (scheduled)
    gtk_expander_set_expanded (GTK_EXPANDER (self->schedule), TRUE);
  if (g_strcmp0 (gtk_editable_get_text (GTK_EDITABLE (self->name)), label != NULL ? label : "") != 0)
    gtk_editable_set_text (GTK_EDITABLE (self->name), label != NULL ? label : "");
  gtk_entry_set_placeholder_text (GTK_ENTRY (self->name), tw_optimizer_type_get_title (type));
  for (guint i = 0; i < TW_N_LINE_STYLES; i++)
    gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (self->styles[i]),
                                  tw_session_get_style (self->session, self->optimizer) == tw_line_style_get (i));
  gtk_widget_set_sensitive (self->up, self->optimizer > 0);
  gtk_widget_set_sensitive (self->down, self->optimizer + 1 < experiment->optimizers->len);
  gtk_widget_set_sensitive (self->remove, experiment->optimizers->len > 1);
  gtk_widget_set_sensitive (self->reset, tw_spec_get_n_keys (spec) > 0);
  show_note (self, spec);
  say (self, NULL);
  self->updating = FALSE;
}

static void
on_session_changed (TwSession *session, guint changes, TwOptimizerEditor *self)
{
  if (!gtk_widget_get_visible (GTK_WIDGET (self)))
    return;
  if (!(changes & (TW_SESSION_EXPERIMENT | TW_SESSION_LOOKS))) {
    if (changes & TW_SESSION_TRACE && look_at_problem (self))
      show (self);
    return;
  }
  if (self->optimizer >= tw_session_get_n_optimizers (session))
    gtk_popover_popdown (GTK_POPOVER (self));
  else
    show (self);
}

void
tw_optimizer_editor_open (TwOptimizerEditor *self, gsize optimizer)
{
  g_return_if_fail (optimizer < tw_session_get_n_optimizers (self->session));
  self->optimizer = optimizer;
  gtk_expander_set_expanded (GTK_EXPANDER (self->schedule), FALSE);
  show (self);
  gtk_popover_popup (GTK_POPOVER (self));
}

gsize
tw_optimizer_editor_get_optimizer (TwOptimizerEditor *self)
{
  return self->optimizer;
}

/* What the buttons do */

static void
on_renamed (GtkEditable *editable, TwOptimizerEditor *self)
{
  g_autoptr (TwExperiment) experiment = NULL;

  if (self->updating)
    return;
  experiment = tw_experiment_copy (tw_session_get_experiment (self->session));
  tw_experiment_set_label (experiment, self->optimizer, gtk_editable_get_text (editable));
  tw_session_set_experiment (self->session, experiment);
}

static void
on_style_clicked (GtkButton *button, TwOptimizerEditor *self)
{
  g_autoptr (TwExperiment) experiment = tw_experiment_copy (tw_session_get_experiment (self->session));
  int style = GPOINTER_TO_INT (g_object_get_data (G_OBJECT (button), "style"));

  tw_experiment_set_line_style (experiment, self->optimizer, style);
  tw_session_set_experiment (self->session, experiment);
  show (self);
}

static void
on_copy (GtkButton *button, TwOptimizerEditor *self)
{
  const TwExperiment *now = tw_session_get_experiment (self->session);
  g_autoptr (TwExperiment) experiment = tw_experiment_copy (now);

  if (now->optimizers->len >= TW_EXPERIMENT_MAX_OPTIMIZERS)
    return;
  tw_experiment_insert_optimizer (experiment, self->optimizer + 1, present_spec (self),
                                  tw_experiment_get_label (now, self->optimizer), -1);
  self->optimizer++;
  tw_session_set_experiment (self->session, experiment);
  tw_session_restart (self->session);
}

static void
move_by (TwOptimizerEditor *self, int by)
{
  g_autoptr (TwExperiment) experiment = tw_experiment_copy (tw_session_get_experiment (self->session));
  gsize to = self->optimizer + (gsize)by;

  if (to >= experiment->optimizers->len)
    return;
  tw_experiment_move_optimizer (experiment, self->optimizer, to);
  self->optimizer = to;
  tw_session_set_experiment (self->session, experiment);
}

static void
on_up (GtkButton *button, TwOptimizerEditor *self)
{
  move_by (self, -1);
}

static void
on_down (GtkButton *button, TwOptimizerEditor *self)
{
  move_by (self, 1);
}

static void
on_reset (GtkButton *button, TwOptimizerEditor *self)
{
  g_autoptr (TwSpec) spec = tw_spec_parse (present_spec (self), NULL);

  if (spec != NULL)
    set_spec (self, tw_spec_get_name (spec));
}

static void
on_remove (GtkButton *button, TwOptimizerEditor *self)
{
  g_autoptr (TwExperiment) experiment = tw_experiment_copy (tw_session_get_experiment (self->session));

  if (experiment->optimizers->len < 2)
    return;
  gtk_popover_popdown (GTK_POPOVER (self));
  tw_experiment_remove_optimizer (experiment, self->optimizer);
  tw_session_set_experiment (self->session, experiment);
  tw_session_restart (self->session);
}

static void
on_closed (GtkPopover *popover, TwOptimizerEditor *self)
{
  on_pressed (FALSE, self);
}

/* Parts */

static void
draw_style (GtkDrawingArea *area, cairo_t *cr, int width, int height, gpointer data)
{
  tw_draw_swatch (cr, tw_theme_of_widget (GTK_WIDGET (area)), data, 1, 0, width - 2, height);
}

static GtkWidget *
make_styles (TwOptimizerEditor *self)
{
  GtkWidget *grid = gtk_grid_new ();

  for (guint i = 0; i < TW_N_LINE_STYLES; i++) {
    const TwLineStyle *style = tw_line_style_get (i);
    GtkWidget *button = gtk_toggle_button_new (), *area = gtk_drawing_area_new ();
    g_autofree char *words = g_strdup_printf ("%s, %s", style->name, style->dash_name);
    g_autofree char *name = g_strdup_printf ("style-%u", i);
    gtk_drawing_area_set_content_width (GTK_DRAWING_AREA (area), 30);
    gtk_drawing_area_set_content_height (GTK_DRAWING_AREA (area), 12);
    gtk_drawing_area_set_draw_func (GTK_DRAWING_AREA (area), draw_style, (gpointer)style, NULL);
    gtk_button_set_child (GTK_BUTTON (button), area);
    gtk_widget_add_css_class (button, "flat");
    gtk_widget_add_css_class (button, "swatch");
    gtk_widget_set_tooltip_text (button, words);
    gtk_widget_set_name (button, name);
    gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, words, -1);
    g_object_set_data (G_OBJECT (button), "style", GINT_TO_POINTER ((int)i));
    g_signal_connect (button, "clicked", G_CALLBACK (on_style_clicked), self);
    gtk_grid_attach (GTK_GRID (grid), button, (int)(i % STYLES_PER_LINE), (int)(i / STYLES_PER_LINE), 1, 1);
    self->styles[i] = button;
  }
  gtk_widget_set_halign (grid, GTK_ALIGN_CENTER);
  return grid;
}

static GtkWidget *
make_grid (void)
{
  GtkWidget *grid = gtk_grid_new ();

  gtk_grid_set_column_spacing (GTK_GRID (grid), 8);
  gtk_grid_set_row_spacing (GTK_GRID (grid), 2);
  return grid;
}

static GtkWidget *
add_button (TwOptimizerEditor *self, GtkWidget *box, const char *icon, const char *words, const char *name,
            GCallback clicked)
{
  GtkWidget *button = gtk_button_new_from_icon_name (icon);

  gtk_widget_set_tooltip_text (button, words);
  gtk_widget_set_name (button, name);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, words, -1);
  g_signal_connect (button, "clicked", clicked, self);
  gtk_box_append (GTK_BOX (box), button);
  return button;
}

static GtkWidget *
make_buttons (TwOptimizerEditor *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 4), *space = gtk_label_new (NULL);

  add_button (self, box, "edit-copy-symbolic", "Another one like it", "optimizer-copy", G_CALLBACK (on_copy));
  self->up = add_button (self, box, "go-up-symbolic", "Move up", "optimizer-up", G_CALLBACK (on_up));
  self->down = add_button (self, box, "go-down-symbolic", "Move down", "optimizer-down", G_CALLBACK (on_down));
  self->reset = gtk_button_new_with_label ("Defaults");
  gtk_widget_set_tooltip_text (self->reset, "All settings as they are at first");
  gtk_widget_set_name (self->reset, "optimizer-reset");
  g_signal_connect (self->reset, "clicked", G_CALLBACK (on_reset), self);
  gtk_box_append (GTK_BOX (box), self->reset);
  gtk_widget_set_hexpand (space, TRUE);
  gtk_box_append (GTK_BOX (box), space);
  self->remove =
    add_button (self, box, "user-trash-symbolic", "Remove", "optimizer-remove", G_CALLBACK (on_remove));
  return box;
}

static GtkWidget *
add_label (GtkWidget *box, const char *css)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_max_width_chars (GTK_LABEL (label), 44);
  gtk_widget_add_css_class (label, css);
  gtk_box_append (GTK_BOX (box), label);
  return label;
}

static void
fill (TwOptimizerEditor *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 8), *head = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
  GtkWidget *inner = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6), *scrolled = gtk_scrolled_window_new ();

  self->title = gtk_label_new (NULL);
  gtk_widget_add_css_class (self->title, "heading");
  self->name = gtk_entry_new ();
  gtk_widget_set_hexpand (self->name, TRUE);
  gtk_widget_set_name (self->name, "optimizer-name");
  gtk_widget_set_tooltip_text (self->name, "A name of your own");
  g_signal_connect (self->name, "changed", G_CALLBACK (on_renamed), self);
  gtk_box_append (GTK_BOX (head), self->title);
  gtk_box_append (GTK_BOX (head), self->name);
  gtk_box_append (GTK_BOX (box), head);
  self->summary = add_label (box, "caption");
  gtk_widget_add_css_class (self->summary, "dim-label");

  self->grid = make_grid ();
  self->schedule_grid = make_grid ();
  self->schedule = gtk_expander_new ("Schedule of the learning rate");
  gtk_widget_set_name (self->schedule, "optimizer-schedule");
  gtk_expander_set_child (GTK_EXPANDER (self->schedule), self->schedule_grid);
  gtk_box_append (GTK_BOX (inner), self->grid);
  gtk_box_append (GTK_BOX (inner), self->schedule);
  gtk_box_append (GTK_BOX (inner), make_styles (self));
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scrolled), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_propagate_natural_height (GTK_SCROLLED_WINDOW (scrolled), TRUE);
  gtk_scrolled_window_set_max_content_height (GTK_SCROLLED_WINDOW (scrolled), 330);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), inner);
  gtk_box_append (GTK_BOX (box), scrolled);
  self->note = add_label (box, "caption");
  gtk_widget_set_name (self->note, "optimizer-note");
  self->error = add_label (box, "error");
  gtk_widget_set_name (self->error, "optimizer-error");
  gtk_box_append (GTK_BOX (box), make_buttons (self));
  gtk_popover_set_child (GTK_POPOVER (self), box);
}

static void
tw_optimizer_editor_dispose (GObject *object)
{
  TwOptimizerEditor *self = TW_OPTIMIZER_EDITOR (object);

  g_clear_object (&self->session);
  g_clear_pointer (&self->kind, g_free);
  g_clear_pointer (&self->rows, g_ptr_array_unref);
  g_clear_pointer (&self->params, g_array_unref);
  G_OBJECT_CLASS (tw_optimizer_editor_parent_class)->dispose (object);
}

static void
tw_optimizer_editor_class_init (TwOptimizerEditorClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = tw_optimizer_editor_dispose;
}

static void
tw_optimizer_editor_init (TwOptimizerEditor *self)
{
  self->dim = 1;
  self->rows = g_ptr_array_new ();
  self->params = g_array_new (FALSE, FALSE, sizeof (const TwParam *));
  gtk_widget_add_css_class (GTK_WIDGET (self), "editor");
  gtk_widget_set_name (GTK_WIDGET (self), "optimizer-editor");
  fill (self);
  g_signal_connect (self, "closed", G_CALLBACK (on_closed), self);
}

GtkWidget *
tw_optimizer_editor_new (TwSession *session)
{
  TwOptimizerEditor *self = g_object_new (TW_TYPE_OPTIMIZER_EDITOR, NULL);

  self->session = g_object_ref (session);
  g_signal_connect_object (session, "changed", G_CALLBACK (on_session_changed), self, 0);
  return GTK_WIDGET (self);
}
