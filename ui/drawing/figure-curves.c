#include <math.h>
#include <string.h>

#include "core/error.h"
#include "ui/drawing/figure-private.h"

#define FONT TW_FIGURE_FONT
#define MARKER_RADIUS 3.4

static double *
new_column (TwFigure *figure, TwMetric metric, gsize o, gsize s)
{
  gsize n = tw_trace_get_n_rows (figure->trace, o, s);
  double *values = g_new (double, MAX (n, 1));

  for (gsize k = 0; k < n; k++)
    values[k] = tw_metric_get_value (metric, figure->trace, o, s, k);
  g_ptr_array_add (figure->columns, values);
  return values;
}

/* The sentence without its capital and its full stop. */
static void
set_missing (GError **error, const char *why)
{
  g_autofree char *words = g_strdup (why);
  gsize length = strlen (words);

  if (length > 0 && words[length - 1] == '.')
    words[length - 1] = '\0';
  words[0] = g_ascii_tolower (words[0]);
  g_set_error_literal (error, TW_ERROR, TW_ERROR_INPUT, words);
}

static void
add_curve (TwFigure *figure, TwMetric metric, double minimum, gsize o, gsize s)
{
  TwCurve curve = { .n = tw_trace_get_n_rows (figure->trace, o, s), .style = figure->styles[o], .primary = s == 0,
                    .bridged = tw_metric_is_sparse (metric) };

  if (metric == TW_METRIC_LOSS || metric == TW_METRIC_EXCESS) {
    curve.values = tw_trace_get_loss (figure->trace, o, s);
    curve.offset = metric == TW_METRIC_EXCESS ? minimum : 0;
  } else {
    curve.values = metric == TW_METRIC_GRADIENT ? tw_trace_get_grad_norm (figure->trace, o, s)
                                                : new_column (figure, metric, o, s);
  }
  g_array_append_val (figure->lines, curve);
}

gboolean
tw_figure_prepare_curves (TwFigure *figure, GError **error)
{
  static const char *const titles[TW_N_METRICS] = {
    [TW_METRIC_LOSS] = "Loss",
    [TW_METRIC_EXCESS] = "Loss above the known minimum",
    [TW_METRIC_GRADIENT] = "Gradient norm",
    [TW_METRIC_STEP] = "Length of the update",
    [TW_METRIC_RATE] = "Learning rate",
    [TW_METRIC_DISTANCE] = "Distance to the nearest minimum",
    [TW_METRIC_TRAIN_LOSS] = "Training loss",
    [TW_METRIC_TEST_LOSS] = "Test loss",
    [TW_METRIC_TEST_ACCURACY] = "Test accuracy",
  };
  const TwProblem *problem = tw_trace_get_problem (figure->trace);
  double minimum = tw_problem_get_minimum (problem), least = INFINITY;
  gsize n_starts = MIN (tw_trace_get_n_starts (figure->trace), TW_FIGURE_MAX_THIN + 1);
  TwMetric metric = figure->options.metric;
  const char *why = tw_metric_why_missing (metric, problem);
  gboolean any = FALSE;

  figure->has_curves = TRUE;
  if (why != NULL) {
    set_missing (error, why);
    return FALSE;
  }
  if (metric == TW_METRIC_LOSS && isfinite (minimum))
    metric = TW_METRIC_EXCESS;
  for (gsize s = n_starts; s-- > 0;)
    for (gsize i = 0; i < figure->n_series; i++)
      add_curve (figure, metric, minimum, figure->series[i], s);
  for (guint c = 0; c < figure->lines->len; c++) {
    const TwCurve *curve = &g_array_index (figure->lines, TwCurve, c);
    for (gsize k = 0; k < curve->n; k++) {
      least = MIN (least, curve->values[k] - curve->offset);
      any = any || !isnan (curve->values[k]);
    }
  }
  if (!any && metric == TW_METRIC_RATE) {
    g_set_error_literal (error, TW_ERROR, TW_ERROR_INPUT, "none of these optimizers has a learning rate to draw");
    return FALSE;
  }
  /* Losses below zero have no logarithm; where no minimum is known the axis stays linear. */
  gboolean log = tw_metric_may_be_log (metric) && (metric != TW_METRIC_LOSS || least >= 0);
  tw_curves_range ((TwCurve *)(gpointer)figure->lines->data, figure->lines->len, log, &figure->y);
  figure->y_title = titles[metric == TW_METRIC_EXCESS && minimum == 0 ? TW_METRIC_LOSS : metric];
  return TRUE;
}

