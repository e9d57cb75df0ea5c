/* curves-panel.h: a number of every run over its steps: the loss, the length of the gradient, ... */
#pragma once

#include "ui/drawing/axis.h"
#include "ui/drawing/metrics.h"
#include "ui/panel.h"

G_BEGIN_DECLS

#define TW_TYPE_CURVES_PANEL (tw_curves_panel_get_type ())
G_DECLARE_FINAL_TYPE (TwCurvesPanel, tw_curves_panel, TW, CURVES_PANEL, TwPanel)

TwPanel *tw_curves_panel_new (TwSession *session);
TwMetric tw_curves_panel_get_metric (TwCurvesPanel *self);
/* What is read out under the pointer: one line per optimizer, from the largest value down ("Adam\t0.0123"),
 * or NULL where the pointer is elsewhere. */
char *tw_curves_panel_read_out (TwCurvesPanel *self);
/* What stands in the place of the curves where there are none; NULL: curves. */
const char *tw_curves_panel_get_words (TwCurvesPanel *self);
/* The axes that are shown, in the widget. */
void tw_curves_panel_get_axes (TwCurvesPanel *self, TwRect *rect, TwAxis *x, TwAxis *y);

G_END_DECLS
