/* preferences.h: what is remembered from one time to the next (schema org.thalweg.Thalweg), and its window.
 */
#pragma once

#include <gtk/gtk.h>

#include "ui/session.h"

G_BEGIN_DECLS

/* The settings of this program; (transfer none).  Also where it is run from the build folder. */
GSettings *tw_settings_get (void);

/* Size of the window: taken from the settings now, and kept in them when it changes. */
void tw_preferences_remember_window (GtkWindow *window);
/* Speed and loop of a new session. */
void tw_preferences_apply_playback (TwSession *session);

GtkWidget *tw_preferences_window_new (GtkWindow *parent);

G_END_DECLS
