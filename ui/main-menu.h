/* main-menu.h: the menu behind the button at the end of the header bar. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

GtkWidget *tw_main_menu_button_new (GMenuModel *recent);

G_END_DECLS
