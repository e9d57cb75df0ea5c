/* amsgrad.c: Reddi et al. 2018, as torch.optim.Adam with amsgrad=True: Adam with the largest v so far,
 *   vmax <- max(vmax, v),   theta <- theta - lr / (1 - beta1^t) m / (sqrt(vmax) / sqrt(1 - beta2^t) + eps)
 */
#include "core/optimizers/adam-moments.h"
#include "core/optimizers/optimizer-private.h"

TW_ELEMENTWISE

enum { LR, BETA1, BETA2, EPS, WEIGHT_DECAY };

static const TwParam params[] = {
  [LR] = TW_PARAM_LR (0.1),
  [BETA1] = TW_PARAM_BETA ("beta1", 0.9, "decay of the mean gradient"),
  [BETA2] = TW_PARAM_BETA ("beta2", 0.999, "decay of the mean squared gradient"),
  [EPS] = TW_PARAM_EPS (1e-8),
  [WEIGHT_DECAY] = TW_PARAM_WEIGHT_DECAY (0, TW_COUPLED_DECAY),
  { NULL },
};

static const TwProbe probes[] = {
  { "m", "mean gradient", TW_LEVEL_ROW, 1, NULL },
  { "v", "mean squared gradient", TW_LEVEL_ROW, 1, NULL },
  { "vmax", "largest mean squared gradient", TW_LEVEL_ROW, 1, NULL },
  { NULL },
};

static void
update (gsize n, double *restrict theta, const double *restrict gradient, double *restrict m,
        double *restrict v, double *restrict vmax, TwAdamCorrection correction, double beta1, double beta2,
        double eps, double weight_decay)
{
  for (gsize i = 0; i < n; i++) {
    double g = gradient[i] + weight_decay * theta[i];
    m[i] = beta1 * m[i] + (1 - beta1) * g;
    v[i] = beta2 * v[i] + (1 - beta2) * g * g;
    vmax[i] = v[i] > vmax[i] ? v[i] : vmax[i];
    theta[i] -= correction.step_size * (m[i] / (sqrt (vmax[i]) / correction.root + eps));
  }
}

static void
amsgrad_step (TwOptimizer *optimizer, const TwStep *step, double lr)
{
  const TwValue *values = optimizer->values;
  double *m = tw_optimizer_state (optimizer, 0);    /* (R) */
  double *v = tw_optimizer_state (optimizer, 1);    /* (R) */
  double *vmax = tw_optimizer_state (optimizer, 2); /* (R) */
  double beta1 = values[BETA1].number, beta2 = values[BETA2].number;
  TwAdamCorrection correction = tw_adam_correction (lr, beta1, beta2, step->k);

  for (TwRows rows = { 0 }; tw_rows_next (&rows, optimizer, step);)
    update (rows.end - rows.first, step->theta + rows.first, step->gradient + rows.first, m + rows.first,
            v + rows.first, vmax + rows.first, correction, beta1, beta2, values[EPS].number,
            values[WEIGHT_DECAY].number);
}

const TwOptimizerType tw_optimizer_amsgrad = {
  .name = "amsgrad",
  .title = "AMSGrad",
  .summary = "Adam that never forgets a large gradient: theta <- theta - lr m / (sqrt(max v) + eps)",
  .params = params,
  .instance_size = sizeof (TwOptimizer),
  .rows_of_state = 3,
  .step = amsgrad_step,
  .probes = probes,
};
