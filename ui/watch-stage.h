/* watch-stage.h: the stage: the landscape of problems of two coordinates; of others a plane through parameter space and,
 * where a network learns from data, what it has learned. */
#pragma once

#include "ui/session.h"
#include <gtk/gtk.h>

G_BEGIN_DECLS

/* `landscape`: the landscape as it stands in the window. */
GtkWidget *tw_watch_stage_new (TwSession *session, GtkWidget *landscape);

G_END_DECLS
