/* landscape-panel.h: the landscape with the runs on it.  A click or a drag moves the start. */
#pragma once

#include "ui/drawing/landscape.h"
#include "ui/panel.h"

G_BEGIN_DECLS

#define TW_TYPE_LANDSCAPE_PANEL (tw_landscape_panel_get_type ())
G_DECLARE_FINAL_TYPE (TwLandscapePanel, tw_landscape_panel, TW, LANDSCAPE_PANEL, TwPanel)

TwPanel *tw_landscape_panel_new (TwSession *session);
/* Where coordinates stand in the widget; FALSE while there is no landscape. */
gboolean tw_landscape_panel_get_view (TwLandscapePanel *self, TwView *view);

G_END_DECLS
