#include "ui/export-rows.h"

#include <math.h>
#include <string.h>

#include "ui/export-series.h"

#define MAX_LINKED 3 /* choices that stand side by side; more are a list */

typedef enum { CHOICE, DESCRIBED, NUMBER, TEXT, SWITCH, FONT, SERIES } RowType;

/* Words and what they are called, with | between; where they are described, title and description in turn.  Numbers: from, to, step, digits; 0 is "auto" where `automatic`. */
typedef struct {
  const char *group, *key, *title;
  RowType type;
  const char *words, *titles;
  double from, to, step;
  int digits;
  gboolean automatic;
  const char *help;
} RowInfo;

static const RowInfo fixed_infos[] = {
  { "", "figure-format", "Format", CHOICE, "png|svg|pdf", "PNG|SVG|PDF",
    .help = "PNG is a picture of pixels; SVG and PDF can be enlarged and edited" },
  { "", "animation-format", "Format", CHOICE, "gif|webp|png", "GIF|WebP|PNG frames",
    .help = "GIF plays everywhere; WebP is smaller and has all colours; frames are one PNG each" },
  { "", "report-format", "Format", CHOICE, "pdf|html", "PDF|HTML", .help = "Pages to print, or one web page" },
  { "", "data-format", "", DESCRIBED, "csv|json|activations|matplotlib|pgfplots",
    "All steps, CSV|One row per run and step: loss, gradient, position|"
    "Summary, JSON|Per run: final and best loss, steps to each tolerance, why it ended|"
    "Activations, CSV|What learned optimizers hold inside, at every step|"
    "Script for matplotlib|Draws the figure again in Python, from a table beside it|"
    "Figure for LaTeX|A pgfplots document with the numbers inside" },
  { "Content", "view", "Shows", CHOICE }, /* the table of views */
  { "Content", "metric", "Curves of", CHOICE, "loss|gradient|distance|step|rate|train-loss|test-loss|test-accuracy",
    "Loss|Gradient norm|Distance to minimum|Step length|Learning rate|Training loss|Test loss|Test accuracy" },
  { "Content", "series", "Optimizers", SERIES },
  { "Content", "titled", "Title", SWITCH, .help = "Without: nothing stands above the figure" },
  { "Content", "title", "Title", TEXT },
  { "Content", "seeds", "Seeds in the table", NUMBER, .from = 1, .to = 1000, .step = 1,
    .help = "So many runs of each optimizer enter the medians and intervals; the others are run when it is written" },
  { "Size", "size", "Size", CHOICE, "|column|two-columns|slide|poster|custom",
    "Standard|One column, 85 mm|Two columns, 178 mm|Slide, 16:9|Poster, A2|Custom" },
  { "Size", "animation-size", "Size", CHOICE, "640x480px||1280x720px|1920x1080px|custom",
    "640 \303\227 480|960 wide|1280 \303\227 720|1920 \303\227 1080|Custom" },
  { "Size", "unit", "Unit", CHOICE, "mm|in|px", "mm|inch|px" },
  { "Size", "width", "Width", NUMBER, .from = 0.5, .to = 14400, .step = 5, .digits = 1 },
  { "Size", "height", "Height", NUMBER, .from = 0, .to = 14400, .step = 5, .digits = 1, .automatic = TRUE,
    .help = "auto: as high as it needs to be" },
  { "Size", "animation-width", "Width in pixels", NUMBER, .from = 36, .to = 4096, .step = 10 },
  { "Size", "animation-height", "Height in pixels", NUMBER, .from = 0, .to = 4096, .step = 10, .automatic = TRUE,
    .help = "auto: as high as it needs to be" },
  { "Size", "dpi", "Pixels per inch", NUMBER, .from = 0, .to = 2400, .step = 50, .automatic = TRUE,
    .help = "auto: 300 for sizes in mm and inches, 96 for pixels" },
  { "Size", "transparent", "Transparent", SWITCH, .help = "No ground behind the figure" },
  { "Playing", "seconds", "Seconds", NUMBER, .from = 0.5, .to = 600, .step = 1, .digits = 1,
    .help = "From the first step to the last; it then rests for a second" },
  { "Playing", "fps", "Frames per second", NUMBER, .from = 1, .to = 100, .step = 1 },
  { "Playing", "from", "First step", NUMBER, .from = 0, .to = 1e7, .step = 10 },
  { "Playing", "to", "Last step", NUMBER, .from = 0, .to = 1e7, .step = 10 },
  { "Playing", "loop", "Times it plays", NUMBER, .from = 0, .to = 1000, .step = 1, .automatic = TRUE,
    .help = "forever: it starts again and again" },
  { "Look", "theme", "Theme", CHOICE, "light|dark|print", "Light|Dark|Print",
    .help = "Print: optimizers are told apart in grey, too" },
  { "Look", "legend", "Legend", CHOICE, "auto|right|below|inside|none", "Where it fits|Right|Below|Inside|None",
    .help = "Inside: in a corner of the curves, and below where there are none" },
  { "Look", "font", "Font", FONT },
  { "Look", "font-size", "Font size, points", NUMBER, .from = 0, .to = 72, .step = 0.5, .digits = 1, .automatic = TRUE,
    .help = "auto: what suits the size" },
  { "Look", "line-width", "Line width, points", NUMBER, .from = 0, .to = 20, .step = 0.2, .digits = 1, .automatic = TRUE,
    .help = "auto: what suits the font" },
};
#define SETTINGS_AFTER "metric" /* what single views can be set to (figure-options.c) stands below */

