/* narration.h: a trace in words and numbers: one step of one optimizer, and all of it in a paragraph. */
#pragma once

#include "core/experiment/trace.h"

G_BEGIN_DECLS

/* How run (optimizer, start) came to row `row`: "Adam: g = (-4, 2), m = ..., v = ...; ... so the step is
 * (0.1, -0.1)."  Row 0: where it stands.  A row past its last one tells why it ended.  NULL where the trace
 * has no such row yet.  Problems of more than two coordinates are told by their first two. */
char *tw_narrate_step (const TwTrace *trace, gsize optimizer, gsize start, guint64 row);

/* What was run, and what became of every optimizer, a line each; for many starts the medians. */
char *tw_narrate_trace (const TwTrace *trace);

/* "Adam" of "adam,lr=0.1", and "Adam (lr=0.1)" with its settings. */
char *tw_optimizer_spec_title (const char *spec);
char *tw_optimizer_spec_title_with_keys (const char *spec);

G_END_DECLS
