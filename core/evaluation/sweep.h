/* sweep.h: the last loss of one optimizer over two of its settings.
 *
 * One cell is one pair of values, run from the starts of the experiment (the first TW_SWEEP_MAX_STARTS) for its
 * steps, coarse to fine (refinement.h).  A cell is judged as a trial of tuning.h is: by the median over starts of
 * the last loss, infinite where a run diverged.
 *
 * Letters: W values across, H values up.
 */
#pragma once

#include <gio/gio.h>

#include "core/experiment/experiment.h"
#include "core/experiment/refinement.h"

G_BEGIN_DECLS

#define TW_SWEEP_LEVELS 3
#define TW_SWEEP_CELLS 32 /* along an axis of numbers */
#define TW_SWEEP_MAX_STARTS 4

typedef enum {
  TW_SWEEP_LINEAR,
  TW_SWEEP_LOG,
  TW_SWEEP_DECAY, /* log of 1 - value: 0, 0.9, 0.99, 0.999 are evenly spaced */
  TW_SWEEP_CHOICE /* words; their numbers are the values */
} TwSweepScale;

typedef struct {
  const TwParam *param; /* of the optimizer's table, which lives as long as the program */
  TwSweepScale scale;
  double min, max;      /* the outer edges of the first and the last cell */
  guint n;
} TwSweepAxis;

/* The settings of an optimizer that can be an axis, the learning rate first where it has one; axes (n) is to be
 * freed, NULL where there are none.  Numbers of the schedule are left out unless the spec has one.  An axis covers
 * what is usual and makes a difference on a problem of dim coordinates, and the present value of the spec. */
TwSweepAxis *tw_sweep_list_axes (const char *spec, gsize dim, gsize *n);
/* The second axis to begin with, where the first is axes[0]: a decay such as beta1 where there is one. */
gsize tw_sweep_second_axis (const TwSweepAxis *axes, gsize n);

/* Another range than the usual one.  Errors (TW_ERROR_INPUT): words have none, it is empty, or the setting may not be so. */
gboolean tw_sweep_axis_set_range (TwSweepAxis *axis, double from, double to, GError **error);

double tw_sweep_axis_value (const TwSweepAxis *axis, guint i);           /* of cell i, rounded for people */
char *tw_sweep_axis_text (const TwSweepAxis *axis, guint i);             /* the same as it stands in a spec */
double tw_sweep_axis_position (const TwSweepAxis *axis, double value);   /* 0 to 1 along the axis; not clamped */
/* The spec's value, or the default on a problem of n coordinates. */
double tw_sweep_axis_present (const TwSweepAxis *axis, const char *spec, gsize n);

typedef struct {
  TwRefinement refinement; /* W by H */
  TwSweepAxis x, y;
  guint64 n_steps;
  gsize n_starts;
  double minimum; /* of the problem, NAN where it is not known */
  double start;   /* median over starts of the first loss */
  guint8 *done;   /* (H, W) row 0 is the least value */
  double *loss;   /* (H, W) INFINITY where it diverged */
  gsize n_done, n_diverged;
  gsize best;     /* index of the lowest loss, of equal ones amid the most of them; W H where there is none */
  guint n_levels_done;
} TwSweep;

typedef void (*TwSweepNews) (const TwSweep *so_far, gpointer data);

/* `news` (or NULL) is told after every batch, on the calling thread.  The same for any number of threads.
 * Errors: what the experiment has wrong, more losses than fit in memory, cancelled. */
TwSweep *tw_sweep_compute (const TwExperiment *experiment, gsize optimizer, const TwSweepAxis *x, const TwSweepAxis *y,
                           guint n_threads, GCancellable *cancellable, TwSweepNews news, gpointer data, GError **error);
TwSweep *tw_sweep_copy (const TwSweep *sweep);
void tw_sweep_free (TwSweep *sweep);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwSweep, tw_sweep_free)

/* The spec with the two values of a cell in it. */
char *tw_sweep_make_spec (const TwSweepAxis *x, const TwSweepAxis *y, const char *spec, guint column, guint row);
/* The known minimum, or the lowest of the map, and the loss above it. */
double tw_sweep_get_offset (const TwSweep *sweep);
double tw_sweep_get_excess (const TwSweep *sweep, gsize cell);
/* In a sentence: "Lowest at lr = 0.12, beta1 = 0.86: 3.2e-09 above the minimum; 12 % diverge." */
char *tw_sweep_describe (const TwSweep *sweep);

G_END_DECLS
