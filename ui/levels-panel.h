/* levels-panel.h: the memory of all three levels at this moment, one cell per unit, and what flows between them. */
#pragma once

#include "ui/inside-focus.h"

G_BEGIN_DECLS

#define TW_TYPE_LEVELS_PANEL (tw_levels_panel_get_type ())
G_DECLARE_FINAL_TYPE (TwLevelsPanel, tw_levels_panel, TW, LEVELS_PANEL, TwPanel)

TwPanel *tw_levels_panel_new (TwInsideFocus *focus);
/* What is under a point of the widget, as its tooltip says it: "Parameter RNN of x, unit 3 of 10: -0.431"; NULL
 * for nothing. */
char *tw_levels_panel_describe_at (TwLevelsPanel *self, double x, double y);

G_END_DECLS
