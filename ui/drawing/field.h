/* field.h: the values of a landscape on a grid, compressed to 0..1, and their picture.
 *
 * Letters: W columns, H rows of grid points; row 0 is at the bottom (y0), the corners are the domain's
 * corners.
 */
#pragma once

#include <gio/gio.h>

#include "core/problems/problem.h"
#include "ui/drawing/style.h"

G_BEGIN_DECLS

typedef struct {
  gsize width, height; /* W, H >= 2 */
  double domain[4];    /* x0, x1, y0, y1 */
  float *level;        /* (H, W) in 0..1; NAN where the landscape has no finite value */
  gboolean has_values; /* some value is finite */
  double low, high;    /* the least and largest finite value; 0 where there is none */
  double scale;        /* s of the compression; 0: linear */
} TwField;

/* Evaluates the problem in blocks.  Compression: log (1 + (f - low)/s) / log (1 + (high - low)/s), where s is
 * low in the distribution of the values, so that both the valley floor and the walls show.
 * Errors: cancelled.  May run on any thread. */
TwField *tw_field_new (const TwProblem *problem, const double domain[4], gsize width, gsize height,
                       gboolean compress, GCancellable *cancellable, GError **error);
/* The same of values (H, W) that are known. */
TwField *tw_field_new_from_values (const double *values, const double domain[4], gsize width, gsize height,
                                   gboolean compress);
void tw_field_free (TwField *field);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwField, tw_field_free)

/* Value of a compression level, and back. */
double tw_field_value_of_level (const TwField *field, double level);
double tw_field_level_of_value (const TwField *field, double value);

/* A picture of width x height pixels, smooth between grid points; CAIRO_FORMAT_RGB24. */
cairo_surface_t *tw_field_render (const TwField *field, const TwTheme *theme, int width, int height);

G_END_DECLS
