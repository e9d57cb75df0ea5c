#include "ui/drawing/missing.h"

#include <math.h>

#define PERIOD 7 /* pixels from one stripe to the next, ... */
#define STRIPE 2 /* of which so many are dark */
/* Between the theme's colour for what is missing and its ink. */
#define PLAIN 0.12
#define DARK 0.55

guint32
tw_color_to_pixel (const TwColor *color)
{
  return (guint32)lround (color->r * 255) << 16 | (guint32)lround (color->g * 255) << 8 | (guint32)lround (color->b * 255);
}

static TwColor
grey_of (const TwTheme *theme, double strength)
{
  const TwColor *a = &theme->missing, *b = &theme->ink;

  return (TwColor){ a->r + strength * (b->r - a->r), a->g + strength * (b->g - a->g), a->b + strength * (b->b - a->b) };
}

guint32
tw_missing_pixel (const TwTheme *theme, gboolean striped, int x, int y)
{
  TwColor color = grey_of (theme, striped && (x + y) % PERIOD < STRIPE ? DARK : PLAIN);

  return tw_color_to_pixel (&color);
}

void
tw_draw_missing (cairo_t *cr, const TwTheme *theme, const TwRect *rect, gboolean striped)
{
  TwColor plain = grey_of (theme, PLAIN), stripe = grey_of (theme, DARK);

  cairo_save (cr);
  cairo_set_dash (cr, NULL, 0, 0);
  cairo_rectangle (cr, rect->x, rect->y, rect->width, rect->height);
  cairo_clip (cr);
  tw_set_color (cr, &plain, 1);
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
