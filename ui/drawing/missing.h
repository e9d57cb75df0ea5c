/* missing.h: cells of a map that have no value: grey, or grey with stripes for what diverged. */
#pragma once

#include "ui/drawing/axis.h"

G_BEGIN_DECLS

guint32 tw_color_to_pixel (const TwColor *color); /* as CAIRO_FORMAT_RGB24 holds it */
guint32 tw_missing_pixel (const TwTheme *theme, gboolean striped, int x, int y);
void tw_draw_missing (cairo_t *cr, const TwTheme *theme, const TwRect *rect, gboolean striped);

G_END_DECLS
