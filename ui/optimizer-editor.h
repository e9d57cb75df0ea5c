/* optimizer-editor.h: the settings of one optimizer of the experiment, in a popover. */
#pragma once

#include <gtk/gtk.h>

#include "ui/drawing/looks.h"
#include "ui/session.h"

G_BEGIN_DECLS

#define TW_TYPE_OPTIMIZER_EDITOR (tw_optimizer_editor_get_type ())
G_DECLARE_FINAL_TYPE (TwOptimizerEditor, tw_optimizer_editor, TW, OPTIMIZER_EDITOR, GtkPopover)

GtkWidget *tw_optimizer_editor_new (TwSession *session);
/* Which one it edits; shows it. */
void tw_optimizer_editor_open (TwOptimizerEditor *editor, gsize optimizer);
gsize tw_optimizer_editor_get_optimizer (TwOptimizerEditor *editor);

/* "Adam lr=0.05", or the user's name. */
char *tw_optimizer_words (const TwExperiment *experiment, gsize optimizer);

G_END_DECLS
