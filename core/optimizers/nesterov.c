/* nesterov.c: Nesterov's accelerated gradient in the form of Sutskever et al. 2013, as torch.optim.SGD has
 * it: m <- momentum m + g,   theta <- theta - lr (g + momentum m)
 */
#include "core/optimizers/optimizer-private.h"

TW_ELEMENTWISE

enum { LR, MOMENTUM, WEIGHT_DECAY };

static const TwParam params[] = {
  [LR] = TW_PARAM_LR (1e-3),
  [MOMENTUM] = TW_PARAM_BETA ("momentum", 0.9, "how much of the last update's velocity is kept"),
  [WEIGHT_DECAY] = TW_PARAM_WEIGHT_DECAY (0, TW_COUPLED_DECAY),
  { NULL },
};

static const TwProbe probes[] = { { "m", "velocity", TW_LEVEL_ROW, 1, NULL }, { NULL } };

static void
update (gsize n, double *restrict theta, const double *restrict gradient, double *restrict m, double lr,
        double momentum, double weight_decay)
{
  for (gsize i = 0; i < n; i++) {
    double g = gradient[i] + weight_decay * theta[i];
    m[i] = momentum * m[i] + g;
    theta[i] -= lr * (g + momentum * m[i]);
  }
}

static void
nesterov_step (TwOptimizer *optimizer, const TwStep *step, double lr)
{
  const TwValue *values = optimizer->values;
  double *m = tw_optimizer_state (optimizer, 0); /* (R) */

  for (TwRows rows = { 0 }; tw_rows_next (&rows, optimizer, step);)
    update (rows.end - rows.first, step->theta + rows.first, step->gradient + rows.first, m + rows.first, lr,
            values[MOMENTUM].number, values[WEIGHT_DECAY].number);
}

const TwOptimizerType tw_optimizer_nesterov = {
  .name = "nesterov",
  .title = "Nesterov",
  .summary = "look-ahead momentum: m <- momentum m + g, theta <- theta - lr (g + momentum m)",
  .params = params,
  .instance_size = sizeof (TwOptimizer),
  .rows_of_state = 1,
  .step = nesterov_step,
  .probes = probes,
};