/* "components|random": the first is what the view takes by itself, and stands as no word. */
static void
make_choice_of (RowInfo *row, const char *form)
{
  g_auto (GStrv) words = g_strsplit (form, "|", -1);

  for (char **word = words; *word != NULL; word++)
    **word = g_ascii_toupper (**word);
  row->type = CHOICE;
  row->words = strchr (form, '|');
  row->titles = g_strjoinv ("|", words); /* kept for good, as the rows are */
}

/* The same with a row for each of those. */
static const RowInfo *
list_infos (gsize *n)
{
  static GArray *infos = NULL;
  static gsize made = 0;

  if (g_once_init_enter (&made)) {
    gsize n_keys;
    const TwFigureKey *keys = tw_figure_keys (&n_keys);
    infos = g_array_new (FALSE, FALSE, sizeof (RowInfo));
    for (gsize i = 0; i < G_N_ELEMENTS (fixed_infos); i++) {
      g_array_append_val (infos, fixed_infos[i]);
      for (gsize k = 0; k < n_keys && strcmp (fixed_infos[i].key, SETTINGS_AFTER) == 0; k++) {
        RowInfo row = { "Content", keys[k].key, keys[k].title, TEXT, .words = keys[k].usual != NULL ? keys[k].usual : keys[k].form,
                              .help = keys[k].summary };
        if (keys[k].check == NULL)
          continue;
        if (strchr (keys[k].form, '|') != NULL)
          make_choice_of (&row, keys[k].form);
        g_array_append_val (infos, row);
      }
    }
    g_once_init_leave (&made, infos->len);
  }
  *n = infos->len;
  return (const RowInfo *)(gpointer)infos->data;
}

struct _TwExportRows {
  TwExportSettings *settings;
  GtkWidget *box;
  const RowInfo *infos; /* (n_rows) */
  gsize n_rows;
  GtkWidget **rows, **controls; /* (n_rows) */
  GPtrArray *headings; /* of GtkWidget, named by their group */
  guint64 steps; /* of the experiment; 0 before the first */
};

static gsize
find_row (const TwExportRows *self, const char *key)
{
  gsize i = 0;

  while (i + 1 < self->n_rows && strcmp (self->infos[i].key, key) != 0)
    i++;
  return i;
}

static const char *
key_of (GObject *control)
{
  return g_object_get_data (control, "key");
}

/* Choices */

