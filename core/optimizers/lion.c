/* lion.c: Chen et al. 2023, "Symbolic Discovery of Optimization Algorithms", their Algorithm 2:
 *   c = beta1 m + (1 - beta1) g,   theta <- theta - lr (sign(c) + weight_decay theta)
 *   m <- beta2 m + (1 - beta2) g
 */
#include "core/optimizers/optimizer-private.h"

TW_ELEMENTWISE

enum { LR, BETA1, BETA2, WEIGHT_DECAY };

static const TwParam params[] = {
  [LR] = TW_PARAM_LR (0.05),
  [BETA1] = TW_PARAM_BETA ("beta1", 0.9, "share of the mean gradient in the update"),
  [BETA2] = TW_PARAM_BETA ("beta2", 0.99, "decay of the mean gradient"),
  [WEIGHT_DECAY] = TW_PARAM_WEIGHT_DECAY (0, TW_DECOUPLED_DECAY),
  { NULL },
};

static const TwProbe probes[] = { { "m", "mean gradient", TW_LEVEL_ROW, 1, NULL }, { NULL } };

static void
update (gsize n, double *restrict theta, const double *restrict gradient, double *restrict m, double lr,
        double beta1, double beta2, double weight_decay)
{
  for (gsize i = 0; i < n; i++) {
    double c = beta1 * m[i] + (1 - beta1) * gradient[i];
    double sign = (c > 0 ? 1. : 0.) - (c < 0 ? 1. : 0.); /* 0 at 0 */
    m[i] = beta2 * m[i] + (1 - beta2) * gradient[i];
    theta[i] -= lr * (sign + weight_decay * theta[i]);
  }
}

static void
lion_step (TwOptimizer *optimizer, const TwStep *step, double lr)
{
  const TwValue *values = optimizer->values;
  double *m = tw_optimizer_state (optimizer, 0); /* (R) */

  for (TwRows rows = { 0 }; tw_rows_next (&rows, optimizer, step);)
    update (rows.end - rows.first, step->theta + rows.first, step->gradient + rows.first, m + rows.first, lr,
            values[BETA1].number, values[BETA2].number, values[WEIGHT_DECAY].number);
}

const TwOptimizerType tw_optimizer_lion = {
  .name = "lion",
  .title = "Lion",
  .summary = "sign of a mean gradient: theta <- theta - lr sign(beta1 m + (1 - beta1) g)",
  .params = params,
  .instance_size = sizeof (TwOptimizer),
  .rows_of_state = 1,
  .step = lion_step,
  .probes = probes,
};
