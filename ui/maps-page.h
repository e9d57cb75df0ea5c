/* maps-page.h: maps of one optimizer: over all starts, and over two of its settings. */
#pragma once

#include "ui/landscape-panel.h"
#include "ui/map-panel.h"

G_BEGIN_DECLS

#define TW_TYPE_MAPS_PAGE (tw_maps_page_get_type ())
G_DECLARE_FINAL_TYPE (TwMapsPage, tw_maps_page, TW, MAPS_PAGE, GtkBox)

/* Maps the part of the landscape that is shown there. */
GtkWidget *tw_maps_page_new (TwSession *session, TwLandscapePanel *landscape);
gsize tw_maps_page_get_optimizer (TwMapsPage *page); /* whose maps they are: its number in the experiment */

G_END_DECLS
