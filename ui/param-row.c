#include "ui/param-row.h"

#include <math.h>

/* How a slider's position, 0 to 1, becomes a value. */
typedef enum {
  SCALE_LINEAR,
  SCALE_LOG,
  SCALE_LOG_OR_ZERO, /* the left end is 0 */
  SCALE_DECAY,       /* 1 - value on a log scale: 0, 0.9, 0.99, 0.999 are evenly spaced */
} ScaleKind;

#define DECAY_DECADES 4.0

struct _TwParamRow {
  const TwParam *param;
  TwParamRowFunc changed;
  gpointer data;
  void (*pressed) (gboolean down, gpointer data);
  gpointer pressed_data;
  GtkWidget *label, *scale, *entry, *other; /* other: a switch, a drop-down, or the box of a text */
  GtkAdjustment *position;
  ScaleKind kind;
  double low, high; /* ends of the slider; log10 of them where that is the scale */
  char *shown;      /* the text in the entry when it was last right */
  gboolean updating;
  double initial; /* the number that stands for no value */
  const char *file_title, *file_suffix; /* of the dialog, where files are offered */
  GtkFileChooserNative *chooser;
};

static double
value_at (const TwParamRow *row, double p)
{
  double value = 0;

  switch (row->kind) {
  case SCALE_LINEAR:
    value = row->low + (row->high - row->low) * p;
    break;
  case SCALE_LOG_OR_ZERO:
  case SCALE_LOG:
    if (row->kind == SCALE_LOG_OR_ZERO && p <= 0.005)
      return 0;
    value = pow (10, row->low + (row->high - row->low) * p);
    break;
  case SCALE_DECAY:
    value = 1 - pow (10, -DECAY_DECADES * p);
    break;
  }
  if (row->param->kind == TW_PARAM_INTEGER)
    value = round (value);
  return CLAMP (value, row->param->min, row->param->max);
}

static double
position_of (const TwParamRow *row, double value)
{
  double p = 0;

  switch (row->kind) {
  case SCALE_LINEAR:
    p = (value - row->low) / (row->high - row->low);
    break;
  case SCALE_LOG_OR_ZERO:
  case SCALE_LOG:
    p = value > 0 ? (log10 (value) - row->low) / (row->high - row->low) : 0;
    break;
  case SCALE_DECAY:
    p = value < 1 ? -log10 (1 - value) / DECAY_DECADES : 1;
    break;
  }
  return CLAMP (p, 0, 1);
}

/* The part of the range that is of use; anything in the range can be typed. */
static void
choose_scale (TwParamRow *row)
{
  const TwParam *param = row->param;
  double initial = param->initial;

  row->low = param->min;
  row->high = param->max;
  if (g_str_equal (param->key, "lr")) {
    row->kind = SCALE_LOG;
    row->low = log10 (MAX (param->min, 1e-6));
    row->high = log10 (MIN (param->max, 100));
  } else if (param->log) {
    row->kind = SCALE_LOG;
    row->low = log10 (MAX (param->min, initial * 1e-6));
    row->high = log10 (MIN (param->max, initial * 1e4));
  } else if (param->kind == TW_PARAM_REAL && param->min == 0 && param->max < 1 && param->max > 0.99) {
    row->kind = SCALE_DECAY;
  } else if (param->min == 0 && param->max > 1000) {
    row->kind = SCALE_LOG_OR_ZERO;
    row->low = param->kind == TW_PARAM_INTEGER ? 0 : -6;
    row->high = param->kind == TW_PARAM_INTEGER ? 4 : 2;
  } else if (param->min == 0 && param->max > 1 && param->kind == TW_PARAM_REAL) {
    row->kind = SCALE_LOG_OR_ZERO;
    row->low = -6;
    row->high = log10 (param->max);
  } else {
    row->kind = SCALE_LINEAR;
  }
}

static char *
format (const TwParamRow *row, double value)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  return g_strdup (g_ascii_formatd (text, sizeof text, row->kind == SCALE_DECAY ? "%.4g" : "%.3g", value));
}

static void
tell (TwParamRow *row, const char *text)
{
  double number;

  if (tw_parse_number (text, &number, NULL) && number == row->initial)
    text = NULL;
  row->changed (row->param, text, row->data);
}

