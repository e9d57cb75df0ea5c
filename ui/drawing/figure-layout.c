#include <math.h>

#include "ui/drawing/figure-private.h"

#define FONT TW_FIGURE_FONT
#define LEAST 60.0 /* of any plot */

gboolean
tw_figure_is_titled (const TwFigure *figure)
{
  return *figure->title != '\0';
}

gboolean
tw_figure_too_small (const TwRect *rect)
{
  return rect->width < LEAST || rect->height < LEAST;
}

gsize
tw_figure_get_n_entries (const TwFigure *figure)
{
  return figure->entries != NULL ? figure->entries->len : figure->n_series;
}

TwLegendEntry
tw_figure_get_entry (const TwFigure *figure, gsize i)
{
  if (figure->entries != NULL)
    return *(const TwLegendEntry *)figure->entries->pdata[i];
  return (TwLegendEntry){ figure->styles[figure->series[i]], figure->names[figure->series[i]] };
}

static void
free_entry (gpointer data)
{
  g_free (((TwLegendEntry *)data)->name);
  g_free (data);
}

void
tw_figure_add_legend_entry (TwFigure *figure, const TwLineStyle *style, char *name)
{
  TwLegendEntry *entry = g_new (TwLegendEntry, 1);

  *entry = (TwLegendEntry){ style, name };
  if (figure->entries == NULL)
    figure->entries = g_ptr_array_new_with_free_func (free_entry);
  g_ptr_array_add (figure->entries, entry);
}

double
tw_figure_left_room (cairo_t *cr, const TwAxis *axis, double height, gboolean named)
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

double
tw_figure_widest_name (const TwFigure *figure, cairo_t *cr)
{
  double widest = 0;

  tw_set_font (cr, FONT, FALSE);
  for (gsize i = 0; i < tw_figure_get_n_entries (figure); i++)
    widest = MAX (widest, tw_text_width (cr, tw_figure_get_entry (figure, i).name));
  return widest;
}

double
tw_figure_measure_legend (TwFigure *figure, cairo_t *cr, double width, gboolean single)
{
  TwLegendLayout *legend = &figure->legend;
  double widest = tw_figure_widest_name (figure, cr) + 38 + 18;
  gsize n = tw_figure_get_n_entries (figure);

  legend->values = single && widest + 52 <= width;
  legend->columns = single ? 1 : (guint)CLAMP (floor (width / widest), 1, MAX (n, 1));
  legend->rows = (guint)((n + legend->columns - 1) / legend->columns);
  /* Even columns: seven in rows of four and three, not six and one. */
  legend->columns = (guint)((n + legend->rows - 1) / MAX (legend->rows, 1));
  legend->column_width = single ? width : MIN (width / MAX (legend->columns, 1), widest);
  legend->rect = (TwRect){ 0, 0, width, legend->rows * TW_LEGEND_ROW };
  return legend->rect.height;
}

void
tw_figure_lay_out_single (TwFigure *figure, cairo_t *cr, TwRect *rect, const TwAxis *y, double ratio)
{
  tw_figure_lay_out_within (figure, cr, rect, tw_figure_left_room (cr, y, 250, TRUE) + 4, TW_FIGURE_BOTTOM, ratio);
}

void
tw_figure_lay_out_within (TwFigure *figure, cairo_t *cr, TwRect *rect, double left, double bottom, double ratio)
{
  double top = tw_figure_is_titled (figure) ? TW_FIGURE_TOP : TW_FIGURE_MARGIN, right = TW_FIGURE_RIGHT, below = 0;
  TwLegendPlace place = figure->options.legend;

  if (place == TW_LEGEND_INSIDE && !figure->has_curves) /* there is no corner that would be free */
    place = TW_LEGEND_BELOW;
  if (place == TW_LEGEND_AUTO)
    place = figure->height > 0 && figure->width > 1.9 * figure->height ? TW_LEGEND_RIGHT : TW_LEGEND_BELOW;
  if (place == TW_LEGEND_RIGHT) {
    tw_figure_measure_legend (figure, cr, 1, FALSE); /* one column, as wide as it wants to be */
    double widest = tw_figure_widest_name (figure, cr);
    figure->legend.rect.width = figure->legend.column_width = MIN (widest + 46, 0.4 * figure->width);
    right = TW_FIGURE_MARGIN + figure->legend.rect.width + 14;
  } else if (place == TW_LEGEND_BELOW) {
    below = tw_figure_measure_legend (figure, cr, figure->width - left - TW_FIGURE_MARGIN, FALSE) + 8;
  }
  double width = figure->width - left - right;
  if (figure->height == 0)
    figure->height = top + width * ratio + bottom + below;
  *rect = (TwRect){ left, top, floor (width), floor (figure->height - top - bottom - below) };
  figure->legend.rect.x = place == TW_LEGEND_RIGHT ? left + width + 14 : left;
  figure->legend.rect.y = place == TW_LEGEND_RIGHT ? top : rect->y + rect->height + bottom;
  /* The number of the step stands in that corner. */
  if (place == TW_LEGEND_RIGHT && !tw_figure_is_titled (figure) && tw_figure_get_step (figure) != G_MAXSIZE)
    figure->legend.rect.y += 1.4 * FONT;
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

gboolean
tw_figure_lay_out_inside (TwFigure *figure, cairo_t *cr)
{
  const TwRect *rect = &figure->curves;
  double widest = tw_figure_widest_name (figure, cr);
  guint least = G_MAXUINT;

  if (figure->options.legend != TW_LEGEND_INSIDE)
    return TRUE;
  tw_figure_measure_legend (figure, cr, 1, FALSE);
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
  return figure->legend.rect.height < rect->height;
}
