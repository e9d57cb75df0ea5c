/* formula-bar.h: a landscape of one's own, typed; every formula that is right is shown at once. */
#pragma once

#include <gtk/gtk.h>

#include "ui/session.h"

G_BEGIN_DECLS

#define TW_TYPE_FORMULA_BAR (tw_formula_bar_get_type ())
G_DECLARE_FINAL_TYPE (TwFormulaBar, tw_formula_bar, TW, FORMULA_BAR, GtkWidget)

GtkWidget *tw_formula_bar_new (TwSession *session);
/* Begins with the formula of the landscape that is shown. */
void tw_formula_bar_open (TwFormulaBar *bar);
void tw_formula_bar_close (TwFormulaBar *bar);
gboolean tw_formula_bar_is_open (TwFormulaBar *bar);

G_END_DECLS
