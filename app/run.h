/* run.h: running an experiment from the command line. */
#pragma once

#include "app/experiment-options.h"

G_BEGIN_DECLS

/* Runs it, writes the outputs that were asked for and prints a table.  Returns the exit status. */
int tw_run_and_write (const TwExperiment *experiment, const TwExperimentOptions *options);

G_END_DECLS
