/* color-scheme.h: light or dark as the desktop says, or as the user chose. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

typedef enum { TW_COLOR_SCHEME_SYSTEM, TW_COLOR_SCHEME_LIGHT, TW_COLOR_SCHEME_DARK } TwColorScheme;

/* Asks the desktop (org.freedesktop.portal.Settings) once, and listens for changes, until it is freed.
 * GTK 4 does not do that by itself.  Where nobody answers, GTK's own setting stands. */
typedef struct _TwColorSchemeWatch TwColorSchemeWatch;
TwColorSchemeWatch *tw_color_scheme_watch_new (void);
void tw_color_scheme_watch_set (TwColorSchemeWatch *watch, TwColorScheme scheme);
void tw_color_scheme_watch_free (TwColorSchemeWatch *watch);

G_END_DECLS
