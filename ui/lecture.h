/* lecture.h: the steps told in words under the panels, and the mode for a lecture hall.
 *
 * Adds actions to the window: win.lecture (full screen, large type and strokes, and the words), win.narration
 * (the words alone), win.narrate-next and win.narrate-previous (which optimizer), win.toggle-optimizer (i,
 * from 0).
 */
#pragma once

#include <gtk/gtk.h>

#include "ui/session.h"

G_BEGIN_DECLS

#define TW_TYPE_LECTURE (tw_lecture_get_type ())
G_DECLARE_FINAL_TYPE (TwLecture, tw_lecture, TW, LECTURE, GtkWidget)

GtkWidget *tw_lecture_new (GtkApplicationWindow *window, TwSession *session);

G_END_DECLS
