/* export-series.h: which optimizers the exported file shows: a button with a list of them, the setting "series". */
#pragma once

#include <gtk/gtk.h>

#include "ui/export-settings.h"

G_BEGIN_DECLS

/* `settings` must outlive it. */
GtkWidget *tw_export_series_new (TwExportSettings *settings);
/* The optimizers to choose from and (one each) those that are on at first.  Nothing changes where they are as before. */
void tw_export_series_set_experiment (GtkWidget *series, const TwExperiment *experiment, const gboolean *enabled);

G_END_DECLS
