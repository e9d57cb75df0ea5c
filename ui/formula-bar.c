#include "ui/formula-bar.h"

#include <math.h>
#include <string.h>

#include "core/expression/expression.h"
#include "core/experiment/own-landscapes.h"
#include "ui/words.h"

#define PAUSE 250 /* ms after a key before it is shown */
#define PROBES 65 /* points along each side of the domain where a formula is looked at */

enum { X0, X1, Y0, Y1, NOISE, MINIMUM, N_NUMBERS };

struct _TwFormulaBar {
  GtkWidget parent_instance;

  TwSession *session;
  GtkWidget *revealer, *formula, *numbers[N_NUMBERS], *name, *save;
  GtkLabel *message;
  GArray *left_out; /* starts that are outside of the domain as it stands, x and y each; or NULL */
  guint later;
  gboolean updating;
  gboolean own_minimum; /* typed for this formula, not the one of a landscape that stood here before */
};

G_DEFINE_FINAL_TYPE (TwFormulaBar, tw_formula_bar, GTK_TYPE_WIDGET)

#define HINT "x, y; + - * / ^; sin cos tan asin acos atan sinh cosh tanh exp log sqrt abs min max; pi, e"

/* NULL: what can be typed, so that the line is always there and nothing jumps when it has something to say. */
static void
say (TwFormulaBar *self, const char *message, gboolean wrong)
{
  gtk_label_set_text (self->message, message != NULL ? message : HINT);
  gtk_widget_remove_css_class (GTK_WIDGET (self->message), wrong ? "dim-label" : "error");
  gtk_widget_add_css_class (GTK_WIDGET (self->message), wrong ? "error" : "dim-label");
}

/* Underlines the character in that column (from 1; 0: none), or the last one where the text ends too early. */
static void
mark_column (TwFormulaBar *self, guint column)
{
  const char *text = gtk_editable_get_text (GTK_EDITABLE (self->formula));
  glong length = g_utf8_strlen (text, -1);
  g_autoptr (PangoAttrList) attributes = pango_attr_list_new ();

  if (column > 0 && length > 0) {
    glong at = MIN ((glong)column - 1, length - 1);
    const char *from = g_utf8_offset_to_pointer (text, at);
    PangoAttribute *both[2] = { pango_attr_underline_new (PANGO_UNDERLINE_ERROR),
                                pango_attr_weight_new (PANGO_WEIGHT_BOLD) };
    for (int i = 0; i < 2; i++) {
      both[i]->start_index = (guint)(from - text);
      both[i]->end_index = (guint)(g_utf8_next_char (from) - text);
      pango_attr_list_insert (attributes, both[i]);
    }
  }
  gtk_entry_set_attributes (GTK_ENTRY (self->formula), attributes);
}

static void
set_wrong (GtkWidget *entry, gboolean wrong)
{
  if (wrong)
    gtk_widget_add_css_class (entry, "error");
  else
    gtk_widget_remove_css_class (entry, "error");
}

/* Whether a formula is a number anywhere on a grid over its domain. */
static gboolean
is_number_somewhere (const TwExpression *expression, const double domain[4])
{
  double points[2 * PROBES], values[PROBES];

  for (guint j = 0; j < PROBES; j++) {
    for (guint i = 0; i < PROBES; i++) {
      points[2 * i] = domain[0] + (domain[1] - domain[0]) * i / (PROBES - 1);
      points[2 * i + 1] = domain[2] + (domain[3] - domain[2]) * j / (PROBES - 1);
    }
    tw_expression_eval (expression, PROBES, points, values, NULL, NULL);
    for (guint i = 0; i < PROBES; i++)
      if (isfinite (values[i]))
        return TRUE;
  }
  return FALSE;
}

