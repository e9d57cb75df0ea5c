#include "ui/export-series.h"

#include <string.h>

#include "ui/drawing/looks.h"

typedef struct {
  TwExportSettings *settings;
  GtkMenuButton *button;    /* it has this, as data */
  GtkWidget *list;          /* in its popover: a check button each */
  TwExperiment *experiment; /* whose optimizers they are; NULL before the first */
} Series;

static void
read_list (Series *self)
{
  g_autoptr (GString) numbers = g_string_new (NULL);
  guint n = 0, on = 0;

  for (GtkWidget *check = gtk_widget_get_first_child (self->list); check != NULL;
       check = gtk_widget_get_next_sibling (check)) {
    n++;
    if (!gtk_check_button_get_active (GTK_CHECK_BUTTON (check)))
      continue;
    on++;
    g_string_append_printf (numbers, "%s%u", on > 1 ? "," : "", n);
  }
  g_autofree char *words = on == n ? g_strdup_printf ("All %u", n) : g_strdup_printf ("%u of %u", on, n);
  gtk_menu_button_set_label (self->button, words);
  /* None is told as an error, not taken for all. */
  tw_export_settings_set (self->settings, "series", on == n ? "" : on == 0 ? "none" : numbers->str);
}

static void
on_toggled (GtkCheckButton *check, Series *self)
{
  read_list (self);
}

static void
draw_swatch (GtkDrawingArea *area, cairo_t *cr, int width, int height, gpointer style)
{
  GdkRGBA color;

  /* As light or dark as the window. */
  gtk_style_context_get_color (gtk_widget_get_style_context (GTK_WIDGET (area)), &color);
  tw_draw_swatch (cr, tw_theme_get (color.red + color.green + color.blue > 1.5f), style, 0, 0, width, height);
}

static void
add (Series *self, const char *name, const TwLineStyle *style, gboolean on)
{
  GtkWidget *check = gtk_check_button_new (), *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
  GtkWidget *swatch = gtk_drawing_area_new (), *label = gtk_label_new (name);

  gtk_drawing_area_set_content_width (GTK_DRAWING_AREA (swatch), 26);
  gtk_drawing_area_set_content_height (GTK_DRAWING_AREA (swatch), 14);
  gtk_widget_set_valign (swatch, GTK_ALIGN_CENTER);
  gtk_drawing_area_set_draw_func (GTK_DRAWING_AREA (swatch), draw_swatch, (gpointer)style, NULL);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_label_set_max_width_chars (GTK_LABEL (label), 40);
  gtk_box_append (GTK_BOX (box), swatch);
  gtk_box_append (GTK_BOX (box), label);
  gtk_check_button_set_child (GTK_CHECK_BUTTON (check), box);
  gtk_check_button_set_active (GTK_CHECK_BUTTON (check), on);
  gtk_accessible_update_property (GTK_ACCESSIBLE (check), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  g_signal_connect (check, "toggled", G_CALLBACK (on_toggled), self);
  gtk_box_append (GTK_BOX (self->list), check);
}

static gboolean
same_optimizers (const TwExperiment *a, const TwExperiment *b)
{
  if (a == NULL || a->optimizers->len != b->optimizers->len)
    return FALSE;
  for (guint i = 0; i < a->optimizers->len; i++)
    if (strcmp (a->optimizers->pdata[i], b->optimizers->pdata[i]) != 0 ||
        g_strcmp0 (tw_experiment_get_label (a, i), tw_experiment_get_label (b, i)) != 0 ||
        tw_experiment_get_line_style (a, i) != tw_experiment_get_line_style (b, i))
      return FALSE;
  return TRUE;
}

static void
series_free (gpointer data)
{
  Series *self = data;

  tw_experiment_free (self->experiment);
  g_free (self);
}

GtkWidget *
tw_export_series_new (TwExportSettings *settings)
{
  GtkWidget *button = gtk_menu_button_new (), *popover = gtk_popover_new ();
  Series *self = g_new0 (Series, 1);

  self->settings = settings;
  self->button = GTK_MENU_BUTTON (button);
  self->list = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2);
  gtk_popover_set_child (GTK_POPOVER (popover), self->list);
  gtk_menu_button_set_popover (self->button, popover);
  g_object_set_data_full (G_OBJECT (button), "tw-series", self, series_free);
  return button;
}

void
tw_export_series_set_experiment (GtkWidget *series, const TwExperiment *experiment, const gboolean *enabled)
{
  Series *self = g_object_get_data (G_OBJECT (series), "tw-series");
  guint n = experiment->optimizers->len;
  g_autofree const TwLineStyle **styles = g_new (const TwLineStyle *, MAX (n, 1));
  GtkWidget *child;

  if (same_optimizers (self->experiment, experiment))
    return;
  tw_looks_assign (experiment, (const char *const *)experiment->optimizers->pdata, n, styles);
  while ((child = gtk_widget_get_first_child (self->list)) != NULL)
    gtk_box_remove (GTK_BOX (self->list), child);
  for (guint i = 0; i < n; i++) {
    g_autofree char *name = tw_looks_get_name (experiment, experiment->optimizers->pdata[i], i);
    add (self, name, styles[i], enabled[i]);
  }
  read_list (self);
  tw_experiment_free (self->experiment);
  self->experiment = tw_experiment_copy (experiment);
}