static void
on_moved (GtkAdjustment *adjustment, TwParamRow *row)
{
  if (row->updating)
    return;
  g_autofree char *text = format (row, value_at (row, gtk_adjustment_get_value (adjustment)));
  tell (row, text);
}

/* Enter, or leaving the entry. */
static void
on_typed (TwParamRow *row)
{
  g_autofree char *text = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (row->entry))));

  if (row->updating || g_strcmp0 (text, row->shown) == 0)
    return;
  if (row->param->kind == TW_PARAM_TEXT)
    row->changed (row->param, *text == '\0' || g_str_equal (text, row->param->choices) ? NULL : text, row->data);
  else if (*text == '\0')
    row->changed (row->param, NULL, row->data);
  else
    tell (row, text);
}

static void
on_entry_activate (GtkEntry *entry, TwParamRow *row)
{
  on_typed (row);
}

static void
on_focus_left (GtkEventControllerFocus *controller, TwParamRow *row)
{
  on_typed (row);
}

static void
on_switched (GtkSwitch *toggle, GParamSpec *pspec, TwParamRow *row)
{
  gboolean on = gtk_switch_get_active (toggle);

  if (!row->updating)
    row->changed (row->param, on == (row->param->initial != 0) ? NULL : on ? "on" : "off", row->data);
}

static void
on_chosen (GtkDropDown *drop, GParamSpec *pspec, TwParamRow *row)
{
  guint i = gtk_drop_down_get_selected (drop);

  if (row->updating)
    return;
  g_auto (GStrv) choices = g_strsplit (row->param->choices, "|", -1);
  row->changed (row->param, i == 0 || i >= g_strv_length (choices) ? NULL : choices[i], row->data);
}

static gboolean
on_scale_event (GtkEventControllerLegacy *controller, GdkEvent *event, TwParamRow *row)
{
  GdkEventType type = gdk_event_get_event_type (event);

  if (row->pressed != NULL && (type == GDK_BUTTON_PRESS || type == GDK_BUTTON_RELEASE))
    row->pressed (type == GDK_BUTTON_PRESS, row->pressed_data);
  return FALSE;
}

void
tw_param_row_on_press (TwParamRow *row, void (*pressed) (gboolean down, gpointer data), gpointer data)
{
  row->pressed = pressed;
  row->pressed_data = data;
}

static void
name_widget (TwParamRow *row, GtkWidget *widget, const char *kind)
{
  g_autofree char *name = g_strdup_printf ("%s-%s", row->param->key, kind);

  gtk_widget_set_name (widget, name);
  gtk_widget_set_tooltip_text (widget, row->param->summary);
  gtk_accessible_update_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_LABEL, row->param->key,
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, row->param->summary, -1);
}

static void
make_entry (TwParamRow *row, int width_chars)
{
  GtkEventController *focus = gtk_event_controller_focus_new ();

  row->entry = gtk_entry_new ();
  gtk_editable_set_width_chars (GTK_EDITABLE (row->entry), width_chars);
  gtk_editable_set_max_width_chars (GTK_EDITABLE (row->entry), width_chars);
  gtk_widget_add_css_class (row->entry, "numeric");
  name_widget (row, row->entry, "entry");
  g_signal_connect (row->entry, "activate", G_CALLBACK (on_entry_activate), row);
  g_signal_connect (focus, "leave", G_CALLBACK (on_focus_left), row);
  gtk_widget_add_controller (row->entry, focus);
}

static void
add_slider (TwParamRow *row, GtkGrid *grid, int line)
{
  GtkEventController *events = gtk_event_controller_legacy_new ();

  choose_scale (row);
  row->position = gtk_adjustment_new (0, 0, 1, 0.01, 0.1, 0);
  row->scale = gtk_scale_new (GTK_ORIENTATION_HORIZONTAL, row->position);
  gtk_scale_set_draw_value (GTK_SCALE (row->scale), FALSE);
  gtk_widget_set_size_request (row->scale, 150, -1);
  gtk_widget_set_hexpand (row->scale, TRUE);
  name_widget (row, row->scale, "scale");
  gtk_event_controller_set_propagation_phase (events, GTK_PHASE_CAPTURE);
  g_signal_connect (events, "event", G_CALLBACK (on_scale_event), row);
  gtk_widget_add_controller (row->scale, events);
  g_signal_connect (row->position, "value-changed", G_CALLBACK (on_moved), row);
  gtk_grid_attach (grid, row->scale, 1, line, 1, 1);
}

