/* adadelta.c: Zeiler 2012, as torch.optim.Adadelta:
 *   v <- rho v + (1 - rho) g^2,   d = g sqrt(u + eps) / sqrt(v + eps)
 *   u <- rho u + (1 - rho) d^2,   theta <- theta - lr d
 */
#include "core/optimizers/optimizer-private.h"

#include <math.h>

TW_ELEMENTWISE

enum { LR, RHO, EPS, WEIGHT_DECAY };

static const TwParam params[] = {
  [LR] = TW_PARAM_LR (10),
  [RHO] = TW_PARAM_BETA ("rho", 0.9, "decay of both mean squares"),
  [EPS] = TW_PARAM_EPS (1e-6),
  [WEIGHT_DECAY] = TW_PARAM_WEIGHT_DECAY (0, TW_COUPLED_DECAY),
  { NULL },
};

static const TwProbe probes[] = {
  { "v", "mean squared gradient", TW_LEVEL_ROW, 1, NULL },
  { "u", "mean squared update", TW_LEVEL_ROW, 1, NULL },
  { NULL },
};

static void
update (gsize n, double *restrict theta, const double *restrict gradient, double *restrict v,
        double *restrict u, double lr, double rho, double eps, double weight_decay)
{
  for (gsize i = 0; i < n; i++) {
    double g = gradient[i] + weight_decay * theta[i];
    v[i] = rho * v[i] + (1 - rho) * g * g;
    double delta = sqrt (u[i] + eps) / sqrt (v[i] + eps) * g;
    u[i] = rho * u[i] + (1 - rho) * delta * delta;
    theta[i] -= lr * delta;
  }
}

static void
adadelta_step (TwOptimizer *optimizer, const TwStep *step, double lr)
{
  const TwValue *values = optimizer->values;
  double *v = tw_optimizer_state (optimizer, 0); /* (R) */
  double *u = tw_optimizer_state (optimizer, 1); /* (R) */

  for (TwRows rows = { 0 }; tw_rows_next (&rows, optimizer, step);)
    update (rows.end - rows.first, step->theta + rows.first, step->gradient + rows.first, v + rows.first,
            u + rows.first, lr, values[RHO].number, values[EPS].number, values[WEIGHT_DECAY].number);
}

const TwOptimizerType tw_optimizer_adadelta = {
  .name = "adadelta",
  .title = "AdaDelta",
  .summary =
    "steps the size of recent steps: theta <- theta - lr g sqrt(u + eps) / sqrt(v + eps), u of steps, v of g",
  .params = params,
  .instance_size = sizeof (TwOptimizer),
  .rows_of_state = 2,
  .step = adadelta_step,
  .probes = probes,
};
