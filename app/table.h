/* table.h: a finished run as a short table for the terminal. */
#pragma once

#include "core/experiment/trace.h"

G_BEGIN_DECLS

/* One line per run, or per optimizer with medians where there are several starts. */
void tw_print_table (const TwTrace *trace);

G_END_DECLS
