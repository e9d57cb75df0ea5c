/* network.h: what a network has learned: regions of two features, filters, and what it gets wrong. */
#pragma once

#include "core/tasks/watch.h"
#include "ui/drawing/landscape.h"

G_BEGIN_DECLS

typedef enum { TW_NETWORK_REGIONS, TW_NETWORK_FILTERS, TW_NETWORK_MISTAKES } TwNetworkView;
/* Why a problem has not got what the view shows, as the end of "... has no decision regions: "; NULL: it has. */
const char *tw_network_view_why_missing (TwNetworkView view, const TwProblem *problem);

/* A colour for each class, told apart by lightness too. */
void tw_class_color (const TwTheme *theme, gsize k, gsize n_classes, TwColor *color);

/* Regions: letters W, H points of a grid, K classes, n rows of data. */
typedef struct {
  gsize width, height, n_classes;
  const float *shares; /* (H, W, K) probabilities; row 0 is at the bottom */
  gsize n_rows, n_train; /* the first n_train are trained on, the others are held out */
  const double *points;  /* (n, 2) */
  const guint16 *classes, *predicted; /* (n) */
  double mark; /* size of marks and lines, 1 in the window; 0: 1 */
} TwRegions;
void tw_draw_regions (cairo_t *cr, const TwTheme *theme, const TwView *view, const TwRegions *regions);
/* One entry below the other from (x, y) on: classes by name, and what the marks mean; within `width`. */
void tw_draw_regions_key (cairo_t *cr, const TwTheme *theme, double x, double y, double width, double font_size,
                          char *const *class_names, gsize n_classes);

/* The same in rows, as far as `width` goes; returns their height.  Without `draw` nothing is drawn. */
double tw_draw_regions_key_row (cairo_t *cr, const TwTheme *theme, double x, double y, double width, double font_size,
                                char *const *class_names, gsize n_classes, gboolean draw);

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

/* What a network answers on all inputs of two features, and for its rows. */
typedef struct {
  TwView view;       /* where it is drawn, and what part of the inputs */
  TwRegions regions; /* in what follows */
  TwJudgedRows *rows;
  float *shares;
} TwRegionMap;
/* Around the data with equal units, showing more of the shorter axis; what is still too wide is cut off `rect`. */
void tw_regions_fit (const TwDataSet *data, TwRect *rect, double domain[4]);
/* theta (D) is not needed any more then.  Any thread. */
TwRegionMap *tw_region_map_new (const TwProblem *problem, const float *theta, const TwRect *rect, const double domain[4]);
void tw_region_map_free (TwRegionMap *map);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwRegionMap, tw_region_map_free)
char *tw_region_map_describe (const TwRegionMap *map); /* "99 % right, held out 98.5 %" */

/* The filters of the first layer of a network, as many as fit, one image for each of its channels. */
typedef struct {
  TwFilterShape shape;
  TwMosaic mosaic;
  double range; /* of the largest weight, either way */
} TwFilterSheet;
/* gap between images; from so many units per weight down to so few. */
void tw_filter_sheet_init (TwFilterSheet *sheet, const TwProblem *problem, const float *theta, const TwRect *rect, double gap,
                           double least, double largest);
void tw_draw_filters (cairo_t *cr, const TwTheme *theme, const TwRect *rect, const TwFilterSheet *sheet,
                      const TwProblem *problem, const float *theta);
char *tw_filter_sheet_describe (const TwFilterSheet *sheet); /* "first 40 of 128, ±0.35" */

/* Rows that are images and were mistaken, as many as fit: true class, arrow, what was said.  room: they are as small as
 * so many would be, but no smaller than `least` units. */
void tw_draw_mistakes (cairo_t *cr, const TwTheme *theme, const TwRect *rect, const TwDataSet *data,
                       const TwMistakes *mistakes, gsize room, double least, double font_size);
double tw_mistakes_row_height (const TwDataSet *data, double least, double font_size); /* of the smallest */
char *tw_mistakes_describe (const TwMistakes *mistakes); /* "12 of 3000 held out" */

G_END_DECLS
