/* crew.h: threads that stay, for work that comes in short rounds.
 *
 * A round of meta-training takes a few milliseconds, and to make a thread and to join it takes a tenth of that.
 * A crew keeps its threads between the rounds; what waits for the other side looks for a moment before it goes to sleep, since being
 * woken takes as long as being made.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _TwCrew TwCrew;

/* `member` is 0 to n_members - 1; 0 runs in the thread that called. */
typedef void (*TwCrewWork) (gpointer data, guint member);

/* n_members >= 1; one less threads are made, at the first round. */
TwCrew *tw_crew_new (guint n_members, TwCrewWork work, gpointer data);
/* Each member does its work once; returns when all have.  What the caller wrote before is seen by all, and the
 * other way round. */
void tw_crew_run (TwCrew *crew);
void tw_crew_free (TwCrew *crew);

G_END_DECLS