static char **
list_words (const RowInfo *info)
{
  g_autoptr (GStrvBuilder) words = g_strv_builder_new ();

  if (info->words != NULL)
    return g_strsplit (info->words, "|", -1);
  for (const TwFigureView *const *view = tw_figure_views (); *view != NULL; view++)
    g_strv_builder_add (words, (*view)->word);
  return g_strv_builder_end (words);
}

static char **
list_titles (const RowInfo *info)
{
  g_autoptr (GStrvBuilder) titles = g_strv_builder_new ();

  if (info->titles != NULL)
    return g_strsplit (info->titles, "|", -1);
  for (const TwFigureView *const *view = tw_figure_views (); *view != NULL; view++)
    g_strv_builder_add (titles, (*view)->title);
  return g_strv_builder_end (titles);
}

static void
on_selected (GtkDropDown *control, GParamSpec *pspec, TwExportRows *self)
{
  g_auto (GStrv) words = list_words (&self->infos[find_row (self, key_of (G_OBJECT (control)))]);
  guint i = gtk_drop_down_get_selected (control);

  if (i < g_strv_length (words))
    tw_export_settings_set (self->settings, key_of (G_OBJECT (control)), words[i]);
}

static void
on_toggled (GtkToggleButton *button, TwExportRows *self)
{
  if (gtk_toggle_button_get_active (button))
    tw_export_settings_set (self->settings, key_of (G_OBJECT (button)), g_object_get_data (G_OBJECT (button), "word"));
}

static GtkWidget *
make_linked (TwExportRows *self, const RowInfo *info, char **words, char **titles)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0), *first = NULL;

  gtk_widget_add_css_class (box, "linked");
  for (guint i = 0; words[i] != NULL; i++) {
    GtkWidget *button = gtk_toggle_button_new_with_label (titles[i]);
    g_autofree char *name = g_strdup_printf ("export-%s-%s", info->key, words[i]);
    gtk_widget_set_name (button, name);
    if (first == NULL)
      first = button;
    else
      gtk_toggle_button_set_group (GTK_TOGGLE_BUTTON (button), GTK_TOGGLE_BUTTON (first));
    g_object_set_data (G_OBJECT (button), "key", (gpointer)info->key);
    g_object_set_data_full (G_OBJECT (button), "word", g_strdup (words[i]), g_free);
    gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (button), tw_export_settings_is (self->settings, info->key, words[i]));
    g_signal_connect (button, "toggled", G_CALLBACK (on_toggled), self);
    gtk_box_append (GTK_BOX (box), button);
  }
  return box;
}

static GtkWidget *
make_choice (TwExportRows *self, const RowInfo *info)
{
  g_auto (GStrv) words = list_words (info), titles = list_titles (info);

  if (g_strv_length (words) <= MAX_LINKED)
    return make_linked (self, info, words, titles);
  GtkWidget *control = gtk_drop_down_new_from_strings ((const char *const *)titles);
  for (guint i = 0; words[i] != NULL; i++)
    if (tw_export_settings_is (self->settings, info->key, words[i]))
      gtk_drop_down_set_selected (GTK_DROP_DOWN (control), i);
  g_signal_connect (control, "notify::selected", G_CALLBACK (on_selected), self);
  return control;
}

static void
on_checked (GtkCheckButton *button, TwExportRows *self)
{
  if (gtk_check_button_get_active (button))
    tw_export_settings_set (self->settings, key_of (G_OBJECT (button)), g_object_get_data (G_OBJECT (button), "word"));
}

