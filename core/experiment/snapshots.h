/* snapshots.h: whole positions of runs at a bounded number of steps, for what needs all coordinates: a plane
 * through parameter space, the network at that moment.
 *
 * The same steps for every run: 0, K, and between them most where paths move fastest, at the start
 * (step i of n at K (i / (n - 1))^1.5).  Memory is bounded: at most TW_SNAPSHOTS_MAX positions of all runs
 * together, and `budget` bytes.  Where that is not enough for TW_SNAPSHOTS_FEW of each run, only the first
 * starts are kept; where not even for two of the first start, none.  Of optimizers that attend elsewhere than
 * where they stand, the attended point is kept too, unless TW_SNAPSHOTS_FEW of each run would not fit then.
 *
 * Letters: O optimizers, A of them attend, N starts, S of them kept, K steps, D coordinates, n snapshots per run.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define TW_SNAPSHOTS_PER_RUN 128
#define TW_SNAPSHOTS_MAX 512
#define TW_SNAPSHOTS_FEW 8
/* What the window keeps at most. */
#define TW_SNAPSHOTS_BYTES ((gsize)512 << 20)

typedef struct {
  gsize n_starts, n, dim; /* S, n, D */
  guint64 *steps;         /* (n) ascending */
  float *values;          /* (O, S, n, D) */
  float **attended;       /* (O) each (S, n, D), or NULL: it does not attend elsewhere, or there was no room */
  gsize bytes;
} TwSnapshots;

/* attends (O): NULL, or which optimizers have an attended point.  NULL where there is no room, or nothing to choose
 * a plane from (D < 2). */
TwSnapshots *tw_snapshots_new (gsize n_optimizers, const gboolean *attends, gsize n_starts, guint64 n_steps, gsize dim,
                               gsize budget);
void tw_snapshots_free (TwSnapshots *snapshots);

static inline float *
tw_snapshots_get (const TwSnapshots *snapshots, gsize optimizer, gsize start, gsize i)
{
  return snapshots->values +
         ((optimizer * snapshots->n_starts + start) * snapshots->n + i) * snapshots->dim;
}

/* The attended point of the same; NULL where none is kept. */
static inline float *
tw_snapshots_get_attended (const TwSnapshots *snapshots, gsize optimizer, gsize start, gsize i)
{
  float *values = snapshots->attended[optimizer];

  return values != NULL ? values + (start * snapshots->n + i) * snapshots->dim : NULL;
}

G_END_DECLS
