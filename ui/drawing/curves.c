#include "ui/drawing/curves.h"

#include <math.h>

void
tw_curves_range (const TwCurve *curves, gsize n, gboolean log, TwAxis *axis)
{
  double low = INFINITY, high = -INFINITY, first = -INFINITY;
  for (gsize c = 0; c < n; c++)
    for (gsize i = 0; i < curves[c].n; i++) {
      double value = curves[c].values[i] - curves[c].offset;
      if (!isfinite (value) || (log && !(value > 0)))
        continue;
      low = MIN (low, value);
      high = MAX (high, value);
      if (i == 0)
        first = MAX (first, value);
    }
  axis->log = log;
  if (!isfinite (low)) {
    axis->min = log ? 0.1 : 0;
    axis->max = 1;
    return;
  }
  if (log) {
    if (isfinite (first))
      high = MIN (high, 1e2 * first);
    low = MAX (MIN (low, high), 1e-18 * high);
    /* At least a decade, and a little room above and below. */
    double room = pow (MAX (high / low, 10), 0.04);
    if (high < 10 * low)
      low = high / 10;
    axis->min = MAX (low / room, 1e-300);
    axis->max = high * room;
  } else {
    double room = high > low ? 0.04 * (high - low) : MAX (fabs (high), 1) * 0.1;
    axis->min = low - room;
    axis->max = high + room;
  }
}

static double
position_y (const TwRect *rect, const TwAxis *y, double value)
{
  double position = isnan (value) ? -1 : tw_axis_position (y, value);
  /* Within cairo's range, and a line that leaves does so near the frame. */
  return rect->y + rect->height * (1 - CLAMP (position, -0.5, 1.5));
}

void
tw_draw_curve (cairo_t *cr, const TwTheme *theme, const TwRect *rect, const TwAxis *x, const TwAxis *y,
               const TwCurve *curve, double width, gsize last)
{
  gsize stride = MAX (curve->stride, 1);
  if (curve->n == 0)
    return;
  width *= theme->stroke;
  /* What lies left or right of the axis is not drawn, but for one point that the line comes from or goes to.
   */
  gsize end_row = MIN (last / stride, curve->n - 1);
  double samples_per_pixel = (x->max - x->min) / rect->width / (double)stride;
  gsize block = samples_per_pixel > 2 ? (gsize)samples_per_pixel : 1;
  gsize first = x->min > 0 ? (gsize)(x->min / (double)stride) / block * block : 0;
  if (x->max / (double)stride + (double)block < (double)end_row)
    end_row = (gsize)(x->max / (double)stride) + block;

  cairo_save (cr);
  cairo_rectangle (cr, rect->x, rect->y, rect->width, rect->height);
  cairo_clip (cr);
  tw_set_line_style (cr, theme, curve->style, curve->primary ? width : 0.5 * width,
                     curve->primary ? 1.0 : 0.4, 0);
  cairo_new_path (cr);
  for (gsize i = first; i <= end_row; i += block) {
    gsize end = MIN (i + block, end_row + 1);
    double low = INFINITY, high = -INFINITY;
    for (gsize k = i; k < end; k++) {
      double value = curve->values[k] - curve->offset;
      low = value < low ? value : low; /* NAN is neither */
      high = value > high ? value : high;
    }
    if (!(low <= high)) {
      if (!curve->bridged)
        cairo_new_sub_path (cr);
      continue;
    }
    double px = tw_rect_x (rect, x, (double)(i * stride));
    cairo_line_to (cr, px, position_y (rect, y, high));
    if (low < high)
      cairo_line_to (cr, px, position_y (rect, y, low));
  }
  cairo_stroke (cr);
  cairo_restore (cr);
}

void
tw_draw_band (cairo_t *cr, const TwTheme *theme, const TwRect *rect, const TwAxis *x, const TwAxis *y,
              const TwCurve *low, const TwCurve *high, gsize last)
{
  gsize stride = MAX (low->stride, 1), n = MIN (low->n, high->n);

  if (last / stride < n)
    n = last / stride + 1;
  cairo_save (cr);
  cairo_rectangle (cr, rect->x, rect->y, rect->width, rect->height);
  cairo_clip (cr);
  cairo_new_path (cr);
  for (gsize side = 0; side < 2; side++)
    for (gsize i = 0; i < n; i++) {
      gsize k = side == 0 ? i : n - 1 - i;
      const TwCurve *curve = side == 0 ? low : high;
      if (!isnan (low->values[k]) && !isnan (high->values[k]))
        cairo_line_to (cr, tw_rect_x (rect, x, (double)(k * stride)),
                       position_y (rect, y, curve->values[k] - curve->offset));
    }
  cairo_close_path (cr);
  tw_set_color (cr, theme->dark ? &low->style->dark : &low->style->light, 0.2);
  cairo_fill (cr);
  cairo_restore (cr);
}
