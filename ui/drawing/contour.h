/* contour.h: lines of equal level through a grid of values, by marching squares. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Polylines in grid coordinates: x from 0 to W - 1, y from 0 to H - 1. */
typedef struct {
  GArray *points; /* of double: x, y */
  GArray *starts; /* of gsize: first point of each polyline; a closing entry holds the number of points */
} TwContour;

/* `values` (H, W); cells with a value that is not finite have no line.  Where a cell is a saddle, its mean
 * decides which corners are joined.  A closed line repeats its first point at the end. */
TwContour *tw_contour_new (const float *values, gsize width, gsize height, double level);
void tw_contour_free (TwContour *contour);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwContour, tw_contour_free)

static inline gsize
tw_contour_get_n_lines (const TwContour *contour)
{
  return contour->starts->len - 1;
}

G_END_DECLS
