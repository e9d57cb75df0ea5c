#include "ui/activations-panel.h"

#include <math.h>
#include <string.h>

#include "ui/drawing/axis.h"
#include "ui/drawing/cells.h"

#define MAX_BANDS 8 /* two coordinates, a tensor and the run make four */
#define MAX_ROWS 4  /* coordinates or tensors of one level that are shown */
#define GAP 7.0     /* pixels between bands */

/* One heat map: the units of a level, for one coordinate, tensor or run. */
typedef struct {
  gsize probe, item; /* item: which coordinate or tensor */
  guint units;
  char label[24];
  TwRect rect;
} Band;

struct _TwActivationsPanel {
  TwPanel parent_instance;

  gssize optimizer; /* whose activations; -1: nobody shown has any */
  gsize n_bands;
  Band bands[MAX_BANDS];
  TwAxis x;
  TwRect rect;   /* of all bands */
  TwLayer cells; /* the heat maps, labels and axis */
};

G_DEFINE_FINAL_TYPE (TwActivationsPanel, tw_activations_panel, TW_TYPE_PANEL)

static gboolean
is_state (const TwProbe *probe)
{
  return strcmp (probe->name, "h0") == 0 || strcmp (probe->name, "h1") == 0 ||
         strcmp (probe->name, "h2") == 0;
}

static void
label_band (Band *band, const TwProbe *probe, const TwProblem *problem, gsize count)
{
  if (probe->level == TW_LEVEL_RUN)
    g_strlcpy (band->label, "Global", sizeof band->label);
  else if (probe->level == TW_LEVEL_TENSOR && count > 1)
    g_snprintf (band->label, sizeof band->label, "Tensor %" G_GSIZE_FORMAT, band->item + 1);
  else if (probe->level == TW_LEVEL_TENSOR)
    g_strlcpy (band->label, "Tensor", sizeof band->label);
  else if (tw_problem_get_dim (problem) == 2)
    g_snprintf (band->label, sizeof band->label, "Param %s", band->item == 0 ? "x" : "y");
  else
    g_snprintf (band->label, sizeof band->label, "Param %" G_GSIZE_FORMAT, band->item + 1);
}

/* Bands of the first optimizer that is on and has RNNs to show. */
static void
find_bands (TwActivationsPanel *self)
{
  TwSession *session = tw_panel_get_session (TW_PANEL (self));
  TwTrace *trace = tw_session_get_trace (session);

  self->optimizer = -1;
  self->n_bands = 0;
  for (gsize o = 0; trace != NULL && o < tw_trace_get_n_optimizers (trace) && self->n_bands == 0; o++) {
    gsize n_probes;
    const TwProbe *probes = tw_trace_get_probes (trace, o, &n_probes);
    if (!tw_session_get_enabled (session, o))
      continue;
    for (gsize p = 0; p < n_probes; p++) {
      gsize count;
      if (!is_state (&probes[p]) || tw_trace_get_probe (trace, o, 0, p, 0, &count) == NULL)
        continue;
      for (gsize i = 0; i < MIN (count, MAX_ROWS) && self->n_bands < MAX_BANDS; i++) {
        Band *band = &self->bands[self->n_bands++];
        *band = (Band){ .probe = p, .item = i, .units = probes[p].width };
        label_band (band, &probes[p], tw_trace_get_problem (trace), count);
      }
    }
    if (self->n_bands > 0)
      self->optimizer = (gssize)o;
  }
}

static void
lay_out (TwActivationsPanel *self)
{
  GtkWidget *widget = GTK_WIDGET (self);
  double font = tw_panel_get_font_size (TW_PANEL (self));
  double left = floor (5.0 * font), bottom = floor (2.2 * font), top = 6, right = 14;
  TwRect *rect = &self->rect;
  double units = 0, y;

  *rect = (TwRect){ left, top, MAX (gtk_widget_get_width (widget) - left - right, 16),
                    MAX (gtk_widget_get_height (widget) - top - bottom, 16) };
  self->x =
    (TwAxis){ 0, MAX ((double)tw_session_get_n_steps (tw_panel_get_session (TW_PANEL (self))), 1), FALSE };
  /* Small levels get more than their share, so that their names fit. */
  for (gsize b = 0; b < self->n_bands; b++)
    units += self->bands[b].units + 6;
  y = rect->y;
  double room = rect->height - GAP * (double)(MAX (self->n_bands, 1) - 1);
  for (gsize b = 0; b < self->n_bands; b++) {
    double height = MAX (floor (room * (self->bands[b].units + 6) / units), 1);
    self->bands[b].rect = (TwRect){ rect->x, floor (y), floor (rect->width), height };
    y += height + GAP;
  }
}

