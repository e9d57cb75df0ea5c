/* cells.h: activations over time as a heat map: one line per unit, one column per step. */
#pragma once

#include "ui/drawing/style.h"

G_BEGIN_DECLS

/* values (n_columns, n_units), drawn from the left; white or black is 0, orange `range`, blue -range; not
 * finite: grey.  Every unit and column keeps at least its share of pixels; CAIRO_FORMAT_RGB24. */
cairo_surface_t *tw_cells_render (const float *values, gsize n_columns, gsize n_units, float range,
                                  const TwTheme *theme, int width, int height);

G_END_DECLS
