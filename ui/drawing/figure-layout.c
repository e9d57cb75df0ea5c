#include <math.h>
#include <string.h>

#include "core/error.h"
#include "ui/drawing/figure-private.h"

#define FONT TW_FIGURE_FONT
#define MARGIN 12.0
#define TOP 34.0    /* with a heading */
#define BOTTOM 42.0 /* tick labels and the name of the axis */
#define RIGHT 16.0
#define LEAST 60.0 /* of any plot */

gboolean
tw_figure_names_beside (const TwFigure *figure)
{
  return figure->options.view != TW_FIGURE_COMPARISON;
}

/* Left of a plot: tick labels and, where it has one, the name of the axis. */
static double
left_room (cairo_t *cr, const TwAxis *axis, double height, gboolean named)
{
  TwTicks ticks;
  double widest = 0;
  char text[48];

  tw_set_font (cr, FONT, FALSE);
  tw_axis_ticks (axis, (guint)CLAMP (height / (FONT * 2.2), 2, 12), &ticks);
  for (guint i = 0; i < ticks.n; i++) {
    if (axis->log && ticks.step >= 1)
      g_strlcpy (text, "10\342\210\22210", sizeof text);
    else if (axis->log)
      g_snprintf (text, sizeof text, "%.4g", ticks.values[i]);
    else
      tw_tick_format (ticks.values[i], ticks.step, text, sizeof text);
    widest = MAX (widest, tw_text_width (cr, text));
  }
  return ceil (widest) + 8 + 5 + (named ? 1.6 * FONT : 0);
}

/* Of the names in a legend. */
static double
widest_name (TwFigure *figure, cairo_t *cr)
{
  double widest = 0;

  tw_set_font (cr, FONT, FALSE);
  for (gsize i = 0; i < figure->n_series; i++)
    widest = MAX (widest, tw_text_width (cr, figure->names[figure->series[i]]));
  return widest;
}

/* How a legend of this width breaks into columns; its height.  `single`: one column, with values where they fit. */
static double
measure_legend (TwFigure *figure, cairo_t *cr, double width, gboolean single)
{
  TwLegendLayout *legend = &figure->legend;
  double widest = widest_name (figure, cr) + 38 + 18;

  legend->values = single && widest + 52 <= width;
  legend->columns = single ? 1 : (guint)CLAMP (floor (width / widest), 1, MAX (figure->n_series, 1));
  legend->rows = (guint)((figure->n_series + legend->columns - 1) / legend->columns);
  /* Even columns: seven in rows of four and three, not six and one. */
  legend->columns = (guint)((figure->n_series + legend->rows - 1) / MAX (legend->rows, 1));
  legend->column_width = single ? width : MIN (width / MAX (legend->columns, 1), widest);
  legend->rect = (TwRect){ 0, 0, width, legend->rows * TW_LEGEND_ROW };
  return legend->rect.height;
}

static double
domain_ratio (const TwFigure *figure)
{
  return (figure->view.y.max - figure->view.y.min) / (figure->view.x.max - figure->view.x.min);
}

/* Landscape left; curves right, and below them the legend. */
static void
lay_out_beside (TwFigure *figure, cairo_t *cr, gboolean right_legend)
{
  double W = figure->width, left = left_room (cr, &figure->view.y, 300, TRUE) + 4;
  double middle = 22 + left_room (cr, &figure->y, 200, FALSE), room = W - left - middle - RIGHT;
  double below = 0, beside = 0, ratio = domain_ratio (figure);
  TwLegendPlace place = figure->options.legend;

  if (right_legend)
    beside = measure_legend (figure, cr, 0.4 * room, TRUE) + 22;
  else if (place != TW_LEGEND_NONE && place != TW_LEGEND_INSIDE)
    below = measure_legend (figure, cr, W - 2 * MARGIN - left, FALSE) + 8;
  if (figure->height == 0) {
    double side = 0.57 * room;
    figure->height = TOP + MAX (side * CLAMP (ratio, 0.6, 1.25), beside + 150) + BOTTOM + below;
  }
  double height = figure->height - TOP - BOTTOM - below;
  double side = CLAMP (height / ratio, 0.42 * room, 0.60 * room);
  figure->view.rect = (TwRect){ left, TOP, floor (side), floor (height) };
  figure->curves = (TwRect){ left + floor (side) + middle, TOP, floor (room - side), floor (height - beside) };
  if (right_legend) {
    measure_legend (figure, cr, room - side + middle - 40, TRUE);
    figure->legend.rect.x = figure->curves.x - middle + 40;
    figure->legend.rect.y = figure->curves.y + figure->curves.height + BOTTOM;
  } else {
    figure->legend.rect.x = left;
    figure->legend.rect.y = TOP + height + BOTTOM;
  }
}

