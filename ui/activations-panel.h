/* activations-panel.h: the three levels of the learned optimizer's RNN over time. */
#pragma once

#include "ui/panel.h"

G_BEGIN_DECLS

#define TW_TYPE_ACTIVATIONS_PANEL (tw_activations_panel_get_type ())
G_DECLARE_FINAL_TYPE (TwActivationsPanel, tw_activations_panel, TW, ACTIVATIONS_PANEL, TwPanel)

TwPanel *tw_activations_panel_new (TwSession *session);

G_END_DECLS
