#include "ui/inside-page.h"

#include <string.h>

#include "core/learned/hrnn-weights.h"
#include "core/spec.h"
#include "core/tasks/watch.h"
#include "ui/inside-focus.h"
#include "ui/levels-panel.h"
#include "ui/offset-panel.h"
#include "ui/optimizer-editor.h"
#include "ui/response-panel.h"
#include "ui/step-panel.h"
#include "ui/words.h"

struct _TwInsidePage {
  GtkBox parent_instance;

  TwSession *session;
  TwInsideFocus *focus;
  GtkDropDown *optimizers, *tensors, *coordinates;
  GArray *optimizer_of;  /* of gsize: what the entries stand for */
  GArray *tensor_of;     /* of gsize: first coordinate of each tensor that has one */
  gsize first_coordinate; /* of the entries of `coordinates` */
  GSimpleAction *clear;
  gboolean updating;
};

G_DEFINE_FINAL_TYPE (TwInsidePage, tw_inside_page, GTK_TYPE_BOX)

/* What can be cut out, in the words of the menu and of a spec. */
static const struct {
  const char *section, *label, *key, *value;
} interventions[] = {
  { "Forgetful", "Parameter RNN Forgets", "freeze", "param" },
  { "Forgetful", "Tensor RNN Forgets", "freeze", "tensor" },
  { "Forgetful", "Global RNN Forgets", "freeze", "global" },
  { "Attention", "Look Only Where It Stands", "attend", "off" },
  { "Memory of Gradients", "Shortest Timescale Only", "timescale", "0" },
  { "Memory of Gradients", "Twice as Long Only", "timescale", "1" },
  { "Memory of Gradients", "Four Times as Long Only", "timescale", "2" },
  { "Memory of Gradients", "Longest Timescale Only", "timescale", "3" },
};

/* Interventions */

static gboolean
is_intervened (const char *text)
{
  g_autoptr (TwSpec) spec = tw_spec_parse (text, NULL);

  if (spec == NULL || strcmp (tw_spec_get_name (spec), "learned") != 0)
    return FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS (interventions); i++)
    if (tw_spec_get (spec, interventions[i].key) != NULL)
      return TRUE;
  return FALSE;
}

/* Adds a copy of the optimizer in focus with one key changed, from the same start. */
static void
on_intervene (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  TwInsidePage *self = data;
  gssize optimizer = tw_inside_focus_get_optimizer (self->focus);
  g_autoptr (TwExperiment) experiment = tw_experiment_copy (tw_session_get_experiment (self->session));
  g_auto (GStrv) setting = g_strsplit (g_variant_get_string (parameter, NULL), "=", 2);

  if (optimizer < 0 || g_strv_length (setting) != 2)
    return;
  g_autoptr (TwSpec) spec = tw_spec_parse (experiment->optimizers->pdata[optimizer], NULL);
  tw_spec_set (spec, setting[0], setting[1]);
  for (guint o = 0; o < experiment->optimizers->len; o++)
    if (strcmp (experiment->optimizers->pdata[o], tw_spec_get_text (spec)) == 0) {
      tw_session_set_enabled (self->session, o, TRUE);
      return;
    }
  g_ptr_array_insert (experiment->optimizers, (int)optimizer + 1, g_strdup (tw_spec_get_text (spec)));
  tw_session_set_experiment (self->session, experiment);
  tw_session_restart (self->session);
}

/* Takes all of them out again; where nothing else of the kind stands there, the plain one is left. */
static void
on_clear (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  TwInsidePage *self = data;
  g_autoptr (TwExperiment) experiment = tw_experiment_copy (tw_session_get_experiment (self->session));

  for (guint o = experiment->optimizers->len; o-- > 0;)
    if (is_intervened (experiment->optimizers->pdata[o]) && experiment->optimizers->len > 1)
      g_ptr_array_remove_index (experiment->optimizers, o);
  tw_session_set_experiment (self->session, experiment);
  tw_session_restart (self->session);
}

