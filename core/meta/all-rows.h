/* all-rows.h: what a problem with minibatches is scored by.
 *
 * A minibatch's loss says little about progress where the minibatches disagree: most of it can't be got rid of, and
 * its logarithm hardly moves.  The loss over all rows, above the lowest that can be had, says how far a run is from
 * where minibatches could bring it.
 */
#pragma once

#include "core/problems/problem.h"

G_BEGIN_DECLS

/* The problem that tw_problem_new (spec, seed) makes, of the same data, with all rows in each batch.  NULL for
 * problems that know no minibatches. */
TwProblem *tw_all_rows_new (const TwSpec *spec, guint64 seed);
/* The lowest loss that 100 iterations of L-BFGS reach from `start` (D), less `margin` times its size; at least `bound`,
 * which is also what comes back where they reach nothing finite.  Networks have lower minima than the one next to their
 * start, and a loss within the margin is as good as solved; where there is one minimum, a small margin tells good runs
 * from better ones. */
double tw_all_rows_lowest (const TwProblem *problem, const double *start, double margin, double bound);

G_END_DECLS
