#include "ui/activations-panel.h"

#include <math.h>
#include <string.h>

#include "core/tasks/watch.h"
#include "ui/drawing/bands.h"
#include "ui/optimizer-editor.h"
#include "ui/words.h"

struct _TwActivationsPanel {
  TwPanel parent_instance;

  gssize optimizer; /* whose activations; -1: nobody shown has any */
  gsize n_bands;
  TwBand bands[TW_MAX_BANDS];
  TwRect rects[TW_MAX_BANDS]; /* where they lie */
  TwAxis x;
  TwRect rect;   /* of all bands */
  TwLayer cells; /* the heat maps, labels and axis */

  /* Where there are many: which tensor, and which of the coordinates that are kept of it; -1: the first few. */
  gssize tensor, coordinate;
  GtkDropDown *tensors, *coordinates;
  gsize first_coordinate; /* of the entries of `coordinates`, after "the first few" */
  gboolean updating;
};

G_DEFINE_FINAL_TYPE (TwActivationsPanel, tw_activations_panel, TW_TYPE_PANEL)

/* Bands of the first optimizer that is on and has RNNs to show. */
static void
find_bands (TwActivationsPanel *self)
{
  TwSession *session = tw_panel_get_session (TW_PANEL (self));
  TwTrace *trace = tw_session_get_trace (session);

  self->optimizer = -1;
  self->n_bands = 0;
  for (gsize o = 0; trace != NULL && o < tw_trace_get_n_optimizers (trace) && self->n_bands == 0; o++) {
    if (tw_session_get_enabled (session, o))
      self->n_bands = tw_bands_find (trace, o, self->tensor, self->coordinate, self->bands);
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

  self->rect = (TwRect){ left, top, MAX (gtk_widget_get_width (widget) - left - right, 16),
                         MAX (gtk_widget_get_height (widget) - top - bottom, 16) };
  self->x =
    (TwAxis){ 0, MAX ((double)tw_session_get_n_steps (tw_panel_get_session (TW_PANEL (self))), 1), FALSE };
  tw_bands_lay_out (self->bands, self->n_bands, &self->rect, TRUE, self->rects);
}

static void
draw_cells (TwActivationsPanel *self, const TwTheme *theme, int width, int height)
{
  TwTrace *trace = tw_session_get_trace (tw_panel_get_session (TW_PANEL (self)));
  cairo_t *cr = tw_layer_begin (&self->cells, &GRAPHENE_RECT_INIT (0, 0, (float)width, (float)height));

  tw_set_color (cr, &theme->background, 1);
  for (gsize b = 0; b < self->n_bands; b++)
    cairo_rectangle (cr, self->rects[b].x, self->rects[b].y, self->rects[b].width, self->rects[b].height);
  cairo_fill (cr);
  tw_draw_bands (cr, theme, self->rects, &self->x, trace, (gsize)self->optimizer, self->bands, self->n_bands,
                 tw_panel_get_font_size (TW_PANEL (self)), gtk_widget_get_scale_factor (GTK_WIDGET (self)), G_MAXSIZE);
  cairo_destroy (cr);
}

/* The choice */

static void
set_names (GtkDropDown *list, char **names, guint selected, gboolean visible)
{
  tw_drop_down_show_names (list, (const char *const *)names, selected);
  gtk_widget_set_visible (GTK_WIDGET (list), visible);
}

/* The tensors by name and shape, and of the chosen one the coordinates that are kept. */
static void
fill (TwActivationsPanel *self)
{
  TwTrace *trace = tw_session_get_trace (tw_panel_get_session (TW_PANEL (self)));

  if (trace == NULL || self->tensors == NULL)
    return;
  const TwProblem *problem = tw_trace_get_problem (trace);
  gsize n_tensors = tw_problem_get_n_tensors (problem), n_kept = tw_trace_get_n_coordinates (trace);
  g_autoptr (GStrvBuilder) tensors = g_strv_builder_new (), coordinates = g_strv_builder_new ();

  if (self->tensor >= (gssize)n_tensors)
    self->tensor = self->coordinate = -1;
  g_strv_builder_add (tensors, "First Tensors");
  for (gsize t = 0; t < n_tensors; t++) {
    g_autofree char *name = tw_problem_describe_tensor (problem, t);
    g_strv_builder_add (tensors, name);
  }
  g_strv_builder_add (coordinates, "First Rows");
  self->first_coordinate = n_kept;
  for (gsize c = 0; c < n_kept; c++)
    if ((gssize)tw_trace_get_coordinate_tensor (trace, c) == self->tensor) {
      g_autofree char *name = tw_trace_name_coordinate (trace, c);
      const char *row = strrchr (name, '[');
      self->first_coordinate = MIN (self->first_coordinate, c);
      g_strv_builder_add (coordinates, row != NULL ? row : name);
    }
  g_auto (GStrv) tensor_names = g_strv_builder_end (tensors), names = g_strv_builder_end (coordinates);
  if (self->coordinate >= (gssize)n_kept || (self->coordinate >= 0 &&
                                             (gssize)tw_trace_get_coordinate_tensor (trace, (gsize)self->coordinate) != self->tensor))
    self->coordinate = -1;
  gboolean many = self->optimizer >= 0 && (n_tensors > 1 || n_kept > TW_MAX_BAND_ITEMS);
  self->updating = TRUE;
  set_names (self->tensors, tensor_names, (guint)(self->tensor + 1), many);
  set_names (self->coordinates, names,
             self->coordinate < 0 ? 0 : (guint)((gsize)self->coordinate - self->first_coordinate + 1),
             many && self->tensor >= 0 && g_strv_length (names) > 2);
  self->updating = FALSE;
}

static void
choose (TwActivationsPanel *self, gssize tensor, gssize coordinate)
{
  self->tensor = tensor;
  self->coordinate = coordinate;
  fill (self);
  tw_panel_invalidate (TW_PANEL (self), TW_SESSION_ENABLED);
}

static void
on_tensor (GtkDropDown *list, GParamSpec *pspec, TwActivationsPanel *self)
{
  if (!self->updating)
    choose (self, (gssize)gtk_drop_down_get_selected (list) - 1, -1);
}

static void
on_coordinate (GtkDropDown *list, GParamSpec *pspec, TwActivationsPanel *self)
{
  guint i = gtk_drop_down_get_selected (list);

  if (!self->updating)
    choose (self, self->tensor, i == 0 ? -1 : (gssize)(self->first_coordinate + i - 1));
}

static GtkDropDown *
add_list (TwActivationsPanel *self, const char *words, GCallback notify)
{
  GtkWidget *list = tw_drop_down_new_narrow ();

  tw_set_words (list, words);
  gtk_widget_set_visible (list, FALSE);
  g_signal_connect (list, "notify::selected", notify, self);
  tw_panel_add_control (TW_PANEL (self), list);
  return GTK_DROP_DOWN (list);
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
  fill (self);
  g_autofree char *name = self->optimizer < 0 ? NULL : tw_optimizer_words (experiment, (gsize)self->optimizer);
  tw_panel_set_subtitle (panel, name);
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
    const TwRect *band = &self->rects[b];
    if (x < right)
      gtk_snapshot_append_color (
        snapshot, &veil,
        &GRAPHENE_RECT_INIT ((float)x, (float)band->y, (float)(right - x), (float)band->height));
    gtk_snapshot_append_color (
      snapshot, &line,
      &GRAPHENE_RECT_INIT ((float)x - 0.5f, (float)band->y - 2, 1.5f, (float)band->height + 4));
  }
}

