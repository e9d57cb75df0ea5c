/* adagrad.c: Duchi et al. 2011, as torch.optim.Adagrad:
 *   v <- v + g^2,   theta <- theta - lr / (1 + k lr_decay) g / (sqrt(v) + eps)
 */
#include "core/optimizers/optimizer-private.h"

#include <math.h>

TW_ELEMENTWISE

enum { LR, LR_DECAY, EPS, INITIAL, WEIGHT_DECAY };

static const TwParam params[] = {
  [LR] = TW_PARAM_LR (0.5),
  [LR_DECAY] = { "lr_decay", TW_PARAM_REAL, 0, 0, 10, FALSE, NULL, "lr is divided by 1 + lr_decay k" },
  [EPS] = TW_PARAM_EPS (1e-10),
  [INITIAL] = { "initial_accumulator_value", TW_PARAM_REAL, 0, 0, 1e6, FALSE, NULL,
                "v before the first update" },
  [WEIGHT_DECAY] = TW_PARAM_WEIGHT_DECAY (0, TW_COUPLED_DECAY),
  { NULL },
};

static const TwProbe probes[] = { { "v", "sum of squared gradients", TW_LEVEL_ROW, 1, NULL }, { NULL } };

static gboolean
adagrad_create (TwOptimizer *optimizer, GError **error)
{
  double *v = tw_optimizer_state (optimizer, 0); /* (R) */

  for (gsize r = 0; r < optimizer->layout->n_rows; r++)
    v[r] = optimizer->values[INITIAL].number;
  return TRUE;
}

static void
update (gsize n, double *restrict theta, const double *restrict gradient, double *restrict v, double lr,
        double eps, double weight_decay)
{
  for (gsize i = 0; i < n; i++) {
    double g = gradient[i] + weight_decay * theta[i];
    v[i] += g * g;
    theta[i] -= lr * (g / (sqrt (v[i]) + eps));
  }
}

static void
adagrad_step (TwOptimizer *optimizer, const TwStep *step, double lr)
{
  const TwValue *values = optimizer->values;
  double *v = tw_optimizer_state (optimizer, 0); /* (R) */
  double decayed = lr / (1 + (double)step->k * values[LR_DECAY].number);

  for (TwRows rows = { 0 }; tw_rows_next (&rows, optimizer, step);)
    update (rows.end - rows.first, step->theta + rows.first, step->gradient + rows.first, v + rows.first,
            decayed, values[EPS].number, values[WEIGHT_DECAY].number);
}

const TwOptimizerType tw_optimizer_adagrad = {
  .name = "adagrad",
  .title = "AdaGrad",
  .summary = "a rate per coordinate that only falls: v <- v + g^2, theta <- theta - lr g / sqrt(v)",
  .params = params,
  .instance_size = sizeof (TwOptimizer),
  .rows_of_state = 1,
  .create = adagrad_create,
  .step = adagrad_step,
  .probes = probes,
};
