/* sgd.c: gradient descent, theta <- theta - lr (g + weight_decay theta).
 *
 * The default learning rates of all optimizers here were chosen together, by running them on the 27
 * landscapes that come with the program, from 20 random starts on each, for 200 updates, on grids from 1e-4
 * to 1.  The score is the mean over all runs of log10((f_end - f*) / (f_start - f*)), divergence counted as
 * +6. sgd, momentum, nesterov   1e-3: -0.5, -1.7, -1.6.  8.9, 10.0 and 10.9 percent of the runs diverge,
 * nearly all on Goldstein-Price, Beale and the bowl of condition 10000, whose curvatures are in the
 * thousands; at twice that Rosenbrock diverges too. adagrad                   0.5: -3.4 (0.1: -1.9) rmsprop
 * 0.05: -3.3, the best (0.01: -2.1) adadelta                  10: -2.2, the best (1, the usual: -0.8, still
 * creeping after 200 updates) adam, amsgrad, adamw      0.1: -3.6, -3.6, -3.4.  0.5 reaches -4.2 by leaping
 * over whole basins first, which is not what one wants to watch; 0.1 is also the best of nadam (-3.2) lion
 * 0.05: -2.1, the best Those with a size per coordinate never diverged there.  All other defaults are
 * PyTorch's.
 */
#include "core/optimizers/optimizer-private.h"

TW_ELEMENTWISE

enum { LR, WEIGHT_DECAY };

static const TwParam params[] = {
  [LR] = TW_PARAM_LR (1e-3),
  [WEIGHT_DECAY] = TW_PARAM_WEIGHT_DECAY (0, TW_COUPLED_DECAY),
  { NULL },
};

static void
update (gsize n, double *restrict theta, const double *restrict gradient, double lr, double weight_decay)
{
  for (gsize i = 0; i < n; i++)
    theta[i] -= lr * (gradient[i] + weight_decay * theta[i]);
}

static void
sgd_step (TwOptimizer *optimizer, const TwStep *step, double lr)
{
  for (TwRows rows = { 0 }; tw_rows_next (&rows, optimizer, step);)
    update (rows.end - rows.first, step->theta + rows.first, step->gradient + rows.first, lr,
            optimizer->values[WEIGHT_DECAY].number);
}

const TwOptimizerType tw_optimizer_sgd = {
  .name = "sgd",
  .title = "SGD",
  .summary = "gradient descent: theta <- theta - lr g",
  .params = params,
  .instance_size = sizeof (TwOptimizer),
  .step = sgd_step,
};