/* What stands in the entries; FALSE and a message where it is not right.  formula is of the entry. */
static gboolean
read_entries (TwFormulaBar *self, const char **formula, double numbers[N_NUMBERS])
{
  static const char *const names[N_NUMBERS] = { "x from", "x to", "y from", "y to", "noise", "minimum" };
  g_autoptr (GError) error = NULL;
  guint column = 0;

  *formula = gtk_editable_get_text (GTK_EDITABLE (self->formula));
  g_autoptr (TwExpression) expression = tw_expression_parse (*formula, &column, &error);
  mark_column (self, expression == NULL ? column : 0);
  set_wrong (self->formula, expression == NULL);
  if (expression == NULL) {
    say (self, error->message, TRUE);
    return FALSE;
  }
  for (int i = 0; i < N_NUMBERS; i++) {
    g_autofree char *text = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->numbers[i]))));
    gboolean optional = i >= NOISE, right;
    numbers[i] = NAN;
    right = (optional && *text == '\0') || tw_parse_number (text, &numbers[i], NULL);
    right = right && !(i == NOISE && numbers[i] < 0);
    if (right && (i == X1 || i == Y1))
      right = numbers[i - 1] < numbers[i];
    set_wrong (self->numbers[i], !right);
    if (!right) {
      g_autofree char *words = g_strdup_printf (
        "%s: expected %s", names[i],
        i == X1 || i == Y1 ? "a number above the one before it" : i == NOISE ? "a number from 0 on" : "a number");
      say (self, words, TRUE);
      return FALSE;
    }
  }
  if (is_number_somewhere (expression, numbers))
    say (self, NULL, FALSE);
  else
    say (self, "The formula is right, but not a number anywhere in this domain", TRUE);
  return TRUE;
}

static gboolean
are_inside (const GArray *starts, const double domain[4])
{
  for (guint i = 0; i + 1 < starts->len; i += 2) {
    double x = g_array_index (starts, double, i), y = g_array_index (starts, double, i + 1);
    if (x < domain[0] || x > domain[1] || y < domain[2] || y > domain[3])
      return FALSE;
  }
  return TRUE;
}

/* A start outside is nowhere to be seen.  A bound may be half typed, so starts that it left out are kept until they
 * are inside again, or others were chosen. */
static void
place_starts (TwFormulaBar *self, TwExperiment *experiment)
{
  GArray *starts = experiment->starts;

  if (starts->len > 0)
    g_clear_pointer (&self->left_out, g_array_unref);
  if (self->left_out != NULL && are_inside (self->left_out, experiment->domain)) {
    g_array_append_vals (starts, self->left_out->data, self->left_out->len);
    g_clear_pointer (&self->left_out, g_array_unref);
  } else if (!are_inside (starts, experiment->domain)) {
    self->left_out = g_array_copy (starts);
    g_array_set_size (starts, 0);
  }
}

static void
apply (TwFormulaBar *self)
{
  const TwExperiment *now = tw_session_get_experiment (self->session);
  const char *formula;
  double numbers[N_NUMBERS];

  if (!read_entries (self, &formula, numbers))
    return;
  g_autoptr (TwExperiment) experiment = tw_experiment_copy (now);
  g_clear_pointer (&experiment->problem, g_free);
  g_free (experiment->formula);
  experiment->formula = g_strdup (formula);
  experiment->has_domain = TRUE;
  memcpy (experiment->domain, numbers, sizeof experiment->domain);
  experiment->noise = numbers[NOISE];
  experiment->minimum = numbers[MINIMUM];
  place_starts (self, experiment);
  g_autoptr (GError) error = NULL;
  if (!tw_experiment_check (experiment, &error)) {
    say (self, error->message, TRUE);
    return;
  }
  g_autofree char *before = tw_experiment_to_json (now), *after = tw_experiment_to_json (experiment);
  if (strcmp (before, after) == 0)
    return;
  tw_session_set_experiment (self->session, experiment);
  tw_session_restart (self->session);
}

static void
show_number (GtkWidget *entry, double number)
{
  g_autofree char *text = isnan (number) ? g_strdup ("") : g_strdup_printf ("%.6g", number);

  gtk_editable_set_text (GTK_EDITABLE (entry), text);
}

static gboolean
on_later (gpointer data)
{
  TwFormulaBar *self = data;

  self->later = 0;
  apply (self);
  return G_SOURCE_REMOVE;
}

static void
on_changed (GtkEditable *editable, TwFormulaBar *self)
{
  const char *formula;
  double numbers[N_NUMBERS];

  if (self->updating)
    return;
  if (GTK_WIDGET (editable) == self->numbers[MINIMUM])
    self->own_minimum = TRUE;
  /* Another formula has another minimum. */
  if (GTK_WIDGET (editable) == self->formula && !self->own_minimum) {
    self->updating = TRUE;
    show_number (self->numbers[MINIMUM], NAN);
    self->updating = FALSE;
  }
  g_clear_handle_id (&self->later, g_source_remove);
  if (read_entries (self, &formula, numbers)) /* what is wrong is said at once, what is right shown after a breath */
    self->later = g_timeout_add (PAUSE, on_later, self);
}

static void
on_activate (GtkEntry *entry, TwFormulaBar *self)
{
  g_clear_handle_id (&self->later, g_source_remove);
  apply (self);
}

