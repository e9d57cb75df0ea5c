/* inside-page.h: the page that looks into the learned optimizer: one choice of coordinate, several panels, and
 * interventions, which add a changed copy of it to the experiment. */
#pragma once

#include <gtk/gtk.h>

#include "ui/inside-focus.h"

G_BEGIN_DECLS

#define TW_TYPE_INSIDE_PAGE (tw_inside_page_get_type ())
G_DECLARE_FINAL_TYPE (TwInsidePage, tw_inside_page, TW, INSIDE_PAGE, GtkBox)

GtkWidget *tw_inside_page_new (TwSession *session);
TwInsideFocus *tw_inside_page_get_focus (TwInsidePage *page);

G_END_DECLS
