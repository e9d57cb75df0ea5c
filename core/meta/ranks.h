/* ranks.h: the processes that train together, started by mpirun; without MPI, or alone, there is one.
 *
 * Calls marked collective are made by every rank, in the same order.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Before anything else; argc and argv as main() got them. */
void tw_ranks_init (int *argc, char ***argv);
void tw_ranks_finish (void);
guint tw_ranks_get_rank (void);
guint tw_ranks_get_size (void);
static inline gboolean
tw_ranks_is_first (void)
{
  return tw_ranks_get_rank () == 0;
}

/* Collective: values (n) of all ranks added up, on all of them. */
void tw_ranks_sum (double *values, gsize n);
/* Collective: what rank 0 says. */
gboolean tw_ranks_decide (gboolean yes);
/* Collective: `bytes` of rank `owner`, on rank 0; NULL on the others.  `bytes` is read on the owner only. */
GBytes *tw_ranks_fetch (GBytes *bytes, guint owner);

G_END_DECLS
