/* step-panel.h: what goes into the Parameter RNN of one coordinate at this step, and what comes out. */
#pragma once

#include "ui/inside-focus.h"

G_BEGIN_DECLS

#define TW_TYPE_STEP_PANEL (tw_step_panel_get_type ())
G_DECLARE_FINAL_TYPE (TwStepPanel, tw_step_panel, TW, STEP_PANEL, TwPanel)

TwPanel *tw_step_panel_new (TwInsideFocus *focus);

G_END_DECLS
