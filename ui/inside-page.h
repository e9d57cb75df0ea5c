/* inside-page.h: the page that looks into the learned optimizer: one choice of coordinate, several panels. */
#pragma once

#include <gtk/gtk.h>

#include "ui/session.h"

G_BEGIN_DECLS

GtkWidget *tw_inside_page_new (TwSession *session);

G_END_DECLS
