/* sweep-map.h: the last loss of an optimizer over two of its settings: dark is low, stripes diverged. */
#pragma once

#include "core/evaluation/sweep.h"
#include "ui/drawing/axis.h"

G_BEGIN_DECLS

/* Losses above the minimum that the colours stand for, log scaled; FALSE: nothing to show yet. */
gboolean tw_sweep_get_range (const TwSweep *sweep, TwAxis *range);
/* `line`: how many pixels are one where stripes are drawn. */
cairo_surface_t *tw_sweep_render (const TwSweep *sweep, const TwTheme *theme, int width, int height, int line);

/* Room that the labels need left of and below the map. */
void tw_sweep_frame_size (cairo_t *cr, const TwSweepAxis *y, double font_size, double *left, double *bottom);
void tw_draw_sweep_frame (cairo_t *cr, const TwTheme *theme, const TwRect *rect, const TwSweepAxis *x, const TwSweepAxis *y,
                          double font_size);
/* What the colours mean: a bar with ticks. */
double tw_sweep_scale_width (double font_size);
void tw_draw_sweep_scale (cairo_t *cr, const TwTheme *theme, const TwRect *rect, const TwSweep *sweep, double font_size);
/* A ring around a place on the map, and a dot at another. */
void tw_draw_sweep_ring (cairo_t *cr, const TwTheme *theme, double x, double y, double radius);
void tw_draw_sweep_best (cairo_t *cr, const TwTheme *theme, double x, double y, double radius);

G_END_DECLS
