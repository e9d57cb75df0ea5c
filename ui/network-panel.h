/* network-panel.h: the network of one optimizer at the moment that is shown: what it answers for every input of two
 * features, the filters of its first layer, what it gets wrong.
 *
 * Each view is painted in the background from the snapshot that is nearest to the step, and says which that is.
 */
#pragma once

#include "ui/drawing/network.h"
#include "ui/network-focus.h"

G_BEGIN_DECLS

#define TW_TYPE_NETWORK_PANEL (tw_network_panel_get_type ())
G_DECLARE_FINAL_TYPE (TwNetworkPanel, tw_network_panel, TW, NETWORK_PANEL, TwPanel)

TwPanel *tw_network_panel_new (TwNetworkFocus *focus, TwNetworkView view);
/* Whether a problem has what the view shows. */
gboolean tw_network_view_applies (TwNetworkView view, const TwProblem *problem);

/* The step of the network that stands on the screen; FALSE: none does yet. */
gboolean tw_network_panel_get_step (TwNetworkPanel *self, guint64 *step);
/* What it says about it: "720 of 800 right". */
const char *tw_network_panel_get_words (TwNetworkPanel *self);

G_END_DECLS
