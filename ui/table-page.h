/* table-page.h: the comparison in numbers, sortable, to be copied into a report. */
#pragma once

#include <gtk/gtk.h>

#include "ui/session.h"

G_BEGIN_DECLS

#define TW_TYPE_TABLE_PAGE (tw_table_page_get_type ())
G_DECLARE_FINAL_TYPE (TwTablePage, tw_table_page, TW, TABLE_PAGE, GtkWidget)

GtkWidget *tw_table_page_new (TwSession *session);
/* What the copy button copies; g_free(). NULL while there is no trace. */
char *tw_table_page_to_tsv (TwTablePage *page);

G_END_DECLS
