/* sensitivity.h: the last loss of each optimizer against the learning rates that were tried (core/evaluation/tuning.h). */
#pragma once

#include "core/evaluation/tuning.h"
#include "ui/drawing/axis.h"

G_BEGIN_DECLS

typedef struct {
  TwAxis x, y;
  double offset; /* taken off the losses: the known minimum */
} TwSensitivityAxes;

/* Everything between the best and the worst that did not diverge. */
void tw_sensitivity_find_axes (const TwTuning *tuning, TwSensitivityAxes *axes);
/* Where a trial is drawn; what diverged or is off the scale stands at the top. */
void tw_sensitivity_place (const TwSensitivityAxes *axes, const TwRect *rect, const TwSensitivity *curve, guint i, double *x,
                           double *y, gboolean *off);
/* A line through the trials of one optimizer, a dot for each, a large one for the best, crosses for what diverged. */
void tw_draw_sensitivity (cairo_t *cr, const TwTheme *theme, const TwRect *rect, const TwSensitivityAxes *axes,
                          const TwSensitivity *curve, const TwLineStyle *style, double line_width);

G_END_DECLS
