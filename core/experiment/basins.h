/* basins.h: which minimum an optimizer reaches from everywhere, and how fast.
 *
 * One run from the middle of each cell of a grid over a landscape, coarse to fine (refinement.h).  A run that
 * comes within `tolerance` of the known minimum has reached the known minimiser that is nearest to it then.  Any
 * other run has reached a minimum if its loss has come to rest beside one: Newton's method is started where it
 * ended, and finds a point that is not far, not more than `tolerance` lower, and lower than all around it.
 *
 * Letters: W cells along each side.
 */
#pragma once

#include <gio/gio.h>

#include "core/experiment/experiment.h"
#include "core/experiment/refinement.h"

G_BEGIN_DECLS

#define TW_BASINS_LEVELS 4
#define TW_BASINS_SIZE 128       /* W where nothing else is wanted */
#define TW_BASINS_TOLERANCE 1e-3 /* as in the table of results */
#define TW_BASINS_MAX_MINIMA 1000

/* Instead of the number of a minimum. */
enum { TW_BASIN_NONE = -1, TW_BASIN_DIVERGED = -2 };

typedef struct {
  double point[2], loss;
  gboolean best; /* as low as the minimum that is known of the landscape */
  gsize n;       /* cells from which it is reached, as counted */
} TwBasinMinimum;

typedef struct {
  TwRefinement refinement; /* W by W */
  double domain[4];        /* x0, x1, y0, y1 */
  double tolerance;
  guint64 n_steps;         /* of each run */
  gboolean best_known;     /* the landscape has a known minimum; otherwise every minimum is as good */
  guint8 *done;            /* (W, W) row 0 at y0 */
  gint16 *minimum;         /* (W, W) number of one below, or TW_BASIN_* */
  float *steps;            /* (W, W) until it was reached; NAN: it was not */
  GArray *minima;          /* of TwBasinMinimum: the known ones, then those that were found */
  gsize n_done;

  /* As counted over the finest level that is complete; all 0 before the first is. */
  guint n_levels_done;
  gsize n_cells, n_best, n_reached, n_diverged; /* n_best: a best one, n_reached: any */
  double median_steps;                          /* of those n_best, or n_reached where none is known; NAN: none */
  double fast_steps, slow_steps;                /* in which the fastest and the slowest twentieth of all n_reached get there */
} TwBasins;

typedef void (*TwBasinsNews) (const TwBasins *so_far, gpointer data);

/* Runs optimizer number `optimizer` of the experiment over `domain` (NULL: the landscape's own); its starts do
 * not matter.  `size` W is a multiple of 8.  `news` (or NULL) is told after every batch, on the calling thread.
 * The same for any number of threads.  Errors: what the experiment has wrong, a problem that is no landscape,
 * cancelled. */
TwBasins *tw_basins_compute (const TwExperiment *experiment, gsize optimizer, const double *domain, guint size,
                             guint n_threads, GCancellable *cancellable, TwBasinsNews news, gpointer data,
                             GError **error);
TwBasins *tw_basins_copy (const TwBasins *basins);
void tw_basins_free (TwBasins *basins);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwBasins, tw_basins_free)

void tw_basins_get_point (const TwBasins *basins, guint cell, double point[2]); /* its middle */
/* FALSE outside the domain. */
gboolean tw_basins_get_cell (const TwBasins *basins, double x, double y, guint *cell);
/* Minima in the order in which they are numbered for people: the best, then by the cells that reach them.
 * order (n minima) out. */
void tw_basins_order (const TwBasins *basins, guint *order);
/* In a sentence: "Reaches the minimum from 87 % of 16384 starts, in 93 steps (median); diverges from 13 %.". */
char *tw_basins_describe (const TwBasins *basins);

G_END_DECLS
