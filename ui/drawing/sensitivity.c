#include "ui/drawing/sensitivity.h"

#include <math.h>

#define MARKER_RADIUS 3.4

/* A thousandfold of the start is as bad. */
void
tw_sensitivity_find_axes (const TwTuning *tuning, TwSensitivityAxes *axes)
{
  double low = INFINITY, high = -INFINITY, left = INFINITY, right = 0, positive = INFINITY;
  gboolean known = isfinite (tuning->minimum);

  axes->offset = known ? tuning->minimum : 0;
  for (gsize o = 0; o < tuning->n_optimizers; o++)
    for (guint i = 0; i < tuning->optimizers[o].n; i++) {
      double loss = tuning->optimizers[o].loss[i] - axes->offset;
      left = MIN (left, tuning->optimizers[o].lr[i]);
      right = MAX (right, tuning->optimizers[o].lr[i]);
      if (!isfinite (loss) || loss > 1e12)
        continue;
      low = MIN (low, loss);
      high = MAX (high, loss);
      if (loss > 0)
        positive = MIN (positive, loss);
    }
  if (!(low <= high))
    low = high = 1;
  axes->x = (TwAxis){ left, MAX (right, left * 1.0001), TRUE };
  if (known || (low >= 0 && isfinite (positive))) { /* a loss of 0 is at the bottom */
    low = MAX (isfinite (positive) ? positive : 0, 1e-18 * MAX (high, 1e-6));
    axes->y = (TwAxis){ low / 1.5, MAX (high, low) * 2, TRUE };
  } else {
    double margin = 0.06 * MAX (high - low, 1e-9);
    axes->y = (TwAxis){ low - margin, high + margin, FALSE };
  }
}

void
tw_sensitivity_place (const TwSensitivityAxes *axes, const TwRect *rect, const TwSensitivity *curve, guint i, double *x,
                      double *y, gboolean *off)
{
  double loss = curve->loss[i] - axes->offset, p = isfinite (loss) ? tw_axis_position (&axes->y, loss) : 2;

  *off = p > 1;
  *x = tw_rect_x (rect, &axes->x, curve->lr[i]);
  *y = rect->y + rect->height * (1 - CLAMP (p, 0, 1));
}

void
tw_draw_sensitivity (cairo_t *cr, const TwTheme *theme, const TwRect *rect, const TwSensitivityAxes *axes,
                     const TwSensitivity *curve, const TwLineStyle *style, double line_width)
{
  gboolean off;
  double x, y;

  tw_set_line_style (cr, theme, style, line_width, 1, 0);
  for (guint i = 0; i < curve->n; i++) {
    tw_sensitivity_place (axes, rect, curve, i, &x, &y, &off);
    cairo_line_to (cr, x, y);
  }
  cairo_stroke (cr);
  cairo_set_dash (cr, NULL, 0, 0);
  for (guint i = 0; i < curve->n; i++) {
    tw_sensitivity_place (axes, rect, curve, i, &x, &y, &off);
    tw_set_color (cr, theme->dark ? &style->dark : &style->light, 1);
    if (off) {
      cairo_set_line_width (cr, 1.4);
      cairo_move_to (cr, x - 3, y - 3);
      cairo_line_to (cr, x + 3, y + 3);
      cairo_move_to (cr, x + 3, y - 3);
      cairo_line_to (cr, x - 3, y + 3);
      cairo_stroke (cr);
      continue;
    }
    gboolean best = i == curve->best && curve->spec != NULL;
    if (theme->print && !best) {
      tw_draw_marker (cr, theme, style, x, y, MARKER_RADIUS);
      continue;
    }
    cairo_arc (cr, x, y, best ? 5.5 : 2.2, 0, 2 * G_PI);
    cairo_fill_preserve (cr);
    if (best) {
      tw_set_color (cr, &theme->background, 1);
      cairo_set_line_width (cr, 1.5);
      cairo_stroke (cr);
    }
    cairo_new_path (cr);
  }
}
