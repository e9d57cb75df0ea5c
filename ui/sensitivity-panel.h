/* sensitivity-panel.h: the loss at the end against the learning rate, one curve per optimizer. */
#pragma once

#include "core/evaluation/tuning.h"
#include "ui/panel.h"

G_BEGIN_DECLS

#define TW_TYPE_SENSITIVITY_PANEL (tw_sensitivity_panel_get_type ())
G_DECLARE_FINAL_TYPE (TwSensitivityPanel, tw_sensitivity_panel, TW, SENSITIVITY_PANEL, TwPanel)

/* A point that was clicked: what its optimizer would be with that learning rate. */
typedef void (*TwSensitivityClicked) (gsize optimizer, double lr, gpointer data);

TwPanel *tw_sensitivity_panel_new (TwSession *session, TwSensitivityClicked clicked, gpointer data);
/* `tuning` must stay until the next call; styles (O), names (O) of the optimizers.  NULL: nothing. */
void tw_sensitivity_panel_set_tuning (TwSensitivityPanel *panel, const TwTuning *tuning,
                                      const TwLineStyle *const *styles, const char *const *names);
/* Where trial `i` of an optimizer stands, in pixels; FALSE where it is not drawn. */
gboolean tw_sensitivity_panel_get_point (TwSensitivityPanel *panel, gsize optimizer, gsize i, double *x, double *y);
/* What is read out under the pointer, a name, a tab and a number on each line; NULL where nothing is. */
char *tw_sensitivity_panel_read_out (TwSensitivityPanel *panel);

G_END_DECLS
