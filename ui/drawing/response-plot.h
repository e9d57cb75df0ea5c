/* response-plot.h: the update of one coordinate at one step against the gradient it might have had, beside sgd, momentum
 * and adam that have seen the same gradients (core/learned/response.h).
 */
#pragma once

#include "ui/drawing/inside.h"

G_BEGIN_DECLS

#define TW_RESPONSE_BASELINES 3

typedef struct _TwResponsePlot TwResponsePlot;

/* Of one learned optimizer of a trace.  specs, styles (n): the optimizers of the experiment, so that a hand-designed one
 * that stands there is taken as it is, and the others get styles that are free. */
TwResponsePlot *tw_response_plot_new (const TwTrace *trace, gsize optimizer, const char *const *specs,
                                      const TwLineStyle *const *styles, gsize n);
void tw_response_plot_free (TwResponsePlot *plot);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwResponsePlot, tw_response_plot_free)

/* The update that led to row k >= 1, of the coordinate of `inside`.  FALSE: it was not recorded, or nothing moves. */
gboolean tw_response_plot_compute (TwResponsePlot *plot, const TwInside *inside, gsize k);
/* What it is of and what is beside it: line `i` of those, the learned one first; "Adam × 0.1", the factor by which it is
 * scaled.  NULL: there are no more.  To be freed. */
char *tw_response_plot_get_line (const TwResponsePlot *plot, guint i, const TwLineStyle **style);
/* Frame, curves, and a dot for what it did; of what was computed last. */
void tw_response_plot_draw (const TwResponsePlot *plot, cairo_t *cr, const TwTheme *theme, const TwRect *rect,
                            double font_size, double line_width);

G_END_DECLS