/* Values to choose from beside a text */

static void
choose (TwParamRow *row, const char *value)
{
  gboolean initial = g_strcmp0 (value, row->param->choices) == 0;

  tw_param_row_show (row, value); /* also where it turns out to be wrong: that is what is told */
  row->changed (row->param, initial ? NULL : value, row->data);
}

static void
on_offered (GSimpleAction *action, GVariant *value, gpointer data)
{
  choose (data, g_variant_get_string (value, NULL));
}

static void
on_file_chosen (GtkNativeDialog *dialog, int response, TwParamRow *row)
{
  g_autoptr (GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));
  g_autofree char *path = response == GTK_RESPONSE_ACCEPT && file != NULL ? g_file_get_path (file) : NULL;
  GtkWidget *popover = gtk_widget_get_ancestor (row->label, GTK_TYPE_POPOVER);

  gtk_native_dialog_hide (dialog);
  if (popover != NULL) /* the dialog closed it */
    gtk_popover_popup (GTK_POPOVER (popover));
  if (path != NULL)
    choose (row, path);
}

static void
add_filters (GtkFileChooser *chooser, const char *suffix)
{
  g_autofree char *pattern = g_strconcat ("*.", suffix, NULL);
  g_autoptr (GtkFileFilter) own = gtk_file_filter_new (), all = gtk_file_filter_new ();

  gtk_file_filter_set_name (own, pattern);
  gtk_file_filter_add_suffix (own, suffix);
  gtk_file_filter_set_name (all, "All files");
  gtk_file_filter_add_pattern (all, "*");
  gtk_file_chooser_add_filter (chooser, own);
  gtk_file_chooser_add_filter (chooser, all);
}

static void
on_open_file (GSimpleAction *action, GVariant *nothing, gpointer data)
{
  TwParamRow *row = data;

  if (row->chooser == NULL) {
    row->chooser = gtk_file_chooser_native_new (row->file_title, GTK_WINDOW (gtk_widget_get_root (row->label)),
                                                GTK_FILE_CHOOSER_ACTION_OPEN, "_Open", "_Cancel");
    gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (row->chooser), TRUE);
    add_filters (GTK_FILE_CHOOSER (row->chooser), row->file_suffix);
    g_signal_connect (row->chooser, "response", G_CALLBACK (on_file_chosen), row);
  }
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (row->chooser));
}

void
tw_param_row_offer (TwParamRow *row, const char *const *values, const char *file_title, const char *file_suffix)
{
  static const GActionEntry entries[] = {
    { .name = "choose", .activate = on_offered, .parameter_type = "s" },
    { .name = "open", .activate = on_open_file },
  };
  GtkWidget *button = gtk_menu_button_new ();
  g_autoptr (GMenu) menu = g_menu_new (), offered = g_menu_new (), end = g_menu_new ();
  g_autoptr (GSimpleActionGroup) group = g_simple_action_group_new ();

  g_action_map_add_action_entries (G_ACTION_MAP (group), entries, G_N_ELEMENTS (entries), row);
  gtk_widget_insert_action_group (button, "offer", G_ACTION_GROUP (group));
  for (; *values != NULL; values++) {
    g_autoptr (GMenuItem) item = g_menu_item_new (*values, NULL);
    g_menu_item_set_action_and_target (item, "offer.choose", "s", *values);
    g_menu_append_item (offered, item);
  }
  g_menu_append_section (menu, NULL, G_MENU_MODEL (offered));
  g_menu_append (end, "Open a File…", "offer.open");
  g_menu_append_section (menu, NULL, G_MENU_MODEL (end));
  gtk_menu_button_set_menu_model (GTK_MENU_BUTTON (button), G_MENU_MODEL (menu));
  name_widget (row, button, "offer");
  row->file_title = file_title;
  row->file_suffix = file_suffix;
  gtk_box_append (GTK_BOX (row->other), button);
}

static void
row_free (gpointer data)
{
  TwParamRow *row = data;

  if (row->chooser != NULL)
    gtk_native_dialog_destroy (GTK_NATIVE_DIALOG (row->chooser));
  g_clear_object (&row->chooser);
  g_free (row->shown);
  g_free (row);
}