static gboolean
lay_out (TwFigure *figure, cairo_t *cr)
{
  tw_figure_lay_out_single (figure, cr, &figure->curves, &figure->y, 0.6);
  return tw_figure_lay_out_inside (figure, cr) && !tw_figure_too_small (&figure->curves);
}

void
tw_figure_draw_curves_still (TwFigure *figure, cairo_t *cr, double scale)
{
  const TwTheme *theme = figure->theme;
  const TwRect *rect = &figure->curves;

  tw_draw_frame (cr, theme, rect, &figure->x, &figure->y, FONT, TW_FRAME_GRID);
  tw_figure_draw_name_x (figure, cr, rect, "step");
  if (figure->shows != &tw_figure_comparison) {
    tw_figure_draw_name_y (figure, cr, rect, figure->y_title, 14 + 0.2 * FONT);
    tw_figure_draw_heading (figure, cr, rect, rect->width, figure->title);
  } else {
    tw_figure_draw_heading (figure, cr, rect, rect->width, figure->y_title);
    /* Without a landscape the problem's name has no other place. */
    if (!figure->has_landscape) {
      double used = tw_text_width (cr, figure->y_title) + 24;
      tw_draw_text_within (cr, rect->x + rect->width, rect->y - 11, 1, rect->width - used, figure->title);
    }
  }
}

static void
draw_curve_markers (TwFigure *figure, cairo_t *cr, const TwCurve *curve, guint i, gsize last)
{
  const TwRect *rect = &figure->curves;
  double period = (figure->x.max - figure->x.min) / 8;
  gsize end = MIN (last, curve->n - 1);

  for (double step = period * (0.25 + (double)(i % 8) / 10); step <= (double)end; step += period) {
    gsize k = (gsize)step;
    double position = tw_axis_position (&figure->y, curve->values[k] - curve->offset);
    if (position >= 0 && position <= 1)
      tw_draw_marker (cr, figure->theme, curve->style, tw_rect_x (rect, &figure->x, (double)k),
                      rect->y + rect->height * (1 - position), MARKER_RADIUS);
  }
}

void
tw_figure_draw_curves_moving (TwFigure *figure, cairo_t *cr, double scale, gsize last)
{
  const TwTheme *theme = figure->theme;
  const TwRect *rect = &figure->curves;

  for (guint c = 0; c < figure->lines->len; c++)
    tw_draw_curve (cr, theme, rect, &figure->x, &figure->y, &g_array_index (figure->lines, TwCurve, c), figure->line,
                   last);
  for (guint c = 0; c < figure->lines->len; c++) {
    const TwCurve *curve = &g_array_index (figure->lines, TwCurve, c);
    if (!curve->primary || curve->n == 0)
      continue;
    if (theme->print)
      draw_curve_markers (figure, cr, curve, c, last);
    if (last >= tw_trace_get_n_steps (figure->trace))
      continue;
    /* In the middle of a run: where it is. */
    gsize row = MIN (last, curve->n - 1);
    double position = tw_axis_position (&figure->y, curve->values[row] - curve->offset);
    if (!(position >= 0 && position <= 1))
      continue;
    cairo_arc (cr, tw_rect_x (rect, &figure->x, (double)row), rect->y + rect->height * (1 - position), 3.2, 0, 2 * G_PI);
    tw_set_color (cr, theme->dark ? &curve->style->dark : &curve->style->light, 1);
    cairo_fill (cr);
  }
}

const TwFigureView tw_figure_curves = {
  .word = "curves",
  .title = "Curves",
  .summary = "what --figure-metric says, at every step",
  .curves = TRUE,
  .plays = TRUE,
  .settings = "step",
  .redraws = TRUE,
  .width = 560,
  .prepare = tw_figure_prepare_curves,
  .lay_out = lay_out,
  .draw_still = tw_figure_draw_curves_still,
  .draw_moving = tw_figure_draw_curves_moving,
};
