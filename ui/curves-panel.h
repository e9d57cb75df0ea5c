/* curves-panel.h: the loss of every run over its steps. */
#pragma once

#include "ui/panel.h"

G_BEGIN_DECLS

#define TW_TYPE_CURVES_PANEL (tw_curves_panel_get_type ())
G_DECLARE_FINAL_TYPE (TwCurvesPanel, tw_curves_panel, TW, CURVES_PANEL, TwPanel)

TwPanel *tw_curves_panel_new (TwSession *session);

G_END_DECLS
