#include "core/experiment/snapshots.h"

#include <math.h>

static void
choose_steps (TwSnapshots *snapshots, guint64 n_steps)
{
  gsize n = snapshots->n;

  for (gsize i = 0; i < n; i++) {
    double share = pow ((double)i / (double)(n - 1), 1.5);
    guint64 step = (guint64)llround (share * (double)n_steps);
    if (i > 0)
      step = MAX (step, snapshots->steps[i - 1] + 1);
    snapshots->steps[i] = MIN (step, n_steps - (n - 1 - i)); /* room for those that follow */
  }
}

/* How many snapshots of each run fit, of how many starts, where each costs `positions` of all optimizers together. */
static gsize
count (gsize room, gsize n_optimizers, gsize positions, gsize n_starts, guint64 n_steps, gsize *starts)
{
  gsize total = MIN (room / positions * n_optimizers, TW_SNAPSHOTS_MAX);
  gsize few = (gsize)MIN (n_steps + 1, TW_SNAPSHOTS_FEW);

  *starts = CLAMP (total / (n_optimizers * few), 1, n_starts);
  gsize n = MIN (total / (n_optimizers * *starts), TW_SNAPSHOTS_PER_RUN);
  return (gsize)MIN (n, n_steps + 1);
}

TwSnapshots *
tw_snapshots_new (gsize n_optimizers, const gboolean *attends, gsize n_starts, guint64 n_steps, gsize dim, gsize budget)
{
  if (dim < 2 || n_optimizers == 0 || n_starts == 0 || n_steps == 0)
    return NULL;
  gsize room = budget / (dim * sizeof (float)), few = (gsize)MIN (n_steps + 1, TW_SNAPSHOTS_FEW), n_attend = 0, starts;
  for (gsize o = 0; attends != NULL && o < n_optimizers; o++)
    n_attend += attends[o] ? 1 : 0;
  gsize n = count (room, n_optimizers, n_optimizers + n_attend, n_starts, n_steps, &starts);
  if (n < few) {
    n_attend = 0;
    n = count (room, n_optimizers, n_optimizers, n_starts, n_steps, &starts);
  }
  if (n < 2)
    return NULL;
  gsize of_each = starts * n * dim;
  float *values = g_try_new (float, (n_optimizers + n_attend) * of_each);
  if (values == NULL)
    return NULL;

  TwSnapshots *snapshots = g_new0 (TwSnapshots, 1);
  snapshots->n_starts = starts;
  snapshots->n = n;
  snapshots->dim = dim;
  snapshots->steps = g_new (guint64, n);
  snapshots->values = values;
  snapshots->attended = g_new0 (float *, n_optimizers);
  values += n_optimizers * of_each; /* those that attend come last */
  for (gsize o = 0; n_attend > 0 && o < n_optimizers; o++)
    if (attends[o]) {
      snapshots->attended[o] = values;
      values += of_each;
    }
  snapshots->bytes = sizeof *snapshots + n * sizeof (guint64) + n_optimizers * sizeof (float *) +
                     (n_optimizers + n_attend) * of_each * sizeof (float);
  choose_steps (snapshots, n_steps);
  return snapshots;
}

void
tw_snapshots_free (TwSnapshots *snapshots)
{
  if (snapshots == NULL)
    return;
  g_free (snapshots->steps);
  g_free (snapshots->values);
  g_free (snapshots->attended);
  g_free (snapshots);
}
