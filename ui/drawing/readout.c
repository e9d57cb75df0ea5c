#include "ui/drawing/readout.h"

#include <math.h>

#define PADDING 7
#define SWATCH 28     /* a whole period of any dash */
#define COLUMN_GAP 18 /* between columns */
#define GAP 12 /* between label and value, and between the box and x */

static void
draw_box (cairo_t *cr, const TwTheme *theme, double x, double y, double width, double height)
{
  cairo_rectangle (cr, floor (x) + 0.5, floor (y) + 0.5, floor (width), floor (height));
  tw_set_color (cr, &theme->background, 0.94);
  cairo_fill_preserve (cr);
  tw_set_color (cr, &theme->dim, 0.45);
  cairo_set_dash (cr, NULL, 0, 0);
  cairo_set_line_width (cr, 1);
  cairo_stroke (cr);
}

void
tw_draw_readout (cairo_t *cr, const TwTheme *theme, const TwRect *rect, double x, const char *title,
                 const TwReadoutRow *rows, guint n, double font_size)
{
  double line = ceil (1.45 * font_size), labels = 0, values = 0, swatch = 0;

  cairo_save (cr);
  tw_set_font (cr, font_size, FALSE);
  for (guint i = 0; i < n; i++) {
    labels = MAX (labels, tw_text_width (cr, rows[i].label));
    values = MAX (values, tw_text_width (cr, rows[i].value));
    if (rows[i].style != NULL)
      swatch = SWATCH + 6;
  }
  /* Columns side by side where one is too high; what is left out at last is the end of the list. */
  double cell = swatch + labels + GAP + values;
  guint high = (guint)MAX ((rect->height - 2 * PADDING - line) / line, 1);
  guint wide = (guint)MAX ((rect->width - 4 - 2 * PADDING + COLUMN_GAP) / (cell + COLUMN_GAP), 1);
  guint columns = CLAMP ((n + high - 1) / high, 1, wide), lines = MIN ((n + columns - 1) / columns, high);
  n = MIN (n, columns * lines);
  double inner = MAX (columns * (cell + COLUMN_GAP) - COLUMN_GAP, tw_text_width (cr, title));
  double width = inner + 2 * PADDING, height = (lines + 1) * line + 2 * PADDING;
  double left = x + GAP + width < rect->x + rect->width ? x + GAP : x - GAP - width;
  left = CLAMP (left, rect->x + 2, MAX (rect->x + 2, rect->x + rect->width - width - 2));
  double top = rect->y + MIN (6, MAX (rect->height - height, 0) / 2), baseline = top + PADDING + font_size;

  draw_box (cr, theme, left, top, width, height);
  tw_set_color (cr, &theme->dim, 1);
  tw_draw_text (cr, left + PADDING, baseline, 0, title);
  for (guint i = 0; i < n; i++) {
    double at = left + PADDING + i / lines * (cell + COLUMN_GAP), y = baseline + (i % lines + 1) * line;
    if (rows[i].style != NULL)
      tw_draw_swatch (cr, theme, rows[i].style, at, y - font_size * 0.36 - line / 2, SWATCH, line);
    tw_set_color (cr, &theme->foreground, 1);
    tw_draw_text (cr, at + swatch, y, 0, rows[i].label);
    tw_draw_text (cr, columns == 1 ? left + width - PADDING : at + cell, y, 1, rows[i].value);
  }
  cairo_restore (cr);
}
