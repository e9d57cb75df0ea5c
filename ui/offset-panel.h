/* offset-panel.h: how far from its position each learned optimizer looks, over the steps. */
#pragma once

#include "ui/panel.h"

G_BEGIN_DECLS

#define TW_TYPE_OFFSET_PANEL (tw_offset_panel_get_type ())
G_DECLARE_FINAL_TYPE (TwOffsetPanel, tw_offset_panel, TW, OFFSET_PANEL, TwPanel)

TwPanel *tw_offset_panel_new (TwSession *session);

G_END_DECLS
