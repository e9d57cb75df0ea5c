/* basins-panel.h: which minimum an optimizer reaches from everywhere, and how fast; a start is set by clicking. */
#pragma once

#include "core/experiment/basins.h"
#include "ui/map-panel.h"

G_BEGIN_DECLS

#define TW_TYPE_BASINS_PANEL (tw_basins_panel_get_type ())
G_DECLARE_FINAL_TYPE (TwBasinsPanel, tw_basins_panel, TW, BASINS_PANEL, TwMapPanel)

TwPanel *tw_basins_panel_new (TwSession *session);
/* The part of the landscape to map; NULL: all of it. */
void tw_basins_panel_set_domain (TwBasinsPanel *panel, const double *domain);
const TwBasins *tw_basins_panel_get_basins (TwBasinsPanel *panel); /* NULL: none yet */

G_END_DECLS
