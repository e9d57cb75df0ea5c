/* optimizer-list.h: the optimizers of the comparison: switch, colour and dash, loss at this moment, settings;
 * and a button that adds one. */
#pragma once

#include <gtk/gtk.h>

#include "ui/session.h"

G_BEGIN_DECLS

#define TW_TYPE_OPTIMIZER_LIST (tw_optimizer_list_get_type ())
G_DECLARE_FINAL_TYPE (TwOptimizerList, tw_optimizer_list, TW, OPTIMIZER_LIST, GtkWidget)

GtkWidget *tw_optimizer_list_new (TwSession *session);
void tw_optimizer_list_popup_add (TwOptimizerList *list); /* what there is to add */

G_END_DECLS