/* One below the other, each with a line of what it is. */
static GtkWidget *
make_described (TwExportRows *self, const RowInfo *info)
{
  g_auto (GStrv) words = g_strsplit (info->words, "|", -1), titles = g_strsplit (info->titles, "|", -1);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 8), *first = NULL;

  for (guint i = 0; words[i] != NULL; i++) {
    GtkWidget *button = gtk_check_button_new (), *lines = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
    GtkWidget *title = gtk_label_new (titles[2 * i]), *help = gtk_label_new (titles[2 * i + 1]);
    g_autofree char *name = g_strdup_printf ("export-%s-%s", info->key, words[i]);
    gtk_label_set_xalign (GTK_LABEL (title), 0);
    gtk_label_set_xalign (GTK_LABEL (help), 0);
    gtk_label_set_wrap (GTK_LABEL (help), TRUE);
    gtk_widget_add_css_class (help, "dim-label");
    gtk_widget_add_css_class (help, "caption");
    gtk_box_append (GTK_BOX (lines), title);
    gtk_box_append (GTK_BOX (lines), help);
    gtk_check_button_set_child (GTK_CHECK_BUTTON (button), lines);
    gtk_widget_set_name (button, name);
    if (first == NULL)
      first = button;
    else
      gtk_check_button_set_group (GTK_CHECK_BUTTON (button), GTK_CHECK_BUTTON (first));
    g_object_set_data (G_OBJECT (button), "key", (gpointer)info->key);
    g_object_set_data_full (G_OBJECT (button), "word", g_strdup (words[i]), g_free);
    gtk_check_button_set_active (GTK_CHECK_BUTTON (button), tw_export_settings_is (self->settings, info->key, words[i]));
    gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, titles[2 * i],
                                    GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, titles[2 * i + 1], -1);
    g_signal_connect (button, "toggled", G_CALLBACK (on_checked), self);
    gtk_box_append (GTK_BOX (box), button);
  }
  return box;
}

static void
on_font_selected (GtkDropDown *control, GParamSpec *pspec, TwExportRows *self)
{
  GtkStringObject *item = gtk_drop_down_get_selected_item (control);

  tw_export_settings_set (self->settings, "font",
                          gtk_drop_down_get_selected (control) == 0 || item == NULL ? "" : gtk_string_object_get_string (item));
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return g_utf8_collate (*(char *const *)a, *(char *const *)b);
}

/* Names of any length in a button that stays as wide as the others. */
static void
on_font_setup (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer data)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_label_set_max_width_chars (GTK_LABEL (label), 20);
  gtk_label_set_width_chars (GTK_LABEL (label), 12);
  gtk_list_item_set_child (item, label);
}

static void
on_font_bind (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer data)
{
  gtk_label_set_text (GTK_LABEL (gtk_list_item_get_child (item)),
                      gtk_string_object_get_string (gtk_list_item_get_item (item)));
}

static GtkWidget *
make_font (TwExportRows *self)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  PangoFontFamily **families;
  int n;

  pango_font_map_list_families (pango_cairo_font_map_get_default (), &families, &n);
  for (int i = 0; i < n; i++)
    g_ptr_array_add (names, (gpointer)pango_font_family_get_name (families[i]));
  g_free (families);
  g_ptr_array_sort (names, compare_names);
  g_ptr_array_insert (names, 0, (gpointer)"Sans of the system");
  g_ptr_array_add (names, NULL);
  GtkWidget *control = gtk_drop_down_new_from_strings ((const char *const *)names->pdata);
  g_autoptr (GtkExpression) text = gtk_property_expression_new (GTK_TYPE_STRING_OBJECT, NULL, "string");
  gtk_drop_down_set_expression (GTK_DROP_DOWN (control), text);
  gtk_drop_down_set_enable_search (GTK_DROP_DOWN (control), TRUE);
  g_autoptr (GtkListItemFactory) factory = gtk_signal_list_item_factory_new ();
  g_signal_connect (factory, "setup", G_CALLBACK (on_font_setup), NULL);
  g_signal_connect (factory, "bind", G_CALLBACK (on_font_bind), NULL);
  gtk_drop_down_set_factory (GTK_DROP_DOWN (control), factory);
  for (guint i = 1; i + 1 < names->len; i++)
    if (tw_export_settings_is (self->settings, "font", names->pdata[i]))
      gtk_drop_down_set_selected (GTK_DROP_DOWN (control), i);
  g_signal_connect (control, "notify::selected", G_CALLBACK (on_font_selected), self);
  return control;
}

