/* tuning-page.h: "tune fairly": a search in the background, and what it found. */
#pragma once

#include <gtk/gtk.h>

#include "ui/session.h"

G_BEGIN_DECLS

#define TW_TYPE_TUNING_PAGE (tw_tuning_page_get_type ())
G_DECLARE_FINAL_TYPE (TwTuningPage, tw_tuning_page, TW, TUNING_PAGE, GtkWidget)

GtkWidget *tw_tuning_page_new (TwSession *session);
gboolean tw_tuning_page_is_busy (TwTuningPage *page);

G_END_DECLS
