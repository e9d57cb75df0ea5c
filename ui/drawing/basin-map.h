/* basin-map.h: which minimum is reached from where (colour), and how fast (brightness).
 *
 * Minima are numbered by tw_basins_order().  The first TW_BASIN_COLORS have colours of their own; the others share
 * them, paler.  Where none is reached it is grey, where the run diverges grey with stripes.
 */
#pragma once

#include "core/experiment/basins.h"
#include "ui/drawing/landscape.h"

G_BEGIN_DECLS

#define TW_BASIN_COLORS 8

/* Colour of the minimum with number `rank` (from 0) where it is reached at `speed` 0 (slow) to 1 (fast).  In print the first
 * differ in grey too, and speed makes less of a difference. */
TwColor tw_basin_color (const TwTheme *theme, guint rank, double speed);
/* CAIRO_FORMAT_RGB24; cells that have no value yet look like the coarser one around them, or the background.  `line`:
 * how many pixels wide the border between two basins is. */
cairo_surface_t *tw_basins_render (const TwBasins *basins, const TwTheme *theme, int width, int height, int line);
/* A number at each of the first minima that is in the view. */
void tw_draw_basin_minima (cairo_t *cr, const TwTheme *theme, const TwView *view, const TwBasins *basins,
                           double font_size);
/* "−2.81, 3.13" */
void tw_format_point (const double point[2], char *text, gsize size);
/* Which colour is which minimum, and the share of cells; as many lines as fit. */
double tw_basin_legend_width (double font_size);
double tw_basin_legend_height (const TwBasins *basins, double font_size); /* of all lines */
void tw_draw_basin_legend (cairo_t *cr, const TwTheme *theme, const TwRect *rect, const TwBasins *basins,
                           double font_size);

G_END_DECLS