/* Numbers */

static gboolean
show_automatic (GtkSpinButton *spin, const RowInfo *info)
{
  if (gtk_spin_button_get_value (spin) != 0)
    return FALSE;
  gtk_editable_set_text (GTK_EDITABLE (spin), strcmp (info->key, "loop") == 0 ? "forever" : "auto");
  return TRUE;
}

static int
read_automatic (GtkSpinButton *spin, double *value, const RowInfo *info)
{
  const char *text = gtk_editable_get_text (GTK_EDITABLE (spin));

  if (strcmp (text, "auto") != 0 && strcmp (text, "forever") != 0 && *text != '\0')
    return FALSE;
  *value = 0;
  return TRUE;
}

static void
on_value_changed (GtkSpinButton *spin, TwExportRows *self)
{
  double value = gtk_spin_button_get_value (spin);
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  tw_export_settings_set (self->settings, key_of (G_OBJECT (spin)), g_ascii_formatd (text, sizeof text, "%.10g", value));
}

static GtkWidget *
make_number (TwExportRows *self, const RowInfo *info)
{
  GtkWidget *spin = gtk_spin_button_new_with_range (info->from, info->to, info->step);

  gtk_spin_button_set_digits (GTK_SPIN_BUTTON (spin), (guint)info->digits);
  gtk_editable_set_width_chars (GTK_EDITABLE (spin), 7);
  if (info->automatic) {
    gtk_spin_button_set_numeric (GTK_SPIN_BUTTON (spin), FALSE);
    g_signal_connect (spin, "output", G_CALLBACK (show_automatic), (gpointer)info);
    g_signal_connect (spin, "input", G_CALLBACK (read_automatic), (gpointer)info);
  }
  gtk_spin_button_set_value (GTK_SPIN_BUTTON (spin), g_ascii_strtod (tw_export_settings_get (self->settings, info->key), NULL));
  gtk_spin_button_update (GTK_SPIN_BUTTON (spin));
  g_signal_connect (spin, "value-changed", G_CALLBACK (on_value_changed), self);
  return spin;
}

/* The rest */

static void
on_text_changed (GtkEditable *editable, TwExportRows *self)
{
  tw_export_settings_set (self->settings, key_of (G_OBJECT (editable)), gtk_editable_get_text (editable));
}

static void
on_switched (GtkSwitch *control, GParamSpec *pspec, TwExportRows *self)
{
  tw_export_settings_set (self->settings, key_of (G_OBJECT (control)), gtk_switch_get_active (control) ? "yes" : "no");
}

static GtkWidget *
make_control (TwExportRows *self, const RowInfo *info)
{
  GtkWidget *control = NULL;

  switch (info->type) {
  case CHOICE:
    return make_choice (self, info);
  case DESCRIBED:
    return make_described (self, info);
  case NUMBER:
    return make_number (self, info);
  case FONT:
    return make_font (self);
  case SERIES:
    return tw_export_series_new (self->settings);
  case TEXT:
    control = gtk_entry_new ();
    gtk_editable_set_text (GTK_EDITABLE (control), tw_export_settings_get (self->settings, info->key));
    gtk_entry_set_placeholder_text (GTK_ENTRY (control), info->words);
    g_signal_connect (control, "changed", G_CALLBACK (on_text_changed), self);
    return control;
  case SWITCH:
  default:
    control = gtk_switch_new ();
    gtk_switch_set_active (GTK_SWITCH (control), tw_export_settings_is (self->settings, info->key, "yes"));
    g_signal_connect (control, "notify::active", G_CALLBACK (on_switched), self);
    return control;
  }
}