TwParamRow *
tw_param_row_new (const TwParam *param, GtkGrid *grid, int line, TwParamRowFunc changed, gpointer data)
{
  TwParamRow *row = g_new0 (TwParamRow, 1);
  /* The key as it is typed on the command line too. */
  row->param = param;
  row->initial = param->initial;
  row->changed = changed;
  row->data = data;
  row->label = gtk_label_new (param->key);
  gtk_label_set_xalign (GTK_LABEL (row->label), 0);
  gtk_widget_set_tooltip_text (row->label, param->summary);
  gtk_grid_attach (grid, row->label, 0, line, 1, 1);
  g_object_set_data_full (G_OBJECT (row->label), "param-row", row, row_free);
  switch (param->kind) {
  case TW_PARAM_REAL:
  case TW_PARAM_INTEGER:
    add_slider (row, grid, line);
    make_entry (row, 9);
    gtk_grid_attach (grid, row->entry, 2, line, 1, 1);
    break;
  case TW_PARAM_SWITCH:
    row->other = gtk_switch_new ();
    gtk_widget_set_halign (row->other, GTK_ALIGN_START);
    name_widget (row, row->other, "switch");
    g_signal_connect (row->other, "notify::active", G_CALLBACK (on_switched), row);
    break;
  case TW_PARAM_CHOICE: {
    g_auto (GStrv) choices = g_strsplit (param->choices, "|", -1);
    row->other = gtk_drop_down_new_from_strings ((const char *const *)choices);
    name_widget (row, row->other, "choice");
    g_signal_connect (row->other, "notify::selected", G_CALLBACK (on_chosen), row);
    break;
  }
  case TW_PARAM_TEXT:
    make_entry (row, 20);
    gtk_widget_set_hexpand (row->entry, TRUE);
    row->other = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);
    gtk_widget_add_css_class (row->other, "linked");
    gtk_box_append (GTK_BOX (row->other), row->entry);
    break;
  }
  if (row->other != NULL)
    gtk_grid_attach (grid, row->other, 1, line, 2, 1);
  return row;
}

static void
show_choice (TwParamRow *row, const char *value)
{
  g_auto (GStrv) choices = g_strsplit (row->param->choices, "|", -1);
  guint found = 0;

  for (guint i = 0; value != NULL && choices[i] != NULL; i++)
    if (g_str_equal (choices[i], value))
      found = i;
  gtk_drop_down_set_selected (GTK_DROP_DOWN (row->other), found);
}

void
tw_param_row_set_initial (TwParamRow *row, double initial)
{
  row->initial = initial;
}

void
tw_param_row_show (TwParamRow *row, const char *value)
{
  double number = row->initial;
  g_autofree char *text = NULL;

  row->updating = TRUE;
  if (value != NULL)
    tw_parse_number (value, &number, NULL);
  if (row->param->kind == TW_PARAM_TEXT)
    text = g_strdup (value != NULL ? value : row->param->choices);
  else if (value != NULL)
    text = g_strdup (value);
  else
    text = g_strdup_printf ("%.6g", number);
  if (row->entry != NULL && g_strcmp0 (text, row->shown) != 0) {
    gtk_editable_set_text (GTK_EDITABLE (row->entry), text);
    g_free (row->shown);
    row->shown = g_steal_pointer (&text);
  }
  if (row->position != NULL)
    gtk_adjustment_set_value (row->position, position_of (row, number));
  if (row->param->kind == TW_PARAM_SWITCH)
    gtk_switch_set_active (GTK_SWITCH (row->other),
                           value == NULL ? row->param->initial != 0
                                         : g_strv_contains ((const char *const[]){ "on", "true", "1", NULL }, value));
  if (row->param->kind == TW_PARAM_CHOICE)
    show_choice (row, value);
  tw_param_row_set_wrong (row, FALSE);
  row->updating = FALSE;
}

void
tw_param_row_set_wrong (TwParamRow *row, gboolean wrong)
{
  if (row->entry == NULL)
    return;
  if (wrong)
    gtk_widget_add_css_class (row->entry, "error");
  else
    gtk_widget_remove_css_class (row->entry, "error");
}
