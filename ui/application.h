/* application.h: the application object, and the way in from the command line. */
#pragma once

#include <gtk/gtk.h>

#include "ui/window.h"

G_BEGIN_DECLS

#define TW_APPLICATION_ID "org.thalweg.Thalweg"

#define TW_TYPE_APPLICATION (tw_application_get_type ())
G_DECLARE_FINAL_TYPE (TwApplication, tw_application, TW, APPLICATION, GtkApplication)

/* Opens a window on a copy of `experiment` when it is activated; NULL: the opening comparison. */
TwApplication *tw_application_new (const TwExperiment *experiment);
/* The experiment is that of this file; before it runs. */
void tw_application_set_file (TwApplication *application, const char *path);

/* What a window shows when nothing was asked for. */
TwExperiment *tw_opening_experiment (void);

G_END_DECLS