static void
append_item (GMenu *menu, const char *label, const char *key, const char *value)
{
  g_autofree char *target = g_strdup_printf ("%s=%s", key, value);
  g_autoptr (GMenuItem) item = g_menu_item_new (label, NULL);

  g_menu_item_set_action_and_target (item, "inside.intervene", "s", target);
  g_menu_append_item (menu, item);
}

static GMenuModel *
make_menu (void)
{
  GMenu *menu = g_menu_new ();
  g_autoptr (GMenu) weights = g_menu_new (), end = g_menu_new ();
  const char *const *names = tw_hrnn_weights_builtin_names ();

  for (gsize i = 0; i < G_N_ELEMENTS (interventions);) {
    g_autoptr (GMenu) section = g_menu_new ();
    const char *title = interventions[i].section;
    for (; i < G_N_ELEMENTS (interventions) && strcmp (interventions[i].section, title) == 0; i++)
      append_item (section, interventions[i].label, interventions[i].key, interventions[i].value);
    g_menu_append_section (menu, title, G_MENU_MODEL (section));
  }
  for (; *names != NULL; names++)
    if (strcmp (*names, "default") != 0)
      append_item (weights, *names, "weights", *names);
  if (g_menu_model_get_n_items (G_MENU_MODEL (weights)) > 0)
    g_menu_append_section (menu, "Other Weights", G_MENU_MODEL (weights));
  g_menu_append (end, "Take Them Out Again", "inside.clear");
  g_menu_append_section (menu, NULL, G_MENU_MODEL (end));
  return G_MENU_MODEL (menu);
}

static void
add_actions (TwInsidePage *self)
{
  static const GActionEntry entries[] = {
    { .name = "intervene", .activate = on_intervene, .parameter_type = "s" },
    { .name = "clear", .activate = on_clear },
  };
  g_autoptr (GSimpleActionGroup) group = g_simple_action_group_new ();

  g_action_map_add_action_entries (G_ACTION_MAP (group), entries, G_N_ELEMENTS (entries), self);
  self->clear = G_SIMPLE_ACTION (g_action_map_lookup_action (G_ACTION_MAP (group), "clear"));
  gtk_widget_insert_action_group (GTK_WIDGET (self), "inside", G_ACTION_GROUP (group));
}

/* The choice */

static void
set_names (GtkDropDown *drop_down, char **names, guint selected)
{
  tw_drop_down_show_names (drop_down, (const char *const *)names, selected);
  gtk_widget_set_visible (GTK_WIDGET (drop_down), g_strv_length (names) > 1);
}

static void
fill_optimizers (TwInsidePage *self, TwTrace *trace)
{
  g_autoptr (GStrvBuilder) names = g_strv_builder_new ();
  guint selected = 0;

  g_array_set_size (self->optimizer_of, 0);
  for (gsize o = 0; o < tw_trace_get_n_optimizers (trace); o++)
    if (tw_inside_focus_can_show (self->focus, o)) {
      if ((gssize)o == tw_inside_focus_get_optimizer (self->focus))
        selected = self->optimizer_of->len;
      g_autofree char *name = tw_optimizer_words (tw_session_get_experiment (self->session), o);
      g_strv_builder_add (names, name);
      g_array_append_val (self->optimizer_of, o);
    }
  g_auto (GStrv) list = g_strv_builder_end (names);
  set_names (self->optimizers, list, selected);
}

