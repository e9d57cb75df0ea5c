/* bands.h: the memory of a learned optimizer over time: one heat map per coordinate, tensor and run. */
#pragma once

#include "core/experiment/trace.h"
#include "ui/drawing/axis.h"

G_BEGIN_DECLS

#define TW_MAX_BANDS 12
#define TW_MAX_BAND_ITEMS 4 /* coordinates or tensors of one level that are shown */

typedef struct {
  gsize probe, item; /* item: which coordinate or tensor */
  guint units;
  char label[24];
} TwBand;

/* Bands of the states of `optimizer`'s RNNs, from start 0; the number of them, 0 where it has none.  Those of tensor
 * `tensor` and of the kept coordinate `coordinate` of it only; -1: of the first few. */
gsize tw_bands_find (const TwTrace *trace, gsize optimizer, gssize tensor, gssize coordinate,
                     TwBand bands[TW_MAX_BANDS]);
/* Where they lie in `rect`, one below the other: rects (n) out.  snapped: on whole pixels, as a screen wants it. */
void tw_bands_lay_out (const TwBand *bands, gsize n, const TwRect *rect, gboolean snapped, TwRect *rects);
/* Heat maps in these rects, labels left of them, the axis below the last, rows 0 to `last` of 0 to x->max; pictures
 * of `scale` pixels per unit of the user space. */
void tw_draw_bands (cairo_t *cr, const TwTheme *theme, const TwRect *rects, const TwAxis *x, const TwTrace *trace,
                    gsize optimizer, const TwBand *bands, gsize n, double font_size, double scale, gsize last);

G_END_DECLS
