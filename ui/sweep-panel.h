/* sweep-panel.h: the last loss of an optimizer over two of its settings; a click takes those of a cell. */
#pragma once

#include "core/evaluation/sweep.h"
#include "ui/map-panel.h"

G_BEGIN_DECLS

#define TW_TYPE_SWEEP_PANEL (tw_sweep_panel_get_type ())
G_DECLARE_FINAL_TYPE (TwSweepPanel, tw_sweep_panel, TW, SWEEP_PANEL, TwMapPanel)

TwPanel *tw_sweep_panel_new (TwSession *session);
const TwSweep *tw_sweep_panel_get_sweep (TwSweepPanel *panel); /* NULL: none yet */

G_END_DECLS