static void
fill_coordinates (TwInsidePage *self, TwTrace *trace)
{
  g_autoptr (GStrvBuilder) tensors = g_strv_builder_new (), coordinates = g_strv_builder_new ();
  gsize chosen = tw_inside_focus_get_coordinate (self->focus), tensor = tw_trace_get_coordinate_tensor (trace, chosen);
  guint selected = 0;

  g_array_set_size (self->tensor_of, 0);
  self->first_coordinate = G_MAXSIZE;
  for (gsize c = 0; c < tw_trace_get_n_coordinates (trace); c++) {
    gsize own = tw_trace_get_coordinate_tensor (trace, c);
    if (c == 0 || own != tw_trace_get_coordinate_tensor (trace, c - 1)) {
      if (own == tensor)
        selected = self->tensor_of->len;
      g_autofree char *words = tw_problem_describe_tensor (tw_trace_get_problem (trace), own);
      g_strv_builder_add (tensors, words);
      g_array_append_val (self->tensor_of, c);
    }
    if (own != tensor)
      continue;
    g_autofree char *name = tw_trace_name_coordinate (trace, c);
    self->first_coordinate = MIN (self->first_coordinate, c);
    g_strv_builder_add (coordinates, name);
  }
  g_auto (GStrv) tensor_names = g_strv_builder_end (tensors), names = g_strv_builder_end (coordinates);
  set_names (self->tensors, tensor_names, selected);
  set_names (self->coordinates, names, (guint)(chosen - self->first_coordinate));
}

static void
fill (TwInsidePage *self)
{
  TwTrace *trace = tw_session_get_trace (self->session);
  const GPtrArray *specs = tw_session_get_experiment (self->session)->optimizers;
  gboolean intervened = FALSE;

  for (guint o = 0; o < specs->len; o++)
    intervened = intervened || is_intervened (specs->pdata[o]);
  g_simple_action_set_enabled (self->clear, intervened && specs->len > 1);
  if (trace == NULL)
    return;
  self->updating = TRUE;
  fill_optimizers (self, trace);
  fill_coordinates (self, trace);
  self->updating = FALSE;
}

static void
on_optimizer (GtkDropDown *drop_down, GParamSpec *pspec, TwInsidePage *self)
{
  guint i = gtk_drop_down_get_selected (drop_down);

  if (!self->updating && i < self->optimizer_of->len)
    tw_inside_focus_set_optimizer (self->focus, g_array_index (self->optimizer_of, gsize, i));
}

static void
on_tensor (GtkDropDown *drop_down, GParamSpec *pspec, TwInsidePage *self)
{
  guint i = gtk_drop_down_get_selected (drop_down);

  if (!self->updating && i < self->tensor_of->len)
    tw_inside_focus_set_coordinate (self->focus, g_array_index (self->tensor_of, gsize, i));
}

static void
on_coordinate (GtkDropDown *drop_down, GParamSpec *pspec, TwInsidePage *self)
{
  guint i = gtk_drop_down_get_selected (drop_down);

  if (!self->updating && i != GTK_INVALID_LIST_POSITION)
    tw_inside_focus_set_coordinate (self->focus, self->first_coordinate + i);
}

static void
on_session_changed (TwSession *session, guint changes, TwInsidePage *self)
{
  /* With the first rows of a trace its inside can be shown. */
  if (changes & ~(guint)(TW_SESSION_STEP | TW_SESSION_PLAYBACK))
    fill (self);
}

/* Parts */

static GtkDropDown *
add_drop_down (TwInsidePage *self, GtkWidget *bar, const char *words, GCallback notify)
{
  GtkWidget *drop_down = tw_drop_down_new_narrow ();

  tw_set_words (drop_down, words);
  gtk_widget_set_visible (drop_down, FALSE);
  gtk_widget_set_hexpand (drop_down, TRUE); /* the names of tensors are long */
  g_signal_connect (drop_down, "notify::selected", notify, self);
  gtk_box_append (GTK_BOX (bar), drop_down);
  return GTK_DROP_DOWN (drop_down);
}

