/* export-window.h: what is on screen as a file: a figure, an animation, a report, or the numbers.
 *
 * It stays open beside the window it belongs to, follows its session, and writes the same bytes as the command line.
 */
#pragma once

#include <gtk/gtk.h>

#include "ui/export-screen.h"

G_BEGIN_DECLS

#define TW_TYPE_EXPORT_WINDOW (tw_export_window_get_type ())
G_DECLARE_FINAL_TYPE (TwExportWindow, tw_export_window, TW, EXPORT_WINDOW, GtkWindow)

/* The one of this parent, made where there is none yet, and set to the moment and the view that are on screen now.
 * file (nullable): of the experiment, for a name. */
TwExportWindow *tw_export_window_present (GtkWindow *parent, TwSession *session, const TwExportScreen *screen, GFile *file);

G_END_DECLS
