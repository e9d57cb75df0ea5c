/* response-panel.h: the step as a function of the gradient at this moment, beside hand-designed optimizers. */
#pragma once

#include "ui/inside-focus.h"

G_BEGIN_DECLS

#define TW_TYPE_RESPONSE_PANEL (tw_response_panel_get_type ())
G_DECLARE_FINAL_TYPE (TwResponsePanel, tw_response_panel, TW, RESPONSE_PANEL, TwPanel)

TwPanel *tw_response_panel_new (TwInsideFocus *focus);

G_END_DECLS
