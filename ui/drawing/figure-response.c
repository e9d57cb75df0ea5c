#include <math.h>

#include "core/error.h"
#include "ui/drawing/figure-private.h"
#include "ui/drawing/response-plot.h"

#define FONT TW_FIGURE_FONT
#define LABELS 58.0 /* left of the plot: "-0.0005" at any step */

typedef struct {
  TwInside inside;
  TwResponsePlot *plot;
  TwRect rect;
} Own;

static gsize
row_at (const Own *own, gsize last)
{
  return MAX (tw_figure_inside_row (&own->inside, last), 1);
}

static gboolean
prepare (TwFigure *figure, GError **error)
{
  Own *own = figure->own;
  gsize O = tw_trace_get_n_optimizers (figure->trace);
  g_autofree const char **specs = g_new (const char *, MAX (O, 1));
  const TwLineStyle *style;
  char *name;

  if (!tw_figure_choose_inside (figure, &own->inside, error))
    return FALSE;
  for (gsize o = 0; o < O; o++)
    specs[o] = tw_trace_get_optimizer_spec (figure->trace, o);
  own->plot = tw_response_plot_new (figure->trace, own->inside.optimizer, specs, figure->styles, O);
  if (!tw_response_plot_compute (own->plot, &own->inside, row_at (own, tw_figure_get_step (figure)))) {
    g_set_error (error, TW_ERROR, TW_ERROR_INPUT,
                 "at step %" G_GSIZE_FORMAT " the learned optimizer does not move; give an earlier step",
                 row_at (own, tw_figure_get_step (figure)));
    return FALSE;
  }
  for (guint i = 0; (name = tw_response_plot_get_line (own->plot, i, &style)) != NULL; i++)
    tw_figure_add_legend_entry (figure, style, name);
  return TRUE;
}

static char *
make_title (const TwFigure *figure)
{
  const Own *own = figure->own;
  g_autofree char *name = tw_trace_name_coordinate (figure->trace, own->inside.coordinate);

  return g_strdup_printf ("%s: %s, %s", tw_problem_get_title (tw_trace_get_problem (figure->trace)),
                          figure->names[own->inside.optimizer], name);
}

static gboolean
lay_out (TwFigure *figure, cairo_t *cr)
{
  Own *own = figure->own;

  tw_figure_lay_out_within (figure, cr, &own->rect, LABELS + 1.6 * FONT, TW_FIGURE_BOTTOM, 0.6);
  return !tw_figure_too_small (&own->rect);
}

static void
draw_still (TwFigure *figure, cairo_t *cr, double scale)
{
  const Own *own = figure->own;

  tw_figure_draw_heading (figure, cr, &own->rect, own->rect.width - 40, figure->title);
  tw_figure_draw_name_x (figure, cr, &own->rect, "gradient it might have had");
  tw_figure_draw_name_y (figure, cr, &own->rect, "update", 14 + 0.2 * FONT);
}

static void
draw_moving (TwFigure *figure, cairo_t *cr, double scale, gsize last)
{
  const Own *own = figure->own;

  if (tw_response_plot_compute (own->plot, &own->inside, row_at (own, last)))
    tw_response_plot_draw (own->plot, cr, figure->theme, &own->rect, FONT, figure->line);
}

static void
describe (const TwFigure *figure, GString *words)
{
  const Own *own = figure->own;
  g_autofree char *name = tw_trace_name_coordinate (figure->trace, own->inside.coordinate);

  g_string_append_printf (
    words,
    "Step %" G_GSIZE_FORMAT " of coordinate %s by %s, had its gradient been another and all else the same; the dot is what it "
    "did. A line: it steps in proportion, like SGD. Flat ends: it clips. A jump at zero: only the sign counts. Above or below "
    "zero at no gradient: momentum. SGD, Momentum and Adam have seen the same gradients; each is scaled by the factor in the "
    "legend, so that shapes can be compared.",
    row_at (own, tw_figure_get_step (figure)), name, figure->names[own->inside.optimizer]);
}

static void
clear (TwFigure *figure)
{
  Own *own = figure->own;

  g_clear_pointer (&own->plot, tw_response_plot_free);
}

const TwFigureView tw_figure_response = {
  .word = "response",
  .title = "Response",
  .summary = "the update of a learned optimizer against the gradient at a step",
  .needs = TW_FIGURE_NEEDS_PROBES,
  .plays = TRUE,
  .early = TRUE,
  .settings = "step|optimizer|coordinate",
  .width = 560,
  .own_size = sizeof (Own),
  .prepare = prepare,
  .lay_out = lay_out,
  .draw_still = draw_still,
  .draw_moving = draw_moving,
  .make_title = make_title,
  .describe = describe,
  .clear = clear,
};
