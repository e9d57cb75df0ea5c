/* curves.h: numbers over steps. */
#pragma once

#include "ui/drawing/axis.h"

G_BEGIN_DECLS

typedef struct {
  const double *values; /* (n) at steps 0, stride, 2 stride, ...; NAN where there is none */
  gsize n;
  double offset; /* taken off every value */
  const TwLineStyle *style;
  gboolean primary; /* the others are drawn thin */
  gsize stride;     /* 0 is 1 */
  gboolean bridged; /* a line over where there is none, from the last number to the next */
} TwCurve;

/* An axis for all curves.  Log: what diverges leaves at the top instead of flattening the others, and nothing
 * lies below 1e-18 of the top. */
void tw_curves_range (const TwCurve *curves, gsize n, gboolean log, TwAxis *axis);
/* The curve from step 0 to `last`; with more steps than pixels, the least and largest value of each column.
 */
void tw_draw_curve (cairo_t *cr, const TwTheme *theme, const TwRect *rect, const TwAxis *x, const TwAxis *y,
                    const TwCurve *curve, double width, gsize last);
/* The area between two curves of the same steps, in the style of the first, faint. */
void tw_draw_band (cairo_t *cr, const TwTheme *theme, const TwRect *rect, const TwAxis *x, const TwAxis *y,
                   const TwCurve *low, const TwCurve *high, gsize last);

G_END_DECLS
