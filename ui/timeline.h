/* timeline.h: the bar under everything: play, pause, step forward and back, scrub, speed, loop.
 *
 * Its buttons are the actions "win.play", "win.step-back", ... of the window.
 */
#pragma once

#include <gtk/gtk.h>

#include "ui/session.h"

G_BEGIN_DECLS

#define TW_TYPE_TIMELINE (tw_timeline_get_type ())
G_DECLARE_FINAL_TYPE (TwTimeline, tw_timeline, TW, TIMELINE, GtkWidget)

GtkWidget *tw_timeline_new (TwSession *session);

G_END_DECLS
