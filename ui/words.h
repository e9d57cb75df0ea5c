/* words.h: what a control is called, for eyes (a tooltip) and for screen readers. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* "One step back (Left)": all of it as tooltip, without the key in brackets as accessible name. */
void tw_set_words (GtkWidget *widget, const char *words);
/* The accessible name alone, where the widget has no text of its own. */
void tw_set_name (GtkWidget *widget, const char *name);

G_END_DECLS
