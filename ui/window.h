/* window.h: the window: a header bar, the panels of one session, and the timeline. */
#pragma once

#include <gtk/gtk.h>

#include "ui/session.h"

G_BEGIN_DECLS

#define TW_TYPE_WINDOW (tw_window_get_type ())
G_DECLARE_FINAL_TYPE (TwWindow, tw_window, TW, WINDOW, GtkApplicationWindow)

TwWindow *tw_window_new (GtkApplication *application, TwSession *session);
TwSession *tw_window_get_session (TwWindow *window);
/* Its experiment is the one of this file, as it is there. */
void tw_window_set_file (TwWindow *window, const char *path);

G_END_DECLS