static void
on_save (GtkWidget *widget, TwFormulaBar *self)
{
  g_autofree char *name = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->name))));
  g_autofree char *path = tw_own_landscapes_path ();
  g_autoptr (GError) error = NULL;
  const char *formula;
  double numbers[N_NUMBERS];

  on_activate (NULL, self);
  if (!read_entries (self, &formula, numbers))
    return;
  if (*name == '\0') {
    say (self, "It needs a name to be kept", TRUE);
    gtk_widget_grab_focus (self->name);
    return;
  }
  TwOwnLandscape *landscape = tw_own_landscape_new (name, formula, numbers, numbers[NOISE], numbers[MINIMUM]);
  g_autofree char *words = tw_own_landscapes_add (path, landscape, &error)
                             ? g_strdup_printf ("\342\200\234%s\342\200\235 is in your list of landscapes now", name)
                             : g_strdup (error->message);
  say (self, words, error != NULL);
  tw_own_landscape_free (landscape);
}

/* From the experiment, where it is another than what stands here. */
static void
show (TwFormulaBar *self)
{
  const TwExperiment *experiment = tw_session_get_experiment (self->session);
  g_autoptr (TwProblem) problem = tw_experiment_create_problem (experiment, NULL);
  double domain[4] = { -5, 5, -5, 5 };
  const char *formula = problem != NULL ? tw_problem_get_formula (problem) : NULL;

  g_clear_pointer (&self->left_out, g_array_unref);
  self->updating = TRUE;
  self->own_minimum = FALSE;
  if (problem != NULL)
    tw_problem_get_domain (problem, domain);
  gtk_editable_set_text (GTK_EDITABLE (self->formula), formula != NULL ? formula : "x^2 + y^2");
  for (int i = 0; i < 4; i++)
    show_number (self->numbers[i], domain[i]);
  show_number (self->numbers[NOISE], experiment->noise);
  show_number (self->numbers[MINIMUM], problem != NULL && formula != NULL ? tw_problem_get_minimum (problem) : NAN);
  mark_column (self, 0);
  set_wrong (self->formula, FALSE);
  for (int i = 0; i < N_NUMBERS; i++)
    set_wrong (self->numbers[i], FALSE);
  say (self, NULL, FALSE);
  self->updating = FALSE;
}

static void
on_session_changed (TwSession *session, guint changes, TwFormulaBar *self)
{
  const TwExperiment *now = tw_session_get_experiment (session);
  const char *typed = gtk_editable_get_text (GTK_EDITABLE (self->formula));

  if (!(changes & TW_SESSION_EXPERIMENT) || !tw_formula_bar_is_open (self) || self->later != 0)
    return;
  /* Undone, or another one chosen. */
  if (now->formula != NULL ? strcmp (now->formula, typed) != 0 : now->problem != NULL)
    show (self);
}

void
tw_formula_bar_open (TwFormulaBar *self)
{
  if (!tw_formula_bar_is_open (self))
    show (self);
  gtk_revealer_set_reveal_child (GTK_REVEALER (self->revealer), TRUE);
  gtk_widget_set_visible (self->revealer, TRUE);
  gtk_widget_grab_focus (self->formula);
}

void
tw_formula_bar_close (TwFormulaBar *self)
{
  gtk_revealer_set_reveal_child (GTK_REVEALER (self->revealer), FALSE);
}

gboolean
tw_formula_bar_is_open (TwFormulaBar *self)
{
  return gtk_revealer_get_reveal_child (GTK_REVEALER (self->revealer));
}

static void
on_close (GtkButton *button, TwFormulaBar *self)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "win.formula", NULL);
}

/* Parts */

static GtkWidget *
add_entry (TwFormulaBar *self, GtkWidget *row, const char *label, const char *name, int width, const char *words)
{
  GtkWidget *entry = gtk_entry_new (), *text = gtk_label_new (label);

  gtk_widget_add_css_class (text, "dim-label");
  gtk_editable_set_width_chars (GTK_EDITABLE (entry), width);
  gtk_editable_set_max_width_chars (GTK_EDITABLE (entry), width);
  gtk_widget_set_name (entry, name);
  tw_set_words (entry, words);
  g_signal_connect (entry, "changed", G_CALLBACK (on_changed), self);
  g_signal_connect (entry, "activate", G_CALLBACK (on_activate), self);
  gtk_box_append (GTK_BOX (row), text);
  gtk_box_append (GTK_BOX (row), entry);
  return entry;
}