/* Whether some run that is on ended where it began: the loss is no number there. */
static gboolean
ended_at_start (TwSession *session)
{
  TwTrace *trace = tw_session_get_trace (session);

  for (gsize o = 0; o < tw_trace_get_n_optimizers (trace); o++)
    if (tw_session_get_enabled (session, o) && tw_trace_get_n_rows (trace, o, 0) == 0 &&
        tw_trace_get_stop_reason (trace, o, 0) == TW_STOP_DIVERGED)
      return TRUE;
  return FALSE;
}

static void
tw_activations_panel_draw (TwPanel *panel, GtkSnapshot *snapshot, const TwTheme *theme, int width, int height)
{
  TwActivationsPanel *self = TW_ACTIVATIONS_PANEL (panel);

  if (self->optimizer < 0) {
    TwSession *session = tw_panel_get_session (panel);
    if (tw_session_get_trace (session) != NULL)
      tw_panel_draw_words (panel, snapshot, &GRAPHENE_RECT_INIT (0, 0, (float)width, (float)height),
                           ended_at_start (session)
                             ? "The loss is not a number where the runs start, so there is nothing to see."
                             : "Switch a learned optimizer on to see the activations of its RNNs.");
    return;
  }
  if (self->cells.node == NULL)
    draw_cells (self, theme, width, height);
  tw_layer_append (&self->cells, snapshot);
  draw_cursor (self, snapshot, theme);
}

