/* unroll.h: K steps of the learned optimizer on a batch of unlike problems, and the gradient of the
 * meta-objective with respect to its weights.
 *
 * The meta-objective of a run is the mean over k = 1..K of
 *   log ((f (theta_k) - f*) / (f (theta_0) - f* + 1e-6) + 1e-6),
 * theta_0 its start (held constant), or their mean weighted by a power of the step's number, and that of a batch the
 * mean over the runs that did not diverge.  Its gradient flows through theta, phi and all states and, by Hessian-vector
 * products of the problem, through the gradients.
 *
 * A long run is cut into partial unrolls: every call goes on where the last one ended, and no gradient flows
 * across.  The batch is cut into chunks whose size does not depend on the number of threads, and their
 * gradients are added in order: the result has the same bits for any number of threads.
 */
#pragma once

#include "core/learned/hrnn-weights.h"
#include "core/problems/problem.h"

G_BEGIN_DECLS

typedef struct {
  TwProblem *problem;  /* a reference is kept; neighbours with the same problem are evaluated together */
  const double *start; /* (D) theta_0, copied */
  double log_lr;       /* log of its initial learning rate */
  guint64 stream;      /* of its noise and minibatches: draw (stream, k) at step k */
  double minimum;      /* f* */
  TwProblem *scored;   /* whose loss counts, of the same coordinates (the loss over all rows, say); NULL: problem's */
} TwUnrollRun;

typedef struct {
  gboolean first_only; /* without the path through the gradient's own derivative */
  double diverged_at;  /* a run with (f - f*) / (f_0 - f* + 1e-6) beyond this has diverged; 0: only when not
                          finite */
  double cut_at;       /* cotangents beyond this are cut, run by run; 0: only when not finite */
  double late;         /* step k, from the start of the run, counts k^late times; 0: all steps count the same */
} TwUnrollOptions;

typedef struct {
  double objective; /* mean over the runs that count; NAN where none does */
  gsize n_counted;  /* runs in it */
  gsize n_diverged; /* runs left out, in this or an earlier call */
  gsize n_cut;      /* times a run's cotangents were cut */
} TwUnrollResult;

typedef struct _TwUnroll TwUnroll;

/* All memory is taken here; max_steps is the largest K, or 0 for objectives without gradients: then K has no limit,
 * and memory does not grow with it.  Problems without Hessian-vector products take part with first derivatives
 * only. */
TwUnroll *tw_unroll_new (const TwHrnnConfig *config, const TwUnrollRun *runs, gsize n_runs, gsize max_steps,
                         guint n_threads);
void tw_unroll_free (TwUnroll *unroll);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwUnroll, tw_unroll_free)

/* Back to the starts; the states will be the learned initial ones. */
void tw_unroll_restart (TwUnroll *unroll);
/* K more steps with the weights given.  gradient (P): the gradient of result->objective, always finite; with
 * NULL there is no backward pass.  The weights' configuration is the one of tw_unroll_new(). */
void tw_unroll_run (TwUnroll *unroll, const TwHrnnWeights *weights, gsize n_steps,
                    const TwUnrollOptions *options, double *gradient, TwUnrollResult *result);

/* Of run b after a call: its meta-objective (NAN where it diverged), and where it is. */
double tw_unroll_get_objective (const TwUnroll *unroll, gsize run);
const double *tw_unroll_get_theta (const TwUnroll *unroll, gsize run); /* (D) */

/* Where all runs are, to go on from there to the same bits in an unroll made of the same runs.  (floating) */
GVariant *tw_unroll_save (const TwUnroll *unroll);
/* FALSE where it is not of such an unroll; some of it may then be overwritten. */
gboolean tw_unroll_restore (TwUnroll *unroll, GVariant *saved);

G_END_DECLS