static GtkWidget *
make_first_row (TwFormulaBar *self)
{
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *close = gtk_button_new_from_icon_name ("window-close-symbolic");

  self->formula = add_entry (self, row, "f(x, y) =", "formula-entry", 20,
                             "A formula in x and y");
  gtk_editable_set_max_width_chars (GTK_EDITABLE (self->formula), -1);
  gtk_widget_set_hexpand (self->formula, TRUE);
  gtk_widget_add_css_class (self->formula, "formula");
  tw_set_words (close, "Close (Ctrl+F)");
  gtk_widget_set_focusable (close, FALSE); /* after the formula Tab is for the domain; Ctrl+F closes */
  gtk_widget_add_css_class (close, "flat");
  g_signal_connect (close, "clicked", G_CALLBACK (on_close), self);
  gtk_box_append (GTK_BOX (row), close);
  return row;
}

static GtkWidget *
make_second_row (TwFormulaBar *self)
{
  static const struct {
    const char *label, *name, *words;
  } numbers[N_NUMBERS] = {
    { "x from", "formula-x0", "Left end of the map" },   { "to", "formula-x1", "Right end of the map" },
    { "y from", "formula-y0", "Lower end of the map" },  { "to", "formula-y1", "Upper end of the map" },
    { "noise", "formula-noise", "Standard deviation of noise on each coordinate of the gradient; may be empty" },
    { "minimum", "formula-minimum", "Value at the known minimum; may be empty" },
  };
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);

  for (int i = 0; i < N_NUMBERS; i++)
    self->numbers[i] = add_entry (self, row, numbers[i].label, numbers[i].name, 6, numbers[i].words);
  gtk_entry_set_placeholder_text (GTK_ENTRY (self->numbers[NOISE]), "0");
  gtk_entry_set_placeholder_text (GTK_ENTRY (self->numbers[MINIMUM]), "unknown");
  self->name = gtk_entry_new ();
  gtk_entry_set_placeholder_text (GTK_ENTRY (self->name), "Name, to keep it");
  gtk_editable_set_width_chars (GTK_EDITABLE (self->name), 10);
  gtk_widget_set_hexpand (self->name, TRUE);
  gtk_widget_set_name (self->name, "formula-name");
  g_signal_connect (self->name, "activate", G_CALLBACK (on_save), self);
  self->save = gtk_button_new_with_label ("Keep");
  gtk_widget_set_name (self->save, "formula-save");
  gtk_widget_set_tooltip_text (self->save, "Put it into your own list of landscapes");
  g_signal_connect (self->save, "clicked", G_CALLBACK (on_save), self);
  gtk_box_append (GTK_BOX (row), self->name);
  gtk_box_append (GTK_BOX (row), self->save);
  return row;
}

static void
tw_formula_bar_dispose (GObject *object)
{
  TwFormulaBar *self = TW_FORMULA_BAR (object);

  g_clear_handle_id (&self->later, g_source_remove);
  g_clear_pointer (&self->left_out, g_array_unref);
  g_clear_pointer (&self->revealer, gtk_widget_unparent);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (tw_formula_bar_parent_class)->dispose (object);
}

static void
tw_formula_bar_class_init (TwFormulaBarClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = tw_formula_bar_dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (GTK_WIDGET_CLASS (klass), "formulabar");
  gtk_widget_class_set_accessible_role (GTK_WIDGET_CLASS (klass), GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
tw_formula_bar_init (TwFormulaBar *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 4);

  gtk_box_append (GTK_BOX (box), make_first_row (self));
  self->message = GTK_LABEL (gtk_label_new (NULL));
  gtk_label_set_xalign (self->message, 0);
  gtk_label_set_ellipsize (self->message, PANGO_ELLIPSIZE_END);
  gtk_widget_set_name (GTK_WIDGET (self->message), "formula-message");
  gtk_widget_add_css_class (GTK_WIDGET (self->message), "caption");
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->message));
  gtk_box_append (GTK_BOX (box), make_second_row (self));
  self->revealer = gtk_revealer_new ();
  gtk_revealer_set_child (GTK_REVEALER (self->revealer), box);
  gtk_widget_set_parent (self->revealer, GTK_WIDGET (self));
  tw_set_name (GTK_WIDGET (self), "A landscape of your own");
}

GtkWidget *
tw_formula_bar_new (TwSession *session)
{
  TwFormulaBar *self = g_object_new (TW_TYPE_FORMULA_BAR, NULL);

  self->session = g_object_ref (session);
  g_signal_connect_object (session, "changed", G_CALLBACK (on_session_changed), self, 0);
  return GTK_WIDGET (self);
}