/* Landscape above, curves below, then the legend. */
static void
lay_out_stacked (TwFigure *figure, cairo_t *cr)
{
  double left = MAX (left_room (cr, &figure->view.y, 300, TRUE), left_room (cr, &figure->y, 150, FALSE)) + 4;
  double W = figure->width, room = W - left - RIGHT, below = 0;
  TwLegendPlace place = figure->options.legend;

  if (place != TW_LEGEND_NONE && place != TW_LEGEND_INSIDE)
    below = measure_legend (figure, cr, W - left - MARGIN, FALSE) + 8;
  double rest = TOP + BOTTOM + TOP - 8 + BOTTOM + below;
  if (figure->height == 0)
    figure->height = rest + room * (CLAMP (domain_ratio (figure), 0.6, 1.0) + 0.5);
  double height = figure->height - rest;
  figure->view.rect = (TwRect){ left, TOP, floor (room), floor (0.62 * height) };
  figure->curves =
    (TwRect){ left, TOP + floor (0.62 * height) + BOTTOM + TOP - 8, floor (room), floor (0.38 * height) };
  figure->legend.rect.x = left;
  figure->legend.rect.y = figure->curves.y + figure->curves.height + BOTTOM;
}

/* One plot with a legend beside, below or in it. */
static void
lay_out_single (TwFigure *figure, cairo_t *cr, TwRect *rect, const TwAxis *y, double ratio, gboolean titled)
{
  double top = titled ? TOP : MARGIN, left = left_room (cr, y, 250, TRUE) + 4, right = RIGHT, below = 0;
  TwLegendPlace place = figure->options.legend;

  if (place == TW_LEGEND_AUTO)
    place = figure->height > 0 && figure->width > 1.9 * figure->height ? TW_LEGEND_RIGHT : TW_LEGEND_BELOW;
  if (place == TW_LEGEND_RIGHT) {
    measure_legend (figure, cr, 1, FALSE); /* one column, as wide as it wants to be */
    double widest = widest_name (figure, cr);
    figure->legend.rect.width = figure->legend.column_width = MIN (widest + 46, 0.4 * figure->width);
    right = MARGIN + figure->legend.rect.width + 14;
  } else if (place == TW_LEGEND_BELOW) {
    below = measure_legend (figure, cr, figure->width - left - MARGIN, FALSE) + 8;
  }
  double width = figure->width - left - right;
  if (figure->height == 0)
    figure->height = top + width * ratio + BOTTOM + below;
  *rect = (TwRect){ left, top, floor (width), floor (figure->height - top - BOTTOM - below) };
  figure->legend.rect.x = place == TW_LEGEND_RIGHT ? left + width + 14 : left;
  figure->legend.rect.y = place == TW_LEGEND_RIGHT ? top : rect->y + rect->height + BOTTOM;
}

/* How many points of the curves lie in a part of their plot. */
static guint
count_points (const TwFigure *figure, const TwRect *part)
{
  const TwRect *rect = &figure->curves;
  guint n = 0;

  for (guint c = 0; c < figure->lines->len; c++) {
    const TwCurve *curve = &g_array_index (figure->lines, TwCurve, c);
    for (gsize k = 0; k < curve->n; k++) {
      double x = tw_rect_x (rect, &figure->x, (double)k), y = tw_rect_y (rect, &figure->y, curve->values[k] - curve->offset);
      n += x >= part->x && x <= part->x + part->width && y >= part->y && y <= part->y + part->height;
    }
  }
  return n;
}

/* In the corner where it hides the least. */
static void
lay_out_inside (TwFigure *figure, cairo_t *cr)
{
  const TwRect *rect = &figure->curves;
  double widest = widest_name (figure, cr);
  guint least = G_MAXUINT;

  measure_legend (figure, cr, 1, FALSE);
  double width = MIN (widest + 46, 0.6 * rect->width), height = figure->legend.rect.height;
  for (int corner = 0; corner < 4; corner++) {
    TwRect part = { corner % 2 == 0 ? rect->x + rect->width - width - 8 : rect->x + 10,
                    corner < 2 ? rect->y + 8 : rect->y + rect->height - height - 8, width, height };
    guint n = count_points (figure, &part);
    if (n < least) {
      least = n;
      figure->legend.rect = part;
    }
  }
  figure->legend.column_width = width;
}