/* A picture of all rows so far, one column of pixels each or fewer. */
static void
draw_band (TwActivationsPanel *self, cairo_t *cr, const TwTheme *theme, const Band *band, TwTrace *trace,
           gsize n_rows, int scale)
{
  double width = band->rect.width * (double)n_rows / (self->x.max + 1);
  gsize columns = MIN (n_rows, (gsize)ceil (width * scale)), filled = 0;
  g_autofree float *values = g_new (float, MAX (columns, 1) * band->units); /* (columns, units) */

  for (gsize c = 0; c < columns; c++) {
    gsize count;
    const float *probe =
      tw_trace_get_probe (trace, (gsize)self->optimizer, 0, band->probe, c * n_rows / columns, &count);
    if (probe == NULL || band->item >= count)
      break;
    memcpy (values + c * band->units, probe + band->item * band->units, band->units * sizeof (float));
    filled++;
  }
  if (filled == 0)
    return;
  width *= (double)filled / (double)columns;
  cairo_surface_t *picture =
    tw_cells_render (values, filled, band->units, 1, theme, MAX ((int)round (width * scale), 1),
                     (int)band->rect.height * scale);
  cairo_surface_set_device_scale (picture, scale, scale);
  cairo_set_source_surface (cr, picture, band->rect.x, band->rect.y);
  cairo_paint (cr);
  cairo_surface_destroy (picture);
}

static void
draw_cells (TwActivationsPanel *self, const TwTheme *theme, int width, int height)
{
  TwTrace *trace = tw_session_get_trace (tw_panel_get_session (TW_PANEL (self)));
  double font = tw_panel_get_font_size (TW_PANEL (self));
  gsize n_rows = tw_trace_get_n_rows (trace, (gsize)self->optimizer, 0);
  cairo_t *cr = tw_layer_begin (&self->cells, &GRAPHENE_RECT_INIT (0, 0, (float)width, (float)height));

  for (gsize b = 0; b < self->n_bands; b++) {
    const TwRect *rect = &self->bands[b].rect;
    tw_set_color (cr, &theme->background, 1);
    cairo_rectangle (cr, rect->x, rect->y, rect->width, rect->height);
    cairo_fill (cr);
    draw_band (self, cr, theme, &self->bands[b], trace, n_rows,
               gtk_widget_get_scale_factor (GTK_WIDGET (self)));
    tw_set_color (cr, &theme->dim, 0.7);
    cairo_set_line_width (cr, 1);
    cairo_rectangle (cr, rect->x - 0.5, rect->y - 0.5, rect->width + 1, rect->height + 1);
    cairo_stroke (cr);
    tw_set_font (cr, font, FALSE);
    tw_set_color (cr, &theme->dim, 1);
    tw_draw_text (cr, rect->x - 7, rect->y + rect->height / 2 + 0.36 * font, 1, self->bands[b].label);
  }
  TwTicks ticks;
  double bottom = self->bands[self->n_bands - 1].rect.y + self->bands[self->n_bands - 1].rect.height;
  tw_axis_ticks (&self->x, (guint)CLAMP (self->rect.width / (font * 5.5), 2, 12), &ticks);
  for (guint i = 0; i < ticks.n; i++) {
    char text[48];
    double x = floor (tw_rect_x (&self->rect, &self->x, ticks.values[i])) + 0.5;
    tw_set_color (cr, &theme->dim, 0.7);
    cairo_move_to (cr, x, bottom);
    cairo_line_to (cr, x, bottom + 4);
    cairo_stroke (cr);
    tw_tick_format (ticks.values[i], ticks.step, text, sizeof text);
    tw_set_color (cr, &theme->dim, 1);
    tw_draw_text (cr, x, bottom + 5 + font, 0.5, text);
  }
  cairo_destroy (cr);
}

static void
tw_activations_panel_update (TwPanel *panel, guint changes)
{
  TwActivationsPanel *self = TW_ACTIVATIONS_PANEL (panel);

  if (!(changes & ~(guint)TW_SESSION_STEP))
    return;
  find_bands (self);
  lay_out (self);
  tw_layer_clear (&self->cells);
}

static void
tw_activations_panel_describe (TwPanel *panel)
{
  TwActivationsPanel *self = TW_ACTIVATIONS_PANEL (panel);
  const TwExperiment *experiment = tw_session_get_experiment (tw_panel_get_session (panel));

  find_bands (self);
  tw_panel_set_subtitle (panel, self->optimizer < 0 ? NULL : experiment->optimizers->pdata[self->optimizer]);
}

/* What is yet to come is veiled. */
static void
draw_cursor (TwActivationsPanel *self, GtkSnapshot *snapshot, const TwTheme *theme)
{
  TwSession *session = tw_panel_get_session (TW_PANEL (self));
  const TwRect *rect = &self->rect;
  GdkRGBA veil = { (float)theme->background.r, (float)theme->background.g, (float)theme->background.b,
                   0.82f };
  GdkRGBA line = { (float)theme->foreground.r, (float)theme->foreground.g, (float)theme->foreground.b, 0.9f };
  double right = rect->x + floor (rect->width);
  double x = MIN (
    rect->x + floor (rect->width * ((double)tw_session_get_step (session) + 1) / (self->x.max + 1)), right);

  for (gsize b = 0; b < self->n_bands; b++) {
    const TwRect *band = &self->bands[b].rect;
    if (x < right)
      gtk_snapshot_append_color (
        snapshot, &veil,
        &GRAPHENE_RECT_INIT ((float)x, (float)band->y, (float)(right - x), (float)band->height));
    gtk_snapshot_append_color (
      snapshot, &line,
      &GRAPHENE_RECT_INIT ((float)x - 0.5f, (float)band->y - 2, 1.5f, (float)band->height + 4));
  }
}

