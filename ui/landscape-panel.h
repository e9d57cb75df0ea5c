/* landscape-panel.h: the landscape with the runs on it.  A click or a drag moves a start, the
 * wheel zooms, the pointer reads the loss. */
#pragma once

#include "ui/drawing/landscape.h"
#include "ui/panel.h"

G_BEGIN_DECLS

#define TW_TYPE_LANDSCAPE_PANEL (tw_landscape_panel_get_type ())
G_DECLARE_FINAL_TYPE (TwLandscapePanel, tw_landscape_panel, TW, LANDSCAPE_PANEL, TwPanel)

TwPanel *tw_landscape_panel_new (TwSession *session);
/* Where coordinates stand in the widget; FALSE while there is no landscape. */
gboolean tw_landscape_panel_get_view (TwLandscapePanel *self, TwView *view);
/* Whether the ground is there as asked for last: it is painted in the background. */
gboolean tw_landscape_panel_is_painted (TwLandscapePanel *self);
/* FALSE: all of the domain is shown, else the part that is.  The signal "view-changed" tells of zoom and pan. */
gboolean tw_landscape_panel_get_shown (TwLandscapePanel *self, double domain[4]);
/* Where the landscape is seen from as a surface, in degrees: now, or when it was last. */
void tw_landscape_panel_get_camera (TwLandscapePanel *self, double *yaw, double *pitch);

/* What is read out at the pointer: position, loss, gradient; NULL where it is elsewhere. */
char *tw_landscape_panel_read_out (TwLandscapePanel *self);

G_END_DECLS