static void
lay_out_table (TwFigure *figure, cairo_t *cr, gboolean titled)
{
  double total = 2 * MARGIN, top = titled ? TOP : MARGIN;
  guint n_rows = figure->cells->len / TW_TABLE_COLUMNS;

  for (guint c = 0; c < TW_TABLE_COLUMNS; c++) {
    double widest = 0;
    for (guint r = 0; r < n_rows; r++) {
      tw_set_font (cr, FONT, r == 0);
      widest = MAX (widest, tw_text_width (cr, figure->cells->pdata[r * TW_TABLE_COLUMNS + c]));
    }
    figure->column_widths[c] = widest + (c == 0 ? 38 : 0) + (c + 1 < TW_TABLE_COLUMNS ? 20 : 0);
    total += figure->column_widths[c];
  }
  if (figure->width == 0)
    figure->width = total;
  /* Names give way; what is left over goes between the columns. */
  double spare = figure->width - total;
  if (spare < 0)
    figure->column_widths[0] = MAX (figure->column_widths[0] + spare, 70);
  else
    for (guint c = 0; c + 1 < TW_TABLE_COLUMNS; c++)
      figure->column_widths[c] += spare / (TW_TABLE_COLUMNS - 1);
  if (figure->height == 0)
    figure->height = top + (n_rows + 0.3) * 1.8 * FONT + MARGIN;
  figure->bands = (TwRect){ MARGIN, top, figure->width - 2 * MARGIN, figure->height - top - MARGIN };
}

static gboolean
too_small (const TwRect *rect)
{
  return rect->width < LEAST || rect->height < LEAST;
}

gboolean
tw_figure_lay_out (TwFigure *figure, cairo_t *cr, GError **error)
{
  static const double natural[] = { 828, 480, 560, 560, 0 };
  TwFigureView view = figure->options.view;
  gboolean titled = *figure->title != '\0', fits = TRUE;

  if (figure->width == 0)
    figure->width = natural[view];
  if (figure->has_landscape && figure->has_curves) {
    gboolean wide = figure->height > 0 ? figure->width >= 1.2 * figure->height : figure->width >= 500;
    TwLegendPlace place = figure->options.legend;
    gboolean right = place == TW_LEGEND_RIGHT || (place == TW_LEGEND_AUTO && figure->n_series <= 9 &&
                                                      widest_name (figure, cr) + 46 < 0.36 * figure->width);
    if (wide && right && figure->height > 0)
      right = figure->height - TOP - BOTTOM - figure->n_series * TW_LEGEND_ROW - 22 > 110;
    if (wide)
      lay_out_beside (figure, cr, right);
    else
      lay_out_stacked (figure, cr);
    fits = !too_small (&figure->view.rect) && !too_small (&figure->curves);
  } else if (figure->has_landscape) {
    lay_out_single (figure, cr, &figure->view.rect, &figure->view.y, CLAMP (domain_ratio (figure), 0.6, 1.25), titled);
    fits = !too_small (&figure->view.rect);
  } else if (figure->has_curves) {
    lay_out_single (figure, cr, &figure->curves, &figure->y, 0.6, titled);
    fits = !too_small (&figure->curves);
  } else if (view == TW_FIGURE_ACTIVATIONS) {
    double units = 0;
    for (gsize b = 0; b < figure->n_bands; b++)
      units += figure->band[b].units + 6;
    if (figure->height == 0)
      figure->height = TOP + 3.4 * units + BOTTOM;
    double left = MARGIN + 58;
    figure->bands = (TwRect){ left, TOP, figure->width - left - RIGHT, figure->height - TOP - BOTTOM };
    fits = figure->bands.width >= LEAST && figure->bands.height >= 14 * (double)figure->n_bands;
  } else {
    lay_out_table (figure, cr, titled);
    fits = figure->height >= figure->cells->len / TW_TABLE_COLUMNS * 1.4 * FONT &&
           figure->column_widths[0] <= figure->width - 2 * MARGIN;
    double total = 2 * MARGIN;
    for (guint c = 0; c < TW_TABLE_COLUMNS; c++)
      total += figure->column_widths[c];
    fits = fits && total <= figure->width + 1;
  }
  if (figure->options.legend == TW_LEGEND_INSIDE && figure->has_curves) {
    lay_out_inside (figure, cr);
    fits = fits && figure->legend.rect.height < figure->curves.height;
  }
  if (!fits)
    g_set_error (error, TW_ERROR, TW_ERROR_INPUT,
                 "%.0f by %.0f points is too small for this figure with text of %.3g points; give it more room or "
                 "smaller text",
                 figure->width * figure->unit, figure->height * figure->unit, figure->unit * FONT);
  return fits;
}