static void
tw_activations_panel_draw (TwPanel *panel, GtkSnapshot *snapshot, const TwTheme *theme, int width, int height)
{
  TwActivationsPanel *self = TW_ACTIVATIONS_PANEL (panel);

  if (self->optimizer < 0) {
    if (tw_session_get_trace (tw_panel_get_session (panel)) != NULL)
      tw_panel_draw_words (panel, snapshot, &GRAPHENE_RECT_INIT (0, 0, (float)width, (float)height),
                           "Switch a learned optimizer on to see the activations of its RNNs.");
    return;
  }
  if (self->cells.node == NULL)
    draw_cells (self, theme, width, height);
  tw_layer_append (&self->cells, snapshot);
  draw_cursor (self, snapshot, theme);
}

static const char *
level_title (TwActivationsPanel *self, const Band *band)
{
  gsize n;
  TwTrace *trace = tw_session_get_trace (tw_panel_get_session (TW_PANEL (self)));

  return tw_trace_get_probes (trace, (gsize)self->optimizer, &n)[band->probe].title;
}

/* "Parameter RNN of x, unit 3 of 10, step 120: -0.431" */
static gboolean
tw_activations_panel_query_tooltip (GtkWidget *widget, int x, int y, gboolean keyboard, GtkTooltip *tooltip)
{
  TwActivationsPanel *self = TW_ACTIVATIONS_PANEL (widget);
  TwTrace *trace = tw_session_get_trace (tw_panel_get_session (TW_PANEL (self)));

  if (keyboard || trace == NULL || self->optimizer < 0)
    return FALSE;
  for (gsize b = 0; b < self->n_bands; b++) {
    const Band *band = &self->bands[b];
    const TwRect *rect = &band->rect;
    if (x < rect->x || x >= rect->x + rect->width || y < rect->y || y >= rect->y + rect->height)
      continue;
    gsize k = (gsize)((x - rect->x) / rect->width * (self->x.max + 1)), count;
    guint unit = MIN ((guint)((y - rect->y) / rect->height * band->units), band->units - 1);
    if (k >= tw_trace_get_n_rows (trace, (gsize)self->optimizer, 0))
      return FALSE;
    const float *values = tw_trace_get_probe (trace, (gsize)self->optimizer, 0, band->probe, k, &count);
    if (values == NULL || band->item >= count)
      return FALSE;
    const char *whose = strchr (band->label, ' '); /* " x" of "Param x" */
    g_autofree char *text = g_strdup_printf (
      "%s%s%s, unit %u of %u, step %" G_GSIZE_FORMAT ": %.3f", level_title (self, band), whose != NULL ? " of" : "",
      whose != NULL ? whose : "", unit + 1, band->units, k, (double)values[band->item * band->units + unit]);
    gtk_tooltip_set_text (tooltip, text);
    return TRUE;
  }
  return FALSE;
}

static void
tw_activations_panel_finalize (GObject *object)
{
  tw_layer_clear (&TW_ACTIVATIONS_PANEL (object)->cells);
  G_OBJECT_CLASS (tw_activations_panel_parent_class)->finalize (object);
}

static void
tw_activations_panel_class_init (TwActivationsPanelClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = tw_activations_panel_finalize;
  GTK_WIDGET_CLASS (klass)->query_tooltip = tw_activations_panel_query_tooltip;
  TW_PANEL_CLASS (klass)->interests =
    TW_SESSION_EXPERIMENT | TW_SESSION_TRACE | TW_SESSION_ROWS | TW_SESSION_STEP | TW_SESSION_ENABLED;
  TW_PANEL_CLASS (klass)->describe = tw_activations_panel_describe;
  TW_PANEL_CLASS (klass)->update = tw_activations_panel_update;
  TW_PANEL_CLASS (klass)->draw = tw_activations_panel_draw;
}

static void
tw_activations_panel_init (TwActivationsPanel *self)
{
  self->optimizer = -1;
  gtk_widget_set_has_tooltip (GTK_WIDGET (self), TRUE);
  gtk_widget_set_size_request (GTK_WIDGET (self), 240, 150);
}

TwPanel *
tw_activations_panel_new (TwSession *session)
{
  return g_object_new (
    TW_TYPE_ACTIVATIONS_PANEL, "session", session, "title", "Activations", "help",
    "The memory of the learned optimizer: one small RNN per parameter, one per tensor and one "
    "for the whole run.  Each line is a unit, each column a step; orange is positive, blue "
    "negative, between −1 and 1.  Steps after the moment that is shown are veiled.  Hover to read a value.",
    NULL);
}
