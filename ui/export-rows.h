/* export-rows.h: the controls of the export window: a column of rows, each a word of TwExportSettings.  Only those are
 * shown that say something about the kind of file that is chosen. */
#pragma once

#include <gtk/gtk.h>

#include "ui/export-settings.h"

G_BEGIN_DECLS

typedef struct _TwExportRows TwExportRows;

/* Freed with its widget; `settings` must outlive it. */
TwExportRows *tw_export_rows_new (TwExportSettings *settings);
GtkWidget *tw_export_rows_get_widget (TwExportRows *rows);
/* The optimizers to choose from, those that are on at first, and the number of steps.  Nothing changes where they are
 * as before. */
void tw_export_rows_set_experiment (TwExportRows *rows, const TwExperiment *experiment, const gboolean *enabled);
/* As if it were typed; of a row of text. */
void tw_export_rows_set_text (TwExportRows *rows, const char *key, const char *word);
/* As if it were chosen; of a row of words. */
void tw_export_rows_choose (TwExportRows *rows, const char *key, const char *word);
/* After any change of the settings. */
void tw_export_rows_update (TwExportRows *rows);

G_END_DECLS
