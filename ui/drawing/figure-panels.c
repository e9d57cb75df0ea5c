#include "ui/drawing/figure-panels.h"

#include <math.h>

#include "core/error.h"

#define FONT TW_FIGURE_FONT
#define GAP 18.0
#define HEADING 31.0 /* name, and words below it */
#define LEAST_WIDTH 135.0
#define LARGEST 320.0 /* of a panel's width where the height is free */

gboolean
tw_figure_check_network (const TwFigure *figure, TwNetworkView view, GError **error)
{
  static const char *const what[] = { "decision regions", "filters", "mistakes to show" };
  TwProblem *problem = tw_trace_get_problem (figure->trace);
  const char *why = tw_network_view_why_missing (view, problem);

  if (why == NULL)
    return tw_figure_check_snapshots (figure, error);
  g_set_error (error, TW_ERROR, TW_ERROR_INPUT, "%s has no %s: %s", tw_problem_get_title (problem), what[view], why);
  return FALSE;
}

/* The width of panels in so many columns, and their height; 0: they do not fit. */
static double
fit (const TwFigure *figure, gsize columns, double left, double rest, double ratio, double *height)
{
  gsize rows = (figure->n_series + columns - 1) / columns;
  double width = (figure->width - left - TW_FIGURE_MARGIN - GAP * (double)(columns - 1)) / (double)columns;

  if (figure->height == 0) {
    width = MIN (width, MAX (LARGEST, 0.6 * figure->width));
    *height = width * ratio;
  } else {
    *height = (figure->height - rest - (double)(rows - 1) * GAP) / (double)rows - HEADING;
  }
  return width;
}

gboolean
tw_figure_panels_lay_out (TwFigure *figure, TwFigurePanels *panels, double left, double bottom, double foot, double ratio)
{
  gsize n = figure->n_series, columns = 1;
  double top = tw_figure_is_titled (figure) ? TW_FIGURE_TOP : TW_FIGURE_MARGIN, rest = top + bottom + foot, width, height,
         best = 0;

  left += TW_FIGURE_MARGIN;
  for (gsize c = 1; c <= n; c++) {
    double w = fit (figure, c, left, rest, ratio, &height), size = MIN (w, height / ratio);
    /* As many columns as can be read where the height is free; else whatever makes them large. */
    if (figure->height == 0 ? c == 1 || w >= LEAST_WIDTH : size > best) {
      best = size;
      columns = c;
    }
  }
  panels->rows = (n + columns - 1) / columns;
  panels->columns = (n + panels->rows - 1) / panels->rows; /* five as three and two */
  width = floor (fit (figure, panels->columns, left, rest, ratio, &height));
  height = floor (height);
  if (figure->height == 0)
    figure->height = ceil (rest + (double)panels->rows * (HEADING + height) + (double)(panels->rows - 1) * GAP);
  panels->rects = g_renew (TwRect, panels->rects, n);
  for (gsize i = 0; i < n; i++)
    panels->rects[i] = (TwRect){ left + (double)(i % panels->columns) * (width + GAP),
                                 top + HEADING + (double)(i / panels->columns) * (HEADING + height + GAP), width, height };
  panels->foot = panels->rects[n - 1].y + height + bottom;
  return n > 0 && !tw_figure_too_small (&panels->rects[0]);
}

void
tw_figure_panels_draw_names (TwFigure *figure, cairo_t *cr, const TwFigurePanels *panels)
{
  TwRect heading = { panels->rects[0].x, TW_FIGURE_TOP, 0, 0 };

  tw_figure_draw_heading (figure, cr, &heading, figure->width - heading.x - TW_FIGURE_MARGIN - tw_figure_step_room (figure),
                          figure->title);
  for (gsize i = 0; i < figure->n_series; i++) {
    const TwRect *rect = &panels->rects[i];
    gsize o = figure->series[i];
    double y = rect->y - HEADING + 0.7 * FONT;
    tw_draw_swatch (cr, figure->theme, figure->styles[o], rect->x, y - 0.8 * FONT, 30, FONT);
    tw_set_font (cr, FONT, FALSE);
    tw_set_color (cr, &figure->theme->foreground, 1);
    tw_draw_text_within (cr, rect->x + 38, y, 0, rect->width - 38, figure->names[o]);
  }
}

void
tw_figure_panels_draw_words (TwFigure *figure, cairo_t *cr, const TwFigurePanels *panels, gsize i, const char *words)
{
  const TwRect *rect = &panels->rects[i];

  tw_set_font (cr, 0.9 * FONT, FALSE);
  tw_set_color (cr, &figure->theme->dim, 1);
  tw_draw_text_within (cr, rect->x, rect->y - 9, 0, rect->width, words);
}

const float *
tw_figure_get_network (const TwFigure *figure, gsize i, gsize last, gsize *snapshot)
{
  gsize o = figure->series[i];

  return tw_trace_find_snapshot (figure->trace, o, 0, last, snapshot) ? tw_trace_get_snapshot (figure->trace, o, 0, *snapshot)
                                                                      : NULL;
}

void
tw_figure_describe_moment (const TwFigure *figure, GString *words)
{
  gsize step = tw_figure_get_step (figure), n;
  guint64 n_steps = tw_trace_get_n_steps (figure->trace);

  tw_trace_get_snapshot_steps (figure->trace, &n);
  if (step < n_steps)
    g_string_append_printf (words,
                            " Shown is the network of the first start at step %" G_GSIZE_FORMAT ", or the nearest of %" G_GSIZE_FORMAT
                            " steps at which it was kept.",
                            step, n);
  else
    g_string_append_printf (words, " Shown is the network of the first start after %" G_GUINT64_FORMAT
                                   " steps, or the last one of a run that ended before.",
                            n_steps);
}

void
tw_figure_panels_clear (TwFigurePanels *panels)
{
  g_clear_pointer (&panels->rects, g_free);
}
