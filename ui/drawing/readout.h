/* readout.h: a small box in a chart that reads out numbers. */
#pragma once

#include "ui/drawing/axis.h"

G_BEGIN_DECLS

#define TW_READOUT_MAX_ROWS 24

typedef struct {
  const TwLineStyle *style; /* a swatch before it; NULL: none */
  char label[64];
  char value[32];
} TwReadoutRow;

/* A title and rows, beside x (in pixels) on the side with more room, within `rect`: in several columns where one is
 * too high.  Rows that do not fit then either are left out. */
void tw_draw_readout (cairo_t *cr, const TwTheme *theme, const TwRect *rect, double x, const char *title,
                      const TwReadoutRow *rows, guint n, double font_size);

G_END_DECLS
