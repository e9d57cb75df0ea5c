#include "ui/curves-panel.h"

#include <math.h>

#include "ui/drawing/curves.h"

#define MAX_STARTS 100 /* drawn per optimizer */
#define LINE_WIDTH 1.8

struct _TwCurvesPanel {
  TwPanel parent_instance;

  TwRect rect;
  TwAxis x, y;
  GArray *curves; /* of TwCurve: those that are shown, the first start last */
  TwLayer frame;
};

G_DEFINE_FINAL_TYPE (TwCurvesPanel, tw_curves_panel, TW_TYPE_PANEL)

static void
collect (TwCurvesPanel *self)
{
  TwSession *session = tw_panel_get_session (TW_PANEL (self));
  TwTrace *trace = tw_session_get_trace (session);
  double minimum = NAN, least = INFINITY;

  g_array_set_size (self->curves, 0);
  if (trace != NULL) {
    gsize n_starts = MIN (tw_trace_get_n_starts (trace), MAX_STARTS);
    minimum = tw_problem_get_minimum (tw_trace_get_problem (trace));
    for (gsize s = n_starts; s-- > 0;)
      for (gsize o = 0; o < tw_trace_get_n_optimizers (trace); o++) {
        TwCurve curve = { .n = tw_trace_get_n_rows (trace, o, s),
                          .values = tw_trace_get_loss (trace, o, s),
                          .offset = isfinite (minimum) ? minimum : 0,
                          .style = tw_session_get_style (session, o),
                          .primary = s == 0 };
        if (!tw_session_get_enabled (session, o))
          continue;
        for (gsize i = 0; i < curve.n; i++)
          least = MIN (least, curve.values[i] - curve.offset);
        g_array_append_val (self->curves, curve);
      }
  }
  self->x = (TwAxis){ 0, MAX ((double)tw_session_get_n_steps (session), 1), FALSE };
  /* Losses below zero have no logarithm; where no minimum is known the axis stays linear. */
  tw_curves_range ((TwCurve *)(gpointer)self->curves->data, self->curves->len,
                   isfinite (minimum) || least > 0, &self->y);
}

static void
tw_curves_panel_describe (TwPanel *panel)
{
  TwTrace *trace = tw_session_get_trace (tw_panel_get_session (panel));

  if (trace == NULL)
    return;
  double minimum = tw_problem_get_minimum (tw_trace_get_problem (trace));
  tw_panel_set_subtitle (panel, isfinite (minimum) && minimum != 0 ? "above the known minimum" : NULL);
}

static void
lay_out (TwCurvesPanel *self)
{
  GtkWidget *widget = GTK_WIDGET (self);
  double font = tw_panel_get_font_size (TW_PANEL (self));
  double left = floor (5.0 * font), bottom = floor (2.2 * font), top = 6, right = 14;

  self->rect = (TwRect){ left, top, MAX (gtk_widget_get_width (widget) - left - right, 16),
                         MAX (gtk_widget_get_height (widget) - top - bottom, 16) };
}

static void
tw_curves_panel_update (TwPanel *panel, guint changes)
{
  TwCurvesPanel *self = TW_CURVES_PANEL (panel);

  if (changes & TW_PANEL_LOOKS)
    lay_out (self);
  if (changes & ~(guint)TW_SESSION_STEP) {
    collect (self);
    tw_layer_clear (&self->frame);
  }
}

static void
draw_now (TwCurvesPanel *self, cairo_t *cr, const TwTheme *theme)
{
  double x = floor (tw_rect_x (&self->rect, &self->x,
                               (double)tw_session_get_step (tw_panel_get_session (TW_PANEL (self))))) +
             0.5;

  tw_set_color (cr, &theme->dim, 0.55);
  cairo_set_dash (cr, NULL, 0, 0);
  cairo_set_line_width (cr, 1);
  cairo_move_to (cr, x, self->rect.y);
  cairo_line_to (cr, x, self->rect.y + self->rect.height);
  cairo_stroke (cr);
}

