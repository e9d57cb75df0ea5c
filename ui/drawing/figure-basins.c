#include <math.h>

#include "ui/drawing/basin-map.h"
#include "ui/drawing/figure-private.h"

#define FONT TW_FIGURE_FONT
#define NARROW 430.0 /* units: below, the legend stands under the map */
#define STRETCH 1.3  /* to use the room, one axis may be so much longer than the other */
#define ROOMY 1.15   /* the legend, by how wide it is in the window */
#define MOST_STARTS 100

typedef struct {
  const TwBasins *basins;
  gsize optimizer;
  guint cells;
  double domain[4]; /* that is mapped */
  TwView view;
  TwRect legend;
} Own;

static void
on_so_far (const TwBasins *so_far, gpointer data)
{
  tw_figure_tell (data, (double)so_far->n_done / ((double)so_far->refinement.width * so_far->refinement.height));
}

static gpointer
compute (TwFigure *figure, GCancellable *cancellable, GError **error)
{
  const Own *own = figure->own;

  return tw_basins_compute (figure->experiment, own->optimizer, own->domain, own->cells, tw_figure_get_n_threads (figure),
                            cancellable, on_so_far, figure, error);
}

static gboolean
prepare (TwFigure *figure, GError **error)
{
  Own *own = figure->own;
  const char *cells = tw_figure_options_get_setting (&figure->options, "cells");

  if (!tw_figure_check_flat (figure, own->domain, error) ||
      !tw_figure_choose_optimizer (figure, &own->optimizer, error))
    return FALSE;
  own->cells = cells != NULL ? (guint)g_ascii_strtoull (cells, NULL, 10) : TW_BASINS_SIZE;
  g_autofree char *key = g_strdup_printf ("%" G_GSIZE_FORMAT " %u %a %a %a %a", own->optimizer, own->cells, own->domain[0],
                                          own->domain[1], own->domain[2], own->domain[3]);
  own->basins = tw_figure_get_data (figure, key, compute, (GDestroyNotify)tw_basins_free, error);
  if (own->basins == NULL)
    return FALSE;
  tw_view_init (&own->view, &(TwRect){ 0 }, own->basins->domain);
  return TRUE;
}

static char *
make_title (const TwFigure *figure)
{
  const Own *own = figure->own;

  return g_strdup_printf ("%s: basins of %s", tw_problem_get_title (tw_trace_get_problem (figure->trace)),
                          figure->names[own->optimizer]);
}

static gboolean
lay_out (TwFigure *figure, cairo_t *cr)
{
  Own *own = figure->own;
  const double *domain = own->basins->domain;
  double top = tw_figure_is_titled (figure) ? TW_FIGURE_TOP : TW_FIGURE_MARGIN;
  double left = tw_figure_left_room (cr, &own->view.y, 300, TRUE) + 4, beside = 0, below = 0;
  double ratio = (domain[3] - domain[2]) / (domain[1] - domain[0]);
  double wide = ROOMY * tw_basin_legend_width (FONT), high = tw_basin_legend_height (own->basins, FONT);
  TwLegendPlace place = figure->options.legend;
  gboolean stacked = figure->width < NARROW;

  /* Where the height is given: which leaves the larger map? */
  if (figure->height > 0) {
    double w = figure->width - left - TW_FIGURE_RIGHT, h = figure->height - top - TW_FIGURE_BOTTOM;
    stacked = MIN (w, (h - high) / ratio) > MIN (w - wide - 16, h / ratio);
  }
  if (place == TW_LEGEND_BELOW || place == TW_LEGEND_INSIDE || (place == TW_LEGEND_AUTO && stacked))
    below = high;
  else if (place != TW_LEGEND_NONE)
    beside = wide + 16;
  double width = figure->width - left - TW_FIGURE_RIGHT - beside;
  if (figure->height == 0)
    figure->height = top + width * CLAMP (ratio, 0.6, 1.25) + TW_FIGURE_BOTTOM + below;
  double height = figure->height - top - TW_FIGURE_BOTTOM - below;
  /* Squares stay almost squares. */
  width = MIN (width, STRETCH * height / ratio);
  height = MIN (height, STRETCH * width * ratio);
  own->view.rect = (TwRect){ left, top, floor (width), floor (height) };
  own->legend = below > 0    ? (TwRect){ left, top + floor (height) + TW_FIGURE_BOTTOM, MIN (wide, figure->width - left - TW_FIGURE_RIGHT), below }
                : beside > 0 ? (TwRect){ left + floor (width) + 16, top, wide, figure->height - top - 4 }
                             : (TwRect){ 0 };
  return !tw_figure_too_small (&own->view.rect);
}

static cairo_surface_t *
render (const TwFigure *figure, int width, int height, int line)
{
  const Own *own = figure->own;

  return tw_basins_render (own->basins, figure->theme, width, height, line);
}

static void
draw_still (TwFigure *figure, cairo_t *cr, double scale)
{
  const Own *own = figure->own;
  const TwRect *rect = &own->view.rect;

  tw_figure_draw_map (figure, cr, scale, rect, render);
  tw_draw_frame (cr, figure->theme, rect, &own->view.x, &own->view.y, FONT, 0);
  tw_figure_draw_name_x (figure, cr, rect, "x of the start");
  tw_figure_draw_name_y (figure, cr, rect, "y of the start", 14 + 0.2 * FONT);
  tw_figure_draw_heading (figure, cr, rect, figure->width - rect->x - TW_FIGURE_RIGHT, figure->title);
  if (own->legend.width > 0)
    tw_draw_basin_legend (cr, figure->theme, &own->legend, own->basins, FONT);
  tw_draw_basin_minima (cr, figure->theme, &own->view, own->basins, FONT);
  for (gsize s = MIN (tw_trace_get_n_starts (figure->trace), MOST_STARTS); s-- > 0;)
    if (tw_trace_get_n_rows (figure->trace, own->optimizer, s) > 0) {
      const double *theta = tw_trace_get_theta (figure->trace, own->optimizer, s);
      double x = tw_view_x (&own->view, theta[0]), y = tw_view_y (&own->view, theta[1]);
      if (tw_view_contains (&own->view, x, y))
        tw_draw_start (cr, figure->theme, &own->view, theta[0], theta[1], s == 0 ? 5 : 3);
    }
}

static void
describe (const TwFigure *figure, GString *words)
{
  const Own *own = figure->own;
  g_autofree char *result = tw_basins_describe (own->basins);

  g_string_append_printf (
    words,
    "Where runs of %s end, by where they start, %u \303\227 %u starts and %" G_GUINT64_FORMAT
    " steps each: the colour says at which minimum (its number stands there), the brightness how soon, bright is fast; lines "
    "part the basins. Plain grey: none within the steps. Stripes: it diverged. A minimum counts as reached once the loss is "
    "within %g of its lowest. The legend gives the places of the minima and the share of starts that reach each. Rings: the "
    "starts of the experiment. %s",
    figure->names[own->optimizer], own->basins->refinement.width, own->basins->refinement.height, own->basins->n_steps,
    own->basins->tolerance, result);
}

const TwFigureView tw_figure_basins = {
  .word = "basins",
  .title = "Basins",
  .summary = "which minimum an optimizer reaches from everywhere",
  .settings = "optimizer|cells|area",
  .width = 560,
  .own_size = sizeof (Own),
  .prepare = prepare,
  .lay_out = lay_out,
  .draw_still = draw_still,
  .make_title = make_title,
  .describe = describe,
};
