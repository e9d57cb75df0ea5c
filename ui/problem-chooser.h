/* problem-chooser.h: the button in the header bar that chooses the landscape, with a search. */
#pragma once

#include <gtk/gtk.h>

#include "ui/session.h"

G_BEGIN_DECLS

#define TW_TYPE_PROBLEM_CHOOSER (tw_problem_chooser_get_type ())
G_DECLARE_FINAL_TYPE (TwProblemChooser, tw_problem_chooser, TW, PROBLEM_CHOOSER, GtkWidget)

GtkWidget *tw_problem_chooser_new (TwSession *session);
void tw_problem_chooser_popup (TwProblemChooser *self);

G_END_DECLS
