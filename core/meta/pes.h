/* pes.h: persistent evolution strategies (Vicol, Metz and Sohl-Dickstein 2021), an estimate of the meta-gradient
 * that needs no derivatives and does not mind chaotic unrolls.
 *
 * Two particles step the same runs with the weights theta + e and theta - e, e ~ N(0, sigma^2) drawn anew for
 * every partial unroll.  With x the sum of the e since the start of the runs, the estimate is
 *   x (L+ - L-) / (2 sigma^2),
 * L+ and L- the meta-objectives of this partial unroll over the runs that neither particle has lost.  Its sum
 * over the partial unrolls has the expectation of the gradient through all of them: nothing is truncated.
 */
#pragma once

#include "core/meta/unroll.h"

G_BEGIN_DECLS

typedef struct _TwPes TwPes;

/* As tw_unroll_new(), on one thread. */
TwPes *tw_pes_new (const TwHrnnConfig *config, const TwUnrollRun *runs, gsize n_runs);
void tw_pes_free (TwPes *pes);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwPes, tw_pes_free)

/* n_steps more with perturbations of standard deviation sigma from `draw`, one that no other call has had, of the
 * weights whose `trained` (P) is not 0; NULL: of all.
 * gradient (P): the estimate; 0 where no run counts.  result->objective is the mean of L+ and L-. */
void tw_pes_run (TwPes *pes, const TwHrnnWeights *weights, gsize n_steps, const TwUnrollOptions *options,
                 double sigma, const guint8 *trained, TwDraw draw, double *gradient, TwUnrollResult *result);
/* Of run b after a call: the mean of both particles; NAN where one of them diverged. */
double tw_pes_get_objective (const TwPes *pes, gsize run);

/* As tw_unroll_save() and tw_unroll_restore(). */
GVariant *tw_pes_save (const TwPes *pes);
gboolean tw_pes_restore (TwPes *pes, GVariant *saved);

G_END_DECLS
