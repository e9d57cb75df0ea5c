#include <math.h>

#include "ui/drawing/figure-private.h"

static gboolean
prepare (TwFigure *figure, GError **error)
{
  double domain[4];

  figure->has_landscape = tw_figure_check_flat (figure, domain, NULL);
  if (figure->has_landscape)
    tw_view_init (&figure->view, &(TwRect){ 0 }, domain);
  return tw_figure_prepare_curves (figure, error);
}

/* Landscape left; curves right, and below them the legend. */
static void
lay_out_beside (TwFigure *figure, cairo_t *cr, gboolean right_legend)
{
  double W = figure->width, left = tw_figure_left_room (cr, &figure->view.y, 300, TRUE) + 4;
  double middle = 22 + tw_figure_left_room (cr, &figure->y, 200, FALSE), room = W - left - middle - TW_FIGURE_RIGHT;
  double below = 0, beside = 0, ratio = tw_figure_domain_ratio (figure);
  TwLegendPlace place = figure->options.legend;

  if (right_legend)
    beside = tw_figure_measure_legend (figure, cr, 0.4 * room, TRUE) + 22;
  else if (place != TW_LEGEND_NONE && place != TW_LEGEND_INSIDE)
    below = tw_figure_measure_legend (figure, cr, W - 2 * TW_FIGURE_MARGIN - left, FALSE) + 8;
  if (figure->height == 0) {
    double side = 0.57 * room;
    figure->height = TW_FIGURE_TOP + MAX (side * CLAMP (ratio, 0.6, 1.25), beside + 150) + TW_FIGURE_BOTTOM + below;
  }
  double height = figure->height - TW_FIGURE_TOP - TW_FIGURE_BOTTOM - below;
  double side = CLAMP (height / ratio, 0.42 * room, 0.60 * room);
  figure->view.rect = (TwRect){ left, TW_FIGURE_TOP, floor (side), floor (height) };
  figure->curves = (TwRect){ left + floor (side) + middle, TW_FIGURE_TOP, floor (room - side), floor (height - beside) };
  if (right_legend) {
    tw_figure_measure_legend (figure, cr, room - side + middle - 40, TRUE);
    figure->legend.rect.x = figure->curves.x - middle + 40;
    figure->legend.rect.y = figure->curves.y + figure->curves.height + TW_FIGURE_BOTTOM;
  } else {
    figure->legend.rect.x = left;
    figure->legend.rect.y = TW_FIGURE_TOP + height + TW_FIGURE_BOTTOM;
  }
}

/* Landscape above, curves below, then the legend. */
static void
lay_out_stacked (TwFigure *figure, cairo_t *cr)
{
  double left = MAX (tw_figure_left_room (cr, &figure->view.y, 300, TRUE), tw_figure_left_room (cr, &figure->y, 150, FALSE)) + 4;
  double W = figure->width, room = W - left - TW_FIGURE_RIGHT, below = 0;
  TwLegendPlace place = figure->options.legend;

  if (place != TW_LEGEND_NONE && place != TW_LEGEND_INSIDE)
    below = tw_figure_measure_legend (figure, cr, W - left - TW_FIGURE_MARGIN, FALSE) + 8;
  double rest = TW_FIGURE_TOP + TW_FIGURE_BOTTOM + TW_FIGURE_TOP - 8 + TW_FIGURE_BOTTOM + below;
  if (figure->height == 0)
    figure->height = rest + room * (CLAMP (tw_figure_domain_ratio (figure), 0.6, 1.0) + 0.5);
  double height = figure->height - rest;
  figure->view.rect = (TwRect){ left, TW_FIGURE_TOP, floor (room), floor (0.62 * height) };
  figure->curves =
    (TwRect){ left, TW_FIGURE_TOP + floor (0.62 * height) + TW_FIGURE_BOTTOM + TW_FIGURE_TOP - 8, floor (room), floor (0.38 * height) };
  figure->legend.rect.x = left;
  figure->legend.rect.y = figure->curves.y + figure->curves.height + TW_FIGURE_BOTTOM;
}

static gboolean
lay_out (TwFigure *figure, cairo_t *cr)
{
  if (!figure->has_landscape)
    return tw_figure_curves.lay_out (figure, cr);
  gboolean wide = figure->height > 0 ? figure->width >= 1.2 * figure->height : figure->width >= 500;
  TwLegendPlace place = figure->options.legend;
  gboolean right = place == TW_LEGEND_RIGHT || (place == TW_LEGEND_AUTO && figure->n_series <= 9 &&
                                                tw_figure_widest_name (figure, cr) + 46 < 0.36 * figure->width);
  if (wide && right && figure->height > 0)
    right = figure->height - TW_FIGURE_TOP - TW_FIGURE_BOTTOM - figure->n_series * TW_LEGEND_ROW - 22 > 110;
  if (wide)
    lay_out_beside (figure, cr, right);
  else
    lay_out_stacked (figure, cr);
  return tw_figure_lay_out_inside (figure, cr) && !tw_figure_too_small (&figure->view.rect) &&
         !tw_figure_too_small (&figure->curves);
}

static gboolean
settle (TwFigure *figure, GError **error)
{
  return !figure->has_landscape || tw_figure_settle_landscape (figure, error);
}

static void
draw_still (TwFigure *figure, cairo_t *cr, double scale)
{
  if (figure->has_landscape)
    tw_figure_draw_landscape_still (figure, cr, scale);
  tw_figure_draw_curves_still (figure, cr, scale);
}

static void
draw_moving (TwFigure *figure, cairo_t *cr, double scale, gsize last)
{
  if (figure->has_landscape)
    tw_figure_draw_landscape_moving (figure, cr, scale, last);
  tw_figure_draw_curves_moving (figure, cr, scale, last);
}

const TwFigureView tw_figure_comparison = {
  .word = "comparison",
  .title = "Landscape and curves",
  .summary = "landscape (of two coordinates) and curves",
  .curves = TRUE,
  .plays = TRUE,
  .redraws = TRUE,
  .settings = "step|area",
  .width = 828,
  .prepare = prepare,
  .lay_out = lay_out,
  .settle = settle,
  .draw_still = draw_still,
  .draw_moving = draw_moving,
};
