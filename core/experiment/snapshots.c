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

TwSnapshots *
tw_snapshots_new (gsize n_optimizers, gsize n_starts, guint64 n_steps, gsize dim, gsize budget)
{
  if (dim < 2 || n_optimizers == 0 || n_starts == 0 || n_steps == 0)
    return NULL;
  gsize total = MIN (budget / (dim * sizeof (float)), TW_SNAPSHOTS_MAX);
  gsize few = (gsize)MIN (n_steps + 1, TW_SNAPSHOTS_FEW), starts = CLAMP (total / (n_optimizers * few), 1, n_starts);
  gsize n = MIN (total / (n_optimizers * starts), TW_SNAPSHOTS_PER_RUN);
  if (n > n_steps + 1)
    n = (gsize)(n_steps + 1);
  if (n < 2)
    return NULL;
  gsize count = n_optimizers * starts * n * dim;
  float *values = g_try_new (float, count);
  if (values == NULL)
    return NULL;

  TwSnapshots *snapshots = g_new0 (TwSnapshots, 1);
  snapshots->n_starts = starts;
  snapshots->n = n;
  snapshots->dim = dim;
  snapshots->steps = g_new (guint64, n);
  snapshots->values = values;
  snapshots->bytes = sizeof *snapshots + n * sizeof (guint64) + count * sizeof (float);
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
  g_free (snapshots);
}