static GtkWidget *
make_row (TwExportRows *self, gsize i)
{
  const RowInfo *info = &self->infos[i];
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12), *control = make_control (self, info);
  g_autofree char *name = g_strconcat ("export-", info->key, NULL);

  gtk_widget_set_name (control, name);
  g_object_set_data (G_OBJECT (control), "key", (gpointer)info->key);
  gtk_widget_set_valign (control, GTK_ALIGN_CENTER);
  if (*info->title != '\0') {
    GtkWidget *label = gtk_label_new (info->title);
    gtk_label_set_xalign (GTK_LABEL (label), 0);
    gtk_label_set_mnemonic_widget (GTK_LABEL (label), control);
    gtk_widget_set_hexpand (label, info->type != TEXT);
    gtk_box_append (GTK_BOX (row), label);
  }
  if (info->type == TEXT || info->type == DESCRIBED)
    gtk_widget_set_hexpand (control, TRUE);
  if (GTK_IS_DROP_DOWN (control))
    gtk_widget_set_size_request (control, 170, -1);
  gtk_widget_set_tooltip_text (row, info->help);
  gtk_accessible_update_property (GTK_ACCESSIBLE (control), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  *info->title != '\0' ? info->title : "Format", -1);
  gtk_box_append (GTK_BOX (row), control);
  self->rows[i] = row;
  self->controls[i] = control;
  return row;
}

/* What is shown */

static gboolean
is_shown (const TwExportRows *self, gsize i)
{
  const TwExportSettings *s = self->settings;
  TwExportKind kind = tw_export_settings_get_kind (s);
  TwExportTab tab = tw_export_settings_get_tab (s);
  const char *key = self->infos[i].key, *group = self->infos[i].group;
  gboolean figure = tab == TW_EXPORT_TAB_FIGURE, animation = tab == TW_EXPORT_TAB_ANIMATION;
  gboolean view = tw_export_settings_has_view (s), report = kind == TW_EXPORT_REPORT;
  const TwFigureView *shows = tw_figure_view_find (tw_export_settings_get (s, "view"));

  if (g_str_has_suffix (key, "-format"))
    return g_str_has_prefix (key, (const char *[]){ "figure", "animation", "report", "data" }[tab]);
  if (strcmp (key, "view") == 0)
    return view;
  if (strcmp (key, "metric") == 0)
    return view && shows != NULL && shows->curves;
  if (tw_export_settings_is_of_view (key))
    return tw_export_settings_reads (s, key);
  if (strcmp (key, "titled") == 0)
    return view;
  if (strcmp (key, "title") == 0)
    return report || (view && tw_export_settings_is (s, "titled", "yes"));
  if (strcmp (key, "series") == 0) /* of several; a figure of one asks whose it is */
    return (view && !tw_export_settings_reads (s, "optimizer")) || report;
  if (strcmp (key, "theme") == 0)
    return view || report;
  if (strcmp (key, "font") == 0)
    return figure || animation || report;
  if (strcmp (key, "seeds") == 0)
    return report;
  if (strcmp (key, "dpi") == 0)
    return figure && tw_export_settings_is (s, "figure-format", "png");
  if (strcmp (key, "width") == 0 || strcmp (key, "height") == 0 || strcmp (key, "unit") == 0)
    return figure && tw_export_settings_is (s, "size", "custom");
  if (g_str_has_prefix (key, "animation-"))
    return animation && (strcmp (key, "animation-size") == 0 || tw_export_settings_is (s, "animation-size", "custom"));
  if (strcmp (group, "Playing") == 0)
    return animation;
  if (strcmp (group, "Look") == 0)
    return figure || animation;
  return figure;
}

void
tw_export_rows_update (TwExportRows *self)
{
  GtkWidget *title = gtk_widget_get_first_child (self->rows[find_row (self, "title")]);

  /* Below its switch it needs no other name. */
  gtk_widget_set_visible (title, tw_export_settings_get_kind (self->settings) == TW_EXPORT_REPORT);
  for (gsize i = 0; i < self->n_rows; i++)
    gtk_widget_set_visible (self->rows[i], is_shown (self, i));
  for (guint h = 0; h < self->headings->len; h++) {
    gboolean any = FALSE;
    for (gsize i = 0; i < self->n_rows; i++)
      any = any || (strcmp (self->infos[i].group, gtk_label_get_text (self->headings->pdata[h])) == 0 && is_shown (self, i));
    gtk_widget_set_visible (self->headings->pdata[h], any);
  }
}

