/* training-charts.h: a meta-training in two pictures: its objective over iterations, and by problem. */
#pragma once

#include "ui/drawing/axis.h"

G_BEGIN_DECLS

/* Thin: the meta-objective of every iteration (n; NAN leaves a gap); thick: its mean over the last fiftieth of them.
 * Iterations count from `first`.  Below it the share of diverged runs, where there is one. */
void tw_draw_training_curve (cairo_t *cr, const TwTheme *theme, double width, double height, double font_size,
                             const double *objectives, const double *diverged, gsize n, guint64 first);
/* A line per problem of the corpus, from its name to its objective (n); NAN: not met yet. */
void tw_draw_training_problems (cairo_t *cr, const TwTheme *theme, double width, double height, double font_size,
                                const char *const *names, const double *objectives, gsize n);
/* The height that n lines want. */
double tw_training_problems_height (gsize n, double font_size);

G_END_DECLS
