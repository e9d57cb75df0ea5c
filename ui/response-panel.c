#include "ui/response-panel.h"

#include <math.h>

#include "ui/drawing/response-plot.h"

#define LINE_WIDTH 1.8

struct _TwResponsePanel {
  TwPanel parent_instance;

  TwInsideFocus *focus;
  /* Of one trace and optimizer. */
  TwTrace *trace;
  gsize optimizer;
  TwResponsePlot *plot;
  gboolean valid; /* it is of the moment */
  TwRect rect;
};

G_DEFINE_FINAL_TYPE (TwResponsePanel, tw_response_panel, TW_TYPE_PANEL)

static void
forget (TwResponsePanel *self)
{
  g_clear_pointer (&self->plot, tw_response_plot_free);
  g_clear_pointer (&self->trace, tw_trace_unref);
  self->valid = FALSE;
}

static void
prepare (TwResponsePanel *self, TwTrace *trace, gsize optimizer)
{
  TwSession *session = tw_panel_get_session (TW_PANEL (self));
  const GPtrArray *specs = tw_session_get_experiment (session)->optimizers;
  gsize n = MIN (specs->len, tw_session_get_n_optimizers (session));
  g_autofree const TwLineStyle **styles = g_new (const TwLineStyle *, MAX (n, 1));

  forget (self);
  self->trace = tw_trace_ref (trace);
  self->optimizer = optimizer;
  for (gsize o = 0; o < n; o++)
    styles[o] = tw_session_get_style (session, o);
  self->plot = tw_response_plot_new (trace, optimizer, (const char *const *)specs->pdata, styles, n);
}

static void
respond (TwResponsePanel *self)
{
  gssize optimizer = tw_inside_focus_get_optimizer (self->focus);
  TwTrace *trace = tw_session_get_trace (tw_panel_get_session (TW_PANEL (self)));
  gsize k;

  self->valid = FALSE;
  if (optimizer < 0 || !tw_inside_focus_get_row (self->focus, &k))
    return;
  if (self->trace != trace || self->optimizer != (gsize)optimizer)
    prepare (self, trace, (gsize)optimizer);
  TwInside inside = tw_inside_focus_get_inside (self->focus);
  self->valid = tw_response_plot_compute (self->plot, &inside, MAX (k, 1)); /* before the first step: what it will be */
}

static void
tw_response_panel_update (TwPanel *panel, guint changes)
{
  TwResponsePanel *self = TW_RESPONSE_PANEL (panel);
  double font = tw_panel_get_font_size (panel);
  double left = floor (5.8 * font), bottom = floor (2.2 * font), top = floor (1.9 * font);

  self->rect = (TwRect){ left, top, MAX (gtk_widget_get_width (GTK_WIDGET (panel)) - left - 14, 16),
                         MAX (gtk_widget_get_height (GTK_WIDGET (panel)) - top - bottom, 16) };
  if (changes & TW_SESSION_EXPERIMENT)
    forget (self); /* the hand-designed ones may be others now */
  respond (self);
}

static void
draw_legend (TwResponsePanel *self, cairo_t *cr, const TwTheme *theme)
{
  double x = 14, font = tw_panel_get_font_size (TW_PANEL (self));
  const TwLineStyle *style;
  char *words;

  tw_set_font (cr, font, FALSE);
  for (guint i = 0; (words = tw_response_plot_get_line (self->plot, i, &style)) != NULL; i++) {
    tw_draw_swatch (cr, theme, style, x, 0, 22, 1.5 * font);
    tw_set_color (cr, &theme->foreground, 1);
    tw_draw_text (cr, x + 26, 1.15 * font, 0, words);
    x += 26 + tw_text_width (cr, words) + 14;
    g_free (words);
  }
}

static void
tw_response_panel_draw (TwPanel *panel, GtkSnapshot *snapshot, const TwTheme *theme, int width, int height)
{
  TwResponsePanel *self = TW_RESPONSE_PANEL (panel);
  graphene_rect_t bounds = GRAPHENE_RECT_INIT (0, 0, (float)width, (float)height);
  const TwRect *rect = &self->rect;
  double font = tw_panel_get_font_size (panel);

  if (!self->valid)
    return;
  cairo_t *cr = gtk_snapshot_append_cairo (snapshot, &bounds);
  draw_legend (self, cr, theme);
  cairo_rectangle (cr, rect->x, rect->y, rect->width, rect->height);
  tw_set_color (cr, &theme->background, 1);
  cairo_fill (cr);
  tw_response_plot_draw (self->plot, cr, theme, rect, font, LINE_WIDTH);
  tw_set_font (cr, font, FALSE);
  tw_set_color (cr, &theme->dim, 1);
  tw_draw_text (cr, rect->x + 6, rect->y + 1.3 * font, 0, "step");
  tw_draw_text (cr, rect->x + rect->width - 6, rect->y + rect->height - 0.5 * font, 1, "gradient");
  cairo_destroy (cr);
}

static void
tw_response_panel_finalize (GObject *object)
{
  TwResponsePanel *self = TW_RESPONSE_PANEL (object);

  forget (self);
  g_clear_object (&self->focus);
  G_OBJECT_CLASS (tw_response_panel_parent_class)->finalize (object);
}

static void
tw_response_panel_class_init (TwResponsePanelClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = tw_response_panel_finalize;
  TW_PANEL_CLASS (klass)->interests =
    TW_SESSION_EXPERIMENT | TW_SESSION_TRACE | TW_SESSION_ROWS | TW_SESSION_STEP | TW_SESSION_ENABLED;
  TW_PANEL_CLASS (klass)->update = tw_response_panel_update;
  TW_PANEL_CLASS (klass)->draw = tw_response_panel_draw;
}

static void
tw_response_panel_init (TwResponsePanel *self)
{
  gtk_widget_set_size_request (GTK_WIDGET (self), 240, 160);
}

TwPanel *
tw_response_panel_new (TwInsideFocus *focus)
{
  TwResponsePanel *self = g_object_new (
    TW_TYPE_RESPONSE_PANEL, "session", tw_inside_focus_get_session (focus), "title", "Response", "help",
    "The last step of one coordinate, had its gradient been another and all else the same; the dot is what it did.  "
    "A line: it steps in proportion, like SGD.  Flat ends: it clips.  A jump at zero: only the sign counts.  Above or "
    "below zero at no gradient: momentum.  SGD, momentum and Adam have seen the same gradients; each is scaled by the "
    "factor that is shown, so that shapes can be compared.",
    NULL);

  self->focus = g_object_ref (focus);
  tw_inside_focus_watch (focus, TW_PANEL (self));
  return TW_PANEL (self);
}
