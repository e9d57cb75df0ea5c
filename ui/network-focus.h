/* network-focus.h: whose network is looked at, and at which of the moments that were kept of it.
 *
 * The views of one stage share a focus.  It keeps nothing of the trace.  Signal "changed" () when another
 * optimizer was chosen.
 */
#pragma once

#include "ui/panel.h"

G_BEGIN_DECLS

#define TW_TYPE_NETWORK_FOCUS (tw_network_focus_get_type ())
G_DECLARE_FINAL_TYPE (TwNetworkFocus, tw_network_focus, TW, NETWORK_FOCUS, GObject)

TwNetworkFocus *tw_network_focus_new (TwSession *session);
TwSession *tw_network_focus_get_session (TwNetworkFocus *focus);

/* The chosen one of the optimizers that are switched on and have snapshots, else the first of them; -1: none. */
gssize tw_network_focus_get_optimizer (TwNetworkFocus *focus);
void tw_network_focus_set_optimizer (TwNetworkFocus *focus, gsize optimizer);
/* The snapshot of its first start that is nearest to the session's step; FALSE: none yet. */
gboolean tw_network_focus_get_snapshot (TwNetworkFocus *focus, gsize *snapshot, guint64 *step);

/* A drop-down list of the optimizers that can be looked at; hidden where there is no choice. */
GtkWidget *tw_network_focus_chooser_new (TwNetworkFocus *focus);

G_END_DECLS