/* The experiment */

static void
set_steps (TwExportRows *self, guint64 steps)
{
  GtkSpinButton *from = GTK_SPIN_BUTTON (self->controls[find_row (self, "from")]);
  GtkSpinButton *to = GTK_SPIN_BUTTON (self->controls[find_row (self, "to")]);
  gboolean end = self->steps == 0 || (guint64)gtk_spin_button_get_value (to) == self->steps;

  gtk_spin_button_set_range (from, 0, (double)steps);
  gtk_spin_button_set_range (to, 0, (double)steps);
  if (end)
    gtk_spin_button_set_value (to, (double)steps);
  self->steps = steps;
}

void
tw_export_rows_set_experiment (TwExportRows *self, const TwExperiment *experiment, const gboolean *enabled)
{
  tw_export_series_set_experiment (self->controls[find_row (self, "series")], experiment, enabled);
  if (self->steps != experiment->steps)
    set_steps (self, experiment->steps);
  g_autoptr (TwProblem) problem = tw_experiment_create_problem (experiment, NULL);
  gtk_entry_set_placeholder_text (GTK_ENTRY (self->controls[find_row (self, "title")]),
                                  problem != NULL ? tw_problem_get_title (problem) : NULL);
}

static void
rows_free (gpointer data)
{
  TwExportRows *self = data;

  g_ptr_array_unref (self->headings);
  g_free (self->rows);
  g_free (self->controls);
  g_free (self);
}

void
tw_export_rows_set_text (TwExportRows *self, const char *key, const char *word)
{
  GtkWidget *entry = self->controls[find_row (self, key)];

  if (strcmp (gtk_editable_get_text (GTK_EDITABLE (entry)), word) != 0)
    gtk_editable_set_text (GTK_EDITABLE (entry), word);
}

void
tw_export_rows_choose (TwExportRows *self, const char *key, const char *word)
{
  gsize row = find_row (self, key);
  GtkWidget *control = self->controls[row];
  g_auto (GStrv) words = list_words (&self->infos[row]);

  if (GTK_IS_DROP_DOWN (control)) {
    for (guint i = 0; words[i] != NULL; i++)
      if (strcmp (words[i], word) == 0)
        gtk_drop_down_set_selected (GTK_DROP_DOWN (control), i);
    return;
  }
  for (GtkWidget *button = gtk_widget_get_first_child (control); button != NULL;
       button = gtk_widget_get_next_sibling (button))
    if (strcmp (g_object_get_data (G_OBJECT (button), "word"), word) == 0)
      gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (button), TRUE);
}

GtkWidget *
tw_export_rows_get_widget (TwExportRows *self)
{
  return self->box;
}

TwExportRows *
tw_export_rows_new (TwExportSettings *settings)
{
  TwExportRows *self = g_new0 (TwExportRows, 1);
  const char *group = "";

  self->settings = settings;
  self->infos = list_infos (&self->n_rows);
  self->rows = g_new0 (GtkWidget *, self->n_rows);
  self->controls = g_new0 (GtkWidget *, self->n_rows);
  self->headings = g_ptr_array_new ();
  self->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  gtk_widget_add_css_class (self->box, "export-rows");
  for (gsize i = 0; i < self->n_rows; i++) {
    if (strcmp (group, self->infos[i].group) != 0) {
      group = self->infos[i].group;
      GtkWidget *heading = gtk_label_new (group);
      gtk_label_set_xalign (GTK_LABEL (heading), 0);
      gtk_widget_add_css_class (heading, "heading");
      g_ptr_array_add (self->headings, heading);
      gtk_box_append (GTK_BOX (self->box), heading);
    }
    gtk_box_append (GTK_BOX (self->box), make_row (self, i));
  }
  g_object_set_data_full (G_OBJECT (self->box), "tw-export-rows", self, rows_free);
  tw_export_rows_update (self);
  return self;
}
