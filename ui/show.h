/* show.h: the way in from the command line; needs no GTK header. */
#pragma once

#include "core/experiment/experiment.h"

G_BEGIN_DECLS

/* Opens the window on a copy of `experiment` (NULL: the opening comparison), playing, and returns the exit
 * status when it was closed; `file` is where it is kept unchanged, or NULL; 2 and a line on standard error where there is no display. */
int tw_ui_show (const TwExperiment *experiment, const char *file, int *argc, char ***argv);

G_END_DECLS
