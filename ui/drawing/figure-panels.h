/* figure-panels.h: views of one small panel per optimizer: its network, at the moment that is shown.
 *
 * Over each panel stands who it is, and below that what is to be said of it.  All panels are of one size.
 */
#pragma once

#include "ui/drawing/figure-private.h"
#include "ui/drawing/network.h"

G_BEGIN_DECLS

typedef struct {
  gsize columns, rows;
  TwRect *rects; /* (n_series) without their headings; freed by tw_figure_panels_clear() */
  double foot;   /* where what stands under all panels begins */
} TwFigurePanels;

/* Whether the problem has what a view shows, and the trace the networks.  Errors: TW_ERROR_INPUT. */
gboolean tw_figure_check_network (const TwFigure *figure, TwNetworkView view, GError **error);
/* left: room for labels at the left of the first column; bottom: under the last row; foot: for what stands below.
 * ratio: height by width where the height is free.  FALSE: too small. */
gboolean tw_figure_panels_lay_out (TwFigure *figure, TwFigurePanels *panels, double left, double bottom, double foot,
                                   double ratio);
void tw_figure_panels_draw_names (TwFigure *figure, cairo_t *cr, const TwFigurePanels *panels);
void tw_figure_panels_draw_words (TwFigure *figure, cairo_t *cr, const TwFigurePanels *panels, gsize i, const char *words);
/* The network of series i that is nearest to a step (first start), and which snapshot that is; NULL: none. */
const float *tw_figure_get_network (const TwFigure *figure, gsize i, gsize last, gsize *snapshot);
#define TW_FIGURE_NO_NETWORK "not finite from the first step on" /* what is said then */
/* "Shown is the network at ..." */
void tw_figure_describe_moment (const TwFigure *figure, GString *words);
void tw_figure_panels_clear (TwFigurePanels *panels);

G_END_DECLS
