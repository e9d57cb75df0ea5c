/* autosave.h: a copy of an unsaved experiment in the user's state folder, and those that a crash left there.
 *
 * Every window has a pair NAME.thalweg and NAME.lock; it holds the lock while it lives.  A pair that nobody
 * holds is what a crash left.
 */
#pragma once

#include "core/experiment/experiment.h"

G_BEGIN_DECLS

typedef struct _TwAutosave TwAutosave;

/* NULL where the folder can't be used: there is no autosave then. */
TwAutosave *tw_autosave_new (void);
/* `origin`: where it was opened from, or NULL. */
void tw_autosave_write (TwAutosave *autosave, const TwExperiment *experiment, const char *origin);
void tw_autosave_clear (TwAutosave *autosave); /* nothing is unsaved */
void tw_autosave_free (TwAutosave *autosave);  /* and removes it */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwAutosave, tw_autosave_free)

/* What the last crash left behind, or NULL; it is taken: nobody else will find it.  origin: (out) (nullable).
 * What can't be read is removed. */
TwExperiment *tw_autosave_take_crashed (char **origin);

G_END_DECLS
