/* momentum.c: Polyak's heavy ball, as torch.optim.SGD has it:
 *   m <- momentum m + (1 - dampening) g   (m = g at the first update),   theta <- theta - lr m
 */
#include "core/optimizers/optimizer-private.h"

TW_ELEMENTWISE

enum { LR, MOMENTUM, DAMPENING, WEIGHT_DECAY };

static const TwParam params[] = {
  [LR] = TW_PARAM_LR (1e-3),
  [MOMENTUM] = TW_PARAM_BETA ("momentum", 0.9, "how much of the last update's velocity is kept"),
  [DAMPENING] = { "dampening", TW_PARAM_REAL, 0, 0, 1, FALSE, NULL,
                  "share of the gradient that is held back" },
  [WEIGHT_DECAY] = TW_PARAM_WEIGHT_DECAY (0, TW_COUPLED_DECAY),
  { NULL },
};

static const TwProbe probes[] = { { "m", "velocity", TW_LEVEL_ROW, 1, NULL }, { NULL } };

static void
update (gsize n, double *restrict theta, const double *restrict gradient, double *restrict m, double lr,
        double keep, double add, double weight_decay)
{
  for (gsize i = 0; i < n; i++) {
    double g = gradient[i] + weight_decay * theta[i];
    m[i] = keep * m[i] + add * g;
    theta[i] -= lr * m[i];
  }
}

static void
momentum_step (TwOptimizer *optimizer, const TwStep *step, double lr)
{
  const TwValue *values = optimizer->values;
  double *m = tw_optimizer_state (optimizer, 0); /* (R) */
  double add = step->k == 0 ? 1 : 1 - values[DAMPENING].number;

  for (TwRows rows = { 0 }; tw_rows_next (&rows, optimizer, step);)
    update (rows.end - rows.first, step->theta + rows.first, step->gradient + rows.first, m + rows.first, lr,
            values[MOMENTUM].number, add, values[WEIGHT_DECAY].number);
}

const TwOptimizerType tw_optimizer_momentum = {
  .name = "momentum",
  .title = "Momentum",
  .summary = "heavy ball: m <- momentum m + g, theta <- theta - lr m",
  .params = params,
  .instance_size = sizeof (TwOptimizer),
  .rows_of_state = 1,
  .step = momentum_step,
  .probes = probes,
};