static void
draw_heads (TwCurvesPanel *self, cairo_t *cr, const TwTheme *theme, guint64 step)
{
  for (guint c = 0; c < self->curves->len; c++) {
    const TwCurve *curve = &g_array_index (self->curves, TwCurve, c);
    if (!curve->primary || curve->n == 0)
      continue;
    gsize row = MIN (step, curve->n - 1);
    double y = tw_axis_position (&self->y, curve->values[row] - curve->offset);
    if (!(y >= 0 && y <= 1))
      continue;
    cairo_arc (cr, tw_rect_x (&self->rect, &self->x, (double)row), self->rect.y + self->rect.height * (1 - y),
               3.2, 0, 2 * G_PI);
    tw_set_color (cr, theme->dark ? &curve->style->dark : &curve->style->light, 1);
    cairo_fill_preserve (cr);
    tw_set_color (cr, &theme->background, 1);
    cairo_set_line_width (cr, 1.2);
    cairo_stroke (cr);
  }
}

static void
tw_curves_panel_draw (TwPanel *panel, GtkSnapshot *snapshot, const TwTheme *theme, int width, int height)
{
  TwCurvesPanel *self = TW_CURVES_PANEL (panel);
  guint64 step = tw_session_get_step (tw_panel_get_session (panel));
  graphene_rect_t bounds = GRAPHENE_RECT_INIT (0, 0, (float)width, (float)height);

  if (self->frame.node == NULL) {
    cairo_t *cr = tw_layer_begin (&self->frame, &bounds);
    cairo_rectangle (cr, self->rect.x, self->rect.y, self->rect.width, self->rect.height);
    tw_set_color (cr, &theme->background, 1);
    cairo_fill (cr);
    tw_draw_frame (cr, theme, &self->rect, &self->x, &self->y, tw_panel_get_font_size (panel), TW_FRAME_GRID);
    cairo_destroy (cr);
  }
  tw_layer_append (&self->frame, snapshot);
  bounds = GRAPHENE_RECT_INIT ((float)self->rect.x - 4, (float)self->rect.y - 4, (float)self->rect.width + 8,
                               (float)self->rect.height + 8);
  cairo_t *cr = gtk_snapshot_append_cairo (snapshot, &bounds);
  draw_now (self, cr, theme);
  for (guint c = 0; c < self->curves->len; c++)
    tw_draw_curve (cr, theme, &self->rect, &self->x, &self->y, &g_array_index (self->curves, TwCurve, c),
                   LINE_WIDTH, step);
  draw_heads (self, cr, theme, step);
  cairo_destroy (cr);
}

static void
tw_curves_panel_finalize (GObject *object)
{
  TwCurvesPanel *self = TW_CURVES_PANEL (object);

  tw_layer_clear (&self->frame);
  g_array_unref (self->curves);
  G_OBJECT_CLASS (tw_curves_panel_parent_class)->finalize (object);
}

static void
tw_curves_panel_class_init (TwCurvesPanelClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = tw_curves_panel_finalize;
  TW_PANEL_CLASS (klass)->interests =
    TW_SESSION_EXPERIMENT | TW_SESSION_TRACE | TW_SESSION_ROWS | TW_SESSION_STEP | TW_SESSION_ENABLED;
  TW_PANEL_CLASS (klass)->describe = tw_curves_panel_describe;
  TW_PANEL_CLASS (klass)->update = tw_curves_panel_update;
  TW_PANEL_CLASS (klass)->draw = tw_curves_panel_draw;
}

static void
tw_curves_panel_init (TwCurvesPanel *self)
{
  self->curves = g_array_new (FALSE, TRUE, sizeof (TwCurve));
  gtk_widget_set_size_request (GTK_WIDGET (self), 240, 110);
}

TwPanel *
tw_curves_panel_new (TwSession *session)
{
  return g_object_new (
    TW_TYPE_CURVES_PANEL, "session", session, "title", "Loss", "help",
    "The loss of each optimizer over its steps, up to the moment that is shown.  The scale is "
    "logarithmic: a straight line down means that the loss shrinks by the same factor in "
    "every step.  Where the minimum is known it is taken off.",
    NULL);
}
