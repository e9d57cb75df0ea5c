/* optimizer.h: something that turns gradients into updates.
 *
 * An optimizer steps a batch of B runs at once, laid out as a flat list of R rows (TwLayout).  Each run's
 * numbers depend on that run only, to the last bit: alone or in a batch, it is the same run.
 */
#pragma once

#include <glib.h>

#include "core/layout.h"
#include "core/problems/problem.h"
#include "core/spec.h"

G_BEGIN_DECLS

typedef struct _TwOptimizer TwOptimizer;
typedef struct _TwOptimizerType TwOptimizerType;

/* What an optimizer shows of its inside.  A probe has `width` numbers per row, per tensor or per run. */
typedef enum { TW_LEVEL_ROW, TW_LEVEL_TENSOR, TW_LEVEL_RUN } TwLevel;
typedef struct {
  const char *name;                /* "m", "h0", "features": in files */
  const char *title;               /* for people */
  TwLevel level;
  guint width;
  const char *const *unit_names;   /* (width) or NULL */
} TwProbe;

/* One update of all runs.  Where an optimizer has no attended point, phi is NULL and the gradient is the one
 * at theta. */
typedef struct {
  guint64 k;                /* number of this update, from 0; the same for all runs */
  double *theta;            /* (R) in: theta_k, out: theta_{k+1} */
  double *phi;              /* (R) in: where the gradient was taken, out: where the next one is wanted */
  double *gradient;         /* (R) in; may be overwritten */
  const double *loss;       /* (B) at theta_k */
  const guint8 *ended;      /* (B) runs that have ended: their rows may hold anything and need no update */
  /* For the few that evaluate by themselves (newton, lbfgs): the same problem for all runs */
  const TwProblem *problem;
  TwProblemWork *work;      /* for at least B points */
  const TwDraw *draws;      /* (B) of this step */
  guint64 *evaluations;     /* (B) add what was spent beyond the runner's own */
} TwStep;

const TwOptimizerType *const *tw_optimizer_types (gsize *n);
const TwOptimizerType *tw_optimizer_type_by_name (const char *name);  /* NULL where there is none */
const char *tw_optimizer_type_get_name (const TwOptimizerType *type);
const char *tw_optimizer_type_get_title (const TwOptimizerType *type);
const char *tw_optimizer_type_get_summary (const TwOptimizerType *type);  /* one line, with the equation */
const TwParam *tw_optimizer_type_get_params (const TwOptimizerType *type); /* schedule keys included */
/* The number that a parameter has where it is not given, on a problem of n coordinates. */
double tw_optimizer_type_get_initial (const TwOptimizerType *type, const TwParam *param, gsize n);
/* The largest lr that makes a difference on a problem of n coordinates: above it everything is as with it.  INFINITY
 * where there is no bound. */
double tw_optimizer_get_largest_lr (const TwSpec *spec, gsize n);
/* In words what these settings, which must be right, come to on a problem of n coordinates where that is not what they
 * say: a bounded initial learning rate.  NULL: nothing to tell. */
char *tw_optimizer_note (const TwSpec *spec, gsize n);

/* All memory is taken here.  `layout` must outlive it.  Errors: unknown name or key, bad value, a weight file
 * that can't be read, an optimizer that can't do this problem (newton beyond 2-D). */
TwOptimizer *tw_optimizer_new (const TwSpec *spec, const TwLayout *layout, GError **error);
/* Checks a spec without making anything large. */
gboolean tw_optimizer_check (const TwSpec *spec, GError **error);
void tw_optimizer_free (TwOptimizer *optimizer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwOptimizer, tw_optimizer_free)

const TwOptimizerType *tw_optimizer_get_type (const TwOptimizer *optimizer);
gboolean tw_optimizer_attends (const TwOptimizer *optimizer); /* has an attended point phi apart from theta */
void tw_optimizer_step (TwOptimizer *optimizer, const TwStep *step);

/* Probes.  `rows` (n) are the rows whose row-level probes are wanted; call it before the first step. */
void tw_optimizer_watch (TwOptimizer *optimizer, const gsize *rows, gsize n);
const TwProbe *tw_optimizer_get_probes (const TwOptimizer *optimizer, gsize *n);
/* After a step (or before the first: the initial state; what belongs to a step is 0): probe p of all watched
 * rows, all tensors or all runs: out (count, width). */
void tw_optimizer_read_probe (const TwOptimizer *optimizer, gsize p, float *out);

G_END_DECLS
