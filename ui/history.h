/* history.h: the experiments there were, for undo and redo. */
#pragma once

#include "core/experiment/experiment.h"

G_BEGIN_DECLS

#define TW_HISTORY_LENGTH 200
/* Changes of one and the same thing that follow each other within this time (microseconds) are one. */
#define TW_HISTORY_PAUSE (1200 * G_TIME_SPAN_MILLISECOND)

typedef struct _TwHistory TwHistory;

TwHistory *tw_history_new (void);
void tw_history_free (TwHistory *history);
/* `from` is about to be replaced by `to`.  While something is `held`, changes of the same thing are one, however
 * slow, until tw_history_close(). */
void tw_history_note (TwHistory *history, const TwExperiment *from, const TwExperiment *to, gboolean held,
                      gint64 time);
/* Whatever comes next is a change of its own. */
void tw_history_close (TwHistory *history);
gboolean tw_history_can_undo (const TwHistory *history);
gboolean tw_history_can_redo (const TwHistory *history);
/* What there was before or after `now`; NULL where there is nothing.  (transfer full) */
TwExperiment *tw_history_undo (TwHistory *history, const TwExperiment *now);
TwExperiment *tw_history_redo (TwHistory *history, const TwExperiment *now);

/* The two run alike, but labels or line styles may differ. */
gboolean tw_history_only_looks_differ (const TwExperiment *a, const TwExperiment *b);

G_END_DECLS
