/* network.h: what a network has learned: regions of two features, filters, and what it gets wrong. */
#pragma once

#include "ui/drawing/landscape.h"

G_BEGIN_DECLS

/* A colour for each class, told apart by lightness too. */
void tw_class_color (const TwTheme *theme, gsize k, gsize n_classes, TwColor *color);

/* Regions: letters W, H points of a grid, K classes, n rows of data. */
typedef struct {
  gsize width, height, n_classes;
  const float *shares; /* (H, W, K) probabilities; row 0 is at the bottom */
  gsize n_rows, n_train; /* the first n_train are trained on, the others are held out */
  const double *points;  /* (n, 2) */
  const guint16 *classes, *predicted; /* (n) */
} TwRegions;
void tw_draw_regions (cairo_t *cr, const TwTheme *theme, const TwView *view, const TwRegions *regions);
/* One entry below the other from (x, y) on: classes by name, and what the marks mean; within `width`. */
void tw_draw_regions_key (cairo_t *cr, const TwTheme *theme, double x, double y, double width, double font_size,
                          char *const *class_names, gsize n_classes);

/* How `n` images of some shape are laid out in a rectangle: as large as fits, from `largest` down to `least`
 * pixels per pixel of theirs; `foot` is room below each. */
typedef struct {
  gsize columns, rows, shown;  /* shown <= n */
  double zoom, cell_width, cell_height;
} TwMosaic;
void tw_mosaic_fit (TwMosaic *mosaic, const TwRect *rect, gsize n, gsize width, gsize height, double gap, double foot,
                    double least_width, double least, double largest);
/* Where image i has its corner. */
void tw_mosaic_get_corner (const TwMosaic *mosaic, const TwRect *rect, gsize i, double *x, double *y);
/* values (height, width) with -range blue, 0 neutral, range orange; or with range 0, 0 to 1 in grey. */
void tw_draw_pixels (cairo_t *cr, const TwTheme *theme, double x, double y, double zoom, const float *values, gsize width,
                     gsize height, double range);

G_END_DECLS
