#include "ui/training-charts.h"

#include <math.h>

static const TwColor *
accent (const TwTheme *theme)
{
  const TwLineStyle *style = tw_line_style_get (1);

  return theme->dark ? &style->dark : &style->light;
}

/* Of what is finite; a range of at least 1. */
static TwAxis
range_of (const double *values, gsize n)
{
  TwAxis axis = { INFINITY, -INFINITY, FALSE };

  for (gsize i = 0; i < n; i++)
    if (isfinite (values[i])) {
      axis.min = MIN (axis.min, values[i]);
      axis.max = MAX (axis.max, values[i]);
    }
  if (!isfinite (axis.min))
    return (TwAxis){ -1, 0, FALSE };
  double middle = (axis.min + axis.max) / 2, half = MAX (0.53 * (axis.max - axis.min), 0.5);
  return (TwAxis){ middle - half, middle + half, FALSE };
}

/* One point per pixel column: the mean of its iterations. */
static void
stroke_values (cairo_t *cr, const TwRect *rect, const TwAxis *x, const TwAxis *y, const double *values, gsize n,
               guint64 first)
{
  gsize stride = MAX (1, n / (gsize)MAX (rect->width, 1));
  gboolean open = FALSE;

  for (gsize i = 0; i < n; i += stride) {
    double sum = 0;
    gsize count = 0;
    for (gsize j = i; j < MIN (i + stride, n); j++)
      if (isfinite (values[j])) {
        sum += values[j];
        count++;
      }
    if (count == 0) {
      open = FALSE;
      continue;
    }
    double px = tw_rect_x (rect, x, (double)(first + i)), py = tw_rect_y (rect, y, sum / (double)count);
    if (open)
      cairo_line_to (cr, px, py);
    else
      cairo_move_to (cr, px, py);
    open = TRUE;
  }
  cairo_stroke (cr);
}

/* Means over a window that ends at each iteration; the caller frees. */
static double *
smooth (const double *values, gsize n)
{
  double *out = g_new (double, MAX (n, 1)), mean = NAN;
  double weight = 1 / MAX (1.0, (double)n / 50);

  for (gsize i = 0; i < n; i++) {
    double w = MAX (weight, 1 / (double)(i + 1));
    if (isfinite (values[i]))
      mean = isfinite (mean) ? mean + w * (values[i] - mean) : values[i];
    out[i] = mean;
  }
  return out;
}

void
tw_draw_training_curve (cairo_t *cr, const TwTheme *theme, double width, double height, double font_size,
                        const double *objectives, const double *diverged, gsize n, guint64 first)
{
  double left = floor (4.5 * font_size), low = floor (0.18 * height), bottom = floor (2.4 * font_size);
  TwRect rect = { left, 8, MAX (width - left - 16, 16), MAX (height - 8 - bottom - low - font_size, 16) };
  TwRect below = { left, rect.y + rect.height + font_size, rect.width, MAX (low, 8) };
  TwAxis x = { (double)first, (double)first + MAX ((double)n - 1, 10), FALSE };
  g_autofree double *mean = smooth (objectives, n), *share = smooth (diverged, n);
  TwAxis y = range_of (objectives, n), lost = { 0, 0.01, FALSE };

  /* The curve stays under the words. */
  double room = MAX (below.height - font_size - 8, 0.5 * below.height);
  for (gsize i = 0; i < n; i++)
    lost.max = MAX (lost.max, share[i] * below.height / room);
  for (int i = 0; i < 2; i++) {
    const TwRect *r = i == 0 ? &rect : &below;
    cairo_rectangle (cr, r->x, r->y, r->width, r->height);
    tw_set_color (cr, &theme->background, 1);
    cairo_fill (cr);
  }
  tw_draw_frame (cr, theme, &rect, &x, &y, font_size, TW_FRAME_GRID | TW_FRAME_NO_X_LABELS);
  tw_draw_frame (cr, theme, &below, &x, &lost, font_size, 0);
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
  tw_set_color (cr, accent (theme), 0.3);
  cairo_set_line_width (cr, 1);
  stroke_values (cr, &rect, &x, &y, objectives, n, first);
  tw_set_color (cr, accent (theme), 1);
  cairo_set_line_width (cr, 2.4);
  stroke_values (cr, &rect, &x, &y, mean, n, first);
  cairo_set_line_width (cr, 1.5);
  stroke_values (cr, &below, &x, &lost, share, n, first);
  tw_set_font (cr, font_size, FALSE);
  tw_set_color (cr, &theme->dim, 1);
  tw_draw_text (cr, below.x + 6, below.y + font_size + 2, 0, "share of diverged runs");
}

double
tw_training_problems_height (gsize n, double font_size)
{
  return (double)n * ceil (1.5 * font_size) + 2.6 * font_size + 8;
}

void
tw_draw_training_problems (cairo_t *cr, const TwTheme *theme, double width, double height, double font_size,
                           const char *const *names, const double *objectives, gsize n)
{
  double line = ceil (1.5 * font_size), left = 4;

  tw_set_font (cr, font_size, FALSE);
  for (gsize i = 0; i < n; i++)
    left = MAX (left, tw_text_width (cr, names[i]) + 14);
  TwRect rect = { left, 6, MAX (width - left - 16, 16), (double)n * line };
  TwAxis x = range_of (objectives, n);
  TwTicks ticks;
  x.max = MAX (x.max, 0.2);
  tw_axis_ticks (&x, (guint)CLAMP (rect.width / (font_size * 5), 2, 8), &ticks);
  cairo_set_line_width (cr, 1);
  for (guint i = 0; i < ticks.n; i++) {
    char text[32];
    double at = floor (tw_rect_x (&rect, &x, ticks.values[i])) + 0.5;
    tw_set_color (cr, &theme->grid, 1);
    cairo_move_to (cr, at, rect.y);
    cairo_line_to (cr, at, rect.y + rect.height);
    cairo_stroke (cr);
    tw_tick_format (ticks.values[i], ticks.step, text, sizeof text);
    tw_set_color (cr, &theme->dim, 1);
    tw_draw_text (cr, at, rect.y + rect.height + 1.4 * font_size, 0.5, text);
  }
  double zero = tw_rect_x (&rect, &x, 0);
  for (gsize i = 0; i < n; i++) {
    double middle = rect.y + ((double)i + 0.5) * line;
    tw_set_color (cr, &theme->foreground, 1);
    tw_draw_text (cr, left - 8, middle + 0.35 * font_size, 1, names[i]);
    if (!isfinite (objectives[i]))
      continue;
    double end = tw_rect_x (&rect, &x, objectives[i]);
    cairo_rectangle (cr, MIN (zero, end), middle - 0.32 * line, MAX (fabs (end - zero), 1), 0.64 * line);
    tw_set_color (cr, objectives[i] > 0 ? &tw_line_style_get (0)->light : accent (theme), 0.85);
    cairo_fill (cr);
  }
}
