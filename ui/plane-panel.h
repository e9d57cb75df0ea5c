/* plane-panel.h: the runs of a problem of many coordinates, on a plane through parameter space, with the true loss on
 * that plane under them. */
#pragma once

#include "core/experiment/plane.h"
#include "ui/network-focus.h"

G_BEGIN_DECLS

#define TW_TYPE_PLANE_PANEL (tw_plane_panel_get_type ())
G_DECLARE_FINAL_TYPE (TwPlanePanel, tw_plane_panel, TW, PLANE_PANEL, TwPanel)

TwPanel *tw_plane_panel_new (TwNetworkFocus *focus);

/* Which plane; as the list in the heading does. */
void tw_plane_panel_set_kind (TwPlanePanel *self, TwPlaneKind kind);
TwPlaneKind tw_plane_panel_get_kind (TwPlanePanel *self);
/* The plane that is shown now and how fine the loss on it is known; NULL: none yet.  (transfer none) */
const TwPlane *tw_plane_panel_get_plane (TwPlanePanel *self, gsize *columns, gsize *rows, gboolean *finest);
/* What is read out at a point of the widget: the place and the loss there; NULL: nothing. */
char *tw_plane_panel_read_out (TwPlanePanel *self, double x, double y);

G_END_DECLS
