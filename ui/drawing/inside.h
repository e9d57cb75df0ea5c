/* inside.h: what a trace holds of the inside of a learned optimizer, from the first start: probes by their names, of one
 * coordinate, its tensor and the run; and how they are drawn.
 */
#pragma once

#include "core/experiment/trace.h"
#include "ui/drawing/axis.h"

G_BEGIN_DECLS

typedef struct {
  const TwTrace *trace;
  gsize optimizer;
  gsize coordinate; /* an index into tw_trace_get_coordinates() */
} TwInside;

/* Whether optimizer `o` is a learned one with a recorded inside. */
gboolean tw_inside_can_show (const TwTrace *trace, gsize o);
/* Probe `name` at row k: all coordinates, tensors or the run (count, width); NULL where there is none. */
const float *tw_inside_get_all (const TwInside *inside, const char *name, gsize k, gsize *count, guint *width);
/* Of it the part of its coordinate, its tensor, or the run (width). */
const float *tw_inside_get_own (const TwInside *inside, const char *name, gsize k, guint *width);
/* The first value of it at rows first to first + n - 1: out (n).  Returns how many were recorded. */
gsize tw_inside_read_history (const TwInside *inside, const char *name, gsize first, gsize n, float *out);
/* Names of the units of a probe, or NULL. */
const char *const *tw_inside_get_unit_names (const TwInside *inside, const char *name);

/* Lines of numbers that say what went into step k, the features as bars, and what came out: as many as fit into `rect`,
 * from its top.  Their height in all (for a given font) where they have room: lines times TW_INSIDE_LINE font sizes. */
#define TW_INSIDE_LINE 1.42
guint tw_inside_count_inputs (const TwInside *inside);
guint tw_inside_count_outputs (const TwInside *inside, gsize k);
void tw_draw_inside_inputs (cairo_t *cr, const TwTheme *theme, const TwRect *rect, const TwInside *inside, gsize k,
                            double font_size);
void tw_draw_inside_outputs (cairo_t *cr, const TwTheme *theme, const TwRect *rect, const TwInside *inside, gsize k,
                             double font_size);

G_END_DECLS