static GtkWidget *
make_bar (TwInsidePage *self)
{
  GtkWidget *bar = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6), *button = gtk_menu_button_new ();
  GtkWidget *space = gtk_label_new (NULL);
  g_autoptr (GMenuModel) menu = make_menu ();

  self->optimizers = add_drop_down (self, bar, "Which learned optimizer", G_CALLBACK (on_optimizer));
  self->tensors = add_drop_down (self, bar, "Which tensor", G_CALLBACK (on_tensor));
  self->coordinates = add_drop_down (self, bar, "Which coordinate", G_CALLBACK (on_coordinate));
  gtk_widget_set_hexpand (space, TRUE);
  gtk_box_append (GTK_BOX (bar), space);
  gtk_menu_button_set_label (GTK_MENU_BUTTON (button), "Intervene");
  gtk_widget_set_name (button, "intervene");
  gtk_menu_button_set_menu_model (GTK_MENU_BUTTON (button), menu);
  gtk_widget_set_tooltip_text (button, "Run a copy with something cut out beside it, from the same start");
  gtk_box_append (GTK_BOX (bar), button);
  gtk_widget_add_css_class (bar, "inside-bar");
  return bar;
}

static void
tw_inside_page_dispose (GObject *object)
{
  TwInsidePage *self = TW_INSIDE_PAGE (object);

  if (self->session != NULL)
    g_signal_handlers_disconnect_by_data (self->session, self);
  if (self->focus != NULL)
    g_signal_handlers_disconnect_by_data (self->focus, self);
  g_clear_object (&self->session);
  g_clear_object (&self->focus);
  G_OBJECT_CLASS (tw_inside_page_parent_class)->dispose (object);
}

static void
tw_inside_page_finalize (GObject *object)
{
  TwInsidePage *self = TW_INSIDE_PAGE (object);

  g_array_unref (self->optimizer_of);
  g_array_unref (self->tensor_of);
  G_OBJECT_CLASS (tw_inside_page_parent_class)->finalize (object);
}

static void
tw_inside_page_class_init (TwInsidePageClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = tw_inside_page_dispose;
  G_OBJECT_CLASS (klass)->finalize = tw_inside_page_finalize;
}

static void
tw_inside_page_init (TwInsidePage *self)
{
  self->optimizer_of = g_array_new (FALSE, FALSE, sizeof (gsize));
  self->tensor_of = g_array_new (FALSE, FALSE, sizeof (gsize));
  gtk_orientable_set_orientation (GTK_ORIENTABLE (self), GTK_ORIENTATION_VERTICAL);
}

TwInsideFocus *
tw_inside_page_get_focus (TwInsidePage *self)
{
  return self->focus;
}

GtkWidget *
tw_inside_page_new (TwSession *session)
{
  TwInsidePage *self = g_object_new (TW_TYPE_INSIDE_PAGE, NULL);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0), *scrolled = gtk_scrolled_window_new ();

  self->session = g_object_ref (session);
  self->focus = tw_inside_focus_new (session);
  add_actions (self);
  gtk_box_append (GTK_BOX (self), make_bar (self));
  gtk_box_append (GTK_BOX (box), tw_panel_wrap (tw_levels_panel_new (self->focus)));
  gtk_box_append (GTK_BOX (box), tw_panel_wrap (tw_step_panel_new (self->focus)));
  gtk_box_append (GTK_BOX (box), tw_panel_wrap (tw_response_panel_new (self->focus)));
  gtk_box_append (GTK_BOX (box), tw_panel_wrap (tw_offset_panel_new (session)));
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scrolled), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), box);
  gtk_widget_set_vexpand (scrolled, TRUE);
  gtk_box_append (GTK_BOX (self), gtk_separator_new (GTK_ORIENTATION_HORIZONTAL));
  gtk_box_append (GTK_BOX (self), scrolled);
  g_signal_connect (session, "changed", G_CALLBACK (on_session_changed), self);
  g_signal_connect_swapped (self->focus, "changed", G_CALLBACK (fill), self);
  fill (self);
  return GTK_WIDGET (self);
}
