/* lessons.h: the gallery of lessons, and the words of the one that is open, above the panels.
 *
 * Adds actions to the window: win.lesson (s, its name), win.next-lesson, win.previous-lesson, win.answer,
 * win.leave-lesson (for what opens something else), win.show-lessons (a switch), win.gallery.
 */
#pragma once

#include "ui/documents.h"

G_BEGIN_DECLS

#define TW_TYPE_LESSONS (tw_lessons_widget_get_type ())
G_DECLARE_FINAL_TYPE (TwLessonsWidget, tw_lessons_widget, TW, LESSONS, GtkWidget)

GtkWidget *tw_lessons_widget_new (GtkApplicationWindow *window, TwSession *session, TwDocuments *documents);
/* The button that opens the gallery, for a header bar. */
GtkWidget *tw_lessons_widget_get_button (TwLessonsWidget *lessons);
/* The session shows lesson i already: its words. */
void tw_lessons_widget_show (TwLessonsWidget *lessons, gsize i);

G_END_DECLS