static const char *
level_title (TwActivationsPanel *self, const TwBand *band)
{
  gsize n;
  TwTrace *trace = tw_session_get_trace (tw_panel_get_session (TW_PANEL (self)));

  return tw_trace_get_probes (trace, (gsize)self->optimizer, &n)[band->probe].title;
}

/* Whose memory it is: a coordinate or a tensor by name; NULL: there is but one. */
static char *
name_band (TwActivationsPanel *self, const TwBand *band)
{
  TwTrace *trace = tw_session_get_trace (tw_panel_get_session (TW_PANEL (self)));
  gsize n;
  TwLevel level = tw_trace_get_probes (trace, (gsize)self->optimizer, &n)[band->probe].level;

  if (level == TW_LEVEL_ROW)
    return tw_trace_name_coordinate (trace, band->item);
  return level == TW_LEVEL_TENSOR && tw_problem_get_n_tensors (tw_trace_get_problem (trace)) > 1
           ? tw_problem_describe_tensor (tw_trace_get_problem (trace), band->item)
           : NULL;
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
    const TwBand *band = &self->bands[b];
    const TwRect *rect = &self->rects[b];
    if (x < rect->x || x >= rect->x + rect->width || y < rect->y || y >= rect->y + rect->height)
      continue;
    gsize k = (gsize)((x - rect->x) / rect->width * (self->x.max + 1)), count;
    guint unit = MIN ((guint)((y - rect->y) / rect->height * band->units), band->units - 1);
    if (k >= tw_trace_get_n_rows (trace, (gsize)self->optimizer, 0))
      return FALSE;
    const float *values = tw_trace_get_probe (trace, (gsize)self->optimizer, 0, band->probe, k, &count);
    if (values == NULL || band->item >= count)
      return FALSE;
    g_autofree char *whose = name_band (self, band);
    g_autofree char *text = g_strdup_printf (
      "%s%s%s, unit %u of %u, step %" G_GSIZE_FORMAT ": %.3f", level_title (self, band), whose != NULL ? " of " : "",
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
  self->optimizer = self->tensor = self->coordinate = -1;
  gtk_widget_set_has_tooltip (GTK_WIDGET (self), TRUE);
  gtk_widget_set_size_request (GTK_WIDGET (self), 240, 150);
}

TwPanel *
tw_activations_panel_new (TwSession *session)
{
  TwActivationsPanel *self = g_object_new (
    TW_TYPE_ACTIVATIONS_PANEL, "session", session, "title", "Activations", "help",
    "The memory of the learned optimizer: one small RNN per parameter, one per tensor and one "
    "for the whole run.  Each line is a unit, each column a step; orange is positive, blue "
    "negative, between −1 and 1.  Steps after the moment that is shown are veiled.  Hover to read a value.\n\n"
    "Where there are many parameters the lists choose a tensor (a layer\342\200\231s weights or biases) and one of its "
    "parameters.  Of large problems 64 parameters are recorded, evenly spread.",
    NULL);

  self->tensors = add_list (self, "Which tensor", G_CALLBACK (on_tensor));
  self->coordinates = add_list (self, "Which parameter of it", G_CALLBACK (on_coordinate));
  tw_activations_panel_describe (TW_PANEL (self));
  return TW_PANEL (self);
}
