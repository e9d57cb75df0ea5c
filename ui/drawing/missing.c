#include "ui/drawing/missing.h"

#include <math.h>

#define PERIOD 7 /* pixels from one stripe to the next, ... */
#define STRIPE 2 /* of which so many are dark */
#define STRENGTH 0.5

guint32
tw_color_to_pixel (const TwColor *color)
{
  return (guint32)lround (color->r * 255) << 16 | (guint32)lround (color->g * 255) << 8 | (guint32)lround (color->b * 255);
}

static TwColor
stripe_of (const TwTheme *theme)
{
  const TwColor *a = &theme->missing, *b = &theme->ink;

  return (TwColor){ a->r + STRENGTH * (b->r - a->r), a->g + STRENGTH * (b->g - a->g), a->b + STRENGTH * (b->b - a->b) };
}

guint32
tw_missing_pixel (const TwTheme *theme, gboolean striped, int x, int y)
{
  TwColor stripe = stripe_of (theme);

  return tw_color_to_pixel (striped && (x + y) % PERIOD < STRIPE ? &stripe : &theme->missing);
}

void
tw_draw_missing (cairo_t *cr, const TwTheme *theme, const TwRect *rect, gboolean striped)
{
  TwColor stripe = stripe_of (theme);

  cairo_save (cr);
  cairo_set_dash (cr, NULL, 0, 0);
  cairo_rectangle (cr, rect->x, rect->y, rect->width, rect->height);
  cairo_clip (cr);
  tw_set_color (cr, &theme->missing, 1);
  cairo_paint (cr);
  tw_set_color (cr, &stripe, 1);
  cairo_set_line_width (cr, STRIPE / G_SQRT2);
  for (double at = 0; striped && at < rect->width + rect->height; at += PERIOD) {
    cairo_move_to (cr, rect->x + at, rect->y);
    cairo_line_to (cr, rect->x + at - rect->height, rect->y + rect->height);
  }
  cairo_stroke (cr);
  cairo_restore (cr);
}
