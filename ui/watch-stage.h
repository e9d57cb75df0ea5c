/* watch-stage.h: the stage: the landscape of problems of two coordinates; of others a plane through parameter space and,
 * where a network learns from data, what it has learned. */
#pragma once

#include "ui/plane-panel.h"
#include "ui/session.h"

G_BEGIN_DECLS

/* `landscape`: the landscape as it stands in the window. */
GtkWidget *tw_watch_stage_new (TwSession *session, GtkWidget *landscape);
TwPlanePanel *tw_watch_stage_get_plane (GtkWidget *stage);

G_END_DECLS
